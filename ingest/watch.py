"""Watch: reads all sources by themselves, each at its own interval and in its own thread, until it is stopped.

A slow source holds no other; a source's lock keeps two processes from reading it at once; what is stopped goes on
where it was. The clock and the waiting are passed in, so that hours pass in a test within seconds.
"""

import threading
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from ingest.history import History, Reading
from ingest.lock import SourceLock
from ingest.plan import Task, backfill_task, next_task
from ingest.reader import StoppedError
from ingest.retention import Retention
from ingest.source_file import Source, Sources
from textcx.errors import RetryableError, TextCXError

_RESCAN_SECONDS = 30.0
_LOCKED_SECONDS = 5.0
_DISK_SECONDS = 10.0
_TENDED_EVERY = timedelta(hours=1)


class Waiting(Protocol):
    """How time passes: really, or in a test."""

    def now(self) -> datetime:
        """Return the time."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait.

        Raises:
            StoppedError: All is to stop.
        """
        ...

    def is_stopped(self) -> bool:
        """Say whether all is to stop."""
        ...

    def start(self, work: Callable[[], None], name: str) -> None:
        """Let something be done in a thread of its own."""
        ...

    def join(self) -> None:
        """Wait until all that was started has ended."""
        ...


class Watch:
    """Reads the sources of a data folder.

    Args:
        folder: The data folder, for locks.
        sources: Their files, looked at again and again: one that comes is read, one that goes is not.
        history: Their positions.
        retention: Erases what is past its time, after each reading.
        read: Reads one.
        waiting: How time passes.
        report: Is told of each reading, and of a file that cannot be used.
        only: Names of the sources that are read; without it all.
    """

    def __init__(
        self,
        folder: Path,
        sources: Sources,
        history: History,
        retention: Retention,
        *,
        read: Callable[[Source, Task], Reading],
        waiting: Waiting,
        report: Callable[[str, Reading | str], None],
        only: Collection[str] | None = None,
    ) -> None:
        self._folder = folder
        self._sources = sources
        self._history = history
        self._retention = retention
        self._read = read
        self._waiting = waiting
        self._report = report
        self._only = only
        self._watched: set[str] = set()
        self._tended: dict[str, datetime] = {}
        self._guard = threading.Lock()

    def run(self) -> None:
        """Read until stopped, then return when every reading has ended in order."""
        try:
            while not self._waiting.is_stopped():
                for name in self._sources.names():
                    if name not in self._watched and (self._only is None or name in self._only):
                        self._watched.add(name)
                        self._waiting.start(lambda name=name: self._follow(name), name)  # type: ignore[misc]
                self._waiting.sleep(_RESCAN_SECONDS)
        except StoppedError:
            pass
        finally:
            self._waiting.join()

    def _follow(self, name: str) -> None:
        """Read one source until it is stopped or its file is gone."""
        told = ""
        try:
            while name in self._sources.names():
                try:
                    pause = self._turn(name)
                    told = ""
                except RetryableError:  # our own disk is full or fails: the next turn may do
                    pause = _DISK_SECONDS
                except TextCXError as error:
                    if isinstance(error, StoppedError):
                        raise
                    if str(error) != told:
                        told = str(error)
                        self._report(name, told)
                    pause = _RESCAN_SECONDS
                self._waiting.sleep(pause)
        except StoppedError:
            return
        finally:
            with self._guard:
                self._watched.discard(name)

    def _turn(self, name: str) -> float:
        """Do what is due, and return for how many seconds nothing is."""
        source = self._sources.read(name)
        now = self._waiting.now()
        if source.file.paused or source.spec.is_sent:  # its terms hold all the same
            if now - self._tended.get(name, now - _TENDED_EVERY) >= _TENDED_EVERY:
                self._tended[name] = now
                self._retention.enforce(source, now=now)
            return _RESCAN_SECONDS
        position = self._history.position(name)
        is_due = position.next_at is None or position.next_at <= now
        older = None if position.failures else backfill_task(source, position)  # what is broken is asked for less
        if older is not None:
            last = self._history.readings(name, limit=1)
            if not last or (not is_due and last[0].state == "waiting"):  # it wants a pause
                older = None
            elif source.spec.is_stream:  # it is always due: they take turns
                is_due = is_due and last[0].kind == "backfill"
        task = next_task(source, position, now) if is_due else older
        if task is None:
            assert position.next_at is not None
            return min(_RESCAN_SECONDS, max(0.05, (position.next_at - now) / timedelta(seconds=1)))
        with SourceLock(self._folder, name) as lock:
            if not lock.take():
                return _LOCKED_SECONDS
            reading = self._read(source, task)
            self._retention.enforce(source, now=self._waiting.now())
        self._report(name, reading)
        return 0.0


class RealTime:
    """Time as it is; `stop` ends all waiting."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def stop(self) -> None:
        """Let all end in order."""
        self._stop.set()

    def sleep(self, seconds: float) -> None:
        """See Waiting."""
        if self._stop.wait(seconds):
            raise StoppedError("The reading was stopped; the next one goes on.")

    def is_stopped(self) -> bool:
        """See Waiting."""
        return self._stop.is_set()

    def start(self, work: Callable[[], None], name: str) -> None:
        """See Waiting."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        self._threads.append(threading.Thread(target=work, name=f"source {name}"))
        self._threads[-1].start()

    def join(self) -> None:
        """See Waiting."""
        for thread in self._threads:
            thread.join()
