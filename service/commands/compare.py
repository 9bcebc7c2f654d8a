"""`textcx compare`: how far two periods, brands or segments differ in a measure."""

from typing import Annotated, Any

import typer

from service.commands.measures import NOTE, Measure, Query, Spread, WeekStarts, cells, open_questions, title, with_notes
from service.commands.options import AsJson, Data, Since, Timezone, Until
from service.commands.screen import number, print_json, print_table

_SMALLEST_SHOWN = 0.001
_NOTE = "difference: b less a. q: p that allows for how many rows are shown; up to 0.05 the difference is read as one. "


def compare(
    a: Annotated[str, typer.Option("--a", help="A query: of two periods the earlier, else what b is held against.")],
    b: Annotated[str, typer.Option("--b", help="The other query.")],
    query: Query = "",
    measure: Measure = "net_sentiment",
    by: Annotated[str | None, typer.Option("--by", help="A row for each value, e.g. touchpoint or brand.")] = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(help="How many values to show.")] = 20,
    interval: Spread = "month",
    week_starts: WeekStarts = "monday",
    data: Data = None,
    timezone: Timezone = None,
    as_json: AsJson = False,
) -> None:
    """Compare two periods, brands or segments: the difference with its 95 % interval, p and q."""
    answer = open_questions(data).compare(
        measure,
        a=a,
        b=b,
        by=by,
        q=query,
        since=since,
        until=until,
        limit=limit,
        timezone=timezone,
        interval=interval,  # type: ignore[arg-type]  # checked by `compare`, which lists the known ones
        week_starts=week_starts,  # type: ignore[arg-type]  # likewise
    )
    if as_json:
        print_json(answer)
        return
    unit = answer["measure"]["unit"]
    rows = [(row["key"], *_compared(row, unit)) for row in answer["rows"]]
    rows.append(("all", *_compared(answer["total"], unit)))
    omitted = f" {answer['omitted']:,} smaller rows are not shown." if answer["omitted"] else ""
    header = (by or "", "a", "n", "b", "n", "difference", "low", "high", "p", "q", "reading")
    print_table(
        f"{title(answer)}, of a difference: {answer['measure']['comparison']}",
        header,
        rows,
        note=with_notes(_NOTE + NOTE + omitted, answer),
    )


def _compared(row: dict[str, Any], unit: str) -> tuple[str, ...]:
    sides = [cells(row[side], unit) for side in ("a", "b")]
    difference = row["difference"]
    return (
        *(cell for side in sides for cell in (side[0], side[3])),
        *(number(difference[name], unit) for name in ("value", "low", "high")),
        *(_chance(difference[name]) for name in ("p", "q")),
        difference["reading"],
    )


def _chance(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if value >= _SMALLEST_SHOWN else f"<{_SMALLEST_SHOWN}"
