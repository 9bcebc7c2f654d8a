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
_MOST_CANDIDATES = 16
_WORD = re.compile(r"\w+")
_CANDIDATES = (
    "SELECT number, id, hashes FROM sketch_hash JOIN sketch ON number = sketch WHERE hash IN (?, ?, ?) LIMIT ?"
)


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
            for mention, hashes in zip(mentions, sketches, strict=True):
                original = _original(connection, bytes.fromhex(mention.id), hashes) if hashes else None
                linked.append(mention.model_copy(update={"copy_of": original}) if original else mention)
        return linked


def _original(connection: sqlite3.Connection, own: bytes, hashes: tuple[int, ...]) -> str | None:
    """Return the earliest mention that a text nearly repeats, or None and remember it as an original."""
    looked_up = (hashes * _LOOKUP_HASHES)[:_LOOKUP_HASHES]
    packed = struct.pack(f"<{len(hashes)}I", *hashes)
    originals = []
    for number, other, others in connection.execute(_CANDIDATES, (*looked_up, _MOST_CANDIDATES)):
        if other == own:
            if others == packed:
                return None  # it was taken in before: its worker died, or it has come again
        elif others == packed or resemblance(hashes, _unpack(others)) >= LEAST_RESEMBLANCE:
            originals.append((number, other))
    if originals:
        return str(min(originals)[1].hex())
    number = connection.execute("INSERT INTO sketch(id, hashes) VALUES (?, ?)", (own, packed)).lastrowid
    connection.executemany("INSERT INTO sketch_hash VALUES (?, ?)", [(one, number) for one in dict.fromkeys(looked_up)])
    return None


def _unpack(packed: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(packed) // 4}I", packed)
