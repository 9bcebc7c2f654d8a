"""Inbox: where redacted records wait, durably, until a worker has ended each of them.

Records, run counts and the source's cursor are written in one transaction; what `enqueue` returned for is on
disk. A worker leases entries with a fencing token; attempts are counted when they are taken, so a record that
kills its worker cannot come back for ever; a token that has expired finishes nothing. After a crash the leases
left over are given out one at a time, so that a poison record harms only itself.
"""

import secrets
import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson

from ingest.inbox_file import NOW, add_to_tally
from ingest.outcome import Finished
from ingest.raw import RedactedRecord
from textcx.database import Database
from textcx.errors import BacklogFullError

MOST_ATTEMPTS = 5
MOST_WAITING_RECORDS = 50_000
MOST_WAITING_BYTES = 256 * 2**20
_RETRY_DELAYS_SECONDS = (0.2, 1.0, 5.0, 15.0)
"""Before the second attempt, the third and so on."""
_IDS_AT_ONCE = 500
_SUSPECT = (
    "SELECT sequence FROM entry WHERE leased = 0 AND attempts > 0 AND next_at <= ? ORDER BY attempts, next_at LIMIT 1"
)
"""Those tried least come first, so that a poison record is tried again behind all that only stood beside it."""
_SEQUENCE = "SELECT seq FROM sqlite_sequence WHERE name = 'entry'"
_FRESH = "SELECT sequence FROM entry WHERE leased = 0 AND attempts = 0 ORDER BY sequence LIMIT ?"
_TAKE = (
    "UPDATE entry SET leased = 1, token = ?, lease_until = ?, attempts = attempts + 1 WHERE sequence IN ({}) "
    "RETURNING sequence, run, id, revision, place, body, collected_at, attempts"
)

_HELD = (
    "SELECT sequence, run, id, revision, attempts, length(body) FROM entry "
    "WHERE leased = 1 AND token = ?"  # "leased = 1", by which SQLite sees that the index will do
)


@dataclass(frozen=True, slots=True)
class SetAside:
    """A record that goes straight to quarantine, because it was unreadable or could not be redacted.

    Attributes:
        place: Where it stood in the source.
        reason: Why, without its words.
        sealed: Its content, sealed by the secret of the data folder.
    """

    place: str
    reason: str
    sealed: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """A redacted record in a worker's hands.

    Attributes:
        sequence: Our own ingest sequence: becomes the mention's `version`.
        run: The run it was read in.
        record: The record.
        attempts: How often it has been taken, this time included.
    """

    sequence: int
    run: str
    record: RedactedRecord
    attempts: int


