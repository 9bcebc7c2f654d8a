"""Simulated time: threads that wait for each other instead of for the clock, so that hours pass within seconds.

One thread runs at a time; when it sleeps, the one that wakes first goes on, and the clock with it. So the order is the
same each time, and what takes long takes long in simulated time alone.
"""

import heapq
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from ingest.reader import StoppedError

_SHORTEST_SECONDS = 0.001
"""What is shorter than a clock's tick would let no time pass at all."""


class SimulatedTime:
    """A `Waiting` of `ingest.watch` without waiting.

    Args:
        start: The first moment; the thread that makes this is the one that runs.
        end: When all is to stop.
    """

    def __init__(self, start: datetime, *, end: datetime) -> None:
        self._now = start
        self._end = end
        self._asleep: list[tuple[datetime, int, threading.Semaphore]] = []
        self._count = 0
        self._threads = 0
        self._guard = threading.Lock()

    def now(self) -> datetime:
        """See Waiting."""
        return self._now

    def seconds(self) -> float:
        """Return the time as seconds since 1970."""
        return self._now.timestamp()

    def is_stopped(self) -> bool:
        """See Waiting."""
        return self._now >= self._end

    def sleep(self, seconds: float) -> None:
        """See Waiting."""
        self._pass_on(self._now + timedelta(seconds=max(_SHORTEST_SECONDS, seconds)))
        if self.is_stopped():
            raise StoppedError("The simulated time is over.")

    def start(self, work: Callable[[], None], name: str) -> None:
        """See Waiting; the thread begins when all that run have gone to sleep."""
        turn = threading.Semaphore(0)

        def run() -> None:
            turn.acquire()
            try:
                work()
            finally:
                self._threads -= 1
                self._wake_next()

        self._threads += 1
        threading.Thread(target=run, name=name, daemon=True).start()
        self._push(self._now, turn)

    def join(self) -> None:
        """See Waiting."""
        while self._threads:
            self._pass_on(self._now + timedelta(seconds=1))

    def _pass_on(self, until: datetime) -> None:
        turn = threading.Semaphore(0)
        self._push(until, turn)
        self._wake_next()
        turn.acquire()

    def _push(self, at: datetime, turn: threading.Semaphore) -> None:
        with self._guard:
            self._count += 1
            heapq.heappush(self._asleep, (at, self._count, turn))

    def _wake_next(self) -> None:
        with self._guard:
            at, _, turn = heapq.heappop(self._asleep)
            self._now = max(self._now, at)
        turn.release()
