"""Vector file: the vectors of one generation of the search index, row after row, mapped into memory by readers.

A row says whose it is; the index says which row a mention has, so a row that no entry of the index names is nobody's.
A row that is given up is overwritten with zeros at once. The file lies in the index's folder and goes with it.
"""

import json
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textcx.embedding.base import Embedding, Vectors
from textcx.errors import IndexVersionError, StoreUnavailableError
from textcx.store.vectors import EightBits, lengths, vectors_of

_ROWS = "vectors.bin"
_ABOUT = "vectors.json"
_READ_AT_ONCE = 16_384

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A mention, the row of its vector, and its cosine."""

    id: str
    row: int
    score: float


class VectorFile:
    """Reads the vectors of a generation, as they are now.

    Args:
        folder: Of the generation.
        embedding: Whose vectors are wanted.

    Raises:
        IndexVersionError: The vectors are of another embedding, or there are none.
    """

    def __init__(self, folder: Path, embedding: Embedding) -> None:
        found = _made_by(folder)
        if found != embedding.version:
            message = (
                f"The vectors of this store are of the embedding {found or 'of an older version'}, and the one set up "
                f"is {embedding.version}: run `textcx store rebuild`."
            )
            raise IndexVersionError(message)
        self._rows = _mapped(folder / _ROWS, _row_type(embedding.dimensions))

    def nearest(self, sought: EightBits, rows: Rows | None, *, most: int) -> list[Neighbour]:
        """Return the rows nearest to a vector, nearest first; equal ones by id.

        Args:
            sought: The vector.
            rows: Those that may be, or None for all.
            most: How many.
        """
        wide = sought.astype(np.float32)
        wide /= max(float(np.linalg.norm(wide)), 1.0)
        places = np.arange(len(self._rows)) if rows is None else np.sort(rows[rows < len(self._rows)])
        scores = np.concatenate([np.zeros(0, np.float32), *(self._scores(some, wide) for some in _portions(places))])
        if len(scores) > most:
            first = np.argpartition(-scores, most - 1)[:most]
            places, scores = places[first], scores[first]
        found = [
            Neighbour(bytes(self._rows["id"][row]).hex(), int(row), float(score))
            for row, score in zip(places, scores, strict=True)
            if np.isfinite(score)
        ]
        return sorted(found, key=lambda one: (-one.score, one.id))

    def _scores(self, places: Rows, sought: Vectors) -> Vectors:
        first, last = int(places[0]), int(places[-1]) + 1
        some = self._rows[first:last] if last - first == len(places) else self._rows[places]
        weights = some["weight"]
        scores = (some["row"].astype(np.float32) @ sought) * weights
        return np.where(weights > 0, scores, -np.inf).astype(np.float32)


class VectorWriter:
    """Writes the vectors of a generation; one at a time, that of whoever writes the index.

    Args:
        folder: Of the generation.
        embedding: Makes the vectors.
    """

    def __init__(self, folder: Path, embedding: Embedding) -> None:
        self._embedding = embedding
        self._type = _row_type(embedding.dimensions)
        self._path = folder / _ROWS
        self._given_up: list[int] = []
        self._fresh: dict[str, int] = {}
        if not self._path.exists():
            self._path.touch(mode=0o600)
            (folder / _ABOUT).write_text(json.dumps({"embedding": embedding.version}), encoding="utf-8")
        self._count = self._path.stat().st_size // self._type.itemsize

    def append(self, ids: Sequence[str], texts: Sequence[str]) -> list[int | None]:
        """Write the vectors of mentions and return their rows; None where a text has nothing to say.

        They are on disk for sure after `sync`.
        """
        if not ids:
            return []
        vectors = vectors_of(self._embedding, texts)
        spoken: list[int] = np.flatnonzero(vectors.any(axis=1)).tolist()
        added = np.zeros(len(spoken), self._type)
        added["id"] = np.frombuffer(bytes.fromhex("".join([ids[place] for place in spoken])), "V32")
        added["row"] = vectors[spoken]
        added["weight"] = 1 / lengths(vectors[spoken])
        with self._path.open("r+b") as file:
            file.seek(self._count * self._type.itemsize)
            file.write(added.tobytes())
        rows: list[int | None] = [None] * len(ids)
        for row, place in enumerate(spoken, start=self._count):
            rows[place] = row
            self._fresh[ids[place]] = row
        self._count += len(spoken)
        return rows

    def sync(self) -> None:
        """Bring what was appended to the disk, before the index that names its rows is committed."""
        with self._path.open("r+b") as file:
            os.fsync(file.fileno())

    def give_up(self, identifier: str, committed: int | None) -> None:
        """Note that a mention's row is nobody's as soon as the index is committed.

        Args:
            identifier: Whose row.
            committed: The row that the index as committed names, or None.
        """
        for row in (committed, self._fresh.pop(identifier, None)):
            if row is not None:
                self._given_up.append(row)

    def settle(self) -> None:
        """Overwrite the rows that were given up; the index is committed."""
        self._overwrite(self._given_up)
        self._given_up.clear()
        self._fresh.clear()

    def keep_only(self, rows: Collection[int]) -> None:
        """Overwrite all rows but these: those that somebody wrote who then died, or did not come to overwrite."""
        unnamed = np.ones(self._count, np.bool_)
        unnamed[[row for row in rows if row < self._count]] = False
        held = _mapped(self._path, self._type)["weight"] > 0 if self._count else unnamed
        self._overwrite(np.flatnonzero(unnamed & held).tolist())

    def _overwrite(self, rows: Sequence[int]) -> None:
        if not rows:
            return
        with self._path.open("r+b") as file:
            for row in rows:
                file.seek(row * self._type.itemsize)
                file.write(bytes(self._type.itemsize))
            file.flush()
            os.fsync(file.fileno())


def open_writer(folder: Path, embedding: Embedding) -> VectorWriter | None:
    """Return what writes the vectors of a generation; None where its vectors are of another embedding.

    Words go on being searched then, and `textcx store rebuild` makes all vectors anew.
    """
    if (folder / _ROWS).exists() and _made_by(folder) != embedding.version:
        return None
    return VectorWriter(folder, embedding)


def _made_by(folder: Path) -> str:
    try:
        return str(json.loads((folder / _ABOUT).read_text(encoding="utf-8"))["embedding"])
    except (OSError, ValueError, KeyError):
        return ""


def _row_type(dimensions: int) -> np.dtype[Any]:
    return np.dtype([("id", "V32"), ("weight", "<f4"), ("row", "i1", (dimensions,))])


def _mapped(path: Path, kind: np.dtype[Any]) -> NDArray[Any]:
    try:
        count = path.stat().st_size // kind.itemsize
        return np.memmap(path, kind, mode="r", shape=(count,)) if count else np.zeros(0, kind)
    except (OSError, ValueError) as error:
        raise StoreUnavailableError(f"The vectors cannot be read: {error}. Run `textcx store rebuild`.") from error


def _portions(places: Rows) -> list[Rows]:
    return [places[first : first + _READ_AT_ONCE] for first in range(0, len(places), _READ_AT_ONCE)]
