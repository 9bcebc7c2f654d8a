"""Features: texts as sparse rows of n-grams, words, pairs and word vectors, the same that the table adds up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from textcx.model.ngrams import Keys, hash_words, pair_keys, tokens_of, word_key, word_keys
from textcx.training.solver import Matrix, Weights

Run = NDArray[np.int64]
"""Words of a text or a clause, by their place in the lexis."""
NGRAM_SCALE = 1 / 18
"""Brings the n-grams of an average text to length 1, so that one penalty suits every set."""


class Lexis:
    """All words of the texts in use, with the keys of their n-grams; grows as texts are read."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._filled = 0
        self._keys: list[Keys] = []
        self._hashes: list[NDArray[np.uint64]] = []

    @property
    def words(self) -> list[str]:
        """Return the words in order of their places."""
        return list(self._places)

    def read(self, text: str) -> Run:
        """Return a text as places of words."""
        return self.places(tokens_of(text).words)

    def places(self, words: Iterable[str]) -> Run:
        """Return the places of words, new ones at the end."""
        known = self._places
        return np.array([known.setdefault(word, len(known)) for word in words], dtype=np.int64)

    def keys_of(self, runs: Sequence[Run]) -> tuple[Keys, NDArray[np.int64]]:
        """Return the keys of all runs, one after the other, and the run that each belongs to."""
        self._fill()
        counts = np.array([len(keys) for keys in self._keys])
        starts = np.concatenate(([0], np.cumsum(counts)))
        flat = np.concatenate(self._keys)
        hashes = np.concatenate(self._hashes)
        words = np.concatenate(runs)
        owner = np.repeat(np.arange(len(runs)), [len(run) for run in runs])
        sizes = counts[words]
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        single = flat[np.repeat(starts[words], sizes) + within]
        joined = owner[1:] == owner[:-1]
        pairs = pair_keys(hashes[words[:-1][joined]], hashes[words[1:][joined]])
        return np.concatenate([single, pairs]), np.concatenate([np.repeat(owner, sizes), owner[1:][joined]])

    def hashes_of(self, run: Run) -> NDArray[np.uint64]:
        """Return the hash of each word of a run."""
        self._fill()
        if len(self._hashes) > 1:
            self._hashes = [np.concatenate(self._hashes)]
        return self._hashes[0][run]

    def _fill(self) -> None:
        new = self.words[self._filled :]
        if new:
            keys, counts = word_keys(new)
            self._keys += np.split(keys, np.cumsum(counts)[:-1])
            self._hashes.append(hash_words(new))
            self._filled = len(self._places)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Keys that are features, and how much each weighs before training."""

    keys: Keys
    weights: Matrix


def build_vocabulary(lexis: Lexis, runs: Sequence[Run], *, least_runs: int = 3) -> Vocabulary:
    """Return the keys that occur in at least so many runs, weighed by their rarity."""
    keys, owner = lexis.keys_of(runs)
    once = np.unique(keys.astype(np.uint64) << np.uint64(32) | owner.astype(np.uint64))
    known, runs_with = np.unique((once >> np.uint64(32)).astype(np.uint32), return_counts=True)
    kept = runs_with >= least_runs
    rarity = np.log((1 + len(runs)) / (1 + runs_with[kept])) + 1
    return Vocabulary(known[kept], (rarity * NGRAM_SCALE).astype(np.float32))


def length_of(runs: Sequence[Run]) -> Matrix:
    """Return what the sums of runs are divided by: the root of their number of words."""
    return np.sqrt(np.maximum([len(run) for run in runs], 1)).astype(np.float32)


def feature_matrix(
    lexis: Lexis, vocabulary: Vocabulary, vectors: Matrix, runs: Sequence[Run], extra: Matrix | None = None
) -> Any:
    """Return a CSR matrix with a row for each run: vocabulary, then word vectors, then what is given."""
    keys, owner = lexis.keys_of(runs)
    places = np.minimum(np.searchsorted(vocabulary.keys, keys), len(vocabulary.keys) - 1)
    known = vocabulary.keys[places] == keys
    shape = (len(runs), len(vocabulary.keys))
    scale = sparse.diags(1 / length_of(runs))
    counted = sparse.csr_matrix((vocabulary.weights[places[known]], (owner[known], places[known])), shape=shape)
    parts: list[Any] = [scale @ counted, sparse.csr_matrix(dense_part(vectors, runs))]
    if extra is not None:
        parts.append(sparse.csr_matrix(extra))
    return sparse.hstack(parts).tocsr().astype(np.float32)


def dense_part(vectors: Matrix, runs: Sequence[Run]) -> Matrix:
    """Return the sum of the word vectors of each run, divided by its length; a later word than they know has none."""
    words = np.concatenate(runs)
    owner = np.repeat(np.arange(len(runs)), [len(run) for run in runs])
    known = words < len(vectors)
    counted = sparse.csr_matrix(
        (np.ones(known.sum(), np.float32), (owner[known], words[known])), shape=(len(runs), len(vectors))
    )
    return np.asarray((sparse.diags(1 / length_of(runs)) @ counted) @ vectors, dtype=np.float32)


def fold(
    vocabulary: Vocabulary, vectors: Matrix, words: Sequence[str], weights: Weights, cues: tuple[Keys, Matrix]
) -> tuple[Keys, Matrix]:
    """Return keys and rows for the table: weights of n-grams, and what word vectors and cues add to words and pairs."""
    first, last = len(vocabulary.keys), len(vocabulary.keys) + vectors.shape[1]
    of_ngrams = weights.of_features[:first] * vocabulary.weights[:, None]
    of_vectors = vectors @ weights.of_features[first:last]
    known = np.flatnonzero(np.any(vectors != 0, axis=1))
    keys, columns = cues
    of_cues = columns @ weights.of_features[last : last + columns.shape[1]]
    return _added(
        np.concatenate(
            [vocabulary.keys, np.array([word_key(words[place]) for place in known.tolist()], dtype=np.uint32), keys]
        ),
        np.concatenate([of_ngrams, of_vectors[known], of_cues]),
    )


def _added(keys: Keys, rows: Matrix) -> tuple[Keys, Matrix]:
    unique, places = np.unique(keys, return_inverse=True)
    total = np.zeros((len(unique), rows.shape[1]), np.float32)
    np.add.at(total, places, rows)
    return unique, total
