"""`textcx sources`: the places that are read by themselves: make one, see how they are doing, try one, pause one."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ingest.lock import SourceLock
from service.assembly import Workshop
from service.commands.options import AsJson, Data, open_workshop
from service.commands.screen import console, print_json, print_table
from service.erasure import follow
from textcx.errors import ConflictError

if TYPE_CHECKING:
    from ingest.connector import Connector, Spec
    from ingest.raw import RawRecord, Unreadable
    from ingest.source_file import Source

app = typer.Typer(help="Sources: places that are read by themselves.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The source's name.")]
_FIRST_RECORDS = 3
_LONGEST_LOOK_SECONDS = 30.0


@app.command()
def connectors(as_json: AsJson = False, data: Data = None) -> None:
    """List the kinds of places there are, with what may be stored of them."""
    registry = open_workshop(data).connectors
    specs = [registry.load(name).spec for name in registry.names()]
    if as_json:
        print_json([_spec_as_dict(spec) for spec in specs])
        return
    rows = [(spec.name, spec.title, spec.terms.stored) for spec in specs]
    print_table(f"{len(rows)} kinds of places", ("name", "what it reads", "may be stored"), rows)


@app.command()
def add(
    connector: Annotated[str, typer.Argument(help="Which kind of place; `textcx sources connectors` lists them.")],
    name: Annotated[str | None, typer.Option("--name", help="Of the source. [default: the connector's]")] = None,
    told: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE: a setting, or brand, every, since, keep and the like.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before it is kept.")] = False,
    data: Data = None,
) -> None:
    """Make a source: asks for each setting, tries it, and shows the first three records before anything is kept.

    A secret is never typed here: say where it lies, as env:VARIABLE or file:PATH.
    """
    from service.source_settings import ask_settings, read_told

    workshop = open_workshop(data)
    name = name or connector
    if name in workshop.sources.names():
        raise ConflictError(f"There is a source {name!r} already. Give this one another name: --name NAME.")
    spec = workshop.connectors.load(connector).spec
    values = read_told(spec, told or [])
    if sys.stdin.isatty():
        values = ask_settings(spec, values)
    source = workshop.sources.check(name, values)
    _show_terms(spec)
    _try(workshop, source)
    if not yes and sys.stdin.isatty() and not typer.confirm(f"\nKeep {name!r}?", default=True):
        console().print("Nothing was kept.")
        return
    workshop.sources.write(name, values)
    more = f"It is sent to /v1/inbound/{name}." if spec.is_sent else f"`textcx run {name}` reads it."
    console().print(f"\n{name} is kept; nothing was stored of it yet. {more}", markup=False)


@app.command("list")
def list_sources(data: Data = None, as_json: AsJson = False) -> None:
    """List all sources: state, how far behind, when something new came last."""
    from service.source_report import all_sources

    sources = all_sources(open_workshop(data), now=datetime.now(UTC))
    if as_json:
        print_json(sources)
        return
    rows = [
        (
            one["name"],
            one["connector"] or "-",
            one["state"],
            _age(one["lag_seconds"]),
            (one["last_new_at"] or "never")[:16],
            (one["next_at"] or "-")[:16],
            str(one["mentions"]),
            one["note"] or "",
        )
        for one in sources
    ]
    header = ("name", "connector", "state", "behind", "last new", "next", "mentions", "note")
    print_table(f"{len(rows)} sources", header, rows)


@app.command()
def show(name: Name, data: Data = None) -> None:
    """Show a source with its latest readings, as JSON."""
    from service.source_report import one_source

    print_json(one_source(open_workshop(data), name, now=datetime.now(UTC)))


@app.command()
def check(name: Name, data: Data = None) -> None:
    """Make one cheap call with a source's credential: says which right is missing."""
    workshop = open_workshop(data)
    with workshop.build_connections(sleep=_refuse_to_wait).open(workshop.sources.read(name)) as connector:
        connector.check()
    console().print(f"{name} answers.", markup=False)


@app.command("test")
def try_source(name: Name, data: Data = None) -> None:
    """Read the first three records of a source and show them as they would be stored; store nothing."""
    workshop = open_workshop(data)
    _try(workshop, workshop.sources.read(name))
    console().print("\nNothing was stored.")


@app.command()
def pause(name: Name, data: Data = None) -> None:
    """Read a source no more, until `resume`."""
    open_workshop(data).sources.pause(name, paused=True)
    console().print(f"{name} is paused.", markup=False)


