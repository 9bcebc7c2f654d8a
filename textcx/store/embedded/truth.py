"""Truth: the SQLite file `mentions.db`, which alone decides what is stored.

Every write takes a fresh number, `seq`, inside the write transaction, so that the order of numbers is the order
of commits and an index can follow it. An erased mention stays as a row without body: its id is never taken again.
When a reply is written, changed or erased, the mention it answers takes a fresh number too.
"""

import sqlite3
import string
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from textcx.annotation import AnnotatedMention
from textcx.database import Database
from textcx.errors import StoreUnavailableError
from textcx.mention import Mention
from textcx.store.embedded.packing import pack, unpack
from textcx.store.embedded.reply_notes import NOTES_SCHEMA, note_replies, replies_to, write_anew
from textcx.store.replies import answered_id

_SCHEMA_VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS mention(
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL UNIQUE, version INTEGER NOT NULL, body BLOB);
CREATE TABLE IF NOT EXISTS search_index(
    only INTEGER PRIMARY KEY CHECK (only = 1), generation INTEGER NOT NULL, indexed_seq INTEGER NOT NULL,
    version TEXT NOT NULL);
INSERT OR IGNORE INTO search_index VALUES (1, 0, 0, '');
"""
_IDS_AT_ONCE = 500
_ID_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Change:
    """A write that an index has yet to follow.

    Attributes:
        seq: Its number.
        id: Which mention.
        annotated: What is stored now, or None where it was erased.
        replies: The stored mentions that answer it.
    """

    seq: int
    id: str
    annotated: AnnotatedMention | None
    replies: tuple[Mention, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexState:
    """Which search index is in force, and how far it has followed.

    Attributes:
        generation: Number of its folder; 0 before the first.
        indexed_seq: The last write it holds.
        version: The `index_version()` it was written with.
    """

    generation: int
    indexed_seq: int
    version: str


def open_truth_file(folder: Path) -> Database:
    """Open the SQLite file of a data folder's mentions, made if absent.

    Raises:
        StoreUnavailableError: The file cannot be opened.
        ConfigError: Another version of textcx wrote it.
    """
    return Database(folder / "mentions.db", schema=_SCHEMA + NOTES_SCHEMA, schema_version=_SCHEMA_VERSION)


class Truth:
    """The mentions of one data folder.

    Args:
        file: As `open_truth_file` opens it.
    """

    def __init__(self, file: Database) -> None:
        self._file = file

    def put(self, mentions: Sequence[AnnotatedMention]) -> int:
        """Keep what is newer than what is stored, in one transaction; return how many were kept."""
        packed = [
            (bytes.fromhex(one.mention.id), one.mention.version, pack(one), _answered_key(one.mention))
            for one in mentions
        ]
        kept = 0
        answered: dict[bytes, bytes | None] = {}
        with self._file.transaction() as connection:
            stored = _versions(connection, [identifier for identifier, *_ in packed])
            for identifier, version, body, target in packed:
                if identifier in stored:
                    found = stored[identifier]
                    if found is None or found >= version:  # None: erased for good
                        continue
                connection.execute(
                    "INSERT OR REPLACE INTO mention(id, version, body) VALUES (?, ?, ?)", (identifier, version, body)
                )
                if target is not None or identifier in stored:  # a new mention that answers none changes no note
                    answered[identifier] = target
                stored[identifier] = version
                kept += 1
            write_anew(connection, note_replies(connection, answered))
        return kept

    def forget(self, identifiers: Sequence[str]) -> int:
        """Erase mentions and refuse them for ever, stored or not; return how many were stored."""
        erased = 0
        with self._file.transaction() as connection:
            for identifier in dict.fromkeys(filter(_is_id, identifiers)):
                key = bytes.fromhex(identifier)
                row = connection.execute("SELECT version, body IS NULL FROM mention WHERE id = ?", (key,)).fetchone()
                if row is not None and row[1]:
                    continue
                erased += row is not None
                connection.execute(
                    "INSERT OR REPLACE INTO mention(id, version, body) VALUES (?, ?, NULL)", (key, row[0] if row else 0)
                )
                write_anew(connection, note_replies(connection, {key: None}))
        # The log still holds the words until it is written back. A reader may be in the way: the next one does it.
        with suppress(StoreUnavailableError), self._file.failing_as_unavailable():
            self._file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return erased

    def erased(self, identifiers: Sequence[str]) -> frozenset[str]:
        """Return those of the mentions that were erased for good."""
        keys = [bytes.fromhex(identifier) for identifier in identifiers if _is_id(identifier)]
        with self._file.failing_as_unavailable():
            stored = _versions(self._file.connection, keys)
        return frozenset(key.hex() for key, version in stored.items() if version is None)

    def get(self, identifier: str) -> AnnotatedMention | None:
        """Return the stored mention, or None."""
        return self.get_many([identifier]).get(identifier)

    def get_many(self, identifiers: Iterable[str]) -> dict[str, AnnotatedMention]:
        """Return those of the mentions that are stored, by id."""
        found = {}
        keys = (bytes.fromhex(identifier) for identifier in identifiers if _is_id(identifier))
        with self._file.failing_as_unavailable():
            while some := list(islice(keys, _IDS_AT_ONCE)):
                query = f"SELECT id, body FROM mention WHERE body IS NOT NULL AND id IN ({_marks(some)})"
                for key, body in self._file.connection.execute(query, some):
                    found[key.hex()] = unpack(body)
        return found

    def changes_after(self, seq: int, *, limit: int) -> list[Change]:
        """Return the next writes after `seq`, in order."""
        with self._file.failing_as_unavailable():
            rows = self._file.connection.execute(
                "SELECT seq, id, body FROM mention WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit)
            ).fetchall()
            replies = replies_to(self._file.connection, [key for _, key, _ in rows])
        return [
            Change(number, key.hex(), None if body is None else unpack(body), tuple(replies.get(key, ())))
            for number, key, body in rows
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

    def index_state(self) -> IndexState:
        """Return which search index is in force."""
        with self._file.failing_as_unavailable():
            row = self._file.connection.execute("SELECT generation, indexed_seq, version FROM search_index").fetchone()
        return IndexState(*row)

    def save_index_state(self, state: IndexState) -> None:
        """Put a search index into force, or say how far it has followed."""
        with self._file.transaction() as connection:
            connection.execute(
                "UPDATE search_index SET generation = ?, indexed_seq = ?, version = ?",
                (state.generation, state.indexed_seq, state.version),
            )

    def damage(self) -> list[str]:
        """Return what SQLite finds wrong with the file; nothing where it is sound."""
        with self._file.failing_as_unavailable():
            rows = self._file.connection.execute("PRAGMA integrity_check").fetchall()
        return [f"mentions.db: {finding}" for (finding,) in rows if finding != "ok"]

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _is_id(identifier: str) -> bool:
    return len(identifier) == _ID_DIGITS and not identifier.strip(string.digits + "abcdef")


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
