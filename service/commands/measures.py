"""`textcx trends` and `textcx breakdown`: a measure over time, and by the values of a dimension."""

from datetime import datetime
from typing import Annotated, Any

import typer

from service.commands.options import AsJson, Data, Since, Timezone, Until, open_workshop
from service.commands.screen import number, print_json, print_table
from service.questions import Questions
from textcx.query.interval import IntervalName, label

Query = Annotated[str, typer.Argument(help="Which mentions; all if not given.")]
Measure = Annotated[str, typer.Option("--measure", help="volume, net_sentiment, average_stars, nps, csat, nki, ...")]
_NOTE = (
    "low and high: 95 % interval of sampling; it does not cover the model's errors. *: n under 10, too small to read."
)


def trends(
    query: Query = "",
    measure: Measure = "volume",
    interval: Annotated[str, typer.Option(help="hour, day, week, month, quarter or year")] = "month",
    by: Annotated[str | None, typer.Option("--by", help="A series for each value, e.g. touchpoint or brand.")] = None,
    since: Since = None,
    until: Until = None,
    data: Data = None,
    timezone: Timezone = None,
    as_json: AsJson = False,
) -> None:
    """Show a measure per interval, with n and its 95 % interval."""
    length: IntervalName = interval  # type: ignore[assignment]  # checked by `trends`, which lists the known ones
    answer = _questions(data).trends(
        measure, interval=length, by=by, q=query, since=since, until=until, timezone=timezone
    )
    if as_json:
        print_json(answer)
        return
    unit = answer["measure"]["unit"]
    rows = [
        (
            label(datetime.fromisoformat(point["start"]), length),
            *([series["key"][by]] if by else []),
            *_cells(point, unit),
        )
        for series in answer["series"]
        for point in series["points"]
    ]
    header = (interval, *([by] if by else []), *_header(answer))
    omitted = f" {answer['omitted']} smaller series are not shown." if answer["omitted"] else ""
    undated = f" undated: {answer['undated']:,}." if answer["undated"] else ""
    print_table(_title(answer), header, rows, note=_NOTE + undated + omitted)


def breakdown(
    query: Query = "",
    measure: Measure = "volume",
    by: Annotated[str, typer.Option("--by", help="A dimension, e.g. touchpoint, brand, lang, attr.region.")] = "brand",
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(help="How many values to show; the rest is added up as other.")] = 20,
    data: Data = None,
    timezone: Timezone = None,
    as_json: AsJson = False,
) -> None:
    """Show a measure per value of a dimension, the most frequent first."""
    answer = _questions(data).breakdown(
        measure, by=by, q=query, since=since, until=until, limit=limit, timezone=timezone
    )
    if as_json:
        print_json(answer)
        return
    unit = answer["measure"]["unit"]
    rows = [(row["key"], *_cells(row, unit)) for row in answer["rows"]]
    if answer["other"]:
        rows.append(("other", *_cells(answer["other"], unit)))
    rows.append(("all", *_cells(answer["total"], unit)))
    missing = f" {answer['missing']:,} mentions have no {by}." if answer["missing"] else ""
    print_table(_title(answer), (by, *_header(answer)), rows, note=_NOTE + missing)


def _questions(data: Any) -> Questions:
    workshop = open_workshop(data)
    return Questions(workshop.store, workshop.taxonomy, timezone=workshop.settings.timezone)


def _header(answer: dict[str, Any]) -> tuple[str, ...]:
    return (answer["measure"]["id"], "low", "high", f"n ({answer['measure']['counts']}s)", "mentions")


def _cells(row: dict[str, Any], unit: str) -> tuple[str, ...]:
    mark = "*" if row["is_small"] and row["value"] is not None and unit != "mentions" else ""
    value, low, high = (number(row[name], unit) for name in ("value", "low", "high"))
    return value + mark, low, high, f"{row['n']:,}", f"{row['mentions']:,}"


def _title(answer: dict[str, Any]) -> str:
    measure = answer["measure"]
    return f"{measure['label']} ({measure['unit']}, {measure['formula']}, interval: {measure['interval']})"
