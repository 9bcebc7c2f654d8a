"""`textcx report`: one page for a period and a brand that needs no server: to mail, to print, to keep."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import Data, Timezone, open_workshop
from service.commands.screen import console
from textcx.errors import RequestError

Query = Annotated[str, typer.Argument(help="Which mentions; all if not given.")]


def report(
    query: Query = "",
    output: Annotated[Path, typer.Option(help="The file to write.")] = Path("report.html"),
    brand: Annotated[list[str] | None, typer.Option(help="Only this brand; may be given more than once.")] = None,
    period: Annotated[str, typer.Option(help="30d, 90d, 12m or all, back from the newest mention.")] = "90d",
    since: Annotated[
        str | None, typer.Option("--from", help="First day, instead of a period, e.g. 2026-03-01.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", help="Last day.")] = None,
    language: Annotated[str, typer.Option(help="en, sv, da, nb or fi")] = "en",
    timezone: Timezone = None,
    data: Data = None,
) -> None:
    """Write a report: key figures, charts with their uncertainty, what moved, and customers' own words."""
    from service.dashboard.languages import CODES
    from service.dashboard.languages import language as words_in
    from service.dashboard.report import Printed
    from service.dashboard.report import report as written
    from service.dashboard.view import PERIODS, View
    from service.questions.scope import read_zone

    if language not in CODES:
        raise RequestError(f"--language {language!r} is not known; it must be one of {', '.join(CODES)}.")
    if period not in PERIODS:
        raise RequestError(f"--period {period!r} is not known; it must be one of {', '.join(PERIODS)}.")
    days = [_day(name, written_day) for name, written_day in (("--from", since), ("--to", until))]
    workshop = open_workshop(data)
    view = View(q=query, filters=tuple(("brand", one) for one in brand or ()), period=period)
    if any(days):
        view = view.over(*days)
    zone = read_zone(timezone or workshop.settings.timezone)
    page = written(Printed(workshop, view, words_in(language), zone), made_at=datetime.now(UTC))
    output.write_text(page, encoding="utf-8")
    workshop.close()
    console().print(f"{output} is written: open it in a browser, or print it.", markup=False)


def _day(name: str, written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written else None
    except ValueError as error:
        raise RequestError(f"{name} {written!r} is no day; write it as 2026-03-15.") from error
