"""StaticEmbedding: a text's vector is the sum of its words' vectors, read from a table with numpy alone.

A word's vector is the row of the word plus the mean of the rows of its pieces (`textcx.embedding.features`). How much
a word counts is its vector's length, which was learned: words that are everywhere are short. The table is mapped into
memory, so that all processes share it, and the vectors of words met lately are kept.
"""

import json
import threading
from collections.abc import Sequence
from hashlib import sha256
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textcx.embedding.base import Vectors
from textcx.embedding.features import features
from textcx.errors import ConfigError
from textcx.words import surfaces_of

WEIGHTS = Path(__file__).parent / "weights"
TABLE_FILE = "static.npy"
ABOUT_FILE = "static.json"
_READING = b"words without emoji"
"""Is part of the version: to be changed with what counts as a word."""
MOST_WORDS = 512
"""Words of a text that count; a longer text has said by then what it is about."""
_TEXTS_AT_ONCE = 32
"""So few that the vectors of their words stay in the processor's own memory while they are added up."""
_MEMO_WORDS = 40_000
"""No fewer than the words of the texts taken at once."""


def table_type(dimensions: int) -> np.dtype[np.void]:
    """Return what a row of the table's file holds: eight-bit numbers, and what they are multiplied by."""
    return np.dtype([("scale", "<f4"), ("row", "i1", (dimensions,))])


class StaticEmbedding:
    """An Embedding of a folder with a table and what is to be known about it.

    Args:
        folder: Holds `static.npy` and `static.json`.

    Raises:
        ConfigError: It does not.
    """

    def __init__(self, folder: Path = WEIGHTS) -> None:
        try:
            about = json.loads((folder / ABOUT_FILE).read_text(encoding="utf-8"))
            self._table: NDArray[np.void] = np.load(folder / TABLE_FILE, mmap_mode="r")
            self.name: str = about["name"]
            self.version: str = about["version"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ConfigError(f"{folder} holds no static embedding: {error}.") from error
        self.dimensions: int = self._table.dtype["row"].shape[0]
        self._bits = len(self._table).bit_length() - 1
        self._places: dict[str, int] = {}
        self._memo: Vectors = np.empty((_MEMO_WORDS, self.dimensions), np.float32)
        self._guard = threading.Lock()

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """See Embedding."""
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for first in range(0, len(texts), _TEXTS_AT_ONCE):
            some = texts[first : first + _TEXTS_AT_ONCE]
            found[first : first + len(some)] = self._sums([words_of_meaning(text) for text in some])
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.asarray(found / np.where(lengths > 0, lengths, 1), np.float32)

    def word_vectors(self, words: Sequence[str]) -> Vectors:
        """Return the vectors of words, as `textcx.words` gives them; the longer one is, the more its word counts."""
        return self._word_vectors(words) if words else np.empty((0, self.dimensions), np.float32)

    def _sums(self, texts: Sequence[Sequence[str]]) -> Vectors:
        sums = np.zeros((len(texts), self.dimensions), np.float32)
        spoken = [place for place, words in enumerate(texts) if words]
        if not spoken:
            return sums
        flat = list(chain.from_iterable(texts))
        with self._guard:
            try:
                places = list(map(self._places.__getitem__, flat))
            except KeyError:
                self._learn(set(flat))
                places = list(map(self._places.__getitem__, flat))
            rows = self._memo[places]
        counts = np.array([len(texts[place]) for place in spoken])
        sums[spoken] = np.add.reduceat(rows, np.cumsum(counts) - counts)
        return sums

    def _learn(self, words: set[str]) -> None:
        """Put the vectors of words into the memo."""
        unknown = sorted(word for word in words if word not in self._places)
        if len(self._places) + len(unknown) > _MEMO_WORDS:
            self._places.clear()
            unknown = sorted(words)
        if not unknown:
            return
        first = len(self._places)
        self._memo[first : first + len(unknown)] = self._word_vectors(unknown)
        self._places.update((word, first + place) for place, word in enumerate(unknown))

    def _word_vectors(self, words: Sequence[str]) -> Vectors:
        of = features(words, bits=self._bits)
        vectors = self._rows(of.whole)
        pieces = np.zeros_like(vectors)
        order = np.argsort(of.owners, kind="stable")
        counts = np.bincount(of.owners, minlength=len(words))
        sums = np.add.reduceat(self._rows(of.pieces[order]), np.cumsum(counts) - counts)
        pieces[:] = sums / counts[:, None]
        return vectors + pieces

    def _rows(self, places: NDArray[np.int64]) -> Vectors:
        found = self._table[places]
        return np.asarray(found["row"] * found["scale"][:, None], np.float32)


def words_of_meaning(text: str) -> list[str]:
    """Return the words of a text that count: no emoji, which say what somebody feels and not what it is about.

    Example:
        >>> words_of_meaning("Late again 😡😡")
        ['late', 'again']
    """
    return [word for word in surfaces_of(text)[:MOST_WORDS] if word[0].isalnum()]


def version_of(table: bytes) -> str:
    """Return the version of an embedding by its table and by how texts are read."""
    return f"static-{sha256(table + _READING).hexdigest()[:10]}"
