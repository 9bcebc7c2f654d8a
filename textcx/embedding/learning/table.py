"""Table: word vectors pressed into hashed rows, so that words never seen are understood by their pieces.

The rows are the ridge regression of the words' vectors on their features, solved by conjugate gradients. The pieces
come first and explain what they can; what is left of a word is its own row's.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textcx.embedding.base import Vectors
from textcx.embedding.features import features
from textcx.embedding.static import table_type

_ROUNDS = 25
_RIDGE = np.float32(0.3)
_WHOLE_RIDGE = np.float32(0.02)
_STEP = 127


class _Design:
    """The matrix that gives words' vectors from rows, as its two products.

    Args:
        rows: Row of each entry, word after word.
        owners: Word of each entry, ascending.
        values: Of each entry.
        count: How many rows there are.
    """

    def __init__(self, rows: NDArray[np.int64], owners: NDArray[np.int64], values: Vectors, count: int) -> None:
        from scipy.sparse import csr_array

        words = int(owners[-1]) + 1
        made: Any = csr_array  # its stubs know not all ways to make one
        self._matrix = made((values, (owners, rows)), shape=(words, count), dtype=np.float32)
        self._turned = self._matrix.T.tocsr()

    def of_words(self, table: Vectors) -> Vectors:
        return np.asarray(self._matrix @ table, np.float32)

    def of_rows(self, words: Vectors) -> Vectors:
        return np.asarray(self._turned @ words, np.float32)


def fit_table(words: Sequence[str], vectors: Vectors, counts: NDArray[np.float32], *, bits: int) -> Vectors:
    """Return a table of 2**bits rows that gives these words these vectors, as nearly as it can.

    Args:
        words: At least one.
        vectors: A row per word.
        counts: How much each word counts.
        bits: Logarithm of the table's rows.
    """
    of = features(words, bits=bits)
    order = np.argsort(of.owners, kind="stable")
    lengths = np.bincount(of.owners, minlength=len(words)).astype(np.float32)
    owners = of.owners[order]
    pieces = _Design(of.pieces[order], owners, (1 / lengths[owners]).astype(np.float32), 2**bits)
    whole = _Design(of.whole, np.arange(len(words)), np.ones(len(words), np.float32), 2**bits)
    table = _solve(pieces, vectors, counts, _RIDGE)
    for _ in range(2):  # rows are shared by words and pieces: what one does the other sees
        left = vectors - pieces.of_words(table) - whole.of_words(table)
        table = table + _solve(whole, left, counts, _WHOLE_RIDGE)
    return table


def _solve(design: _Design, wanted: Vectors, counts: NDArray[np.float32], ridge: np.float32) -> Vectors:
    """Return the rows whose words come nearest to what is wanted, and which are not longer than they need be."""
    weights = counts[:, None]
    left = design.of_rows(weights * wanted)
    table = np.zeros_like(left)
    direction = left.copy()
    size = np.sum(left * left, axis=0)
    for _ in range(_ROUNDS):
        image = design.of_rows(weights * design.of_words(direction)) + ridge * direction
        step = size / np.maximum(np.sum(direction * image, axis=0), np.float32(1e-12))
        table += step * direction
        left -= step * image
        following = np.sum(left * left, axis=0)
        direction = left + following / np.maximum(size, np.float32(1e-12)) * direction
        size = following
    return table


def packed_table(table: Vectors) -> NDArray[np.void]:
    """Return a table as its file holds it: eight bits a number."""
    scale = np.abs(table).max(axis=1) / _STEP
    packed = np.zeros(len(table), table_type(table.shape[1]))
    packed["scale"] = scale
    packed["row"] = np.rint(table / np.where(scale > 0, scale, 1)[:, None]).astype(np.int8)
    return packed
