"""Alike: which kept texts those of a batch may repeat, by their sketches, all of a batch at once."""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import orjson
from numpy.typing import NDArray

from ingest.sketch import LEAST_RESEMBLANCE, SKETCH_HASHES, Sketch, pack, unpack

_HASHES_OF = (
    "SELECT group_concat(hash || ',' || sketch) FROM sketch_hash WHERE hash IN (SELECT value FROM json_each(?))"
)
"""As one text: a row of Python's for each pair takes twice as long."""
_SKETCHES = "SELECT hashes FROM sketch WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number"
_IDS = "SELECT number, id FROM sketch WHERE number IN (SELECT value FROM json_each(?))"
_FARTHEST = int((1 - LEAST_RESEMBLANCE) * SKETCH_HASHES)
"""How far a hash that two sketches share may stand from its place in the other, where they share enough of them."""

Original = tuple[int, bytes, Sketch]
"""An earlier text: its number in order of arrival, the mention's id, its sketch."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a file has kept that the texts of a batch may repeat.

    Attributes:
        alike: Originals that share enough hashes with a text, by its place in the batch, in order of arrival.
        counts: How many originals are kept for a hash.
    """

    alike: Mapping[int, Sequence[Original]] = field(default_factory=dict)
    counts: Mapping[int, int] = field(default_factory=dict)


def find_kept(connection: sqlite3.Connection, sketches: Mapping[int, Sketch], *, lookups: int) -> Kept:
    """Return what of the file the texts of a batch may repeat.

    Args:
        connection: To the file.
        sketches: By place in the batch.
        lookups: How many of a sketch's hashes its text is looked up by.
    """
    places = np.array([place for place, sketch in sketches.items() for _ in sketch[:lookups]], np.int64)
    wanted = np.array([one for sketch in sketches.values() for one in sketch[:lookups]], np.int64)
    (written,) = connection.execute(_HASHES_OF, (_json(np.unique(wanted)),)).fetchone()
    if written is None:
        return Kept()
    pairs = np.array(orjson.loads(f"[{written}]"), np.int64).reshape(-1, 2)
    hashes, numbers = pairs[np.argsort(pairs[:, 0], kind="stable")].T
    first = np.searchsorted(hashes, wanted)
    counts = np.searchsorted(hashes, wanted, side="right") - first
    distinct, which = np.unique(numbers, return_inverse=True)
    packed = [row[0] for row in connection.execute(_SKETCHES, (_json(distinct),))]
    # for each text and each original that it is looked up to: the place of the one, the row of the other
    text = np.repeat(places, counts)
    row = which[np.arange(len(text)) + np.repeat(first - (np.cumsum(counts) - counts), counts)]
    own = [pack(sketches.get(place, ())) for place in range(max(sketches) + 1)]
    is_alike = _share_enough(own, text, packed, row)
    found = sorted(set(zip(text[is_alike].tolist(), row[is_alike].tolist(), strict=True)))
    ids = dict(connection.execute(_IDS, (_json(distinct[[row for _, row in found]]),)).fetchall()) if found else {}
    alike: dict[int, list[Original]] = defaultdict(list)
    for place, at in found:
        number = int(distinct[at])
        alike[place].append((number, ids[number], unpack(packed[at])))
    return Kept(alike, Counter(hashes.tolist()))


def _share_enough(
    ones: Sequence[bytes], one: NDArray[np.int64], others: Sequence[bytes], other: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Tell of pairs of sketches whether they may share as many hashes as texts that resemble one another do at least.

    Args:
        ones: Packed sketches.
        one: Of each pair, which of them.
        others: Packed sketches.
        other: Of each pair, which of those.
    """
    left, right = _columns(ones, b"\x00")[:, one], _columns(others, b"\xff")[:, other]
    is_shared = np.zeros(left.shape, np.bool_)
    for offset in range(-_FARTHEST, _FARTHEST + 1):
        first, end = max(0, -offset), SKETCH_HASHES - max(0, offset)
        is_shared[first:end] |= left[first:end] == right[first + offset : end + offset]
    longest = np.maximum(_sizes(ones)[one], _sizes(others)[other])
    may_be_alike: NDArray[np.bool_] = is_shared.sum(axis=0) >= LEAST_RESEMBLANCE * longest
    return may_be_alike


def _columns(packed: Sequence[bytes], fill: bytes) -> NDArray[np.uint32]:
    """Return sketches as columns, filled up where one is short."""
    rows = b"".join([one.ljust(4 * SKETCH_HASHES, fill) for one in packed])
    return np.ascontiguousarray(np.frombuffer(rows, "<u4").reshape(-1, SKETCH_HASHES).T)


def _sizes(packed: Sequence[bytes]) -> NDArray[np.int64]:
    return np.fromiter(map(len, packed), np.int64, len(packed)) // 4


def _json(numbers: NDArray[np.int64]) -> str:
    return orjson.dumps(numbers, option=orjson.OPT_SERIALIZE_NUMPY).decode("ascii")
