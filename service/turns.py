"""Turns: so many requests at a time, so many more waiting, and the rest is told to come again.

Routes run in threads, of which there are few. What takes long waits here instead, without a thread, so that a
question that takes a millisecond is never behind one that takes seconds.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textcx.errors import BacklogFullError


class Turns:
    """Gives out turns, in the order they are asked for.

    Args:
        at_a_time: How many may be taken at once.
        most_waiting: How many may wait for one.
    """

    def __init__(self, *, at_a_time: int, most_waiting: int) -> None:
        self._free = asyncio.Semaphore(at_a_time)
        self._most_waiting = most_waiting
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it until the block ends.

        Raises:
            BacklogFullError: Too many wait already.
        """
        if self._free.locked() and self._waiting >= self._most_waiting:
            message = f"{self._waiting} requests wait for their turn; no more are taken just now."
            raise BacklogFullError(message, retry_after_seconds=1)
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()
