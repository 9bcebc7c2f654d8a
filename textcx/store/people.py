"""People: whose each stored mention is, noted in an engine's SQLite file as a keyed hash.

So all that a person wrote is found, and what comes of a forgotten one refused, while neither a pseudonym nor a key of
the company's own system stands in any index. Without the key nobody can test whether somebody was forgotten.
"""

import hmac
import sqlite3
from collections.abc import Iterable

from textcx.mention import Mention
from textcx.store.base import Person

PEOPLE_SCHEMA = """
CREATE TABLE IF NOT EXISTS person(mark BLOB NOT NULL, id BLOB NOT NULL, PRIMARY KEY(mark, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refused(mark BLOB PRIMARY KEY) WITHOUT ROWID;
"""
_MARK_BYTES = 16
"""128 bits, so that no two people ever meet."""


class Marks:
    """Makes the hashes that stand for people: HMAC-SHA256 (RFC 2104).

    Args:
        key: Of the data folder's secret.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def of(self, mention: Mention) -> list[bytes]:
        """Return the marks of those whose mention it is: of its author, and of its reference."""
        marks = [self._of_name(f"author\0{mention.author}")] if mention.author else []
        if mention.reference is not None:
            marks.append(self.of_person(Person(reference=mention.reference)))
        return marks

    def of_person(self, person: Person) -> bytes:
        """Return the mark of a person."""
        if person.reference is not None:
            name = f"reference\0{person.reference.system}\0{person.reference.id}"
        else:
            name = f"author\0{person.author}"
        return self._of_name(name)

    def _of_name(self, name: str) -> bytes:
        return hmac.digest(self._key, name.encode("utf-8", "surrogatepass"), "sha256")[:_MARK_BYTES]


def note_people(connection: sqlite3.Connection, marks: Iterable[tuple[bytes, bytes]]) -> None:
    """Note whose mentions are: pairs of a person's mark and a mention's key."""
    connection.executemany("INSERT OR IGNORE INTO person VALUES (?, ?)", marks)


def drop_people(connection: sqlite3.Connection, key: bytes, marks: Iterable[bytes] | None) -> None:
    """Note that a mention is no longer of these; None where it cannot be told of whom it was."""
    if marks is None:  # a damaged mention, which must be erasable too: this reads the whole table
        connection.execute("DELETE FROM person WHERE id = ?", (key,))
    else:
        connection.executemany("DELETE FROM person WHERE mark = ? AND id = ?", [(mark, key) for mark in marks])


def ids_of(connection: sqlite3.Connection, mark: bytes) -> list[str]:
    """Return the ids of a person's stored mentions."""
    rows = connection.execute("SELECT id FROM person WHERE mark = ?", (mark,)).fetchall()
    return [key.hex() for (key,) in rows]


def refuse_people(connection: sqlite3.Connection, marks: Iterable[bytes]) -> None:
    """Refuse what comes of these people from now on."""
    connection.executemany("INSERT OR IGNORE INTO refused VALUES (?)", [(mark,) for mark in marks])


def refused_people(connection: sqlite3.Connection, marks: Iterable[bytes]) -> set[bytes]:
    """Return those of the marks that are refused; where nobody is, the marks are not even made."""
    if connection.execute("SELECT 1 FROM refused LIMIT 1").fetchone() is None:
        return set()
    found = (connection.execute("SELECT mark FROM refused WHERE mark = ?", (mark,)).fetchone() for mark in set(marks))
    return {row[0] for row in found if row is not None}
