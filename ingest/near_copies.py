"""Near copies: a text that repeats an earlier one with small changes is linked to it by `copy_of`.

Both count; the link lets people see a campaign or a chain letter. Texts are compared by their sketches (`sketch.py`),
kept on disk, so that memory does not grow with what is stored.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from ingest.alike import Original, find_kept
from ingest.sketch import LEAST_RESEMBLANCE, Sketch, forget_sketches, pack, resemblance, sketch
from textcx.database import Database
from textcx.mention import Mention

_LOOKUP_HASHES = 3
_MOST_ORIGINALS = 8
"""Originals that are kept for one hash: a greeting that stands in every text tells nothing."""


class NearCopies:
    """Finds the originals of near copies among what has been taken in.

    Args:
        database: The inbox's file, which keeps the sketches.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def link(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Return the mentions in order, near copies with `copy_of` set, and remember the originals among them."""
        found = (None if mention.repost_of else sketch(mention.text) for mention in mentions)
        sketches = {place: hashes for place, hashes in enumerate(found) if hashes}
        linked = list(mentions)
        if not sketches:
            return linked
        with self._database.transaction() as connection:
            originals = _Originals(connection, sketches)
            for place, hashes in sketches.items():
                original = originals.find_or_add(place, bytes.fromhex(mentions[place].id), hashes)
                if original:
                    linked[place] = mentions[place].model_copy(update={"copy_of": original})
            originals.save()
        return linked

    def forget(self, identifiers: Collection[str]) -> None:
        """Erase what is remembered of these mentions; near copies that are linked to them stay so."""
        with self._database.transaction() as connection:
            forget_sketches(connection, [bytes.fromhex(identifier) for identifier in identifiers])


class _Originals:
    """The earlier texts that those of a batch may repeat: of the file, and of the batch itself."""

    def __init__(self, connection: sqlite3.Connection, sketches: Mapping[int, Sketch]) -> None:
        self._connection = connection
        self._kept = find_kept(connection, sketches, lookups=_LOOKUP_HASHES)
        self._next = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM sketch").fetchone()[0]
        self._added: list[Original] = []
        self._added_by_hash: dict[int, list[Original]] = defaultdict(list)

    def find_or_add(self, place: int, own: bytes, hashes: Sketch) -> str | None:
        """Return the earliest mention that a text nearly repeats, or None and remember it as an original.

        Args:
            place: Of the text in the batch.
            own: The mention's id.
            hashes: The text's sketch.
        """
        of_batch = {one[0]: one for number in hashes[:_LOOKUP_HASHES] for one in self._added_by_hash.get(number, ())}
        candidates = [*self._kept.alike.get(place, ()), *(of_batch[number] for number in sorted(of_batch))]
        if any(identifier == own and others == hashes for _, identifier, others in candidates):
            return None  # it was taken in before: its worker died, or it has come again
        for _, identifier, others in candidates:
            if identifier != own and resemblance(hashes, others) >= LEAST_RESEMBLANCE:
                return identifier.hex()
        original = (self._next, own, hashes)
        self._next += 1
        self._added.append(original)
        for number in hashes[:_LOOKUP_HASHES]:
            if self._kept.counts.get(number, 0) + len(self._added_by_hash[number]) < _MOST_ORIGINALS:
                self._added_by_hash[number].append(original)
        return None

    def save(self) -> None:
        """Write what was added, within the caller's transaction."""
        self._connection.executemany(
            "INSERT INTO sketch VALUES (?, ?, ?)", [(number, own, pack(hashes)) for number, own, hashes in self._added]
        )
        self._connection.executemany(
            "INSERT INTO sketch_hash VALUES (?, ?)",
            sorted((number, one[0]) for number, some in self._added_by_hash.items() for one in some),
        )
