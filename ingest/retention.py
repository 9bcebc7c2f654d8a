"""Retention: erases mentions that were not met at their source for longer than its terms, or its file, allow."""

from collections.abc import Callable, Sequence
from datetime import datetime

from ingest.met import Met
from ingest.source_file import Source

_AT_ONCE = 500


class Retention:
    """Keeps to the time for which mentions may be kept.

    Args:
        met: When each was met last.
        erase: Erases mentions for good.
    """

    def __init__(self, met: Met, erase: Callable[[Sequence[str]], int]) -> None:
        self._met = met
        self._erase = erase

    def enforce(self, source: Source, *, now: datetime) -> int:
        """Erase what is past its time, and return how many mentions that were.

        Raises:
            StoreUnavailableError: The disk refused; the rest is erased the next time.
        """
        return self._erase_before(source.name, now - source.keeps) if source.keeps else 0

    def erase_all(self, source: Source, *, now: datetime) -> int:
        """Erase all that a source has, and return how many mentions that were.

        Raises: as `enforce`.
        """
        return self._erase_before(source.name, now)

    def _erase_before(self, source: str, before: datetime) -> int:
        erased = 0
        while overdue := self._met.overdue(source, before=before, limit=_AT_ONCE):
            self._erase(overdue)
            erased += len(overdue)
        return erased
