"""`textcx ingest`: from a file to the store, with a report at the end."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from ingest.connectors.file import FileConnector
from ingest.intake import Intake
from ingest.mapping import read_fixed, read_map
from ingest.outcome import RunReport
from ingest.raw import RawRecord, Unreadable
from ingest.ready_mapping import read_ready
from ingest.suggestion import quoted, suggest
from service.assembly import Workshop
from service.commands.first_records import print_records
from service.commands.options import AsJson, Data, open_workshop
from service.commands.screen import console, print_json
from service.indexer import Indexer
from service.reports import report_as_dict
from textcx.configs import configs_folder

_PREVIEW_RECORDS = 5
_POLL_SECONDS = 0.1
_LONG_POLL_SECONDS = 1.0
_MANY_RECORDS = 5_000
"""A look at the run counts what waits, in milliseconds where that is much; so many take at least a second."""
_MOST_UNUSED_SHOWN = 30
_SET_ASIDE_EXIT = 3


def ingest(
    file: Annotated[Path, typer.Argument(help="CSV, TSV, XLSX, JSON, JSON Lines or Parquet, plain or gzip.")],
    mapped: Annotated[
        list[str] | None,
        typer.Option("--map", help="FIELD=COLUMN[:SCALE], e.g. text=Comment, rating=Stars:1-5, published_at=Date:dmy."),
    ] = None,
    fixed: Annotated[
        list[str] | None, typer.Option("--set", help="FIELD=VALUE for all rows, e.g. brand=Acme, kind=review.")
    ] = None,
    table: Annotated[
        str | None,
        typer.Option("--table", help="Which sheet of a workbook, or which list of a JSON document: data.reviews."),
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option(
            "--mapping", help="A ready mapping of configs/mappings, e.g. qualtrics; without it, found by the columns."
        ),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Show the first records as they would be stored; store nothing.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Read a file of reviews, comments or survey answers into the store.

    Reading it again, or a grown copy of it, adds only what is new. Exit status 3: done, but some records were set
    aside; `textcx quarantine list` says why.
    """
    told = [("--table", table), ("--mapping", mapping)]
    told += [("--map", one) for one in mapped or []] + [("--set", one) for one in fixed or []]
    connector = FileConnector(
        file,
        mapped=read_map(mapped or []),
        fixed=read_fixed(fixed or []),
        table=table,
        mapping=mapping,
        ready=read_ready(configs_folder() / "mappings"),
        command=suggest(str(file), *(f"{option} {quoted(value)}" for option, value in told if value is not None)),
    )
    workshop = open_workshop(data)
    if preview:
        _show_preview(connector, workshop)
        return
    report = run_source(workshop, f"file {file.name}", connector.read(), shows_progress=not as_json)
    if as_json:
        unused = list(connector.columns.unused)
        print_json({**report_as_dict(report), "columns_not_used": unused, "notes": list(_remarks(connector))})
    else:
        print_report(report, unused=connector.columns.unused)
        for remark in _remarks(connector):
            console().print(remark, markup=False)
        if "id" not in connector.columns.mapped:
            console().print("No column is an id: a row that changes is a new mention. --map id=COLUMN names one.")
    workshop.close()
    if report.outcomes["quarantined"]:
        raise typer.Exit(_SET_ASIDE_EXIT)


def run_source(
    workshop: Workshop, source: str, records: Iterable[RawRecord | Unreadable], *, shows_progress: bool
) -> RunReport:
    """Take a source's records in, wait until all have ended and can be searched, and return the report.

    Raises:
        RunError: Reading broke off; what was read before that is stored all the same.
        ConfigError: The pipeline cannot be built.
    """
    run = workshop.runs.start(source)
    with Indexer(workshop) as indexer, _progress(shows_progress) as progress:
        task = progress.add_task(f"reading {source}", total=None)

        def wait(seconds: float) -> None:
            indexer.check()
            time.sleep(seconds)

        intake = Intake(workshop.inbox, workshop.runs, workshop.secret, sleep=wait)
        for taken in intake.take(run, records):
            progress.update(task, completed=taken)
        _await_end(workshop, run, wait, lambda done, read: progress.update(task, completed=done, total=read))
    return workshop.runs.report(run)


def print_report(report: RunReport, *, unused: tuple[str, ...] = ()) -> None:
    """Print what became of a run, in words."""
    out = console()
    counts = ", ".join(f"{count:,} {outcome}" for outcome, count in report.outcomes.items())
    out.print(f"{report.read:,} records read from {report.source}: {counts}.", markup=False)
    remarks = {name.replace("_", " "): count for name, count in report.remarks.items() if count}
    if remarks:
        out.print("Of those stored: " + ", ".join(f"{count:,} {name}" for name, count in remarks.items()) + ".")
    if unused:
        more = f" and {len(unused) - _MOST_UNUSED_SHOWN} more" if len(unused) > _MOST_UNUSED_SHOWN else ""
        shown = ", ".join(unused[:_MOST_UNUSED_SHOWN])
        out.print(f"Columns not used: {shown}{more}. --map attr.NAME=COLUMN keeps one.", markup=False)
    if report.outcomes["quarantined"]:
        out.print("Some records were set aside; `textcx quarantine list` says why.", markup=False)


def _remarks(connector: FileConnector) -> Iterator[str]:
    """Give what somebody who knows the file should know of how it was read."""
    if connector.ready_mapping:
        yield f"Read as {connector.ready_mapping.title}."
    if connector.shape.table:
        others = ", ".join(connector.shape.not_read)
        yield f"Read {connector.shape.table!r}." + (f" Not read: {others}; --table NAME reads one." if others else "")
    for remark, count in connector.remarks.items():
        yield f"{remark}: {count:,}."


def _await_end(workshop: Workshop, run: str, wait: Callable[[float], None], show: Callable[[int, int], None]) -> None:
    while not (report := workshop.runs.report(run)).is_done:
        show(report.read - report.pending, report.read)
        wait(_POLL_SECONDS if report.pending < _MANY_RECORDS else _LONG_POLL_SECONDS)
    workshop.store.refresh()


def _progress(shows_progress: bool) -> Progress:  # noqa: FBT001
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        transient=True,
        disable=not (shows_progress and sys.stderr.isatty()),
    )


def _show_preview(connector: FileConnector, workshop: Workshop) -> None:
    out = console()
    columns = connector.columns
    for field, one in columns.mapped.items():
        scale = f", scale {one.scale[0]:g} to {one.scale[1]:g}" if one.scale else ""
        out.print(f"{field} = column {one.column!r}{scale}", markup=False)
    for field, value in columns.fixed.items():
        out.print(f"{field} = {value!r} for all rows", markup=False)
    for remark in _remarks(connector):
        out.print(remark, markup=False)
    if columns.unused:
        out.print(f"not used: {', '.join(columns.unused)}", markup=False)
    print_records(islice(connector.read(), _PREVIEW_RECORDS), workshop.secret)
    out.print("\nNothing was stored.", markup=False)
