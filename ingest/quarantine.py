"""Quarantine: records set aside with the reason; looked at, put back or dropped by number."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.inbox_file import add_to_tally
from textcx.database import Database
from textcx.errors import ConflictError, NotFoundError

SEALED_KEPT_DAYS = 7
"""A record that could not be redacted is kept no longer than this."""


@dataclass(frozen=True, slots=True)
class QuarantinedRecord:
    """A record set aside.

    Attributes:
        number: Its number in the quarantine.
        run: The run it was read in.
        place: Where it stood in the source.
        reason: Why it was set aside.
        can_retry: It was read and redacted, so it can be put back.
        set_aside_at: When.
    """

    number: int
    run: str
    place: str
    reason: str
    can_retry: bool
    set_aside_at: datetime


class Quarantine:
    """The records set aside in the inbox's file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, *, limit: int = 100, after: int = 0) -> tuple[QuarantinedRecord, ...]:
        """Return records set aside, in order of their numbers, starting behind `after`."""
        rows = self._database.connection.execute(
            "SELECT number, run, place, reason, id IS NOT NULL, set_aside_at FROM quarantine "
            "WHERE number > ? ORDER BY number LIMIT ?",
            (after, limit),
        ).fetchall()
        return tuple(
            QuarantinedRecord(number, run, place, reason, bool(can_retry), datetime.fromtimestamp(at, UTC))
            for number, run, place, reason, can_retry, at in rows
        )

    def count(self) -> int:
        """Return how many records are set aside."""
        return int(self._database.connection.execute("SELECT count(*) FROM quarantine").fetchone()[0])

    def retry(self, number: int) -> None:
        """Put a record back into the inbox, as if it had just been read in its run.

        Raises:
            NotFoundError: There is no such record.
            ConflictError: It was never readable, so there is nothing to analyse: mend the source, ingest again.
        """
        with self._database.transaction() as connection:
            row = connection.execute(
                "SELECT run, id, length(body) FROM quarantine WHERE number = ?", (number,)
            ).fetchone()
            if row is None:
                raise NotFoundError(f"There is no record {number} in quarantine. `textcx quarantine list` shows them.")
            run, identifier, size = row
            if identifier is None:
                message = f"Record {number} could not be read at all. Mend it in its source and ingest that again."
                raise ConflictError(message)
            connection.execute(
                "INSERT INTO entry(run, id, revision, place, body, collected_at) "
                "SELECT run, id, revision, place, body, collected_at FROM quarantine WHERE number = ?",
                (number,),
            )
            connection.execute("DELETE FROM quarantine WHERE number = ?", (number,))
            add_to_tally(connection, run, Counter(quarantined=-1))
            connection.execute("UPDATE backlog SET records = records + 1, bytes = bytes + ?", (size,))

    def drop(self, number: int) -> None:
        """Delete a record for good; its run still counts it as quarantined.

        Raises:
            NotFoundError: There is no such record.
        """
        with self._database.transaction() as connection:
            if connection.execute("DELETE FROM quarantine WHERE number = ?", (number,)).rowcount == 0:
                raise NotFoundError(f"There is no record {number} in quarantine. `textcx quarantine list` shows them.")
        self._database.empty_log()  # in which it still stands

    def purge_sealed(self, *, now: datetime) -> int:
        """Delete sealed records older than `SEALED_KEPT_DAYS` and return how many."""
        before = (now - timedelta(days=SEALED_KEPT_DAYS)).timestamp()
        with self._database.transaction() as connection:
            purged = connection.execute(
                "DELETE FROM quarantine WHERE is_sealed AND set_aside_at < ?", (before,)
            ).rowcount
        if purged:
            self._database.empty_log()  # in which it still stands
        return purged
