"""Sketch: the few smallest hashes of a text's three-word shingles, by which near copies are told.

Bottom-k sketches (Broder 1997, "On the resemblance and containment of documents"). A file keeps them: the hashes are
part of its form and stay what they are, CRC-32 of three words in small letters with spaces between.
"""

import re
import sqlite3
import struct
from collections.abc import Collection, Sequence
from zlib import crc32

SHORTEST_WORDS = 8
"""Shorter texts are alike by chance ("Snabb leverans, bra pris") and are never linked."""
LEAST_RESEMBLANCE = 0.7
SKETCH_HASHES = 16
_WORD = re.compile(r"\w+")
_APART = bytes(byte if chr(byte).isalnum() or chr(byte) == "_" else ord(" ") for byte in range(256))
"""Of Latin-1, what is in no word becomes a space."""
_FORGET = "DELETE FROM sketch WHERE id = ? RETURNING number, hashes"

Sketch = tuple[int, ...]


def sketch(text: str) -> Sketch | None:
    """Return the smallest shingle hashes of a text in ascending order, or None if it is too short to compare."""
    words = _words_of(text.lower())
    if len(words) < SHORTEST_WORDS:
        return None
    hashes = set(map(crc32, map(b" ".join, zip(words, words[1:], words[2:], strict=False))))
    return tuple(sorted(hashes)[:SKETCH_HASHES])


def resemblance(one: Collection[int], other: Collection[int]) -> float:
    """Return the estimated share of shingles two sketched texts have in common, 0 to 1."""
    shared = set(one).intersection(other)
    if len(shared) < LEAST_RESEMBLANCE * max(len(one), len(other)):
        return len(shared) / max(len(one), len(other))  # an upper bound, and too low: most pairs end here
    smallest = sorted({*one, *other})[:SKETCH_HASHES]
    return sum(number in shared for number in smallest) / len(smallest)


def pack(hashes: Sketch) -> bytes:
    """Return a sketch as the file keeps it."""
    return struct.pack(f"<{len(hashes)}I", *hashes)


def unpack(packed: bytes) -> Sketch:
    """Return a sketch of the file."""
    return struct.unpack(f"<{len(packed) // 4}I", packed)


def forget_sketches(connection: sqlite3.Connection, keys: Sequence[bytes]) -> None:
    """Erase the sketches of these mentions, within the caller's transaction."""
    for key in keys:
        for number, packed in connection.execute(_FORGET, (key,)).fetchall():
            pairs = [(one, number) for one in unpack(packed)]
            connection.executemany("DELETE FROM sketch_hash WHERE hash = ? AND sketch = ?", pairs)


def _words_of(written: str) -> list[bytes]:
    """Return the words of a text in UTF-8; those of Latin-1, which most texts are, at a third of the cost."""
    try:
        plain = written.encode("latin-1")
    except UnicodeEncodeError:
        return [word.encode("utf-8") for word in _WORD.findall(written)]
    return plain.translate(_APART).decode("latin-1").encode("utf-8").split()
