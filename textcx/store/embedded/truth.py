"""Truth: the SQLite file `mentions.db`, which alone decides what is stored.

Every write takes a fresh number, `seq`, inside the write transaction, so that the order of numbers is the order
of commits and an index can follow it. An erased mention stays as a row without body: its id is never taken again.
When a reply is written, changed or erased, the mention it answers takes a fresh number too. Erased words are in no
file of an index that was begun (`cleared_seq`) after the last erasure. A row says whether it is the first of its
mention; one that an earlier version of textcx wrote does not.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from textcx.annotation import AnnotatedMention, Storable
from textcx.database import Database
from textcx.errors import StoreUnavailableError
from textcx.mention import Mention, is_mention_id
from textcx.store.base import Person
from textcx.store.embedded.packing import pack, unpack
from textcx.store.embedded.reply_notes import NOTES_SCHEMA, note_replies, replies_to, write_anew
from textcx.store.people import (
    PEOPLE_SCHEMA,
    Marks,
    drop_people,
    ids_of,
    note_people,
    refuse_people,
    refused_people,
)
from textcx.store.replies import answered_id

_SCHEMA_VERSION = 3
_SCHEMA = """
CREATE TABLE IF NOT EXISTS mention(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, version INTEGER NOT NULL, body BLOB,
    is_first INTEGER);
CREATE TABLE IF NOT EXISTS search_index(
    only INTEGER PRIMARY KEY CHECK (only = 1), generation INTEGER NOT NULL, indexed_seq INTEGER NOT NULL,
    version TEXT NOT NULL, cleared_seq INTEGER NOT NULL, made_at REAL NOT NULL, wanted_seq INTEGER NOT NULL);