@dataclass(frozen=True, slots=True)
class Lease:
    """Entries that one worker may end until the lease runs out."""

    token: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits in the inbox: records, their bytes, and the age of the oldest."""

    records: int
    bytes: int
    oldest_age_seconds: float


class Inbox:
    """The durable queue of redacted records.

    Args:
        database: The file of `open_inbox_file`.
        most_waiting_records: Above this `enqueue` refuses; it bounds the disk and the delay.
    """

    def __init__(self, database: Database, *, most_waiting_records: int = MOST_WAITING_RECORDS) -> None:
        self._database = database
        self._most_waiting_records = most_waiting_records

    def enqueue(
        self,
        run: str,
        records: Sequence[RedactedRecord],
        *,
        set_aside: Sequence[SetAside] = (),
        cursor: tuple[str, str] | None = None,
    ) -> None:
        """Take the records in, durably, together with the source's cursor; count them as read.

        Args:
            run: The run they belong to.
            records: What to analyse and store.
            set_aside: What goes to quarantine at once.
            cursor: (source, position) to be remembered with them.

        Raises:
            BacklogFullError: The inbox is at its bound; nothing was taken.
            StoreUnavailableError: The disk refused; nothing was taken.
        """
        bodies = [orjson.dumps(record.fields) for record in records]
        size = sum(map(len, bodies))
        with self._database.transaction() as connection:
            waiting, waiting_bytes = connection.execute("SELECT records, bytes FROM backlog").fetchone()
            if waiting and (
                waiting + len(records) > self._most_waiting_records or waiting_bytes + size > MOST_WAITING_BYTES
            ):
                message = f"The inbox holds {waiting} records that wait for analysis; it takes no more just now."
                raise BacklogFullError(message, retry_after_seconds=2)
            connection.executemany(
                "INSERT INTO entry(run, id, revision, place, body, collected_at) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (run, bytes.fromhex(r.id), r.revision, r.place, body, r.collected_at.timestamp())
                    for r, body in zip(records, bodies, strict=True)
                ],
            )
            connection.executemany(
                "INSERT INTO quarantine(run, place, reason, body, is_sealed, set_aside_at) "
                f"VALUES (?, ?, ?, ?, 1, {NOW})",
                [(run, one.place, one.reason, one.sealed) for one in set_aside],
            )
            connection.execute("UPDATE run SET read = read + ? WHERE id = ?", (len(records) + len(set_aside), run))
            add_to_tally(connection, run, Counter(quarantined=len(set_aside)))
            connection.execute("UPDATE backlog SET records = records + ?, bytes = bytes + ?", (len(records), size))
            if cursor:
                connection.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?)", cursor)

    def cursor(self, source: str) -> str | None:
        """Return the position up to which a source has been taken in, or None."""
        row = self._database.connection.execute("SELECT position FROM cursor WHERE source = ?", (source,)).fetchone()
        return None if row is None else str(row[0])

    def lease(self, *, most: int, now: float, seconds: float, holder: str = "") -> Lease | None:
        """Give out entries to work on, or None if nothing waits.

        Entries that were taken before and not ended come one at a time, those taken least often first. Those taken
        `MOST_ATTEMPTS` times go to quarantine instead.

        Args:
            most: How many at once.
            now: Seconds since the epoch.
            seconds: How long they may be held.
            holder: Name of the worker, by which `expire_leases` knows what a dead one held.
        """
        token = f"{holder}:{secrets.token_hex(8)}"
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE entry SET leased = 0, token = NULL, lease_until = NULL WHERE leased = 1 AND lease_until < ?",
                (now,),
            )
            self._give_up(connection)
            taken = (token, now + seconds)
            rows = connection.execute(_TAKE.format(_SUSPECT), (*taken, now)).fetchall()
            rows = rows or connection.execute(_TAKE.format(_FRESH), (*taken, most)).fetchall()
        return Lease(token, tuple(_entry(row) for row in sorted(rows))) if rows else None

    def finish(self, lease: Lease, finished: Sequence[Finished], *, now: float) -> int:
        """End entries of a lease: outcomes, counts and known revisions change in one transaction.

        An entry whose lease ran out and was given to another is skipped. Whether a mention is new is decided
        here, under the write lock, so that two workers with the same record count it once.

        Returns:
            How many entries were ended.
        """
        names: dict[str, list[str]] = {}
        ended, size = [], 0
        with self._database.transaction() as connection:
            held = {row[0]: row[1:] for row in connection.execute(_HELD, (lease.token,))}
            stored = [held[one.sequence][1] for one in finished if one.outcome == "stored" and one.sequence in held]
            memory = _Memory(connection, stored)
            for one in finished:
                row = held.pop(one.sequence, None)
                if row is None:
                    continue
                run, identifier, revision, attempts, length = row
                outcome: str = one.outcome
                if outcome == "retry":
                    if attempts < MOST_ATTEMPTS:
                        self._postpone(connection, one, now + _RETRY_DELAYS_SECONDS[attempts - 1])
                        continue
                    outcome = "quarantined"
                counted = names.setdefault(run, [])
                if outcome == "stored":
                    outcome, is_changed = memory.take(identifier, revision, one.sequence)
                    if outcome == "stored":
                        counted += (*one.remarks, "changed") if is_changed else one.remarks
                elif outcome == "quarantined":
                    self._set_aside(connection, one.sequence, one.reason or "no reason was given")
                counted.append(outcome)
                ended.append((one.sequence,))
                size += length
            memory.save()
            connection.executemany("DELETE FROM entry WHERE sequence = ?", ended)
            for run, counted in names.items():
                add_to_tally(connection, run, Counter(counted))
            connection.execute("UPDATE backlog SET records = records - ?, bytes = bytes - ?", (len(ended), size))
        return len(ended)

    def release(self, lease: Lease) -> None:
        """Give entries back untouched, because the store, not the record, was at fault: no attempt is counted."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE entry SET leased = 0, token = NULL, lease_until = NULL, attempts = attempts - 1 "
                "WHERE leased = 1 AND token = ?",
                (lease.token,),
            )

    def expire_leases(self, *, holder: str | None = None) -> None:
        """End the leases of a worker that is known to be dead (of all workers, if none is named) at once."""
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE entry SET lease_until = 0 WHERE leased = 1 AND (? IS NULL OR token GLOB ? || ':*')",
                (holder, holder),
            )

    def empty_log(self) -> None:
        """Write the file's log back, which still holds what was deleted."""
        self._database.empty_log()

    def resume(self, *, after: int) -> None:
        """Make a restored file ready to be worked on: nobody holds or reads anything any more.

        Args:
            after: The largest version that is stored; ours go on behind it, for the store may be a moment younger.
        """
        with self._database.transaction() as connection:
            connection.execute("UPDATE entry SET lease_until = 0 WHERE leased = 1")
            connection.execute(
                "UPDATE run SET state = 'failed', note = 'restored from a backup that was made while it was read' "
                "WHERE state = 'reading'"
            )
            reached = connection.execute("SELECT max(seq) FROM sqlite_sequence WHERE name = 'entry'").fetchone()[0]
            connection.execute("DELETE FROM sqlite_sequence WHERE name = 'entry'")
            connection.execute("INSERT INTO sqlite_sequence VALUES ('entry', ?)", (max(after, reached or 0),))

    def fresh_version(self) -> int:
        """Return a version for what is analysed again: newer than all that was taken in, older than all that comes.

        Raises:
            StoreUnavailableError: The disk refused.
        """
        with self._database.transaction() as connection:
            connection.execute("INSERT INTO sqlite_sequence SELECT 'entry', 0 WHERE NOT EXISTS (" + _SEQUENCE + ")")
            connection.execute("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = 'entry'")
            return int(connection.execute(_SEQUENCE).fetchone()[0])

    def waits_before(self, version: int) -> bool:
        """Say whether something older than a version is still to be analysed."""
        found = self._database.connection.execute("SELECT 1 FROM entry WHERE sequence < ? LIMIT 1", (version,))
        return found.fetchone() is not None

    def backlog(self, *, now: float) -> Backlog:
        """Return what waits, leased entries included."""
        connection = self._database.connection
        records, size = connection.execute("SELECT records, bytes FROM backlog").fetchone()
        oldest = connection.execute("SELECT collected_at FROM entry ORDER BY sequence LIMIT 1").fetchone()
        return Backlog(records, size, max(0.0, now - oldest[0]) if oldest else 0.0)

    def known_revisions(self, identifiers: Sequence[str]) -> dict[str, tuple[str, int]]:
        """Return (revision, version) of those mentions that have been stored before."""
        known = _known(self._database.connection, [bytes.fromhex(identifier) for identifier in identifiers])
        return {key.hex(): found for key, found in known.items()}

    def _give_up(self, connection: sqlite3.Connection) -> None:
        """Quarantine entries that were taken too often and never ended: their worker died each time."""
        for sequence, run, reason, length in connection.execute(
            "SELECT sequence, run, last_reason, length(body) FROM entry "
            "WHERE leased = 0 AND attempts > 0 AND attempts >= ?",  # "> 0" by which SQLite sees that the index will do
            (MOST_ATTEMPTS,),
        ).fetchall():
            why = reason or "the worker that analysed it died or ran out of time"
            self._set_aside(connection, sequence, f"{why} ({MOST_ATTEMPTS} attempts)")
            connection.execute("DELETE FROM entry WHERE sequence = ?", (sequence,))
            add_to_tally(connection, run, Counter(quarantined=1))
            connection.execute("UPDATE backlog SET records = records - 1, bytes = bytes - ?", (length,))

    @staticmethod
    def _postpone(connection: sqlite3.Connection, one: Finished, next_at: float) -> None:
        connection.execute(
            "UPDATE entry SET leased = 0, token = NULL, lease_until = NULL, next_at = ?, last_reason = ? "
            "WHERE sequence = ?",
            (next_at, one.reason, one.sequence),
        )

    @staticmethod
    def _set_aside(connection: sqlite3.Connection, sequence: int, reason: str) -> None:
        connection.execute(
            "INSERT INTO quarantine(run, id, revision, place, reason, body, collected_at, set_aside_at) "
            f"SELECT run, id, revision, place, ?, body, collected_at, {NOW} FROM entry WHERE sequence = ?",
            (reason, sequence),
        )


