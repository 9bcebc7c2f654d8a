"""Neighbours: the mentions of a query whose vectors are nearest to one, exactly.

Where the query finds few mentions, their rows are compared and no others. Where it finds many, all rows are ranked and
the index is asked which of the first are found, further and further down: the nearest are then soon among them.
"""

import numpy as np
import tantivy

from textcx.store.embedded.calls import count, rows_of
from textcx.store.embedded.clauses import both
from textcx.store.embedded.schema import index_schema
from textcx.store.embedded.vector_file import Neighbour, VectorFile
from textcx.store.vectors import EightBits

_FEW = 10_000
"""So many rows are read from the index faster than all are ranked and asked for."""
_WIDENED = 4


def nearest_of(
    searcher: tantivy.Searcher,
    query: tantivy.Query,
    vectors: VectorFile,
    sought: EightBits,
    *,
    limit: int,
    few: int = _FEW,
) -> list[Neighbour]:
    """Return the mentions of a query nearest to a vector, nearest first.

    Args:
        searcher: A snapshot of the index.
        query: Which mentions may be.
        vectors: Of the same generation.
        sought: The vector.
        limit: How many.
        few: Up to so many mentions are compared by themselves.
    """
    found = count(searcher, query)
    if found > few:
        most = limit
        while most * _WIDENED <= found:
            ranked = vectors.nearest(sought, None, most=most)
            alive = _found_among(searcher, query, ranked)
            if len(alive) >= limit or len(ranked) < most:
                return alive[:limit]
            most *= _WIDENED
    rows = np.array(rows_of(searcher, query, limit=found), np.int64)
    return vectors.nearest(sought, rows, most=limit) if len(rows) else []


def _found_among(searcher: tantivy.Searcher, query: tantivy.Query, ranked: list[Neighbour]) -> list[Neighbour]:
    among = tantivy.Query.term_set_query(index_schema(), "id", [one.id for one in ranked])
    rows = set(rows_of(searcher, both(query, among), limit=len(ranked)))
    return [one for one in ranked if one.row in rows]
