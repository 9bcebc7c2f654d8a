"""Listing: how far back a reading of a source without deletions of its own goes, so that they are found all the same.

Most readings go back over a few days, for edits. Now and then one goes back as far as the first did, or as is wanted,
and what the source no longer lists is gone there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.connector import Cursor, Event, Listed, State, Window


@dataclass(frozen=True, slots=True)
class Listing:
    """One reading's stretch.

    Attributes:
        window: What it reads.
        is_full: It goes back as far as the first reading did, or farther.
        begun_at: When it began.
    """

    window: Window
    is_full: bool
    begun_at: datetime

    def end(self, scope: str) -> Iterator[Event]:
        """Give what is to be said when all of the stretch was read."""
        if self.is_full:
            yield Listed(scope=scope, since=self.window.since)
            since = self.window.since
            yield State({"v": 1, "since": since and since.isoformat(), "listed_at": self.begun_at.isoformat()})

    def is_past(self, times: list[datetime]) -> bool:
        """Say whether a page of these times, newest first in the source, lies wholly before the stretch."""
        since = self.window.since
        return bool(times) and since is not None and max(times) < since


def plan_listing(cursor: Cursor | None, window: Window, *, every: timedelta, now: datetime) -> Listing:
    """Return the stretch of the next reading.

    Args:
        cursor: As `Listing.end` gave it, or None at the first reading.
        window: As wanted.
        every: After how long a full listing is due.
        now: The time.

    Example:
        >>> from datetime import UTC
        >>> now, day = datetime(2026, 11, 20, tzinfo=UTC), timedelta(days=1)
        >>> cursor = {"v": 1, "since": None, "listed_at": "2026-11-18T00:00:00+00:00"}
        >>> plan_listing(cursor, Window(now - day), every=7 * day, now=now).is_full
        False
    """
    if window.until is not None:
        return Listing(window, is_full=False, begun_at=now)
    if cursor is None:
        return Listing(window, is_full=True, begun_at=now)
    if now - datetime.fromisoformat(cursor["listed_at"]) < every:
        return Listing(window, is_full=False, begun_at=now)
    first = cursor["since"] and datetime.fromisoformat(cursor["since"])
    since = min(first, window.since) if first and window.since else None
    return Listing(Window(since=since), is_full=True, begun_at=now)
