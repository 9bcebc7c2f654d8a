"""Likeness: vectors made ready for finding subjects in them, by numpy alone.

Texts of one store differ most in a few ways, such as how long or how cross they are, and these hide what they are
about. And a text alone says little: with the texts nearest to it, it shows where it belongs.
"""

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
_EVENED = 0.25
"""Power of a direction's variance that it is divided by: .5 would make all directions equal, and let noise in."""
_TEXTS_OF_CHANCE = 500
"""So many texts count as much as the guess that all directions vary equally: few tell little of it."""
_NEIGHBOURS = 10
_OF_NEIGHBOURS = 0.9
_ROUNDING = 1e-5
"""Shorter vectors are what rounding left of equal ones."""
_AT_ONCE = 256
_LEARNED_ROWS = 20_000


def unit(vector: Vectors) -> Vectors:
    """Return a vector at length 1, or 0 where it has none."""
    found: Vectors = units(vector[None])[0]
    return found


def units(vectors: Vectors) -> Vectors:
    """Return each vector at length 1, or 0 where it has none."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Vectors = (vectors / np.where(lengths > _ROUNDING, lengths, np.inf)).astype(np.float32)
    return found


def learned_rows(count: int) -> NDArray[np.int64]:
    """Return from which of so many vectors parts are learned: at most 20,000, by lot, always the same."""
    rows = np.arange(count, dtype=np.int64)
    if count <= _LEARNED_ROWS:
        return rows
    return np.asarray(np.random.default_rng(0).choice(rows, _LEARNED_ROWS, replace=False), np.int64)


def evened(vectors: Vectors) -> Vectors:
    """Return vectors at length 1 in which the directions that vary most count less.

    Half-way to whitening (Su et al. 2021, "Whitening Sentence Representations for Better Semantics", arXiv:2103.15316).
    """
    count, mean = len(vectors), vectors.mean(axis=0)
    variances, directions = np.linalg.eigh(vectors.T @ vectors / max(1, count) - np.outer(mean, mean))
    guess = variances.mean()
    if guess < _ROUNDING**2:  # copies of one text
        return np.zeros_like(vectors)
    variances = (np.maximum(variances, 0) * count + guess * _TEXTS_OF_CHANCE) / (count + _TEXTS_OF_CHANCE)
    return units(vectors @ (directions * variances**-_EVENED).astype(np.float32))


def drawn_together(vectors: Vectors) -> Vectors:
    """Return each vector of length 1 moved to the middle of those nearest to it, at length 1.

    One step of mean shift (Fukunaga and Hostetler 1975, IEEE Transactions on Information Theory 21) with the nearest
    ten. What lies between two groups goes to one of them, before parts are made.
    """
    count = min(_NEIGHBOURS, len(vectors) - 1)
    if count < 1:
        return vectors
    middles = np.empty_like(vectors)
    for first in range(0, len(vectors), _AT_ONCE):
        cosines = vectors[first : first + _AT_ONCE] @ vectors.T
        own = np.arange(len(cosines))
        cosines[own, first + own] = -np.inf
        nearest = np.argpartition(cosines, -count, axis=1)[:, -count:]
        middles[first : first + _AT_ONCE] = vectors[nearest].mean(axis=1)
    return units((1 - _OF_NEIGHBOURS) * vectors + _OF_NEIGHBOURS * units(middles))
