"""Traces: what the inbox's file knows of mentions beside the store, and how it is erased.

Records that wait or are set aside, the revision a mention was last read with, when it was last met at its source and
how people reacted, and the sketch that near copies are found by.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson
import regex
from cryptography.fernet import InvalidToken

from ingest.inbox_file import add_to_tally
from ingest.normalize import read_reference
from ingest.secret import Secret
from ingest.sketch import forget_sketches
from textcx.database import Database
from textcx.mention import is_mention_id
from textcx.store.base import Person

_IDS_AT_ONCE = 500


class Traces:
    """What the inbox's file knows of mentions.

    Args:
        database: The inbox's file.
        secret: Opens what is sealed in quarantine.
    """

    def __init__(self, database: Database, secret: Secret) -> None:
        self._database = database
        self._secret = secret

    def people(self) -> Iterator[tuple[str, Person]]:
        """Give whose each record is that waits or is set aside, with its id: once by author, once by reference."""
        return self._people_named(Person())

    def mentions_of(self, person: Person) -> list[str]:
        """Return the ids of a person's records that wait or are set aside."""
        return list(dict.fromkeys(identifier for identifier, one in self._people_named(person) if one == person))

    def _people_named(self, person: Person) -> Iterator[tuple[str, Person]]:
        """Give the people of those records in which an author stands, of all where none is named: a quick sieve."""
        connection = self._database.connection
        name = (person.author or "").encode()
        for table in ("entry", "quarantine"):
            rows = connection.execute(
                f"SELECT id, body FROM {table} WHERE id IS NOT NULL AND instr(CAST(body AS BLOB), ?)", (name,)
            ).fetchall()
            for identifier, body in rows:
                for one in _people_of(orjson.loads(body)):
                    yield identifier.hex(), one

    def forget(self, identifiers: Sequence[str]) -> int:
        """Erase what is known of mentions; return how many records of them waited or were set aside.

        A waiting record ends as filtered, so that its run still adds up; one set aside stays counted as such. A worker
        that holds one finds it gone, and the store refuses it.

        Raises:
            StoreUnavailableError: The disk refused; nothing was erased.
        """
        erased = 0
        keys = [bytes.fromhex(identifier) for identifier in identifiers if is_mention_id(identifier)]
        with self._database.transaction() as connection:
            for first in range(0, len(keys), _IDS_AT_ONCE):
                some = keys[first : first + _IDS_AT_ONCE]
                these = f"IN ({','.join('?' * len(some))})"
                waited = connection.execute(
                    f"DELETE FROM entry WHERE id {these} RETURNING run, length(body)", some
                ).fetchall()
                for run, count in Counter(run for run, _ in waited).items():
                    add_to_tally(connection, run, Counter(filtered=count))
                connection.execute(
                    "UPDATE backlog SET records = records - ?, bytes = bytes - ?",
                    (len(waited), sum(size for _, size in waited)),
                )
                aside = connection.execute(f"DELETE FROM quarantine WHERE id {these}", some).rowcount
                connection.execute(f"DELETE FROM known WHERE id {these}", some)
                connection.execute(f"DELETE FROM met WHERE id {these}", some)
                connection.execute(f"DELETE FROM observation WHERE id {these}", some)
                forget_sketches(connection, some)
                erased += len(waited) + aside
        self._database.empty_log()
        return erased

    def held(self, identifiers: Sequence[str]) -> list[str]:
        """Return those of which something is known: stored once, waiting, or set aside."""
        connection = self._database.connection
        seeks = "SELECT 1 FROM known WHERE id = ? UNION ALL SELECT 1 FROM met WHERE id = ? LIMIT 1"
        keys = ((identifier, bytes.fromhex(identifier)) for identifier in dict.fromkeys(identifiers))
        return [identifier for identifier, key in keys if connection.execute(seeks, (key, key)).fetchone()]

    def forget_sealed(self, name: str) -> int:
        """Erase sealed records in which a name stands as a word; return how many.

        Nobody knows whose a sealed record is, since it could not be read; it is kept for a look, for days.
        """
        word = regex.compile(rf"(?<!\w){regex.escape(name)}(?!\w)", regex.IGNORECASE)
        rows = self._database.connection.execute("SELECT number, body FROM quarantine WHERE is_sealed").fetchall()
        numbers = [(number,) for number, body in rows if word.search(self._unsealed(body))]
        if numbers:
            with self._database.transaction() as connection:
                connection.executemany("DELETE FROM quarantine WHERE number = ?", numbers)
            self._database.empty_log()
        return len(numbers)

    def compact(self) -> bool:
        """See Database.compact."""
        return self._database.compact()

    def _unsealed(self, sealed: bytes) -> str:
        try:
            return self._secret.unseal(sealed).decode("utf-8", "replace")
        except InvalidToken:  # of another secret: nobody can read it
            return ""


def _people_of(fields: Mapping[str, Any]) -> Iterator[Person]:
    people = (Person(author=fields.get("author")), Person(reference=read_reference(fields)))
    return (person for person in people if person.is_somebody)
