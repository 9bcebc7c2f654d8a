"""Ledger: the file `elastic.db` of the data folder: which index each mention lives in, what was erased, who answers whom.

It holds ids, times and brands, never a text. All processes of the machine that writes consult it before each write, so
that a mention stays in the index it was first sent to, and an erased one never comes back.
"""

import sqlite3
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from textcx.database import Database
from textcx.mention import Mention
from textcx.store.elastic.reply_notes import NOTES_SCHEMA, Note, note_replies, replies_to

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS home(id BLOB PRIMARY KEY, part TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS erased(id BLOB PRIMARY KEY, is_gone INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending(seq INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS generation(number INTEGER PRIMARY KEY, is_read INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS copied(only INTEGER PRIMARY KEY CHECK (only = 1), seq INTEGER NOT NULL);
INSERT OR IGNORE INTO copied VALUES (1, 0);
"""
_IDS_AT_ONCE = 500
_ID_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Generations:
    """The generations of indices that are written.

    Attributes:
        read: The one that questions are answered from; 0 before the first `setup`.
        written: All that a write goes to: two while a `migrate` is under way.
    """

    read: int
    written: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a writer must know before it writes some mentions.

    Attributes:
        homes: The part of the store that each lives in, by id; the erased ones are not in it.
        generations: Which indices to write.
        replies: The stored replies to each, by id.
    """

    homes: Mapping[str, str]
    generations: Generations
    replies: Mapping[str, tuple[Mention, ...]]


def open_ledger_file(folder: Path) -> Database:
    """Open the ledger's file in a data folder, made if absent.

    Raises:
        StoreUnavailableError: The file cannot be opened.
        ConfigError: Another version of textcx wrote it.
    """
    return Database(folder / "elastic.db", schema=_SCHEMA + NOTES_SCHEMA, schema_version=_SCHEMA_VERSION)


class Ledger:
    """The ledger of one data folder.

    Args:
        file: As `open_ledger_file` opens it.
    """

    def __init__(self, file: Database) -> None:
        self._file = file

    def plan(self, parts: Mapping[str, str]) -> Plan:
        """Give each mention that is not erased a home for ever, and return what its writer must know.

        Args:
            parts: For each id the part it would live in if it is new.
        """
        keys = [bytes.fromhex(identifier) for identifier in parts]
        with self._file.transaction() as connection:
            erased = {key for (key,) in _in_portions(connection, "SELECT id FROM erased WHERE id IN", keys)}
            kept = [key for key in keys if key not in erased]
            homes = dict(_in_portions(connection, "SELECT id, part FROM home WHERE id IN", kept))
            new = [(key, parts[key.hex()]) for key in kept if key not in homes]
            connection.executemany("INSERT INTO home VALUES (?, ?)", new)
            generations = _generations(connection)
            replies = replies_to(connection, kept)
        return Plan(
            {key.hex(): part for key, part in [*homes.items(), *new]},
            generations,
            {key.hex(): tuple(found) for key, found in replies.items()},
        )

    def conclude(self, notes: Sequence[Note], written: Plan) -> Generations:
        """Note what became of a write, and return which indices should have been written.

        A mention whose replies are others now than its writer knew is indexed anew by the indexer.
        """
        keys = [bytes.fromhex(identifier) for identifier in written.homes]
        with self._file.failing_as_unavailable():
            known = replies_to(self._file.connection, keys)
            generations = _generations(self._file.connection)
        changed = {key for key in keys if tuple(known.get(key, ())) != written.replies.get(key.hex(), ())}
        if notes or changed:
            with self._file.transaction() as connection:
                _set_pending(connection, changed | note_replies(connection, notes))
        return generations

    def noted(self, identifiers: Iterable[str]) -> frozenset[str]:
        """Return those of the mentions of which a reply was noted."""
        keys = [bytes.fromhex(identifier) for identifier in identifiers]
        with self._file.failing_as_unavailable():
            rows = _in_portions(self._file.connection, "SELECT id FROM reply WHERE id IN", keys)
        return frozenset(key.hex() for (key,) in rows)

    def erase(self, identifiers: Sequence[str]) -> dict[str, str]:
        """Refuse these mentions for ever; return the homes of those that may still be stored."""
        keys = [bytes.fromhex(identifier) for identifier in dict.fromkeys(filter(is_id, identifiers))]
        with self._file.transaction() as connection:
            # One without a home is in no index, and never gets a home any more.
            connection.executemany(
                "INSERT OR IGNORE INTO erased SELECT ?1, NOT EXISTS (SELECT 1 FROM home WHERE id = ?1)",
                [(key,) for key in keys],
            )
            gone = {key for (key,) in _in_portions(connection, "SELECT id FROM erased WHERE is_gone AND id IN", keys)}
            left = [key for key in keys if key not in gone]
            _set_pending(connection, note_replies(connection, [Note(key.hex(), None, None) for key in left]))
            homes = dict(_in_portions(connection, "SELECT id, part FROM home WHERE id IN", left))
        return {key.hex(): part for key, part in homes.items()}

    def note_gone(self, identifiers: Iterable[str]) -> None:
        """Note that erased mentions are in no index any more."""
        with self._file.transaction() as connection:
            connection.executemany(
                "UPDATE erased SET is_gone = 1 WHERE id = ?", [(bytes.fromhex(one),) for one in identifiers]
            )

    def not_yet_gone(self) -> list[str]:
        """Return erased mentions of which an index may still hold something."""
        with self._file.failing_as_unavailable():
            rows = self._file.connection.execute("SELECT id FROM erased WHERE NOT is_gone").fetchall()
        return [key.hex() for (key,) in rows]

    def erased(self, identifiers: Iterable[str]) -> frozenset[str]:
        """Return those of the mentions that were erased for good."""
        keys = [bytes.fromhex(identifier) for identifier in filter(is_id, identifiers)]
        with self._file.failing_as_unavailable():
            rows = _in_portions(self._file.connection, "SELECT id FROM erased WHERE id IN", keys)
        return frozenset(key.hex() for (key,) in rows)

    def home(self, identifier: str) -> str | None:
        """Return the part of the store that a mention lives in, or None if it is not known here."""
        with self._file.failing_as_unavailable():
            row = self._file.connection.execute(
                "SELECT part FROM home WHERE id = ?", (bytes.fromhex(identifier),)
            ).fetchone()
        return None if row is None else str(row[0])

    def pending(self, *, limit: int) -> dict[str, int]:
        """Return mentions to be indexed anew for the sake of their replies, each with the number of that wish."""
        with self._file.failing_as_unavailable():
            rows = self._file.connection.execute(
                "SELECT id, seq FROM pending ORDER BY seq LIMIT ?", (limit,)
            ).fetchall()
        return {key.hex(): seq for key, seq in rows}

    def oldest_pending(self) -> int | None:
        """Return the number of the oldest wish, or None."""
        with self._file.failing_as_unavailable():
            row = self._file.connection.execute("SELECT min(seq) FROM pending").fetchone()
        return None if row[0] is None else int(row[0])

    def newest_pending(self) -> int:
        """Return the number of the newest wish, 0 for none."""
        with self._file.failing_as_unavailable():
            row = self._file.connection.execute("SELECT max(seq) FROM pending").fetchone()
        return int(row[0] or 0)

    def done(self, wishes: Mapping[str, int]) -> None:
        """Note that these were indexed anew; one wished for once more meanwhile has another number and stays."""
        with self._file.transaction() as connection:
            connection.executemany("DELETE FROM pending WHERE seq = ?", [(seq,) for seq in wishes.values()])

    def generations(self) -> Generations:
        """Return which indices are written and read."""
        with self._file.failing_as_unavailable():
            return _generations(self._file.connection)

    def set_generations(self, generations: Generations) -> None:
        """Say which indices are written and read."""
        rows = [(number, number == generations.read) for number in generations.written]
        with self._file.transaction() as connection:
            connection.execute("DELETE FROM generation")
            connection.executemany("INSERT INTO generation VALUES (?, ?)", rows)

    def copied_seq(self) -> int:
        """Return the last write of an embedded store that was copied."""
        with self._file.failing_as_unavailable():
            return int(self._file.connection.execute("SELECT seq FROM copied").fetchone()[0])

    def note_copied(self, seq: int) -> None:
        """Note how far an embedded store was copied."""
        with self._file.transaction() as connection:
            connection.execute("UPDATE copied SET seq = ?", (seq,))

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def is_id(identifier: str) -> bool:
    """Return whether this can be the id of a mention."""
    return len(identifier) == _ID_DIGITS and not identifier.strip(string.digits + "abcdef")


def _generations(connection: sqlite3.Connection) -> Generations:
    rows = connection.execute("SELECT number, is_read FROM generation ORDER BY is_read DESC, number").fetchall()
    return Generations(rows[0][0] if rows else 0, tuple(number for number, _ in rows))


def _set_pending(connection: sqlite3.Connection, keys: Iterable[bytes]) -> None:
    connection.executemany("INSERT OR REPLACE INTO pending(id) VALUES (?)", [(key,) for key in sorted(keys)])


def _in_portions(connection: sqlite3.Connection, query: str, keys: Iterable[bytes]) -> list[tuple[bytes, ...]]:
    rows: list[tuple[bytes, ...]] = []
    left = iter(keys)
    while some := list(islice(left, _IDS_AT_ONCE)):
        rows += connection.execute(f"{query} ({','.join('?' * len(some))})", some).fetchall()
    return rows
