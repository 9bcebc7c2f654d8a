"""CircuitBreaker: stops asking a server that does not answer, so that callers hear so at once.

After some failures in a row it lets nothing through for a while, then one call as a probe; each failed probe doubles
the while.
"""

import threading
import time
from collections.abc import Callable

_FAILURES = 5
_FIRST_PAUSE_SECONDS = 2.0
_LONGEST_PAUSE_SECONDS = 10.0


class CircuitBreaker:
    """Knows whether a call is worth trying. Safe to use from many threads.

    Args:
        clock: Seconds, ever rising.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._failures = 0
        self._pause_seconds = _FIRST_PAUSE_SECONDS
        self._open_until = 0.0

    def allows(self) -> bool:
        """Return whether a call may go out now; of those that wait for a probe, one may."""
        with self._guard:
            if self._failures < _FAILURES:
                return True
            now = self._clock()
            if now < self._open_until:
                return False
            self._open_until = now + self._pause_seconds  # the others wait for what this one finds
            return True

    def succeeded(self) -> None:
        """Note that the server answered."""
        with self._guard:
            self._failures = 0
            self._pause_seconds = _FIRST_PAUSE_SECONDS

    def failed(self) -> None:
        """Note that it did not."""
        with self._guard:
            self._failures += 1
            if self._failures >= _FAILURES:
                self._open_until = self._clock() + self._pause_seconds
                self._pause_seconds = min(2 * self._pause_seconds, _LONGEST_PAUSE_SECONDS)
