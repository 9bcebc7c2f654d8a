"""Table: hashed features in, one score for each column of all heads out, from a file that is mapped, not read.

A block holds sorted keys and a row of int8 weights for each. The n-grams of a word lie inside its borders, so a word's
row is a function of the word alone: it is added up once and kept.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textcx.errors import ConfigError
from textcx.model.ngrams import Hashes, Keys, hash_words, pair_keys, word_keys

Scores = NDArray[np.float32]
_Sums = NDArray[np.int32]
"""Whole numbers are added exactly, in any order: the same text scores the same in any batch."""
WordSums = NDArray[np.int16]
"""The same of a word and its pair: a token of 40 letters has 161 keys at most, and 161 times 127 is below 2 ** 15."""

_MAGIC = b"textcx-table-1\n"
_ALIGNMENT = 64
_TRUE = np.ones(1, dtype=bool)
_FEW_RUNS = 32
_KEPT_WORDS = 32_768
"""Words whose rows are kept; when it is full it starts again, so the answers never depend on what came before."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the table with features of its own.

    Attributes:
        keys: Sorted keys, one for each row.
        weights: int8, a row a key, a column a score.
        scales: What the weights of a column are multiplied with.
    """

    keys: Keys
    weights: NDArray[np.int8]
    scales: Scores

    def sums(self, keys: Keys, which: NDArray[np.int64], counts: NDArray[np.int64]) -> _Sums:
        """Return the sum of the rows of runs of keys, unscaled; keys that are not in the block count nothing.

        Args:
            keys: Sorted keys: they are found in a third of the time.
            which: The index among them of each key of all runs, one run after the other.
            counts: How many each run has.
        """
        total = np.zeros((len(counts), self.weights.shape[1]), dtype=np.int32)
        if not len(keys) or not len(self.keys):
            return total
        rows, is_known = self._find(keys)
        known = is_known.take(which).nonzero()[0]
        if len(known):
            found = rows.take(which.take(known))
            owner = np.arange(len(counts)).repeat(counts).take(known)
            starts = np.concatenate((_TRUE, owner[1:] != owner[:-1])).nonzero()[0]
            ends = np.concatenate((starts, (len(known),)))
            total[owner[starts]] = run_sums(self.weights.take(found, axis=0).astype(np.int32), ends)
        return total

    def run_sums(self, keys: Keys, starts: NDArray[np.int64], counts: NDArray[np.bool_]) -> _Sums:
        """Return the sum of the rows of runs of keys, as `sums` does, in fewer steps where no run is empty.

        Args:
            keys: The keys of all runs, one after the other.
            starts: Index of the first key of each run.
            counts: Which keys count.
        """
        if not len(self.keys):
            return np.zeros((len(starts), self.weights.shape[1]), dtype=np.int32)
        rows, is_known = self._find(keys)
        weights = self.weights.take(rows, axis=0, mode="clip") * (is_known & counts).astype(np.int32)[:, None]
        return np.add.reduceat(weights, starts, axis=0)

    def add_rows(self, keys: Keys, places: NDArray[np.int64], target: WordSums) -> None:
        """Add the row of each key to the row of `target` at its place; the places are distinct."""
        if len(keys) and len(self.keys):
            rows, is_known = self._find(keys)
            known = is_known.nonzero()[0]
            target[places.take(known)] += self.weights.take(rows.take(known), axis=0)

    def _find(self, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the row of each key, and whether it is in the block at all."""
        rows = self.keys.searchsorted(keys)
        return rows, self.keys.take(rows, mode="clip") == keys


@dataclass(frozen=True, slots=True)
class Sums:
    """What a table adds up for some runs of words.

    Attributes:
        runs: A row for each run.
        words: A row for each word, with the pair that ends in it: what the word adds to its run.
        hashes: The hash of each word.
        ends: Index of the first word of each run, and after the last one.
    """

    runs: _Sums
    words: WordSums
    hashes: Hashes
    ends: NDArray[np.int64]