class _Memory:
    """Which mentions are stored, as the tables know while entries are ended; it writes what is new all at once.

    Args:
        connection: To the file, within the caller's transaction.
        identifiers: Of the mentions it will be told of.
    """

    def __init__(self, connection: sqlite3.Connection, identifiers: Sequence[bytes]) -> None:
        self._connection = connection
        self._known = _known(connection, identifiers)
        self._fresh: dict[bytes, tuple[str, int]] = {}

    def take(self, identifier: bytes, revision: str, version: int) -> tuple[str, bool]:
        """Note a stored mention; return its outcome and whether it replaced another revision."""
        before, number = self._known.get(identifier, (revision, version))
        if number != version and (before == revision or number > version):
            return "duplicate", False
        self._known[identifier] = self._fresh[identifier] = (revision, version)
        return "stored", before != revision

    def save(self) -> None:
        """Write what was noted."""
        rows = [(identifier, *known) for identifier, known in sorted(self._fresh.items())]
        self._connection.executemany("INSERT OR REPLACE INTO known VALUES (?, ?, ?)", rows)


def _known(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, tuple[str, int]]:
    """Return (revision, version) of those mentions that have been stored before."""
    found = {}
    for first in range(0, len(keys), _IDS_AT_ONCE):
        some = keys[first : first + _IDS_AT_ONCE]
        query = f"SELECT id, revision, version FROM known WHERE id IN ({','.join('?' * len(some))})"
        found.update({key: (revision, version) for key, revision, version in connection.execute(query, some)})
    return found


def _entry(row: tuple[int, str, bytes, str, str, bytes, float, int]) -> Entry:
    sequence, run, identifier, revision, place, body, collected_at, attempts = row
    record = RedactedRecord(
        id=identifier.hex(),
        revision=revision,
        place=place,
        fields=orjson.loads(body),
        collected_at=datetime.fromtimestamp(collected_at, UTC),
    )
    return Entry(sequence, run, record, attempts)
