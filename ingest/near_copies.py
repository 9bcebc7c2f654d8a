"""Near copies: a text that repeats an earlier one with small changes is linked to it by `copy_of`.

Both count; the link lets people see a campaign or a chain letter. Texts are compared by bottom-k sketches of
their three-word shingles (Broder 1997, "On the resemblance and containment of documents"), kept on disk, so
that memory does not grow with what is stored.
"""

import re
import sqlite3
import struct
import zlib
from collections.abc import Collection, Sequence

from textcx.database import Database
from textcx.mention import Mention

SHORTEST_WORDS = 8
"""Shorter texts are alike by chance ("Snabb leverans, bra pris") and are never linked."""
LEAST_RESEMBLANCE = 0.7
_SHINGLE_WORDS = 3
_SKETCH_HASHES = 16
_LOOKUP_HASHES = 3
_MOST_ORIGINALS = 8
"""Originals that are kept for one hash: a greeting that stands in every text tells nothing."""
_WORD = re.compile(r"\w+")
_HASHES_AT_ONCE = 500
_FORGET = "DELETE FROM sketch WHERE id = ? RETURNING number, hashes"

Original = tuple[int, bytes, tuple[int, ...]]
"""An earlier text: its number in order of arrival, the mention's id, its sketch."""


def sketch(text: str) -> tuple[int, ...] | None:
    """Return the smallest shingle hashes of a text in ascending order, or None if it is too short to compare."""
    words = _WORD.findall(text.lower())
    if len(words) < SHORTEST_WORDS:
        return None
    shingles = zip(*(words[offset:] for offset in range(_SHINGLE_WORDS)), strict=False)
    hashes = {zlib.crc32(" ".join(shingle).encode("utf-8")) for shingle in shingles}
    return tuple(sorted(hashes)[:_SKETCH_HASHES])


def resemblance(one: Collection[int], other: Collection[int]) -> float:
    """Return the estimated share of shingles two sketched texts have in common, 0 to 1."""
    shared = set(one).intersection(other)
    if len(shared) < LEAST_RESEMBLANCE * max(len(one), len(other)):
        return len(shared) / max(len(one), len(other))  # an upper bound, and too low: most pairs end here
    smallest = sorted({*one, *other})[:_SKETCH_HASHES]
    return sum(number in shared for number in smallest) / len(smallest)


class NearCopies:
    """Finds the originals of near copies among what has been taken in.

    Args:
        database: The inbox's file, which keeps the sketches.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def link(self, mentions: Sequence[Mention]) -> list[Mention]:
        """Return the mentions in order, near copies with `copy_of` set, and remember the originals among them."""
        sketches = [None if mention.repost_of else sketch(mention.text) for mention in mentions]
        linked = []
        with self._database.transaction() as connection:
            originals = _Originals(connection, [hashes for hashes in sketches if hashes])
            for mention, hashes in zip(mentions, sketches, strict=True):
                original = originals.find_or_add(bytes.fromhex(mention.id), hashes) if hashes else None
                linked.append(mention.model_copy(update={"copy_of": original}) if original else mention)
            originals.save()
        return linked

    def forget(self, identifiers: Collection[str]) -> None:
        """Erase what is remembered of these mentions; near copies that are linked to them stay so."""
        with self._database.transaction() as connection:
            forget_sketches(connection, [bytes.fromhex(identifier) for identifier in identifiers])


def forget_sketches(connection: sqlite3.Connection, keys: Sequence[bytes]) -> None:
    """Erase the sketches of these mentions, within the caller's transaction."""
    for key in keys:
        for number, packed in connection.execute(_FORGET, (key,)).fetchall():
            pairs = [(one, number) for one in _unpack(packed)]
            connection.executemany("DELETE FROM sketch_hash WHERE hash = ? AND sketch = ?", pairs)


class _Originals:
    """The earlier texts that those of a batch may repeat: of the file, and of the batch itself."""

    def __init__(self, connection: sqlite3.Connection, sketches: Sequence[tuple[int, ...]]) -> None:
        self._connection = connection
        self._by_hash: dict[int, list[Original]] = {
            number: [] for hashes in sketches for number in hashes[:_LOOKUP_HASHES]
        }
        self._next = connection.execute("SELECT coalesce(max(number), 0) + 1 FROM sketch").fetchone()[0]
        self._added: list[Original] = []
        self._added_hashes: list[tuple[int, int]] = []
        wanted = list(self._by_hash)
        for first in range(0, len(wanted), _HASHES_AT_ONCE):
            some = wanted[first : first + _HASHES_AT_ONCE]
            query = (
                "SELECT hash, number, id, hashes FROM sketch_hash JOIN sketch ON number = sketch "
                f"WHERE hash IN ({','.join('?' * len(some))})"
            )
            for found, number, identifier, packed in connection.execute(query, some):
                self._by_hash[found].append((number, identifier, _unpack(packed)))

    def find_or_add(self, own: bytes, hashes: tuple[int, ...]) -> str | None:
        """Return the earliest mention that a text nearly repeats, or None and remember it as an original."""
        candidates = {one[0]: one for number in hashes[:_LOOKUP_HASHES] for one in self._by_hash[number]}
        if any(identifier == own and others == hashes for _, identifier, others in candidates.values()):
            return None  # it was taken in before: its worker died, or it has come again
        for number in sorted(candidates):
            _, identifier, others = candidates[number]
            if identifier != own and resemblance(hashes, others) >= LEAST_RESEMBLANCE:
                return identifier.hex()
        original = (self._next, own, hashes)
        self._next += 1
        self._added.append(original)
        for number in hashes[:_LOOKUP_HASHES]:
            if len(self._by_hash[number]) < _MOST_ORIGINALS:
                self._by_hash[number].append(original)
                self._added_hashes.append((number, original[0]))
        return None

    def save(self) -> None:
        """Write what was added, within the caller's transaction."""
        self._connection.executemany(
            "INSERT INTO sketch VALUES (?, ?, ?)", [(number, own, _pack(hashes)) for number, own, hashes in self._added]
        )
        self._connection.executemany("INSERT INTO sketch_hash VALUES (?, ?)", self._added_hashes)


def _pack(hashes: tuple[int, ...]) -> bytes:
    return struct.pack(f"<{len(hashes)}I", *hashes)


def _unpack(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // 4}I", packed)
