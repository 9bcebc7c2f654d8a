"""Listening: what a source sends by itself, message after message, over a connection that stays open.

No wait is long: where no message comes, None is given, so that whoever listens can say how far it is, and be stopped.
"""

import time
from collections.abc import Callable, Iterator
from typing import Generic, Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)

WAIT_SECONDS = 0.25
"""How long nothing is waited for at most before it is looked whether all is to stop."""
_MOMENT_SECONDS = 0.05
_POSITION_SECONDS = 2.0


class Inlet(Protocol[T_co]):
    """Where messages come in."""

    def receive(self, seconds: float) -> T_co | None:
        """Return the next message, or None if none came in that time.

        Raises:
            SourceUnavailableError: The connection is broken.
        """
        ...


class Listening(Generic[T_co]):
    """Messages of a source as they come; None where none came for a moment.

    Args:
        inlet: Where they come in.
        pause: Called again and again while none comes; raises where the reading is to stop.
        quiet_seconds: After so long without a message the source has given all that it has.
    """

    def __init__(self, inlet: Inlet[T_co], *, pause: Callable[[], None], quiet_seconds: float) -> None:
        self._inlet = inlet
        self._pause = pause
        self._quiet_seconds = quiet_seconds
        self._heard_at = self._said_at = time.monotonic()
        self._has_news = True

    def __iter__(self) -> Iterator[T_co | None]:
        seconds = _MOMENT_SECONDS
        while True:
            message = self._inlet.receive(seconds)
            if message is None:
                self._pause()
                seconds = min(WAIT_SECONDS, self._quiet_seconds)
            else:
                self._heard_at, self._has_news = time.monotonic(), True
                seconds = _MOMENT_SECONDS
            yield message

    @property
    def is_quiet(self) -> bool:
        """Say whether nothing has come for so long that there seems to be nothing more."""
        return time.monotonic() - self._heard_at >= self._quiet_seconds

    def is_position_due(self) -> bool:
        """Say whether it is time to give a `State`: every two seconds, and once when it has become quiet."""
        is_quiet, now = self.is_quiet, time.monotonic()
        if now - self._said_at < _POSITION_SECONDS and not (self._has_news and is_quiet):
            return False
        self._said_at, self._has_news = now, not is_quiet
        return True