class Table:
    """Adds up the rows of runs of words, for all columns of some blocks at once.

    Args:
        blocks: The blocks whose features are n-grams, words and pairs; columns lie side by side in their order.
        kept_words: How many words' rows are kept.
    """

    def __init__(self, blocks: Sequence[Block], *, kept_words: int = _KEPT_WORDS) -> None:
        self._blocks = tuple(blocks)
        self.columns = sum(block.weights.shape[1] for block in blocks)
        self.scales = np.concatenate([block.scales for block in blocks])
        self._kept_words = kept_words
        self._places = _Places()
        self._rows = np.zeros((1024, self.columns), dtype=np.int16)
        self._hashes = np.zeros(1024, dtype=np.uint64)

    def sums(self, words: Sequence[str], starts: Sequence[int], begins: Sequence[int]) -> Sums:
        """Return the sums of each run of words, unscaled.

        A pair that spans two runs counts for the later one, so the sums of a text's runs are the sum of the text.

        Args:
            words: The words of all texts, one after the other.
            starts: Index of the first word of each run, ascending; a run may be empty.
            begins: Index of the first word of each text, ascending; it makes no pair with the word before it.
        """
        places = self._known(words)
        hashes = self._hashes.take(places)
        rows = self._rows.take(places, axis=0)
        if len(begins) == 1:
            where, keys = np.arange(1, len(words)), pair_keys(hashes[:-1], hashes[1:])
        else:
            is_second = np.ones(len(words) + 1, dtype=bool)
            is_second[begins] = False
            where = is_second[:-1].nonzero()[0]
            keys = pair_keys(hashes.take(where - 1), hashes.take(where))
            order = keys.argsort()  # neighbours in the table are found one after the other: half the time for many
            keys, where = keys.take(order), where.take(order)
        first = 0
        for block in self._blocks if len(keys) else ():
            last = first + block.weights.shape[1]
            block.add_rows(keys, where, rows[:, first:last])
            first = last
        ends = np.array([*starts, len(words)], dtype=np.int64)
        return Sums(run_sums(rows, ends), rows, hashes, ends)

    def _known(self, words: Sequence[str]) -> NDArray[np.int64]:
        """Return the place of each word's row."""
        places = np.fromiter(map(self._places.__getitem__, words), dtype=np.int64, count=len(words))
        if len(self._places) > self._kept_words:
            self._places = _Places()
            places = np.fromiter(map(self._places.__getitem__, words), dtype=np.int64, count=len(words))
        if new := self._places.new:
            last = len(self._places)
            self._grow(last)
            keys, counts = word_keys(new)
            self._rows[last - len(new) : last] = self._block_sums(keys, counts)
            self._hashes[last - len(new) : last] = hash_words(new)
            new.clear()
        return places

    def _grow(self, needed: int) -> None:
        if needed > len(self._rows):
            size = max(needed, 2 * len(self._rows))
            rows = np.zeros((size, self.columns), dtype=np.int16)
            rows[: len(self._rows)] = self._rows
            hashes = np.zeros(size, dtype=np.uint64)
            hashes[: len(self._hashes)] = self._hashes
            self._rows, self._hashes = rows, hashes

    def _block_sums(self, keys: Keys, counts: NDArray[np.int64]) -> _Sums:
        distinct, which = np.unique(keys, return_inverse=True)
        return np.concatenate([block.sums(distinct, which, counts) for block in self._blocks], axis=1)


class _Places(dict[str, int]):
    """The place of each word's row; a word that is not known gets the next one, and is remembered as new."""

    def __init__(self) -> None:
        super().__init__()
        self.new: list[str] = []

    def __missing__(self, word: str) -> int:
        """Give a new word its place."""
        place = self[word] = len(self)
        self.new.append(word)
        return place


