"""Engagement: how people reacted to mentions, as a series of times and counts, so that spread can be measured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from textcx.database import Database

COUNTS = ("likes", "replies", "reposts", "views")
_LARGEST = 2**53


@dataclass(frozen=True, slots=True)
class Observed:
    """Counts at a time; None is "not provided", not 0.

    Attributes:
        at: When it was so.
        counts: By name of `COUNTS`.
    """

    at: datetime
    counts: Mapping[str, int | None]


class EngagementSeries:
    """Series by mention, in the inbox's file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, observations: Sequence[tuple[str, Observed]]) -> int:
        """Add observations by mention, those left out that say the same as the one before; return how many came."""
        added = 0
        with self._database.transaction() as connection:
            for identifier, one in observations:
                values = tuple(one.counts.get(name) for name in COUNTS)
                key = (bytes.fromhex(identifier), one.at.timestamp())
                before = connection.execute(
                    f"SELECT {', '.join(COUNTS)} FROM observation WHERE id = ? AND at <= ? ORDER BY at DESC LIMIT 1",
                    key,
                ).fetchone()
                if before != values and any(value is not None for value in values):
                    connection.execute("INSERT OR REPLACE INTO observation VALUES (?, ?, ?, ?, ?, ?)", (*key, *values))
                    added += 1
        return added

    def of(self, identifier: str) -> list[Observed]:
        """Return a mention's series, oldest first."""
        rows = self._database.connection.execute(
            f"SELECT at, {', '.join(COUNTS)} FROM observation WHERE id = ? ORDER BY at", (bytes.fromhex(identifier),)
        ).fetchall()
        return [
            Observed(datetime.fromtimestamp(at, UTC), dict(zip(COUNTS, counts, strict=True))) for at, *counts in rows
        ]


def read_counts(engagement: Any) -> dict[str, int]:
    """Return what a record says of reactions, without what is no count.

    Example:
        >>> read_counts({"likes": "3", "views": None, "shares": 1})
        {'likes': 3}
    """
    if not isinstance(engagement, Mapping):
        return {}
    counts = {}
    for name in COUNTS:
        value = engagement.get(name)
        if isinstance(value, str) and value.isascii() and value.isdigit():
            value = int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LARGEST:
            counts[name] = value
    return counts
