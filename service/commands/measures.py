"""`textcx trends` and `textcx breakdown`: a measure over time, and by the values of a dimension."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from service.commands.options import AsJson, Data, Since, Timezone, Until, open_workshop
from service.commands.screen import number, print_json, print_table
from service.questions import Questions
from textcx.query.interval import IntervalName, label

Query = Annotated[str, typer.Argument(help="Which mentions; all if not given.")]
Measure = Annotated[str, typer.Option("--measure", help="One of those `textcx explain` lists.")]
WeekStarts = Annotated[str, typer.Option("--week-starts", help="monday or sunday")]
Spread = Annotated[str, typer.Option("--interval", help="The periods of `consistency`: hour to year.")]
NOTE = (
    "low and high: 95 % interval of sampling; it does not cover the model's errors. *: n under 10, too small to read."
)
_INCOMPLETE_NOTE = " …: not a whole interval: it is running, or the time asked for cuts it."


def trends(
    query: Query = "",
    measure: Measure = "volume",
    interval: Annotated[str, typer.Option(help="hour, day, week, month, quarter or year")] = "month",
    by: Annotated[str | None, typer.Option("--by", help="A series for each value, e.g. touchpoint or brand.")] = None,
    since: Since = None,
    until: Until = None,
    week_starts: WeekStarts = "monday",
    data: Data = None,
    timezone: Timezone = None,
    as_json: AsJson = False,
) -> None:
    """Show a measure per interval, with n and its 95 % interval."""
    length: IntervalName = interval  # type: ignore[assignment]  # checked by `trends`, which lists the known ones
    answer = open_questions(data).trends(
        measure,
        interval=length,
        by=by,
        q=query,
        since=since,
        until=until,
        timezone=timezone,
        week_starts=week_starts,  # type: ignore[arg-type]  # likewise
    )
    if as_json:
        print_json(answer)
        return
    unit = answer["measure"]["unit"]
    points = [(series["key"].values(), point) for series in answer["series"] for point in series["points"]]
    rows = [(_name(point, length), *key, *cells(point, unit)) for key, point in points]
    header = (interval, *(answer["series"][0]["key"] if answer["series"] else ()), *_header(answer))
    omitted = f" {answer['omitted']} smaller series are not shown." if answer["omitted"] else ""
    undated = f" undated: {answer['undated']:,}." if answer["undated"] else ""
    incomplete = _INCOMPLETE_NOTE if any(point["incomplete"] for _, point in points) else ""
    print_table(title(answer), header, rows, note=with_notes(NOTE + incomplete + undated + omitted, answer))


def breakdown(
    query: Query = "",
    measure: Measure = "volume",
    by: Annotated[str, typer.Option("--by", help="A dimension, e.g. touchpoint, brand, lang, attr.region.")] = "brand",
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(help="How many values to show; the rest is added up as other.")] = 20,
    interval: Spread = "month",
    week_starts: WeekStarts = "monday",
    data: Data = None,
    timezone: Timezone = None,
    as_json: AsJson = False,
) -> None:
    """Show a measure per value of a dimension, the most frequent first."""
    answer = open_questions(data).breakdown(
        measure,
        by=by,
        q=query,
        since=since,
        until=until,
        limit=limit,
        timezone=timezone,
        interval=interval,  # type: ignore[arg-type]  # checked by `breakdown`, which lists the known ones
        week_starts=week_starts,  # type: ignore[arg-type]  # likewise
    )
    if as_json:
        print_json(answer)
        return
    unit = answer["measure"]["unit"]
    rows = [(row["key"], *cells(row, unit)) for row in answer["rows"]]
    if answer["other"]:
        rows.append(("other", *cells(answer["other"], unit)))
    rows.append(("all", *cells(answer["total"], unit)))
    missing = f" {answer['missing']:,} mentions have no {by}." if answer["missing"] else ""
    print_table(title(answer), (by, *_header(answer)), rows, note=with_notes(NOTE + missing, answer))


def open_questions(data: Path | None) -> Questions:
    """Return what answers questions about a data folder."""
    workshop = open_workshop(data)
    return workshop.questions


def _header(answer: dict[str, Any]) -> tuple[str, ...]:
    return (answer["measure"]["id"], "low", "high", f"n ({answer['measure']['counts']}s)", "mentions")


def _name(point: dict[str, Any], interval: IntervalName) -> str:
    return label(datetime.fromisoformat(point["start"]), interval) + (" …" if point["incomplete"] else "")


def cells(row: dict[str, Any], unit: str) -> tuple[str, ...]:
    """Return a value with its interval and what it rests on, as a table shows them."""
    mark = "*" if row["is_small"] and row["value"] is not None and unit != "mentions" else ""
    value, low, high = (number(row[name], unit) for name in ("value", "low", "high"))
    return value + mark, low, high, f"{row['n']:,}", f"{row['mentions']:,}"


def with_notes(note: str, answer: dict[str, Any]) -> str:
    """Return a table's note with those of the answer."""
    return " ".join((note, *answer["notes"]))


def title(answer: dict[str, Any]) -> str:
    """Return the title of a table of a measure."""
    measure = answer["measure"]
    return f"{measure['label']} ({measure['unit']}, {measure['formula']}, interval: {measure['interval']})"
