"""`textcx run`: reads sources, once or by themselves."""

import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from service.assembly import Workshop
from service.commands.options import AsJson, Data, open_workshop
from service.commands.screen import console, print_json
from service.indexer import Indexer
from service.reports import report_as_dict
from textcx.errors import ConfigError, RequestError, TextCXError

if TYPE_CHECKING:
    from ingest.history import Reading
    from ingest.watch import RealTime

_POLL_SECONDS = 0.1
_INDEXER_SECONDS = 1.0
_FAILED_EXIT, _SET_ASIDE_EXIT = 1, 3


def run(
    names: Annotated[list[str] | None, typer.Argument(metavar="[SOURCE]...", help="Which; without it all.")] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="Go on, each source at its own interval, until stopped.")
    ] = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Read sources: what is new, what was changed and what is gone. `textcx sources add` makes one.

    Ends in order on Ctrl-C or SIGTERM; killed at any moment, the next reading goes on where this one was. Exit
    status 1: a source could not be read; 3: some records were set aside, `textcx quarantine list` says why.
    """
    from datetime import UTC, datetime

    from ingest.watch import RealTime

    workshop = open_workshop(data)
    known = workshop.sources.names()
    for name in names or ():
        workshop.sources.read(name)
    if not known and not watch:
        raise RequestError("There is no source yet. `textcx sources add` makes one.")
    waiting = RealTime(lambda: datetime.now(UTC))
    with closing(workshop), _stopped_by_signals(waiting):
        if watch:
            _watch(workshop, waiting, names or None, as_json=as_json)
        else:
            _run_once(workshop, waiting, names or _asked(workshop, known), as_json=as_json)


@contextmanager
def _stopped_by_signals(waiting: "RealTime") -> Iterator[None]:
    """Let SIGTERM and Ctrl-C end all readings in order."""
    before = {one: signal.signal(one, lambda *_: waiting.stop()) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _asked(workshop: Workshop, known: Sequence[str]) -> list[str]:
    """Return the sources that are read when none is named: those neither paused nor sending by themselves."""
    found = []
    for name in known:
        try:
            source = workshop.sources.read(name)
        except ConfigError:
            found.append(name)  # reading it says what is wrong with its file, and the others are read
        else:
            found += [] if source.file.paused or source.spec.is_sent else [name]
    return found


def _watch(workshop: Workshop, waiting: "RealTime", names: Sequence[str] | None, *, as_json: bool) -> None:
    failures: list[TextCXError] = []

    def report(name: str, told: "Reading | str") -> None:
        if as_json:
            print_json(_as_dict(name, told, workshop))
            sys.stdout.flush()
        else:
            console().print(f"{waiting.now():%Y-%m-%d %H:%M:%S} {_in_words(name, told)}", markup=False)

    with Indexer(workshop) as indexer:

        def tend() -> None:
            while not waiting.is_stopped():
                try:
                    indexer.check()
                except TextCXError as error:
                    failures.append(error)
                    waiting.stop()
                time.sleep(_INDEXER_SECONDS)

        waiting.start(tend, "indexer's watcher")
        workshop.build_collectors(waiting).watch(report, only=names)
    if failures:
        raise failures[0]


def _run_once(workshop: Workshop, waiting: "RealTime", names: Sequence[str], *, as_json: bool) -> None:
    """Read sources beside each other, wait until all that came can be searched, and report."""
    collectors = workshop.build_collectors(waiting)
    told: dict[str, Reading | str] = {}

    def read(name: str) -> None:
        try:
            told[name] = collectors.read_once(name) or "It wants a pause; it is read again after that."
        except TextCXError as error:
            told[name] = str(error)

    with Indexer(workshop) as indexer:
        for name in names:
            waiting.start(lambda name=name: read(name), name)  # type: ignore[misc]
        waiting.join()
        runs = [one.run for one in told.values() if not isinstance(one, str)]
        while not all(workshop.runs.report(run).is_done for run in runs):
            indexer.check()
            time.sleep(_POLL_SECONDS)
        workshop.store.refresh()
    counts: Counter[str] = Counter()
    for run in runs:
        counts.update(workshop.runs.report(run).outcomes)
    if as_json:
        print_json({"sources": [_as_dict(name, told[name], workshop) for name in names]})
    else:
        for name in names:
            console().print(_in_words(name, told[name]), markup=False)
        console().print(", ".join(f"{count:,} {outcome}" for outcome, count in counts.items()) or "Nothing was read.")
    if any(isinstance(one, str) or one.state == "failed" for one in told.values()):
        raise typer.Exit(_FAILED_EXIT)
    if counts["quarantined"]:
        raise typer.Exit(_SET_ASIDE_EXIT)


def _as_dict(name: str, told: "Reading | str", workshop: Workshop) -> dict[str, Any]:
    if isinstance(told, str):
        return {"source": name, "state": "not read", "note": told}
    from service.source_report import reading_as_dict

    return {**reading_as_dict(told), "records": report_as_dict(workshop.runs.report(told.run))}


def _in_words(name: str, told: "Reading | str") -> str:
    if isinstance(told, str):
        return f"{name}: not read. {told}"
    kind = {"live": "", "full": " (all of it)", "backfill": " (older time)"}[told.kind]
    erased = f", {told.deleted:,} erased" if told.deleted else ""
    note = f" {told.note}" if told.note else ""
    return f"{name}: {told.state}{kind}, {told.given:,} given, {told.fresh:,} new{erased}.{note}"
