"""Bridge: words of other languages put where their translations are.

A word without a vector gets the mean of its neighbours' vectors (translations, and the lemma of a form), again and
again until they have come as far as they reach: retrofitting (Faruqui et al., NAACL 2015) of what has no vector yet.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from textcx.embedding.base import Vectors

_ROUNDS = 6
Edge = tuple[int, int, float]
"""A word, a neighbour that says something about it, and how much that counts."""


def carry_over(vectors: Vectors, is_known: NDArray[np.bool_], edges: Sequence[Edge]) -> NDArray[np.bool_]:
    """Fill in the vectors of words that have none from their neighbours; return which words have one then.

    Args:
        vectors: A row per word; changed in place.
        is_known: Which have a vector, which stays.
        edges: Neighbours.
    """
    if not edges:
        return is_known
    table = np.array([(word, neighbour) for word, neighbour, _ in edges], np.int64)
    weights = np.array([weight for _, _, weight in edges], np.float32)
    order = np.argsort(table[:, 0], kind="stable")
    table, weights = table[order], weights[order]
    has = is_known.copy()
    for _ in range(_ROUNDS):
        use = has[table[:, 1]] & ~is_known[table[:, 0]]
        words, first = np.unique(table[use, 0], return_index=True)
        if not len(words):
            break
        counted = weights[use][:, None]
        total = np.add.reduceat(counted, first, axis=0)
        vectors[words] = np.add.reduceat(counted * vectors[table[use, 1]], first, axis=0) / total
        has[words] = True
    return has


def word_edges(
    pairs: Mapping[tuple[str, str], float], numbers: Mapping[str, int], lemmas: Mapping[str, str]
) -> list[Edge]:
    """Return the edges of translations (both ways) and of forms to their lemmas.

    Args:
        pairs: Word and translation, each one word, with how much they count.
        numbers: Of each word.
        lemmas: The lemma of each form that is not its own.
    """
    edges: list[Edge] = []
    for (word, other), weight in pairs.items():
        edges.append((numbers[word], numbers[other], weight))
        edges.append((numbers[other], numbers[word], weight))
    edges += [(numbers[form], numbers[lemma], 1.0) for form, lemma in lemmas.items() if lemma in numbers]
    return edges
