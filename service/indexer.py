"""Indexer: drains the inbox and alone writes the search index, for as long as it holds the lock.

Server and command line run one each; whoever takes the lock works, the others only enqueue and wait for the
outcome. So `ingest`, `search` and `serve` work side by side on one data folder.
"""

import os
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Self

from ingest.lock import IndexerLock
from service.assembly import Workshop
from textcx.errors import ConfigError, RetryableError, RunError

_POLL_SECONDS = 0.05
_LOCK_POLL_SECONDS = 1.0
_RESTART_PAUSE_SECONDS = 1.0
_BUSY_POLL_SECONDS = 0.25
_MANY_RECORDS = 1_000
"""With fewer on their way, what is stored can be searched at once; else the index gathers many in one commit."""
_PURGE_SECONDS = 3600.0
_CLEARED_SECONDS = 24 * 3600.0
"""Words of erased mentions stay in the index's files no longer than this, as long as somebody works here."""
_CONFIG_EXIT = 2
_MOST_WORKERS = 4


class Indexer:
    """Works in a thread of its own from `with` to the end of the block.

    Args:
        workshop: The parts of the data folder.
    """

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        settings = workshop.settings
        self._worker_idle_seconds = settings.worker_idle_seconds
        self._workers = settings.workers or max(1, min(_MOST_WORKERS, os.cpu_count() or 2))
        self._lock = IndexerLock(workshop.settings.data)
        self._stop = threading.Event()
        self._worker: subprocess.Popen[bytes] | None = None
        self._worker_may_start_at = 0.0
        self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)
        self._failure: ConfigError | RunError | None = None

    def check(self) -> None:
        """Raise what stopped the indexer, if something did: whoever waits for it would wait for ever.

        Raises:
            ConfigError: The worker process could not start.
            IndexVersionError: The index was written by another version of textcx.
        """
        if self._failure is not None:
            raise self._failure

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._worker is not None and self._worker.poll() is None:
            self._worker.terminate()
            self._worker.wait()
        self._lock.release()

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self._lock.take():
                self._stop.wait(_LOCK_POLL_SECONDS)
                continue
            try:
                self._work()
            except RetryableError:
                self._stop.wait(_LOCK_POLL_SECONDS)  # the disk or the store refused: nothing is lost by waiting
            except (ConfigError, RunError) as error:
                self._failure = error
                return

    def _work(self) -> None:
        store = self._workshop.store
        store.attach_indexer()
        purge_at = time.monotonic()
        while not self._stop.is_set():
            if time.monotonic() >= purge_at:
                self._workshop.quarantine.purge_sealed(now=datetime.now(UTC))
                if store.holds_erased_words() and store.index_age_seconds() > _CLEARED_SECONDS:
                    store.rebuild()
                purge_at = time.monotonic() + _PURGE_SECONDS
            self._tend_worker()
            waiting = self._workshop.inbox.backlog(now=time.time()).records
            is_busy = waiting >= _MANY_RECORDS
            followed = store.index_pending(coming=waiting if is_busy else 0)
            if is_busy and followed < _MANY_RECORDS:
                self._stop.wait(_BUSY_POLL_SECONDS)
            elif followed == 0:
                self._stop.wait(_POLL_SECONDS)
        store.index_pending()

    def _tend_worker(self) -> None:
        """Start the worker process where something waits and none runs."""
        if self._worker is not None and self._worker.poll() is not None:
            if self._worker.returncode == _CONFIG_EXIT:
                raise ConfigError("The worker could not start: `textcx doctor` says why.")
            pause = _RESTART_PAUSE_SECONDS if self._worker.returncode else 0.0
            self._worker_may_start_at = time.monotonic() + pause
            self._worker = None
        now = time.monotonic()
        if self._worker is not None or now < self._worker_may_start_at:
            return
        if self._workshop.inbox.backlog(now=time.time()).records:
            self._worker = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "service.worker",
                    self._workshop.settings.model_dump_json(),
                    f"--workers={self._workers}",
                    f"--parent={os.getpid()}",
                    f"--idle-seconds={self._worker_idle_seconds}",
                ],
                stdin=subprocess.DEVNULL,
            )
