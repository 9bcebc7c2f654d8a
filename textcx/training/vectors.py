"""Word vectors: what company words keep in all texts, labelled or not, and what lexicons say of them.

They let a word that no label has met be judged by words that occur like it. The table pays nothing for them: they are
folded into the weights of words.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from textcx.training.features import Run
from textcx.training.solver import Matrix

_DIMENSIONS = 200
_SPARE_DIMENSIONS = 16
_ROUNDS = 3
_REACH_WORDS = 5
_LEAST_COUNT = 5
_FREQUENT = 2e-4
"""Words with a greater share of all words are passed over now and then, as in word2vec."""
_CONTEXT_POWER = 0.75
_SHIFT = 1.5
_COMMON = 1e-3
_SCALE = 0.6
"""Of the vectors against n-grams; measured on norec-sentence and us-airline-tweets."""
_LEXICON_SCALE = 0.3


def word_vectors(runs: Sequence[Run], size: int, *, seed: int = 0) -> Matrix:
    """Return a vector for each of `size` words: truncated SVD of their shifted pointwise mutual information."""
    chance = np.random.default_rng(seed)
    flat = np.concatenate([np.append(run, -1) for run in runs])
    counts = np.bincount(flat[flat >= 0], minlength=size)
    kept = np.flatnonzero(counts >= _LEAST_COUNT)
    places = np.full(size, -1)
    places[kept] = np.arange(len(kept))
    text = np.cumsum(flat < 0).astype(np.int64)
    words = np.where(flat >= 0, places[flat], -1)
    share = counts[kept] / counts.sum()
    keep = np.where(words >= 0, np.minimum(1, np.sqrt(_FREQUENT / share[np.maximum(words, 0)])), 0)
    words[chance.random(len(words)) > keep] = -1
    information = _information(_neighbours(words, text, len(kept)))
    vectors = np.zeros((size, _DIMENSIONS), np.float32)
    vectors[kept] = _principal(information, chance)
    common = _COMMON / (_COMMON + counts / counts.sum())
    return np.asarray(vectors * common[:, None] * _SCALE, dtype=np.float32)


def lexicon_columns(words: Sequence[str], lexicons: Sequence[Mapping[str, float]]) -> Matrix:
    """Return two columns for each lexicon: how much it praises and how much it blames each word."""
    columns = np.zeros((len(words), 2 * len(lexicons)), np.float32)
    for place, word in enumerate(words):
        for number, lexicon in enumerate(lexicons):
            score = lexicon.get(word, 0.0)
            columns[place, 2 * number + (score < 0)] = abs(score) * _LEXICON_SCALE
    return columns


def _neighbours(words: NDArray[np.int64], text: NDArray[np.int64], size: int) -> Any:
    found: list[Any] = []
    for distance in range(1, _REACH_WORDS + 1):
        first, second = words[:-distance], words[distance:]
        near = (first >= 0) & (second >= 0) & (text[:-distance] == text[distance:])
        pairs, times = np.unique(first[near] * size + second[near], return_counts=True)
        weights = (times / np.sqrt(distance)).astype(np.float32)
        beside: Any = sparse.csr_matrix((weights, (pairs // size, pairs % size)), shape=(size, size))
        found += [beside, beside.T]
    return sum(found[1:], start=found[0]).tocoo()


def _information(together: Any) -> Any:
    totals = np.bincount(together.row, weights=together.data, minlength=together.shape[0]) + 1
    context = totals**_CONTEXT_POWER
    context /= context.sum()
    values = np.log(together.data / (totals[together.row] * context[together.col])) - np.log(_SHIFT)
    kept = values > 0
    return sparse.csr_matrix(
        (values[kept].astype(np.float32), (together.row[kept], together.col[kept])), shape=together.shape
    )


def _principal(matrix: Any, chance: np.random.Generator) -> Matrix:
    """Return unit vectors by randomized SVD (Halko, Martinsson and Tropp 2011)."""
    dimensions = min(_DIMENSIONS, matrix.shape[0])
    basis = chance.standard_normal((matrix.shape[0], dimensions + _SPARE_DIMENSIONS)).astype(np.float32)
    for _ in range(_ROUNDS):
        basis, _ = np.linalg.qr(matrix @ basis)
        basis, _ = np.linalg.qr(matrix.T @ basis)
    left, strengths, _ = np.linalg.svd(matrix @ basis, full_matrices=False)
    vectors = left[:, :dimensions] * np.sqrt(strengths[:dimensions])
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    found = np.zeros((matrix.shape[0], _DIMENSIONS), np.float32)
    found[:, :dimensions] = vectors
    return found
