"""Bench: a connector between its stage and a store in memory, with all that lies between, in simulated time."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.budget import SpentTogether
from ingest.connection import Connections
from ingest.connector import Connector, ConnectorClass, Cursor, Event, Registry, Spec, Window
from ingest.engagement import EngagementSeries
from ingest.fetch import Limits
from ingest.history import History, Reading
from ingest.inbox import Inbox
from ingest.inbox_file import open_inbox_file
from ingest.intake import Intake
from ingest.job import Job
from ingest.met import Met
from ingest.near_copies import NearCopies
from ingest.outcome import RunReport
from ingest.plan import next_task
from ingest.reader import Desk, Reader
from ingest.runs import Runs
from ingest.secret import open_secret
from ingest.source_file import Source, Sources
from ingest.testing.stage import Stage
from ingest.traces import Traces
from textcx.annotation import Annotations, Values
from textcx.document import Document
from textcx.mention import Mention
from textcx.query.tree import Everything
from textcx.testing.list_store import ListStore
from textcx.words import Lemmas

SOURCE = "trial"
_LIMITS = Limits(bytes=2**20, seconds=10.0, silence_seconds=5.0, attempts=3, quiet_seconds=0.4)
_SAYS_NOTHING = Annotations.model_validate({"language": {"code": "und", "confidence": 0}}).model_dump(mode="json")


class Bench:
    """One data folder whose only source is a stage.

    Args:
        folder: The data folder.
        stage: The service; its time is the bench's.
        connector: What reads it, if it is not registered.
        stream_for: How long a stream is read at least; without it for its source's interval.

    Attributes:
        stage: As given.
        store: Where mentions end.
        skew: By how much our clock goes ahead of the service's.
        at_event: Called with the number of each event before it is handed on, from 0.
    """

    def __init__(
        self,
        folder: Path,
        stage: Stage,
        connector: ConnectorClass | None = None,
        *,
        stream_for: timedelta | None = timedelta(),  # noqa: B008 - it is never changed
    ) -> None:
        self.folder = folder
        self.stage = stage
        self.store = ListStore(Lemmas())
        self.skew = timedelta()
        self.at_event: Callable[[int], None] = lambda _number: None
        self._connector = connector or Registry().load(stage.connector)
        self._database = open_inbox_file(folder)
        secret = open_secret(folder)
        self._inbox, self.runs = Inbox(self._database), Runs(self._database)
        self.history, self.met = History(self._database), Met(self._database)
        self.series, self.traces = EngagementSeries(self._database), Traces(self._database, secret)
        self._job = Job(self._inbox, NearCopies(self._database), _Silent(), self.store, holder="bench")
        desk = Desk(
            inbox_cursor=self._inbox.cursor,
            intake=Intake(self._inbox, self.runs, secret),
            runs=self.runs,
            history=self.history,
            met=self.met,
            series=self.series,
            traces=self.traces,
            secret=secret,
            erase=self._erase,
            written_by=self.store.mentions_of,
        )
        registry = Registry({stage.connector: self._connector})
        self._connections = Connections(
            registry,
            lambda who: SpentTogether(self._database, secret.fingerprint(who)),
            now=self.now,
            clock=lambda: stage.world.now.timestamp(),
            sleep=self.sleep,
            limits=_LIMITS,
        )
        self.sources = Sources(folder / "sources", registry)
        self.source: Source = self.sources.check(SOURCE, self._file())
        self._reader = Reader(desk, self._connect, now=self.now, stream_for=stream_for)

    def read(self) -> tuple[Reading, RunReport]:
        """Read once, let all that came be stored, and return how that went; the counts have to add up.

        Raises: whatever went wrong in the stage's own answers.
        """
        task = next_task(self.source, self.history.position(SOURCE), self.now())
        reading = self._reader.read(self.source, task)
        if self.stage.trouble is not None:
            raise self.stage.trouble
        while self._job.work_once():
            pass
        report = self.runs.report(reading.run)
        assert report.adds_up, report
        assert report.pending == 0, report
        assert report.read == reading.given, (report, reading)
        return reading, report

    def mentions(self) -> list[Mention]:
        """Return what is stored."""
        return [one.mention for one in self.store.export(Everything())]

    def texts(self) -> list[str]:
        """Return the stored texts, sorted."""
        return sorted(mention.text for mention in self.mentions())

    def now(self) -> datetime:
        """Return our time."""
        return self.stage.world.now + self.skew

    def sleep(self, seconds: float) -> None:
        """Let time pass in no time."""
        self.stage.world.let_pass(timedelta(seconds=seconds))

    def copied(self, folder: Path) -> "Bench":
        """Return a bench on a copy of the data folder as it is on disk: what a kill at this moment leaves behind."""
        shutil.copytree(self.folder, folder)
        return Bench(folder, self.stage, self._connector)

    def close(self) -> None:
        """Close the files."""
        self._database.close()

    @contextmanager
    def _connect(self, source: Source) -> Iterator[Connector]:
        with self._connections.open(source) as connector:
            yield _Counted(connector, self)

    def _erase(self, identifiers: Sequence[str]) -> int:
        return self.store.forget(identifiers) + self.traces.forget(identifiers)

    def _file(self) -> dict[str, Any]:
        return {
            "connector": self.stage.connector,
            "brand": "Hyllbo",
            "allow_private": True,
            "settings": self.stage.settings(),
        }


class _Silent:
    """A pipeline that says nothing of any text."""

    def annotate_values(self, documents: Sequence[Document]) -> Sequence[Values]:
        return [_SAYS_NOTHING] * len(documents)


class _Counted:
    """A connector whose events are counted."""

    def __init__(self, connector: Connector, bench: Bench) -> None:
        self.spec: Spec = connector.spec
        self._connector = connector
        self._bench = bench

    def check(self) -> None:
        self._connector.check()

    def read(self, cursor: Cursor | None, window: Window) -> Any:
        events: Any = self._connector.read(cursor, window)
        number = -1
        try:
            event: Event
            for number, event in enumerate(events):
                self._bench.at_event(number)
                yield event
        finally:
            if hasattr(events, "close"):
                events.close()