@app.command()
def resume(name: Name, data: Data = None) -> None:
    """Read a paused source again."""
    open_workshop(data).sources.pause(name, paused=False)
    console().print(f"{name} is read again.", markup=False)


@app.command()
def remove(
    name: Name,
    erase: Annotated[bool, typer.Option("--erase", help="Erase for good what was read of it, too.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask before something is erased.")] = False,
    data: Data = None,
) -> None:
    """Read a source no more and forget how far it was read; what is stored stays, unless its terms forbid that."""
    workshop = open_workshop(data)
    source, count = workshop.sources.read(name), workshop.met.count(name)
    days = source.spec.terms.longest_days
    if days and count and not erase:
        raise ConflictError(
            f"What is not met again at {name} within {days} days must be erased, and {count:,} mentions of it are "
            "here. Remove it with --erase, or pause it."
        )
    with SourceLock(workshop.settings.data, name) as lock:
        if not lock.take():
            raise ConflictError(f"{name} is being read by another process. Stop that first.")
        if erase and count:
            if not yes:
                typer.confirm(f"Erase {count:,} mentions for good?", abort=True)
            workshop.retention.erase_all(source, now=datetime.now(UTC))
            follow(workshop)
        workshop.sources.remove(name)
        workshop.history.forget(name)
    console().print(f"{name} is removed. {count if erase else 0:,} mentions were erased.", markup=False)


@app.command("runs")
def list_runs(
    limit: Annotated[int, typer.Option(help="How many.")] = 20, data: Data = None, as_json: AsJson = False
) -> None:
    """List the latest runs with what became of their records."""
    from service.reports import report_as_dict

    reports = [report_as_dict(one) for one in open_workshop(data).runs.latest(limit=limit)]
    if as_json:
        print_json(reports)
        return
    outcomes = ("stored", "duplicate", "filtered", "quarantined")
    rows = [
        (one["run"], one["source"], one["state"], str(one["read"]), *(str(one["outcomes"][name]) for name in outcomes))
        for one in reports
    ]
    print_table(f"{len(rows)} runs", ("run", "source", "state", "read", *outcomes), rows)


def _try(workshop: Workshop, source: "Source") -> None:
    """Check a source and show its first records."""
    from service.commands.first_records import print_records

    with workshop.build_connections(sleep=_refuse_to_wait).open(source) as connector:
        connector.check()
        console().print(f"{source.name} answers.", markup=False)
        if source.spec.is_sent:
            return
        records = list(_first_records(connector, source))
    if not records:
        console().print("It has no record that can be shown yet.")
    print_records(records, workshop.secret)


def _first_records(connector: "Connector", source: "Source") -> "Iterator[RawRecord | Unreadable]":
    import time
    from contextlib import closing

    from ingest.connector import State, Upsert
    from ingest.history import Position
    from ingest.plan import next_task
    from ingest.raw import Unreadable
    from ingest.reader import completed

    now, end_at, shown = datetime.now(UTC), time.monotonic() + _LONGEST_LOOK_SECONDS, 0
    events: Any = connector.read(None, next_task(source, Position(), now).window)
    with closing(event for event in events) as found:
        for event in found:
            if isinstance(event, Upsert | Unreadable):
                shown += 1
                yield completed(event.record, source) if isinstance(event, Upsert) else event
            is_all = source.spec.is_stream and isinstance(event, State) and event.is_current
            if shown >= _FIRST_RECORDS or is_all or time.monotonic() > end_at:
                return


def _refuse_to_wait(seconds: float) -> None:
    """Wait a little, as a source asks; a long wait is not worth it for a look."""
    import time

    from textcx.errors import RateLimitedError

    if seconds > _LONGEST_LOOK_SECONDS:
        raise RateLimitedError(f"The source wants a pause of {seconds:.0f} seconds.", retry_after_seconds=seconds)
    time.sleep(seconds)


def _show_terms(spec: "Spec") -> None:
    terms, out = spec.terms, console()
    out.print(f"May be stored: {terms.stored} ({terms.page}).", markup=False)
    if terms.longest_days:
        out.print(f"What is not met again within {terms.longest_days} days is erased.")
    if terms.shown:
        out.print(f"Show beside it: {terms.shown}.", markup=False)
    if not terms.is_official:
        out.print("This is not offered by the source itself: see to it that you may.")


def _spec_as_dict(spec: "Spec") -> dict[str, Any]:
    schema = spec.settings.model_json_schema()
    return {"name": spec.name, "title": spec.title, "stored": spec.terms.stored, "settings": schema}


def _age(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