INSERT OR IGNORE INTO search_index VALUES (1, 0, 0, '', 0, 0, 0);
CREATE INDEX IF NOT EXISTS mention_erased ON mention(seq) WHERE body IS NULL;
"""
_IDS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Change:
    """A write that an index has yet to follow.

    Attributes:
        seq: Its number.
        id: Which mention.
        body: What is stored now, packed, or None where it was erased.
        is_first: No write before had to do with this mention, as far as is known.
        replies: The stored mentions that answer it.
    """

    seq: int
    id: str
    body: bytes | None
    is_first: bool
    replies: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexState:
    """Which search index is in force, and how far it has followed.

    Attributes:
        generation: Number of its folder; 0 before the first.
        indexed_seq: The last write it holds.
        version: The `index_version()` it was written with.
        cleared_seq: The last write before it was begun: what was erased up to there is in none of its files.
        made_at: When it was begun, in seconds since the epoch.
        wanted_seq: Somebody waits for a `cleared_seq` as high as this.
    """

    generation: int
    indexed_seq: int
    version: str
    cleared_seq: int = 0
    made_at: float = 0.0
    wanted_seq: int = 0


@dataclass(frozen=True, slots=True)
class Tombstones:
    """What was erased for good.

    Attributes:
        ids: Of mentions.
        people: Marks of people that are refused.
    """

    ids: tuple[str, ...]
    people: tuple[bytes, ...]


def open_truth_file(folder: Path) -> Database:
    """Open the SQLite file of a data folder's mentions, made if absent.

    Raises:
        StoreUnavailableError: The file cannot be opened.
        ConfigError: Another version of textcx wrote it.
    """
    file = Database(
        folder / "mentions.db", schema=_SCHEMA + NOTES_SCHEMA + PEOPLE_SCHEMA, schema_version=_SCHEMA_VERSION
    )
    with file.failing_as_unavailable():
        _add_column(file)
    return file


def _add_column(file: Database) -> None:
    """Give a file that an earlier version made the column it lacks; that version reads and writes it as before."""
    if "is_first" in _columns(file.connection):
        return
    with file.transaction() as connection:
        if "is_first" not in _columns(connection):  # another process may have come first
            connection.execute("ALTER TABLE mention ADD COLUMN is_first INTEGER")


def _columns(connection: sqlite3.Connection) -> set[str]:
    return {row[1] for row in connection.execute("PRAGMA table_info(mention)")}


class Truth:
    """The mentions of one data folder.

    Args:
        file: As `open_truth_file` opens it.
        key: Of the hashes that stand for people, the same at every opening.
    """

    def __init__(self, file: Database, *, key: bytes = b"") -> None:
        self._file = file
        self._marks = Marks(key)

    def put(self, mentions: Sequence[Storable]) -> int:
        """Keep what is newer than what is stored, in one transaction; return how many were kept."""
        packed = [
            (bytes.fromhex(one.mention.id), one.mention.version, pack(one), one.mention, self._marks.of(one.mention))
            for one in mentions
        ]
        kept: list[tuple[bytes, int, bytes, bool]] = []
        people: dict[bytes, Collection[bytes]] = {}
        answered: dict[bytes, bytes | None] = {}
        with self._file.transaction() as connection:
            stored = _versions(connection, [identifier for identifier, *_ in packed])
            refused = refused_people(connection, (mark for *_, marks in packed for mark in marks))
            for identifier, version, body, mention, marks in packed:
                if not refused.isdisjoint(marks):
                    continue
                if identifier in stored:
                    found = stored[identifier]
                    if found is None or found >= version:  # None: erased for good
                        continue
                    self._drop_people(connection, identifier)
                kept.append((identifier, version, body, identifier not in stored))
                people[identifier] = marks
                target = _answered_key(mention)
                if target is not None or identifier in stored:  # a new mention that answers none changes no note
                    answered[identifier] = target
                stored[identifier] = version
            connection.executemany(
                "INSERT OR REPLACE INTO mention(id, version, body, is_first) VALUES (?, ?, ?, ?)", kept
            )
            note_people(connection, [(mark, identifier) for identifier, marks in people.items() for mark in marks])
            write_anew(connection, note_replies(connection, answered))
        return len(kept)

    def forget(self, identifiers: Iterable[str]) -> int:
        """Erase mentions and refuse them for ever, stored or not; return how many were stored."""
        erased = 0
        with self._file.transaction() as connection:
            for identifier in dict.fromkeys(filter(is_mention_id, identifiers)):
                key = bytes.fromhex(identifier)
                row = connection.execute("SELECT version, body IS NULL FROM mention WHERE id = ?", (key,)).fetchone()
                if row is not None and row[1]:
                    continue
                if row is not None:
                    erased += 1
                    self._drop_people(connection, key)
                connection.execute(
                    "INSERT OR REPLACE INTO mention(id, version, body) VALUES (?, ?, NULL)", (key, row[0] if row else 0)
                )
                write_anew(connection, note_replies(connection, {key: None}))
        self._file.empty_log()  # it still holds the words
        return erased

    def mentions_of(self, person: Person) -> list[str]:
        """Return the ids of a person's stored mentions."""
        with self._file.failing_as_unavailable():
            return ids_of(self._file.connection, self._marks.of_person(person))

    def refuse(self, people: Sequence[Person]) -> None:
        """Keep nothing of these people from now on."""
        with self._file.transaction() as connection:
            refuse_people(connection, [self._marks.of_person(person) for person in people])

    def refused(self, mentions: Sequence[Mention]) -> frozenset[str]:
        """Return the ids of those that were erased for good, or are of people that are refused."""
        marks: dict[str, Collection[bytes]] = {}

        def noted() -> Iterator[bytes]:
            for one in mentions:
                marks[one.id] = self._marks.of(one)
                yield from marks[one.id]

        with self._file.failing_as_unavailable():
            connection = self._file.connection
            stored = _versions(connection, [bytes.fromhex(one.id) for one in mentions])
            refused = refused_people(connection, noted())
        erased = {key.hex() for key, version in stored.items() if version is None}
        return frozenset(erased | {one for one, some in marks.items() if not refused.isdisjoint(some)})

    def refuses(self, person: Person) -> bool:
        """Say whether nothing more is kept of a person."""
        mark = self._marks.of_person(person)
        with self._file.failing_as_unavailable():
            return bool(refused_people(self._file.connection, [mark]))

    def tombstones(self) -> Tombstones:
        """Return all that was erased for good."""
        with self._file.failing_as_unavailable():
            ids = self._file.connection.execute("SELECT id FROM mention WHERE body IS NULL ORDER BY seq").fetchall()
            people = self._file.connection.execute("SELECT mark FROM refused").fetchall()
        return Tombstones(tuple(key.hex() for (key,) in ids), tuple(mark for (mark,) in people))

    def apply(self, tombstones: Tombstones) -> int:
        """Erase and refuse what another store of the same key has; return how many stored mentions that concerned."""
        with self._file.transaction() as connection:
            refuse_people(connection, tombstones.people)
            of_people = [one for mark in tombstones.people for one in ids_of(connection, mark)]
        return self.forget([*tombstones.ids, *of_people])

    def get(self, identifier: str) -> AnnotatedMention | None:
        """Return the stored mention, or None."""
        return self.get_many([identifier]).get(identifier)

    def get_many(self, identifiers: Iterable[str]) -> dict[str, AnnotatedMention]:
        """Return those of the mentions that are stored, by id."""
        found = {}
        keys = (bytes.fromhex(identifier) for identifier in identifiers if is_mention_id(identifier))
        with self._file.failing_as_unavailable():
            while some := list(islice(keys, _IDS_AT_ONCE)):
                query = f"SELECT id, body FROM mention WHERE body IS NOT NULL AND id IN ({_marks(some)})"
                for key, body in self._file.connection.execute(query, some):
                    found[key.hex()] = unpack(body)
        return found

    def changes_after(self, seq: int, *, limit: int) -> list[Change]:
        """Return the next writes after `seq`, in order, as many as `limit` at most."""
        with self._file.failing_as_unavailable():
            rows = self._file.connection.execute(
                "SELECT seq, id, body, is_first FROM mention WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit)
            ).fetchall()
            replies = replies_to(self._file.connection, [key for _, key, *_ in rows])
        return [
            Change(number, key.hex(), body, bool(is_first), tuple(replies.get(key, ())))
            for number, key, body, is_first in rows
        ]

    def last_seq(self) -> int:
        """Return the number of the last write, 0 before the first."""
        with self._file.failing_as_unavailable():
            row = self._file.connection.execute("SELECT max(seq) FROM mention").fetchone()
        return int(row[0] or 0)

    def versions(self) -> Iterator[tuple[int, str, int | None]]:
        """Give seq, id and version of each mention; an erased one has no version."""
        with self._file.failing_as_unavailable():
            for seq, key, version in self._file.connection.execute(
                "SELECT seq, id, iif(body IS NULL, NULL, version) FROM mention"
            ):
                yield seq, key.hex(), version

    def largest_version(self) -> int:
        """Return the largest version of a mention; reads them all."""
        with self._file.failing_as_unavailable():
            row = self._file.connection.execute("SELECT max(version) FROM mention").fetchone()
        return int(row[0] or 0)

    def erased_seq(self) -> int:
        """Return the number of the last erasure, 0 before the first."""
        with self._file.failing_as_unavailable():
            row = self._file.connection.execute(
                "SELECT seq FROM mention INDEXED BY mention_erased WHERE body IS NULL ORDER BY seq DESC LIMIT 1"
            ).fetchone()
        return int(row[0]) if row else 0

    def index_state(self) -> IndexState:
        """Return which search index is in force."""
        with self._file.failing_as_unavailable():
            row = self._file.connection.execute(
                "SELECT generation, indexed_seq, version, cleared_seq, made_at, wanted_seq FROM search_index"
            ).fetchone()
        return IndexState(*row)

    def save_index_state(self, state: IndexState) -> None:
        """Put a search index into force, or say how far it has followed; what is wanted of it stays."""
        with self._file.transaction() as connection:
            connection.execute(
                "UPDATE search_index SET generation = ?, indexed_seq = ?, version = ?, cleared_seq = ?, made_at = ?",
                (state.generation, state.indexed_seq, state.version, state.cleared_seq, state.made_at),
            )

    def want_cleared(self) -> None:
        """Ask whoever writes the search index for one that holds no word erased so far."""
        wanted = self.erased_seq()
        with self._file.transaction() as connection:
            connection.execute("UPDATE search_index SET wanted_seq = max(wanted_seq, ?)", (wanted,))

    def compact(self) -> bool:
        """See Database.compact."""
        return self._file.compact()

    def damage(self) -> list[str]:
        """Return what SQLite finds wrong with the file; nothing where it is sound."""
        with self._file.failing_as_unavailable():
            rows = self._file.connection.execute("PRAGMA integrity_check").fetchall()
        return [f"mentions.db: {finding}" for (finding,) in rows if finding != "ok"]

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _drop_people(self, connection: sqlite3.Connection, key: bytes) -> None:
        row = connection.execute("SELECT body FROM mention WHERE id = ? AND body IS NOT NULL", (key,)).fetchone()
        try:
            marks = self._marks.of(unpack(row[0]).mention) if row else None
        except StoreUnavailableError:
            marks = None
        drop_people(connection, key, marks)


def _answered_key(mention: Mention) -> bytes | None:
    answered = answered_id(mention)
    return None if answered is None else bytes.fromhex(answered)


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


def _versions(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, int | None]:
    """Return the stored version by id; None for an erased one."""
    versions: dict[bytes, int | None] = {}
    for first in range(0, len(keys), _IDS_AT_ONCE):
        some = keys[first : first + _IDS_AT_ONCE]
        query = f"SELECT id, version, body IS NULL FROM mention WHERE id IN ({_marks(some)})"
        for key, version, is_erased in connection.execute(query, some):
            versions[key] = None if is_erased else version
    return versions
