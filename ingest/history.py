"""History: the readings of each source, how far it is read, what cannot be had, and when it is read next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from ingest.connector import Gap, Window
from ingest.redact import redact_text
from textcx.database import Database

Kind = Literal["live", "full", "backfill"]
State = Literal["reading", "complete", "failed", "waiting", "stopped"]
_FIELDS = (
    "run, source, kind, state, started_at, ended_at, since, until, given, fresh, deleted, observed, note"  # of Reading
)
_KEPT_READINGS = 1_000
"""Of each source; older ones are deleted."""
_KEPT_NEWS = 100
"""Of those that brought something new, so many are kept however many brought nothing since."""
_USUAL_NEWS = 31
_KILLED = "the process ended in the middle of it"


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading of a source.

    Attributes:
        run: Its run.
        source: Its name.
        kind: "live" (the newest), "full" (all there is, so that what we hold is met again) or "backfill".
        state: "waiting" means that the source lets us go on only later, "stopped" that we ended it in order.
        started_at: When it began.
        ended_at: When it ended, or None.
        window: What it was about.
        given: Records that the source gave.
        fresh: Those of them that were not known of before.
        deleted: Mentions erased because they are gone at the source.
        observed: Changes of engagement that were noted.
        note: Why it broke off, or None.
    """

    run: str
    source: str
    kind: Kind
    state: State
    started_at: datetime
    ended_at: datetime | None
    window: Window
    given: int
    fresh: int
    deleted: int
    observed: int
    note: str | None


@dataclass(frozen=True, slots=True)
class Position:
    """How far a source is read.

    Attributes:
        read_through: Start of the last complete live reading: what was there then is read.
        full_at: Start of the last complete full reading.
        backfilled_to: Down to where older time has been read.
        next_at: When it is read next at the earliest.
        failures: How many readings in a row failed.
    """

    read_through: datetime | None = None
    full_at: datetime | None = None
    backfilled_to: datetime | None = None
    next_at: datetime | None = None
    failures: int = 0


class History:
    """Readings and positions in the inbox's file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, run: str, source: str, kind: Kind, window: Window, *, at: datetime) -> None:
        """Note that a reading begins. Whoever calls holds the source's lock, so one that still reads was killed."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE run SET state = 'failed', note = ? WHERE state = 'reading' "
                "AND id IN (SELECT run FROM reading WHERE source = ? AND state = 'reading')",
                (_KILLED, source),
            )
            connection.execute(
                "UPDATE reading SET state = 'failed', note = ?, ended_at = ? WHERE source = ? AND state = 'reading'",
                (_KILLED, at.timestamp(), source),
            )
            connection.execute(
                "INSERT INTO reading(run, source, kind, started_at, state, since, until) "
                "VALUES (?, ?, ?, ?, 'reading', ?, ?)",
                (run, source, kind, at.timestamp(), _seconds(window.since), _seconds(window.until)),
            )
            connection.execute(
                "DELETE FROM reading WHERE source = :source AND started_at < (SELECT started_at FROM reading "
                "WHERE source = :source ORDER BY started_at DESC LIMIT 1 OFFSET :kept) AND (fresh = 0 OR started_at < ("
                "SELECT started_at FROM reading WHERE source = :source AND fresh > 0 ORDER BY started_at DESC "
                "LIMIT 1 OFFSET :news))",
                {"source": source, "kept": _KEPT_READINGS, "news": _KEPT_NEWS},
            )

    def count(self, run: str, **counts: int) -> None:
        """Add to a reading's `given`, `fresh`, `deleted` and `observed`."""
        names = [name for name in ("given", "fresh", "deleted", "observed") if counts.get(name)]
        if names:
            with self._database.transaction() as connection:
                changes = ", ".join(f"{name} = {name} + ?" for name in names)
                connection.execute(f"UPDATE reading SET {changes} WHERE run = ?", (*(counts[n] for n in names), run))

    def end(self, reading: Reading, position: Position) -> None:
        """Note how a reading ended, and where its source stands now."""
        note = redact_text(reading.note) if reading.note else None
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE reading SET state = ?, ended_at = ?, note = ? WHERE run = ?",
                (reading.state, _seconds(reading.ended_at), note, reading.run),
            )
            connection.execute(
                "INSERT OR REPLACE INTO position(source, read_through, full_at, backfilled_to, next_at, failures) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (
                    reading.source,
                    _seconds(position.read_through),
                    _seconds(position.full_at),
                    _seconds(position.backfilled_to),
                    _seconds(position.next_at),
                    position.failures,
                ),
            )

    def position(self, source: str) -> Position:
        """Return how far a source is read."""
        row = self._database.connection.execute(
            "SELECT read_through, full_at, backfilled_to, next_at, failures FROM position WHERE source = ?", (source,)
        ).fetchone()
        if row is None:
            return Position()
        read_through, full_at, backfilled_to, next_at = (_time(value) for value in row[:4])
        return Position(read_through, full_at, backfilled_to, next_at, row[4])

    def readings(self, source: str | None = None, *, limit: int = 50) -> list[Reading]:
        """Return the latest readings, of one source or of all, newest first."""
        rows = self._database.connection.execute(
            f"SELECT {_FIELDS} FROM reading WHERE ? IS NULL OR source = ? ORDER BY started_at DESC LIMIT ?",
            (source, source, limit),
        ).fetchall()
        return [_reading(dict(zip(_FIELDS.split(", "), row, strict=True))) for row in rows]

    def news(self, source: str) -> list[datetime]:
        """Return when the latest readings that brought something new began, latest first."""
        rows = self._database.connection.execute(
            "SELECT started_at FROM reading WHERE source = ? AND fresh > 0 ORDER BY started_at DESC LIMIT ?",
            (source, _USUAL_NEWS),
        ).fetchall()
        return [datetime.fromtimestamp(at, UTC) for (at,) in rows]

    def first_read_at(self, source: str) -> datetime | None:
        """Return when the earliest reading that is known of began."""
        row = self._database.connection.execute("SELECT min(started_at) FROM reading WHERE source = ?", (source,))
        return _time(row.fetchone()[0])

    def forget(self, source: str) -> None:
        """Forget how far a source is read and what it has, so that one of the same name begins anew."""
        with self._database.transaction() as connection:
            for table in ("position", "gap", "met", "delivery", "reading"):
                connection.execute(f"DELETE FROM {table} WHERE source = ?", (source,))
            connection.execute("DELETE FROM cursor WHERE source IN (?, ?)", (source, f"{source}/backfill"))

    def add_gap(self, source: str, gap: Gap, *, at: datetime) -> None:
        """Note a stretch that cannot be had; the same one is noted once."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT OR IGNORE INTO gap VALUES (?, ?, ?, ?, ?)",
                (source, redact_text(gap.reason), _seconds(gap.since) or 0, _seconds(gap.until) or 0, at.timestamp()),
            )

    def gaps(self, source: str) -> list[Gap]:
        """Return what cannot be had of a source, latest found first."""
        rows = self._database.connection.execute(
            "SELECT reason, since, until FROM gap WHERE source = ? ORDER BY found_at DESC LIMIT 100", (source,)
        ).fetchall()
        return [Gap(reason, _time(since or None), _time(until or None)) for reason, since, until in rows]


def _reading(row: Mapping[str, Any]) -> Reading:
    values = dict(row)
    started_at = datetime.fromtimestamp(values.pop("started_at"), UTC)
    window = Window(_time(values.pop("since")), _time(values.pop("until")))
    return Reading(started_at=started_at, ended_at=_time(values.pop("ended_at")), window=window, **values)


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None


def _time(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
