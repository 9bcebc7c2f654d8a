"""Ledger: the file `elastic.db` of the data folder: where each mention lives, what was erased, who answers whom.

It holds ids, times and brands, never a text. All processes of the machine that writes consult it before each write, so
that a mention stays in the index it was first sent to, and an erased one never comes back.
"""

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from textcx.database import Database
from textcx.mention import Mention, is_mention_id
from textcx.store.base import Person
from textcx.store.elastic.reply_notes import NOTES_SCHEMA, drop_reply, note_replies, replies_to
from textcx.store.embedded.truth import Tombstones
from textcx.store.people import PEOPLE_SCHEMA, Marks, ids_of, note_people, refuse_people, refused_people

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS home(id BLOB PRIMARY KEY, part TEXT NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS erased(id BLOB PRIMARY KEY, is_gone INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pending(seq INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS generation(number INTEGER PRIMARY KEY, is_read INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS copied(only INTEGER PRIMARY KEY CHECK (only = 1), seq INTEGER NOT NULL);
INSERT OR IGNORE INTO copied VALUES (1, 0);
"""
_PEOPLE_BY_ID = "CREATE INDEX IF NOT EXISTS person_by_id ON person(id);"
_IDS_AT_ONCE = 500


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
        homes: The part of the store that each lives in, by id; those that are refused are not in it.
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
    return Database(
        folder / "elastic.db",
        schema=_SCHEMA + NOTES_SCHEMA + PEOPLE_SCHEMA + _PEOPLE_BY_ID,
        schema_version=_SCHEMA_VERSION,
    )


class Ledger:
    """The ledger of one data folder.

    Args:
        file: As `open_ledger_file` opens it.
        key: Of the hashes that stand for people, the same at every opening.
    """

    def __init__(self, file: Database, *, key: bytes = b"") -> None:
        self._file = file
        self._marks = Marks(key)

    def plan(self, mentions: Sequence[Mention], part_of: Callable[[Mention], str]) -> Plan:
        """Give each mention that is not refused a home for ever, and return what its writer must know.

        Whose they are is noted before they are written, so that somebody who is forgotten meanwhile is forgotten.

        Args:
            mentions: What is to be written.
            part_of: The part of the store that one would live in if it is new.
        """
        marks = {bytes.fromhex(one.id): self._marks.of(one) for one in mentions}
        with self._file.transaction() as connection:
            unwanted = {key for (key,) in _in_portions(connection, "SELECT id FROM erased WHERE id IN", marks)}
            refused = refused_people(connection, (mark for some in marks.values() for mark in some))
            unwanted |= {key for key, some in marks.items() if not refused.isdisjoint(some)}
            kept = {key: one for one in mentions if (key := bytes.fromhex(one.id)) not in unwanted}
            rows = [(key, part_of(one), one.version) for key, one in kept.items()]
            connection.executemany(
                "INSERT INTO home VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET version = max(version, excluded.version)",
                rows,
            )
            note_people(connection, [(mark, key) for key in kept for mark in marks[key]])
            homes = dict(_in_portions(connection, "SELECT id, part FROM home WHERE id IN", kept))
            generations = _generations(connection)
            replies = replies_to(connection, kept)
        return Plan(
            {key.hex(): part for key, part in homes.items()},
            generations,
            {key.hex(): tuple(found) for key, found in replies.items()},
        )

    def conclude(self, there: Sequence[Mention], answering: Sequence[Mention], written: Plan) -> Generations:
        """Note what became of a write, and return which indices should have been written.

        A mention whose replies are others now than its writer knew is indexed anew by the indexer.

        Args:
            there: Mentions as they are stored now.
            answering: Those of them that answer another, or may have done so before.
            written: What their writer knew.
        """
        keys = [bytes.fromhex(identifier) for identifier in written.homes]
        with self._file.failing_as_unavailable():
            connection = self._file.connection
            known = replies_to(connection, keys)
            changed = {key for key in keys if tuple(known.get(key, ())) != written.replies.get(key.hex(), ())}
            outdated = self._outdated_marks(connection, there)
        if answering or changed or outdated:
            with self._file.transaction() as connection:
                _set_pending(connection, changed | note_replies(connection, answering))
                connection.executemany("DELETE FROM person WHERE mark = ? AND id = ?", outdated)
        return self.generations()

    def _outdated_marks(self, connection: sqlite3.Connection, there: Sequence[Mention]) -> list[tuple[bytes, bytes]]:
        """Return notes of whose a mention was that its newest version does not bear out."""
        stored = {bytes.fromhex(one.id): one for one in sorted(there, key=lambda one: one.version)}
        newest = dict(_in_portions(connection, "SELECT id, version FROM home WHERE id IN", stored))
        rows = _in_portions(connection, "SELECT mark, id FROM person WHERE id IN", stored)
        return [
            (mark, key)
            for mark, key in rows
            if stored[key].version >= newest.get(key, 0) and mark not in self._marks.of(stored[key])
        ]

    def mentions_of(self, person: Person) -> list[str]:
        """Return the ids of a person's mentions, stored or about to be."""
        with self._file.failing_as_unavailable():
            return ids_of(self._file.connection, self._marks.of_person(person))

    def refuse(self, people: Sequence[Person]) -> None:
        """Keep nothing of these people from now on."""
        self.refuse_marks([self._marks.of_person(person) for person in people])

    def refuses(self, person: Person) -> bool:
        """Say whether nothing more is kept of a person."""
        with self._file.failing_as_unavailable():
            return bool(refused_people(self._file.connection, [self._marks.of_person(person)]))

    def tombstones(self) -> Tombstones:
        """Return all that was erased for good."""
        with self._file.failing_as_unavailable():
            ids = self._file.connection.execute("SELECT id FROM erased").fetchall()
            people = self._file.connection.execute("SELECT mark FROM refused").fetchall()
        return Tombstones(tuple(key.hex() for (key,) in ids), tuple(mark for (mark,) in people))

    def largest_version(self) -> int:
        """Return the largest version ever put, 0 before the first."""
        with self._file.failing_as_unavailable():
            return int(self._file.connection.execute("SELECT max(version) FROM home").fetchone()[0] or 0)

    def refuse_marks(self, marks: Sequence[bytes]) -> list[str]:
        """Keep nothing of the people with these marks from now on; return the ids of what there is of them."""
        with self._file.transaction() as connection:
            refuse_people(connection, marks)
            return [one for mark in marks for one in ids_of(connection, mark)]

    def refused(self, mentions: Sequence[Mention]) -> frozenset[str]:
        """Return the ids of those that were erased for good, or are of people that are refused."""
        marks: dict[str, Collection[bytes]] = {}

        def noted() -> Iterator[bytes]:  # not even made where nobody is refused
            for one in mentions:
                marks[one.id] = self._marks.of(one)
                yield from marks[one.id]

        with self._file.failing_as_unavailable():
            refused = refused_people(self._file.connection, noted())
        of_people = {one for one, some in marks.items() if not refused.isdisjoint(some)}
        return self.erased(one.id for one in mentions) | of_people

    def erase(self, identifiers: Sequence[str]) -> dict[str, str]:
        """Refuse these mentions for ever; return the homes of those that may still be stored."""
        keys = [bytes.fromhex(identifier) for identifier in dict.fromkeys(filter(is_mention_id, identifiers))]
        with self._file.transaction() as connection:
            # One without a home is in no index, and never gets a home any more.
            connection.executemany(
                "INSERT OR IGNORE INTO erased SELECT ?1, NOT EXISTS (SELECT 1 FROM home WHERE id = ?1)",
                [(key,) for key in keys],
            )
            gone = {key for (key,) in _in_portions(connection, "SELECT id FROM erased WHERE is_gone AND id IN", keys)}
            left = [key for key in keys if key not in gone]
            _set_pending(
                connection, {answered for key in left if (answered := drop_reply(connection, key)) is not None}
            )
            connection.executemany("DELETE FROM person WHERE id = ?", [(key,) for key in left])
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
        keys = [bytes.fromhex(identifier) for identifier in filter(is_mention_id, identifiers)]
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

    def compact(self) -> bool:
        """Write the file anew, without what deleted rows left; say whether its log could be emptied."""
        return self._file.compact()

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _generations(connection: sqlite3.Connection) -> Generations:
    rows = connection.execute("SELECT number, is_read FROM generation ORDER BY is_read DESC, number").fetchall()
    return Generations(rows[0][0] if rows else 0, tuple(number for number, _ in rows))


def _set_pending(connection: sqlite3.Connection, keys: Iterable[bytes]) -> None:
    connection.executemany("INSERT OR REPLACE INTO pending(id) VALUES (?)", [(key,) for key in sorted(keys)])


def _in_portions(connection: sqlite3.Connection, query: str, keys: Iterable[bytes]) -> list[Any]:
    rows: list[Any] = []
    left = iter(keys)
    while some := list(islice(left, _IDS_AT_ONCE)):
        rows += connection.execute(f"{query} ({','.join('?' * len(some))})", some).fetchall()
    return rows
