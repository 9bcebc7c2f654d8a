"""Quota: exactly so many requests of one caller in any minute.

A sliding window log: the times of the admitted requests of the last minute. Never more than the quota in any
window of that length, and never a refusal while there is less; a fixed window lets twice the quota through around
its border, and a leaky bucket (GCRA) up to twice in a window that begins with it full. One time is kept per
admitted request, so a caller costs at most its quota.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a caller is told.

    Attributes:
        is_admitted: The request may go on.
        most: The quota.
        remaining: How many more requests would be admitted now.
        more_in_seconds: When at the latest one more than that would be, in whole seconds.
    """

    is_admitted: bool
    most: int
    remaining: int
    more_in_seconds: int

    def headers(self) -> dict[str, str]:
        """Return the fields of draft-ietf-httpapi-ratelimit-headers-10, and `Retry-After` with a refusal."""
        fields = {
            "RateLimit-Policy": f'"minute";q={self.most};w={WINDOW_SECONDS}',
            "RateLimit": f'"minute";r={self.remaining};t={self.more_in_seconds}',
        }
        return fields if self.is_admitted else {**fields, "Retry-After": str(self.more_in_seconds)}


class Quota:
    """Counts the requests of each caller.

    Args:
        clock: Seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._admitted: dict[str, deque[float]] = {}
        self._guard = threading.Lock()

    def take(self, caller: str, most: int) -> Verdict:
        """Admit a request or refuse it; a refused one does not count.

        Args:
            caller: Whose request it is.
            most: How many of it are admitted in any minute.
        """
        with self._guard:
            now = self._clock()
            times = self._admitted.setdefault(caller, deque())
            while times and times[0] <= now - WINDOW_SECONDS:
                times.popleft()
            is_admitted = len(times) < most
            if is_admitted:
                times.append(now)
            more_in = max(1, math.ceil(times[0] + WINDOW_SECONDS - now))
            return Verdict(is_admitted, most, max(0, most - len(times)), more_in)
