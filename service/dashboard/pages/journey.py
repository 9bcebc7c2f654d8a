"""Journey: the touchpoints as a map, by what is said about them; for all, or side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil, sqrt
from typing import Any

from fastapi.responses import Response

from service.charts import Chart, Point, Series
from service.charts.chart import point_of
from service.dashboard.dimensions import Side, dimension_name, dimensions, sides
from service.dashboard.figures import absolute, chart_of_breakdown, most_blamed
from service.dashboard.rendering import name_of, show
from service.dashboard.visit import Visit

_MOST_TOUCHPOINTS = 60
_SIZES = 5
_TONES = ((-60, "n3"), (-30, "n2"), (-10, "n1"), (10, "zero"), (30, "p1"), (60, "p2"))


@dataclass(frozen=True, slots=True)
class Box:
    """A touchpoint on the map.

    Attributes:
        id: Its id.
        point: Net sentiment of what is said about it, under its name.
        mentions: How many speak of it.
        share: Of all mentions.
        size: 1 to 5, by mentions.
    """

    id: str
    point: Point
    mentions: int
    share: float
    size: int

    @property
    def tone(self) -> str:
        """The colour that stands for its value."""
        return tone(self.point)


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of the journey.

    Attributes:
        id: Its id.
        boxes: Touchpoints that are spoken of, the most spoken of first.
        silent: Names of the others.
    """

    id: str
    boxes: list[Box]
    silent: list[str]


def page(visit: Visit) -> Response:
    """Show the map; and if the reader divides it, each touchpoint in each part."""
    by = visit.view.choice("by")
    answer = _answer(visit)
    stages = _stages(visit, answer)
    is_empty = not any(stage.boxes for stage in stages)
    parts = sides(visit, by) if by and not is_empty else []
    rows, split = _split(visit, by, parts) if parts else ([], None)
    charts = [] if is_empty else [split or _bars(visit, answer)]
    return show(
        visit,
        "journey.html",
        charts=charts,
        stages=stages,
        is_empty=is_empty,
        by=by,
        dimensions=[(one, dimension_name(visit, one)) for one in dimensions(visit, with_period=True)],
        parts=parts,
        rows=rows,
        tone=tone,
        next_step=None if is_empty else most_blamed(visit),
        permalink=absolute(visit),
    )


def tone(point: Point) -> str:
    """Return the colour of a net sentiment; none where there is too little to read.

    Example:
        >>> tone(Point("Delivery", -42.0, -50, -34, 200)), tone(Point("Delivery", -42.0, -90, 6, 5, is_small=True))
        ('n2', 'none')
    """
    if point.value is None or point.is_small:
        return "none"
    return next((name for highest, name in _TONES if point.value < highest), "p3")


def _stages(visit: Visit, answer: Mapping[str, Any]) -> list[Stage]:
    rows, total = _by_key(answer), answer["total"]["mentions"]
    most = max((row["mentions"] for row in rows.values()), default=1)
    taxonomy = visit.workshop.taxonomy
    stages = []
    for stage in taxonomy.stages:
        here = [one.id for one in taxonomy.touchpoints if one.stage == stage]
        boxes = [
            Box(
                identifier,
                point_of(rows[identifier], name_of(visit, "touchpoint", identifier)),
                rows[identifier]["mentions"],
                rows[identifier]["mentions"] / max(1, total),
                max(1, ceil(_SIZES * sqrt(rows[identifier]["mentions"] / max(1, most)))),
            )
            for identifier in here
            if identifier in rows
        ]
        boxes.sort(key=lambda box: -box.mentions)
        silent = [name_of(visit, "touchpoint", identifier) for identifier in here if identifier not in rows]
        stages.append(Stage(stage, boxes, silent))
    return stages


def _answer(visit: Visit, clause: str = "", **window: Any) -> dict[str, Any]:
    asked = {**visit.asked(), **window}
    if clause:
        asked["q"] = f"({asked['q']}) {clause}" if asked["q"] else clause
    return visit.questions.breakdown("net_sentiment", by="touchpoint", limit=_MOST_TOUCHPOINTS, **asked)


def _by_key(answer: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["key"]: row for row in answer["rows"]}


def _bars(visit: Visit, answer: Mapping[str, Any]) -> Chart:
    chart = chart_of_breakdown(visit, "net_sentiment", answer, identifier="touchpoints", sorts=True)
    return replace(chart, title=visit.language.say("journey.bars"))


def _split(visit: Visit, by: str, parts: list[Side]) -> tuple[list[tuple[str, str, list[Point]]], Chart]:
    """Return each touchpoint's points in each part, as rows and as a chart."""
    found = [_by_key(_answer(visit, part.clause, **part.window)) for part in parts]
    keys = sorted({key for rows in found for key in rows}, key=lambda key: -sum(_mentions(rows, key) for rows in found))
    series = []
    for part, rows in zip(parts, found, strict=True):
        points = tuple(_point(visit, part, rows, key) for key in keys)
        series.append(Series(part.name, points))
    table = [
        (key, name_of(visit, "touchpoint", key), [one.points[at] for one in series]) for at, key in enumerate(keys)
    ]
    title = visit.language.say("journey.split_title", dimension=dimension_name(visit, by).lower())
    formula = "net-sentiment-1"
    chart = Chart("split", "bars", title, visit.over(), "points", tuple(series), formula=formula)
    return table, chart


def _mentions(rows: dict[str, dict[str, Any]], key: str) -> int:
    return int(rows[key]["mentions"]) if key in rows else 0


def _point(visit: Visit, part: Side, rows: dict[str, dict[str, Any]], key: str) -> Point:
    name = name_of(visit, "touchpoint", key)
    if key not in rows:
        return Point(name, None, None, None, 0)
    return point_of(rows[key], name, link=part.view.with_filter("touchpoint", key).link("/explore"))
