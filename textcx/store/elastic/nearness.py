"""Nearness: the request for the mentions of a query whose vectors are nearest to one, and its scores read."""

from typing import Any

from textcx.store.elastic.clauses import Clause
from textcx.store.elastic.mapping import VECTOR_FIELD
from textcx.store.vectors import EightBits

_FEWEST_CANDIDATES = 100
"""A shard keeps this many of its nearest, or as many as are asked for; all of its vectors are compared anyway."""


def nearest_request(query: Clause, sought: EightBits, limit: int) -> dict[str, Any]:
    """Return the request for the mentions of a query nearest to a vector."""
    return {
        "knn": {
            "field": VECTOR_FIELD,
            "query_vector": sought.tolist(),
            "k": limit,
            "num_candidates": max(limit, _FEWEST_CANDIDATES),
            "filter": query,
        },
        "size": limit,
        "track_total_hits": False,
    }


def nearness(score: float) -> float:
    """Return the cosine that the engine made a score of, since its scores may not be negative.

    Example:
        >>> nearness(0.75)
        0.5
    """
    return 2 * score - 1
