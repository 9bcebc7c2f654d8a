"""Pages: hits in their order, from a place on.

By time, a page goes on after the last hit's paging key and id, so what is written meanwhile moves no hit from
one page to another.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import tantivy

from textcx.store.cursor import After
from textcx.store.embedded.calls import find, identifier
from textcx.store.embedded.clauses import Clauses, both

_EXPORTED_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Found:
    """A mention in its order."""

    id: str
    key: int
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Hits in their order.

    Attributes:
        found: The hits.
        total: All hits of the query, where they were counted on the way, else None.
    """

    found: list[Found]
    total: int | None


class Pager:
    """Reads hits from one snapshot of the index.

    Args:
        clauses: The snapshot, and what makes the clauses for "from there on".
    """

    def __init__(self, clauses: Clauses) -> None:
        self._searcher = clauses.searcher
        self._clauses = clauses

    def by_time(self, query: tantivy.Query, *, newest_first: bool, after: After | None, limit: int) -> Slice:
        """Return the first hits after a place, by paging key and then by id."""
        if after is None:
            total, page = self._by_key(query, newest_first=newest_first, wanted=limit)
            return Slice(page[:limit], total)
        found = self._equal(query, after.key, after_id=after.id)
        if len(found) < limit:
            rest = both(query, self._beyond(after.key, newest_first=newest_first))
            found += self._by_key(rest, newest_first=newest_first, wanted=limit - len(found))[1]
        return Slice(found[:limit], None)

    def _by_key(self, query: tantivy.Query, *, newest_first: bool, wanted: int) -> tuple[int, list[Found]]:
        """Return how many hits there are, and the first of them, with all that have the key of the last."""
        order = tantivy.Order.Desc if newest_first else tantivy.Order.Asc
        total, hits = find(self._searcher, query, limit=wanted + 1, order_by_field="key", order=order)
        if len(hits) > wanted and hits[wanted][0] == hits[wanted - 1][0]:
            # The page ends among hits of one key, which tantivy gives in no order of ours.
            last_key = hits[wanted][0]
            page = self._read([hit for hit in hits if hit[0] != last_key]) + self._equal(query, last_key)
        else:
            page = self._read(hits[:wanted])
        page.sort(key=lambda hit: (-hit.key if newest_first else hit.key, hit.id))
        return total, page

    def by_relevance(self, query: tantivy.Query, *, offset: int, limit: int) -> Slice:
        """Return hits by score, those most about the query's words first."""
        total, hits = find(self._searcher, query, limit=limit, offset=offset)
        return Slice([Found(self._id(address), 0, float(score)) for score, address in hits], total)

    def all_ids(self, query: tantivy.Query) -> Iterator[str]:
        """Give the ids of all hits, newest first."""
        after: After | None = None
        while True:
            page = self.by_time(query, newest_first=True, after=after, limit=_EXPORTED_AT_ONCE).found
            yield from (hit.id for hit in page)
            if len(page) < _EXPORTED_AT_ONCE:
                return
            after = After(page[-1].key, page[-1].id)

    def versions(self) -> Iterator[tuple[str, int]]:
        """Give id and version of everything in the index."""
        everything = tantivy.Query.all_query()
        _, hits = find(self._searcher, everything, limit=self._searcher.num_docs, order_by_field="version")
        for version, address in hits:
            yield self._id(address), version

    def _equal(self, query: tantivy.Query, key: int, *, after_id: str = "") -> list[Found]:
        """Return all hits of one key in the order of their ids."""
        equal = both(query, self._clauses.key_is(key))
        total, _ = find(self._searcher, equal, limit=1, order_by_field="key")
        _, hits = find(self._searcher, equal, limit=total, order_by_field="key")
        return sorted((hit for hit in self._read(hits) if hit.id > after_id), key=lambda hit: hit.id)

    def _beyond(self, key: int, *, newest_first: bool) -> tantivy.Query:
        return self._clauses.key_between(None, key) if newest_first else self._clauses.key_between(key, None)

    def _read(self, hits: list[tuple[Any, tantivy.DocAddress]]) -> list[Found]:
        return [Found(self._id(address), key) for key, address in hits]

    def _id(self, address: tantivy.DocAddress) -> str:
        return identifier(self._searcher, address)
