"""Collectors: sources are read, once or by themselves, with what a data folder has for it."""

from collections.abc import Callable, Collection
from datetime import timedelta
from pathlib import Path

from ingest.connection import Connections
from ingest.history import History, Reading
from ingest.lock import SourceLock
from ingest.plan import Task, backfill_task, next_task
from ingest.reader import Desk, Reader
from ingest.retention import Retention
from ingest.source_file import Source, Sources
from ingest.watch import Waiting, Watch
from textcx.errors import ConflictError

_STREAM_AT_ONCE = timedelta()
"""How long a stream that is read once goes on after it has caught up with now."""


class Collectors:
    """Reads the sources of a data folder.

    Args:
        folder: The data folder, for locks.
        sources: Their files.
        desk: What a reader works with.
        retention: Erases what is past its time.
        connections: Gives connectors.
        waiting: How time passes.
    """

    def __init__(
        self,
        folder: Path,
        sources: Sources,
        desk: Desk,
        retention: Retention,
        connections: Connections,
        *,
        waiting: Waiting,
    ) -> None:
        self._folder = folder
        self._sources = sources
        self._desk = desk
        self._retention = retention
        self._connections = connections
        self._waiting = waiting

    @property
    def _history(self) -> History:
        return self._desk.history

    def read_once(self, name: str) -> Reading | None:
        """Read what is new of a source, and all older time that is wanted; return None where the source wants a pause.

        Raises:
            ConfigError: Its file cannot be used.
            NotFoundError: There is none.
            ConflictError: It is being read by another process, or sends by itself.
            StoreUnavailableError: Our own disk refused.
        """
        source = self._sources.read(name)
        if source.spec.is_sent:
            raise ConflictError(f"{name} sends by itself, to /v1/inbound/{name}; it is not read.")
        last = self._history.readings(name, limit=1)
        position = self._history.position(name)
        now = self._waiting.now()
        if last and last[0].state == "waiting" and position.next_at and position.next_at > now:
            return None
        with SourceLock(self._folder, name) as lock:
            if not lock.take():
                raise ConflictError(f"{name} is being read by another process.")
            reading = self._reader(_STREAM_AT_ONCE).read(source, next_task(source, position, now))
            while reading.state == "complete" and (task := backfill_task(source, self._history.position(name))):
                older = self._reader(None).read(source, task)
                if older.state != "complete":
                    return older
            self._retention.enforce(source, now=self._waiting.now())
        return reading

    def watch(self, report: Callable[[str, Reading | str], None], *, only: Collection[str] | None = None) -> None:
        """Read all sources, or those named, each at its interval, until all is to stop.

        Args:
            report: Is told of each reading, and of a file that cannot be used.
            only: Names.
        """
        reader = self._reader(None)

        def read(source: Source, task: Task) -> Reading:
            return reader.read(source, task)

        Watch(
            self._folder,
            self._sources,
            self._history,
            self._retention,
            read=read,
            waiting=self._waiting,
            report=report,
            only=only,
        ).run()

    def _reader(self, stream_for: timedelta | None) -> Reader:
        waiting = self._waiting
        return Reader(
            self._desk,
            self._connections.open,
            now=waiting.now,
            is_stopped=waiting.is_stopped,
            stream_for=stream_for,
        )
