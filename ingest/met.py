"""Met: which mentions a source was seen to have, and when last: by that, what is gone or past its time is found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.connector import Listed
from textcx.database import Database

MISSES_BEFORE_GONE = 2
"""One complete list without it may be a whim of the source; two are not."""
_MISSES_OF_MANY = 5
_MANY = 20
_SCOPES_AT_ONCE = 500
_MANY_SHARE = 0.5
"""Where so much is missing at once, the source more likely shows us less than that people took it away."""


@dataclass(frozen=True, slots=True)
class Meeting:
    """A mention that was met at its source.

    Attributes:
        id: Of the mention.
        scope: Of its raw record.
        published_at: When it was published, or None.
    """

    id: str
    scope: str
    published_at: datetime | None


class Met:
    """What was met, by source, in the inbox's file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, source: str, meetings: Sequence[Meeting], *, at: datetime) -> int:
        """Note that mentions are at the source; return how many were not known of before."""
        fresh = 0
        with self._database.transaction() as connection:
            for one in meetings:
                published = one.published_at.timestamp() if one.published_at else None
                key = (source, bytes.fromhex(one.id))
                changed = connection.execute(
                    "UPDATE met SET scope = ?, published_at = ?, met_at = ?, misses = 0 WHERE source = ? AND id = ?",
                    (one.scope, published, at.timestamp(), *key),
                ).rowcount
                if not changed:
                    connection.execute(
                        "INSERT INTO met(source, id, scope, published_at, met_at) VALUES (?, ?, ?, ?, ?)",
                        (*key, one.scope, published, at.timestamp()),
                    )
                    fresh += 1
        return fresh

    def miss(self, source: str, listed: Listed, *, started_at: datetime) -> list[str]:
        """Count what a complete list did not hold, and return what is gone by that.

        Args:
            source: Which.
            listed: What was listed completely.
            started_at: When its reading began: what was met since is there.
        """
        since, until = (at.timestamp() if at else None for at in (listed.since, listed.until))
        of = (
            "source = ? AND scope = ? AND (? IS NULL OR published_at >= ?) AND (? IS NULL OR published_at < ?) "
            "AND (published_at IS NOT NULL OR (? IS NULL AND ? IS NULL))"
        )
        named = (source, listed.scope, since, since, until, until, since, until)
        with self._database.transaction() as connection:
            held = connection.execute(f"SELECT count(*) FROM met WHERE {of}", named).fetchone()[0]
            missing = connection.execute(
                f"UPDATE met SET misses = misses + 1 WHERE {of} AND met_at < ? RETURNING id, misses",
                (*named, started_at.timestamp()),
            ).fetchall()
        is_many = len(missing) >= _MANY and len(missing) > _MANY_SHARE * held
        needed = _MISSES_OF_MANY if is_many else MISSES_BEFORE_GONE
        return [identifier.hex() for identifier, misses in missing if misses >= needed]

    def of_scopes(self, source: str, scopes: Sequence[str]) -> list[str]:
        """Return what a source is known to have under some scopes."""
        found: list[str] = []
        for first in range(0, len(scopes), _SCOPES_AT_ONCE):
            some = scopes[first : first + _SCOPES_AT_ONCE]
            rows = self._database.connection.execute(
                f"SELECT id FROM met WHERE source = ? AND scope IN ({','.join('?' * len(some))})", (source, *some)
            ).fetchall()
            found += [identifier.hex() for (identifier,) in rows]
        return found

    def overdue(self, source: str, *, before: datetime, limit: int = 500) -> list[str]:
        """Return mentions that were last met before a time, by this source and by any other."""
        rows = self._database.connection.execute(
            "SELECT id FROM met WHERE source = ? AND met_at < ? "
            "AND NOT EXISTS (SELECT 1 FROM met AS other WHERE other.id = met.id AND other.met_at >= ?) LIMIT ?",
            (source, before.timestamp(), before.timestamp(), limit),
        ).fetchall()
        return [identifier.hex() for (identifier,) in rows]

    def count(self, source: str) -> int:
        """Return how many mentions the source is known to have."""
        row = self._database.connection.execute("SELECT count(*) FROM met WHERE source = ?", (source,)).fetchone()
        return int(row[0])
