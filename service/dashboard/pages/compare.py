"""Compare: brands, periods, segments and sources side by side, and what of it is more than chance."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from fastapi.responses import Response

from service.charts import Chart, Point, Series
from service.charts.chart import point_of
from service.dashboard.dimensions import PERIOD, Side, dimension_name, dimensions, side, sides
from service.dashboard.figures import absolute, breakdown_chart, measure_name
from service.dashboard.rendering import name_of, show
from service.dashboard.visit import Visit
from service.questions.comparison import MOST_CHANCE
from textcx.query.comparison import false_discovery

MEASURES = ("net_sentiment", "negative_share", "positive_share", "average_stars", "nps", "csat", "nki", "ces")
_MOST_ROWS = 40
_SURE = ("better", "worse", "higher", "lower")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a comparison.

    Attributes:
        name: What is compared.
        a: Its value on the first side.
        b: On the second.
        difference: b less a, as answers hold it.
        link: Where the mentions of b are.
    """

    name: str
    a: Point
    b: Point
    difference: Mapping[str, Any]
    link: str

    @property
    def tone(self) -> str:
        """How the difference is to be read."""
        return str(self.difference["reading"]).replace(" ", "_")


def page(visit: Visit) -> Response:
    """Show each value beside the others, each against the rest, and two of them in detail."""
    known = dimensions(visit, with_period=True)
    by = visit.view.choice("by", "brand")
    by = by if by in known else next(iter(known), "")
    measure = visit.view.choice("measure", MEASURES[0])
    parts = sides(visit, by) if by else []
    pair = _pair(visit, by, parts)
    charts, rows, rest = [], [], []
    unit = "points"
    if pair:
        answer = _compared(visit, measure, pair)
        unit = answer["measure"]["unit"]
        rows = _rows(visit, answer["rows"], pair)
        charts = [_beside(visit, measure, by, answer, pair), _by_touchpoint(visit, measure, answer, rows, pair)]
        if by != PERIOD:
            charts.append(breakdown_chart(visit, "share_of_voice", by, identifier="voice"))
            rest = _against_rest(visit, measure, parts)
    return show(
        visit,
        "compare.html",
        charts=charts,
        dimensions=[(one, dimension_name(visit, one)) for one in known],
        by=by,
        measure=measure,
        measures=MEASURES,
        values=[(one.key, one.name) for one in (_all_sides(visit, by) if by != PERIOD else [])],
        pair=pair,
        rows=rows,
        rest=rest,
        unit=unit,
        sure=[row for row in rows if row.tone in _SURE],
        closest=min((row for row in rows if row.difference["q"] is not None), key=_chance, default=None),
        permalink=absolute(visit),
    )


def _all_sides(visit: Visit, by: str) -> list[Side]:
    return [side(visit, by, value) for value, _ in visit.menu.values.get(by, ())]


def _pair(visit: Visit, by: str, parts: list[Side]) -> tuple[Side, Side] | None:
    """Return the two that are compared in detail: those chosen, else the two largest."""
    if len(parts) < 2:
        return None
    if by == PERIOD:
        return parts[0], parts[1]
    there = {value for value, _ in visit.menu.values.get(by, ())}
    first, second = (visit.view.choice(name) for name in ("a", "b"))
    first = first if first in there else next(one.key for one in parts if one.key != second)
    second = second if second in there and second != first else next(one.key for one in parts if one.key != first)
    return side(visit, by, first), side(visit, by, second)


def _compared(visit: Visit, measure: str, pair: tuple[Side, Side]) -> dict[str, Any]:
    return visit.questions.compare(
        measure, by="touchpoint", limit=_MOST_ROWS, **_asked(visit, [_query(one) for one in pair])
    )


def _query(one: Side) -> str:
    return one.clause or f"published:{one.window['since']}..{one.window['until']}"


def _asked(visit: Visit, queries: list[str]) -> dict[str, Any]:
    """Return two sides as a question; where time is what sets them apart, the view's own is left out."""
    is_in_time = any(query.startswith("published:") for query in queries)
    window = {"timezone": visit.zone.key} if is_in_time else visit.window()
    return {"q": visit.query, "a": queries[0], "b": queries[1], **window}


def _rows(visit: Visit, rows: list[dict[str, Any]], pair: tuple[Side, Side]) -> list[Row]:
    found = [
        Row(
            name_of(visit, "touchpoint", row["key"]),
            point_of(row["a"], pair[0].name),
            point_of(row["b"], pair[1].name),
            row["difference"],
            pair[1].view.with_filter("touchpoint", row["key"]).link("/explore"),
        )
        for row in rows
    ]
    return sorted(found, key=_surest_first)


def _chance(row: Row) -> float:
    return float(row.difference["q"])


def _surest_first(row: Row) -> tuple[int, float]:
    rank = 0 if row.tone in _SURE else 1 if row.tone == "unclear" else 2
    return rank, -abs(row.difference["value"] or 0)


def _against_rest(visit: Visit, measure: str, parts: list[Side]) -> list[Row]:
    """Return each value held against all others; chance is allowed for as many as are shown."""
    found = []
    for one in parts:
        total = visit.questions.compare(measure, **_asked(visit, [f"-{one.clause}", one.clause]))["total"]
        found.append((one, total))
    q_values = false_discovery([total["difference"]["p"] for _, total in found])
    rows = []
    for (one, total), q in zip(found, q_values, strict=True):
        difference = {**total["difference"], "q": q}
        if difference["reading"] in _SURE and (q is None or q > MOST_CHANCE):
            difference["reading"] = "unclear"
        others, itself = point_of(total["a"], one.name), point_of(total["b"], one.name)
        rows.append(Row(one.name, others, itself, difference, one.view.link("/explore")))
    return rows


def _beside(visit: Visit, measure: str, by: str, answer: dict[str, Any], pair: tuple[Side, Side]) -> Chart:
    """Return the measure of each value; of periods, of both."""
    if by != PERIOD:
        return breakdown_chart(visit, measure, by, identifier="beside")
    points = tuple(
        point_of(answer["total"][key], one.name, link=one.view.link("/explore"))
        for key, one in zip(("a", "b"), pair, strict=True)
    )
    title = visit.language.say(
        "measure_by", measure=measure_name(visit, measure), dimension=visit.language.say("by.period").lower()
    )
    return _chart(visit, "beside", title, answer, (Series("", points),), pair)


def _by_touchpoint(
    visit: Visit, measure: str, answer: dict[str, Any], rows: list[Row], pair: tuple[Side, Side]
) -> Chart:
    readable = [row for row in rows if row.tone != "too_few"] or rows
    readable = sorted(readable, key=lambda row: -(row.a.n + row.b.n))[:12]
    series = (
        Series(pair[0].name, tuple(replace(row.a, name=row.name) for row in readable)),
        Series(pair[1].name, tuple(replace(row.b, name=row.name, link=row.link) for row in readable)),
    )
    title = visit.language.say(
        "measure_by", measure=measure_name(visit, measure), dimension=visit.language.say("by.touchpoint").lower()
    )
    return _chart(visit, "pair", title, answer, series, pair)


def _chart(
    visit: Visit,
    identifier: str,
    title: str,
    answer: dict[str, Any],
    series: tuple[Series, ...],
    pair: tuple[Side, Side],
) -> Chart:
    described = answer["measure"]
    notes = tuple(answer["notes"])
    over = visit.over()
    if any(one.window for one in pair):
        over = f"{visit.about()} · {pair[0].name}, {pair[1].name}"
    return Chart(identifier, "bars", title, over, described["unit"], series, notes, formula=described["formula"])