def run_sums(rows: _Sums | WordSums, ends: NDArray[np.int64]) -> _Sums:
    """Return the sum of each run of rows.

    Args:
        rows: The rows of all runs, one after the other.
        ends: Index of the first row of each run, ascending, and after its last one; a run may be empty.
    """
    starts, lengths = ends[:-1], ends[1:] - ends[:-1]
    if len(starts) <= _FEW_RUNS or (longest := int(lengths.max())) > len(starts):
        if np.logical_and.reduce(lengths):
            return np.add.reduceat(rows, starts, axis=0, dtype=np.int32)
        filled = lengths.nonzero()[0]
        sums = np.zeros((len(starts), rows.shape[1]), dtype=np.int32)
        sums[filled] = np.add.reduceat(rows, starts[filled], axis=0, dtype=np.int32)
        return sums
    sums = np.zeros((len(starts), rows.shape[1]), dtype=np.int32)
    order = (-lengths).argsort(kind="stable")  # many short runs: the first rows of all, then the second rows, and so on
    begins, counts = starts[order], len(starts) - lengths[order][::-1].searchsorted(np.arange(longest), side="right")
    for place, count in enumerate(counts.tolist()):
        sums[:count] += rows.take(begins[:count] + place, axis=0)
    summed = np.empty_like(sums)
    summed[order] = sums
    return summed


def write_weights(path: Path, blocks: Mapping[str, Block], card: Mapping[str, Any]) -> None:
    """Write blocks and what is to be known of them into one file."""
    arrays = {
        f"{name}.{part}": np.ascontiguousarray(getattr(block, part))
        for name, block in blocks.items()
        for part in ("keys", "weights", "scales")
    }
    places, offset = {}, 0
    for name, array in arrays.items():
        places[name] = {"offset": offset, "dtype": array.dtype.str, "shape": list(array.shape)}
        offset += -(-array.nbytes // _ALIGNMENT) * _ALIGNMENT
    head = json.dumps({"arrays": places, "card": card}, ensure_ascii=False).encode("utf-8")
    head += b" " * (-(len(_MAGIC) + 8 + len(head)) % _ALIGNMENT)
    with path.open("wb") as file:
        file.write(_MAGIC + len(head).to_bytes(8, "little") + head)
        for array in arrays.values():
            file.write(array.tobytes() + b"\0" * (-array.nbytes % _ALIGNMENT))


def read_weights(path: Path) -> tuple[dict[str, Block], dict[str, Any]]:
    """Return the blocks, mapped from the file, and the card.

    Raises:
        ConfigError: The file is missing, cut short or no weight file.
    """
    try:
        with path.open("rb") as file:
            begin = file.read(len(_MAGIC) + 8)
            length = int.from_bytes(begin[len(_MAGIC) :], "little")
            if not begin.startswith(_MAGIC):
                raise ConfigError(f"{path.name} is no weight file of this version; `textcx train` makes one.")
            head = json.loads(file.read(length))
        mapped = np.memmap(path, dtype=np.uint8, mode="r", offset=len(begin) + length).view(np.ndarray)
        parts = {name: _array(mapped, place) for name, place in head["arrays"].items()}
    except (OSError, ValueError, KeyError) as error:
        raise ConfigError(f"{path.name} cannot be read as weights: {error}") from error
    names = dict.fromkeys(name.split(".")[0] for name in parts)
    blocks = {name: Block(parts[f"{name}.keys"], parts[f"{name}.weights"], parts[f"{name}.scales"]) for name in names}
    return blocks, head["card"]


def _array(mapped: NDArray[np.uint8], place: Mapping[str, Any]) -> NDArray[Any]:
    dtype = np.dtype(place["dtype"])
    size = int(np.prod(place["shape"])) * dtype.itemsize
    piece = mapped[place["offset"] : place["offset"] + size]
    if len(piece) < size:
        raise ValueError("it is cut short")
    shaped: NDArray[Any] = piece.view(dtype).reshape(place["shape"])
    return shaped
