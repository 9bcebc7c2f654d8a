"""Near copies: a text that repeats an earlier one with small changes is linked to it by `copy_of`.

Both count; the link lets people see a campaign or a chain letter. Texts are compared by bottom-k sketches of
their three-word shingles (Broder 1997, "On the resemblance and containment of documents"), kept on disk, so
that memory does not grow with what is stored.
"""

import struct
import zlib
from collections.abc import Sequence

from textcx.database import Database
from textcx.mention import Mention
from textcx.words import split_words

SHORTEST_WORDS = 8
"""Shorter texts are alike by chance ("Snabb leverans, bra pris") and are never linked."""
LEAST_RESEMBLANCE = 0.7
_SHINGLE_WORDS = 3
_SKETCH_HASHES = 16
_LOOKUP_HASHES = 3
_MOST_CANDIDATES = 8


def sketch(text: str) -> tuple[int, ...] | None:
    """Return the smallest shingle hashes of a text in ascending order, or None if it is too short to compare."""
    words = [word.surface for word in split_words(text)]
    if len(words) < SHORTEST_WORDS:
        return None
    shingles = zip(*(words[offset:] for offset in range(_SHINGLE_WORDS)), strict=False)
    hashes = sorted({zlib.crc32(" ".join(shingle).encode("utf-8")) for shingle in shingles})
    return tuple(hashes[:_SKETCH_HASHES])


def resemblance(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the estimated share of shingles two sketched texts have in common, 0 to 1."""
    smallest = sorted({*one, *other})[: min(_SKETCH_HASHES, max(len(one), len(other)))]
    return len(set(smallest).intersection(one).intersection(other)) / len(smallest)


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
        with self._database.transaction():
            for mention, hashes in zip(mentions, sketches, strict=True):
                original = self._original(mention.id, hashes) if hashes else None
                linked.append(mention.model_copy(update={"copy_of": original}) if original else mention)
        return linked

    def _original(self, identifier: str, hashes: tuple[int, ...]) -> str | None:
        connection = self._database.connection
        own = bytes.fromhex(identifier)
        for number in hashes[:_LOOKUP_HASHES]:
            for other, signature in connection.execute(
                "SELECT id, signature FROM sketch WHERE hash = ? LIMIT ?", (number, _MOST_CANDIDATES)
            ):
                if other != own and resemblance(hashes, _unpack(signature)) >= LEAST_RESEMBLANCE:
                    return str(other.hex())
        connection.executemany(
            "INSERT OR REPLACE INTO sketch VALUES (?, ?, ?)",
            [(number, own, _pack(hashes)) for number in hashes[:_LOOKUP_HASHES]],
        )
        return None


def _pack(hashes: tuple[int, ...]) -> bytes:
    return struct.pack(f"<{len(hashes)}I", *hashes)


def _unpack(signature: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(signature) // 4}I", signature)
