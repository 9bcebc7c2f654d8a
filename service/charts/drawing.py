"""Drawing: a chart as SVG, made here: in the page before its script runs, in the report, and as a picture to keep.

Colours are attributes and classes, never style attributes, which the pages' policy forbids.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10
from xml.sax.saxutils import escape

from service.charts.chart import Chart, Point

COLOURS = ("#1f6fb2", "#d9822b", "#2a8f83", "#8a5fb8", "#7a7f87", "#b54f74", "#8c7a2b")
"""Told apart by people who see colours differently, and by the names beside them."""
_WIDTH = 760
_LEFT = 64
_RIGHT = 16
_TOP = 14
_LINE_HEIGHT = 240
_ROW = 26
_LABEL_WIDTH = 190
_MOST_LETTERS = 26
_MOST_NAMES = 8
_TICKS = 4

Say = Callable[[float | None], str]


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        """Return where a value stands."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def draw(chart: Chart, say: Say) -> str:
    """Return a chart as an SVG element.

    Args:
        chart: With at least one value.
        say: Writes a value as the reader does.
    """
    body, height = _lines(chart, say) if chart.kind == "line" else _bars(chart, say)
    label = escape(f"{chart.title}. {chart.over}", {'"': "&quot;"})
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{label}" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="#3c4454">{"".join(body)}</svg>'
    )


def _lines(chart: Chart, say: Say) -> tuple[list[str], int]:
    points = chart.series[0].points
    scale = _vertical(chart)
    step = (_WIDTH - _LEFT - _RIGHT) / max(1, len(points) - 1)
    middle = _LEFT if len(points) > 1 else _WIDTH / 2
    across = [middle + index * step for index in range(len(points))]
    body = _grid(scale, say)
    for index, series in enumerate(chart.series):
        colour = COLOURS[index % len(COLOURS)]
        for run in _runs(series.points):
            body.append(_band(run, across, scale, colour))
            path = " ".join(f"{across[at]:.1f},{scale.at(point.value or 0):.1f}" for at, point in run)
            body.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
            body += [_dot(across[at], scale.at(point.value or 0), point, colour) for at, point in run]
    every = ceil(len(points) / _MOST_NAMES)
    below = _TOP + _LINE_HEIGHT + 20
    for at in range(0, len(points), every):
        is_alone = len(points) == 1
        anchor = "start" if at == 0 and not is_alone else "end" if at == len(points) - 1 and not is_alone else "middle"
        body.append(f'<text x="{across[at]:.1f}" y="{below}" text-anchor="{anchor}">{_short(points[at].name)}</text>')
    height = below + 14
    if len(chart.series) > 1:
        legend, height = _legend([series.name for series in chart.series], height)
        body += legend
    return body, height


