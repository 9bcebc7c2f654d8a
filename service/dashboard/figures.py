"""Figures: answers as charts and tiles, with names, links and notes for people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from service.charts import Chart, Point, Series
from service.charts.chart import point_of
from service.dashboard.rendering import name_of
from service.dashboard.visit import Look, Visit

MOST_SERIES = 6
_MOST_BARS = 12
_MOST_MOVES = 6


@dataclass(frozen=True, slots=True)
class Tile:
    """A measure of the time shown, and its change.

    Attributes:
        measure: Its id.
        unit: Its unit.
        point: Its value.
        change: The difference to the time before, as a comparison gives it, or None where there is no time before.
    """

    measure: str
    unit: str
    point: Point
    change: dict[str, Any] | None

    @property
    def tone(self) -> str:
        """How the change is to be read: better, worse, higher, lower, unclear or too_few."""
        return str(self.change["reading"]).replace(" ", "_") if self.change else "unclear"


def tile(visit: Look, measure: str) -> Tile:
    """Return a measure of the time shown, with its change against as many days before."""
    earlier = visit.days_before
    asked = visit.asked()
    if earlier is None:
        answer = visit.questions.breakdown(measure, by="kind", limit=1, **asked)
        return Tile(measure, answer["measure"]["unit"], point_of(answer["total"], ""), None)
    answer = visit.questions.compare(measure, **sides_in_time(visit))
    total = answer["total"]
    return Tile(measure, answer["measure"]["unit"], point_of(total["b"], ""), total["difference"])


def sides_in_time(visit: Look) -> dict[str, Any]:
    """Return the time before and the time shown as the sides of a comparison."""
    (since, until), earlier = visit.days, visit.days_before
    if since is None or until is None or earlier is None:
        return {"q": visit.query, "a": "", "b": "", "timezone": visit.zone.key}
    return {
        "q": visit.query,
        "a": f"published:{earlier[0].isoformat()}..{earlier[1].isoformat()}",
        "b": f"published:{since.isoformat()}..{until.isoformat()}",
        "timezone": visit.zone.key,
    }


def trend_chart(visit: Look, measure: str, *, by: str | None = None, identifier: str = "trend") -> Chart:
    """Return a measure over time, in the interval chosen or the one that suits the time shown."""
    interval = visit.interval
    answer = visit.questions.trends(measure, interval=interval, by=by, **visit.asked())  # type: ignore[arg-type]
    series = tuple(
        Series(
            name_of(visit, by, one["key"][by]) if by else "",
            _readable(
                (
                    point_of(row, visit.language.period(datetime.fromisoformat(row["start"]), interval), link=link)
                    for row, link in zip(one["points"], _links(visit, by, one), strict=True)
                ),
                answer,
            ),
        )
        for one in answer["series"][:MOST_SERIES]
    )
    notes = list(answer["notes"]) if "notes" in answer else []
    if answer.get("undated"):
        notes.append(visit.language.say("undated", n=visit.language.count(answer["undated"])))
    left = answer.get("omitted", 0) + max(0, len(answer["series"]) - MOST_SERIES)
    if left:
        notes.append(visit.language.say("omitted", n=left))
    title = visit.language.say("over_time", measure=measure_name(visit, measure))
    return _chart(visit, identifier, "line", title, answer, series, notes)


def breakdown_chart(
    visit: Look, measure: str, by: str, *, identifier: str, limit: int = _MOST_BARS, sorts: bool = False
) -> Chart:
    """Return a measure by the values of a dimension; each bar leads to its mentions."""
    answer = visit.questions.breakdown(measure, by=by, limit=limit, **visit.asked())
    return chart_of_breakdown(visit, measure, answer, identifier=identifier, sorts=sorts)


def chart_of_breakdown(
    visit: Look, measure: str, answer: Mapping[str, Any], *, identifier: str, sorts: bool = False
) -> Chart:
    """Return the answer to a breakdown as a chart."""
    by = answer["by"]
    points = [
        point_of(row, name_of(visit, by, row["key"]), link=visit.view.with_filter(by, row["key"]).link("/explore"))
        for row in answer["rows"]
    ]
    if sorts:
        points.sort(key=lambda point: point.value if point.value is not None else float("inf"))
    say = visit.language.say
    notes, dimension = list(answer["notes"]), say("by." + by).lower()
    if answer["missing"]:
        notes.append(say("missing", n=visit.language.count(answer["missing"]), dimension=dimension))
    title = say("measure_by", measure=measure_name(visit, measure), dimension=dimension)
    return _chart(visit, identifier, "bars", title, answer, (Series("", _readable(points, answer)),), notes)


def most_blamed(visit: Look) -> dict[str, Any] | None:
    """Return the touchpoint that costs most goodwill in what is shown: the one that most mentions blame."""
    view = visit.view.carried()
    negative = view.with_filter("sentiment", "negative").query()
    rows = visit.questions.breakdown("volume", by="touchpoint", limit=1, q=negative, **visit.window())["rows"]
    if not rows:
        return None
    blamed = view.with_filter("touchpoint", f"{rows[0]['key']}/negative")
    found = visit.questions.search(blamed.query(), limit=1, **visit.window())
    return {"name": name_of(visit, "touchpoint", rows[0]["key"]), "n": found["total"], "link": blamed.link("/explore")}


def moves(visit: Look) -> list[dict[str, Any]]:
    """Return the touchpoints whose net sentiment moved most, those beyond chance first."""
    if visit.days_before is None:
        return []
    rows = visit.questions.compare("net_sentiment", by="touchpoint", limit=40, **sides_in_time(visit))["rows"]
    known = [row for row in rows if row["difference"]["reading"] != "too few"]
    known.sort(key=lambda row: (row["difference"]["reading"] == "unclear", -abs(row["difference"]["value"] or 0)))
    return [
        {
            **row,
            "name": name_of(visit, "touchpoint", row["key"]),
            "link": visit.view.with_filter("touchpoint", row["key"]).link("/explore"),
        }
        for row in known[:_MOST_MOVES]
    ]


def measure_name(visit: Look, measure: str) -> str:
    """Return a measure's name in the reader's language."""
    return visit.language.say("measure." + measure)


def absolute(visit: Visit) -> str:
    """Return the address that shows exactly what is shown now, also when newer mentions have come."""
    view = visit.view.over(*visit.days)
    return replace(view, timezone=visit.zone.key).link(visit.path)


def _chart(visit: Look, identifier: str, kind: Any, title: str, answer: Any, series: Any, notes: Any) -> Chart:
    measure = answer["measure"]
    return Chart(
        identifier,
        kind,
        title,
        visit.over(),
        measure["unit"],
        series,
        tuple(notes),
        formula=measure["formula"],
        whole=answer["total"]["n"] if "total" in answer else _whole(series),
    )


def _whole(series: tuple[Series, ...]) -> int | None:
    """Return what all series rest on, where each rests on the same mentions; None where they add up."""
    counts = {tuple(point.n for point in one.points) for one in series}
    return sum(counts.pop()) if len(series) > 1 and len(counts) == 1 else None


def _readable(points: Iterable[Point], answer: Any) -> tuple[Point, ...]:
    """Return points as they are to be read: a count of few is a count."""
    is_count = answer["measure"]["unit"] == "mentions"
    return tuple(replace(point, is_small=False) if is_count else point for point in points)


def _links(visit: Look, by: str | None, series: dict[str, Any]) -> list[str]:
    """Return where the mentions of each point are."""
    view = visit.view.with_filter(by, series["key"][by]) if by else visit.view
    starts = [datetime.fromisoformat(row["start"]).date() for row in series["points"]]
    ends = [*(start - timedelta(days=1) for start in starts[1:]), visit.days[1] or visit.menu.newest]
    return [
        view.over(start, max(start, end)).link("/explore") if row["n"] else ""
        for row, start, end in zip(series["points"], starts, ends, strict=True)
    ]