def _bars(chart: Chart, say: Say) -> tuple[list[str], int]:
    many = len(chart.series) > 1
    names = [point.name for point in chart.series[0].points]
    bar = 14
    row = max(_ROW, bar * len(chart.series) + 12)
    scale = _horizontal(chart)
    zero = scale.at(min(max(0.0, scale.low), scale.high))
    height = _TOP + row * len(names) + 8
    body = [f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="{_TOP}" y2="{height}" stroke="#8a93a3"/>']
    for at, name in enumerate(names):
        top = _TOP + at * row
        body.append(
            f'<text x="{_LABEL_WIDTH - 10}" y="{top + row / 2 + 4:.1f}" text-anchor="end">{_short(name)}</text>'
        )
        for index, series in enumerate(chart.series):
            point = series.points[at]
            colour = COLOURS[index % len(COLOURS)]
            mark = _interval_and_dot if many else _bar
            body += mark(point, scale, zero, top + (row - bar * len(chart.series)) / 2 + index * bar, bar, colour)
            if not many:
                shown = say(point.value) if chart.unit == "mentions" else f"{say(point.value)} (n\u00a0{point.n})"
                body.append(
                    f'<text x="{_WIDTH - _RIGHT}" y="{top + row / 2 + 4:.1f}" text-anchor="end">{escape(shown)}</text>'
                )
    if many:
        legend, height = _legend([series.name for series in chart.series], height)
        body += legend
    return body, height


def _bar(point: Point, scale: _Scale, zero: float, top: float, bar: float, colour: str) -> list[str]:
    if point.value is None:
        return []
    at = scale.at(point.value)
    faint = ' fill-opacity="0.35"' if point.is_small else ""
    found = [
        f'<rect x="{min(zero, at):.1f}" y="{top:.1f}" width="{abs(at - zero):.1f}" height="{bar - 2}" '
        f'fill="{colour}"{faint} rx="1"/>'
    ]
    if point.low is not None and point.high is not None:
        middle = top + (bar - 2) / 2
        found.append(
            f'<path d="M{scale.at(point.low):.1f} {middle:.1f}H{scale.at(point.high):.1f}" stroke="#242b38" '
            'stroke-width="1.5"/>'
        )
    return found


def _interval_and_dot(point: Point, scale: _Scale, _zero: float, top: float, bar: float, colour: str) -> list[str]:
    """Several values under one name are dots on the lines of their intervals, which bars would hide."""
    if point.value is None:
        return []
    middle = top + bar / 2
    low, high = (scale.at(point.value if end is None else end) for end in (point.low, point.high))
    line = f'<path d="M{low:.1f} {middle:.1f}H{high:.1f}" stroke="{colour}" stroke-width="2" stroke-opacity="0.7"/>'
    return [line, _dot(scale.at(point.value), middle, point, colour)]


def _runs(points: Sequence[Point]) -> list[list[tuple[int, Point]]]:
    """Return the points in runs without a gap: a line must not cross a period of which nothing is known."""
    runs: list[list[tuple[int, Point]]] = [[]]
    for at, point in enumerate(points):
        if point.value is None:
            runs.append([])
        else:
            runs[-1].append((at, point))
    return [run for run in runs if run]


def _band(run: Sequence[tuple[int, Point]], across: Sequence[float], scale: _Scale, colour: str) -> str:
    known = [(across[at], point.low, point.high) for at, point in run if point.low is not None]
    if len(known) < 2:
        return "".join(
            f'<path d="M{x:.1f} {scale.at(low or 0):.1f}V{scale.at(high or 0):.1f}" stroke="{colour}" '
            'stroke-width="6" stroke-opacity="0.2"/>'
            for x, low, high in known
        )
    there = " ".join(f"{x:.1f},{scale.at(high or 0):.1f}" for x, _, high in known)
    back = " ".join(f"{x:.1f},{scale.at(low or 0):.1f}" for x, low, _ in reversed(known))
    return f'<polygon points="{there} {back}" fill="{colour}" fill-opacity="0.15"/>'


def _dot(x: float, y: float, point: Point, colour: str) -> str:
    hollow = point.is_small or point.is_incomplete
    fill = f'fill="#ffffff" stroke="{colour}" stroke-width="1.5"' if hollow else f'fill="{colour}"'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" {fill}/>'


def _grid(scale: _Scale, say: Say) -> list[str]:
    body = []
    for tick in _ticks(scale.low, scale.high):
        y = scale.at(tick)
        colour = "#8a93a3" if tick == 0 else "#dfe3ea"
        body.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="{colour}"/>')
        body.append(f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{escape(say(tick))}</text>')
    return body


def _legend(names: Sequence[str], top: int) -> tuple[list[str], int]:
    body, x, y = [], float(_LEFT), top + 14
    for index, name in enumerate(names):
        shown = _short(name)
        width = 34 + 7 * len(shown)
        if x + width > _WIDTH:
            x, y = float(_LEFT), y + 18
        body.append(f'<rect x="{x}" y="{y - 9}" width="12" height="10" fill="{COLOURS[index % len(COLOURS)]}"/>')
        body.append(f'<text x="{x + 18}" y="{y}">{shown}</text>')
        x += width
    return body, y + 10


def _vertical(chart: Chart) -> _Scale:
    low, high = _reach(chart)
    return _Scale(low, high, _TOP + _LINE_HEIGHT, _TOP)


def _horizontal(chart: Chart) -> _Scale:
    low, high = _reach(chart)
    end = _WIDTH - _RIGHT - (120 if len(chart.series) == 1 else 0)
    return _Scale(low, high, _LABEL_WIDTH, end)


def _reach(chart: Chart) -> tuple[float, float]:
    """Return the ends of the axis: 0 is in it, but for ratings, which never come near it."""
    values = [
        end
        for series in chart.series
        for point in series.points
        for end in (point.value, point.low, point.high)
        if end is not None
    ]
    if chart.unit not in ("stars", "score") or chart.kind == "bars":
        values.append(0.0)
    low, high = min(values, default=0.0), max(values, default=1.0)
    if low == high:
        low, high = low - 0.5, high + 0.5
    ticks = _ticks(low, high)
    step = ticks[1] - ticks[0] if len(ticks) > 1 else high - low
    return floor(low / step + 1e-9) * step, ceil(high / step - 1e-9) * step


def _ticks(low: float, high: float) -> list[float]:
    """Return round values from low to high, about five of them."""
    raw = (high - low) / _TICKS
    unit = 10 ** floor(log10(raw))
    step = next(unit * factor for factor in (1, 2, 5, 10) if unit * factor >= raw)
    first = ceil(low / step - 1e-9)
    last = floor(high / step + 1e-9)
    ticks = [0.0 if at == 0 else at * step for at in range(first, last + 1)]
    return ticks if len(ticks) > 1 or any(a != b for a, b in pairwise(ticks)) else [low, high]


def _short(name: str) -> str:
    return escape(name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…")
