"""TopicsToday: a store as today's topics have it: what it says of topics is told by their lineage.

Stored is the id of the nearest centroid's birth. Here the merged are one, the retired are none, and labels are
today's; so a change of the topics is in every answer at once. A mention has at most one topic, so the rows of merged
topics are added up exactly.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from service.questions.tallies import add_up
from textcx.annotation import AnnotatedMention
from textcx.query.tally import Needs, Tally
from textcx.query.tree import Query
from textcx.store.base import BreakdownTallies, FacetValue, Hit, MentionStore, Page, Sort, TrendTallies
from textcx.topics.registry import Registry
from textcx.topics.tagging import today

_TOPIC = "topic"


class TopicsToday:
    """A MentionStore that speaks of today's topics; what it does not name here it hands on.

    Args:
        store: Where the mentions live.
        registry: Gives the registry as it is now.
    """

    def __init__(self, store: MentionStore, registry: Callable[[], Registry]) -> None:
        self._store = store
        self._registry = registry

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def get(self, identifier: str) -> AnnotatedMention | None:
        """See MentionStore."""
        found = self._store.get(identifier)
        return annotated_today(self._registry(), found) if found else None

    def search(
        self,
        query: Query,
        *,
        sort: Sort = "newest",
        limit: int = 20,
        cursor: str | None = None,
        facets: Sequence[str] = (),
    ) -> Page:
        """See MentionStore."""
        registry = self._registry()
        page = self._store.search(query, sort=sort, limit=limit, cursor=cursor, facets=facets)
        hits = tuple(replace(hit, annotated=annotated_today(registry, hit.annotated)) for hit in page.hits)
        counts = page.facets
        if _TOPIC in counts:
            counts = {**counts, _TOPIC: _facet(registry, counts[_TOPIC])}
        return replace(page, hits=hits, facets=counts)

    def nearest(self, query: Query, text: str, *, limit: int) -> tuple[Hit, ...]:
        """See MentionStore."""
        registry = self._registry()
        found = self._store.nearest(query, text, limit=limit)
        return tuple(replace(hit, annotated=annotated_today(registry, hit.annotated)) for hit in found)

    def trend(self, query: Query, needs: Needs, *, borders: Sequence[datetime], by: str | None = None) -> TrendTallies:
        """See MentionStore."""
        found = self._store.trend(query, needs, borders=borders, by=by)
        if by != _TOPIC:
            return found
        registry = self._registry()
        buckets = tuple(replace(bucket, tallies=_rows(registry, bucket.tallies)) for bucket in found.buckets)
        return replace(found, buckets=buckets)

    def breakdown(self, query: Query, needs: Needs, *, by: str | None = None) -> BreakdownTallies:
        """See MentionStore."""
        found = self._store.breakdown(query, needs, by=by)
        if by != _TOPIC:
            return found
        registry = self._registry()
        gone = sum(tally.mentions for key, tally in found.rows.items() if is_gone(registry, key))
        return replace(found, rows=_rows(registry, found.rows), missing=found.missing + gone)

    def export(self, query: Query) -> Iterator[AnnotatedMention]:
        """See MentionStore."""
        registry = self._registry()
        return (annotated_today(registry, one) for one in self._store.export(query))


def annotated_today(registry: Registry, annotated: AnnotatedMention) -> AnnotatedMention:
    """Return a mention whose topics are today's."""
    stored = annotated.annotations.topics
    if not stored:
        return annotated
    annotations = annotated.annotations.model_copy(update={"topics": today(registry, stored)})
    return AnnotatedMention(mention=annotated.mention, annotations=annotations)


def is_gone(registry: Registry, identifier: str) -> bool:
    """Say whether a stored id is no topic today; one that the registry never knew is left as it is."""
    return registry.knows(identifier) and registry.resolve(identifier) is None


def _today(registry: Registry, identifier: str) -> str | None:
    return registry.resolve(identifier) if registry.knows(identifier) else identifier


def _rows(registry: Registry, rows: Mapping[str, Tally]) -> dict[str, Tally]:
    gathered: dict[str, list[Tally]] = {}
    for key, tally in rows.items():
        identifier = _today(registry, key)
        if identifier is not None:
            gathered.setdefault(identifier, []).append(tally)
    return {key: tallies[0] if len(tallies) == 1 else add_up(tallies) for key, tallies in gathered.items()}


def _facet(registry: Registry, values: Sequence[FacetValue]) -> tuple[FacetValue, ...]:
    counts: dict[str, int] = {}
    for one in values:
        identifier = _today(registry, one.value)
        if identifier is not None:
            counts[identifier] = counts.get(identifier, 0) + one.count
    return tuple(FacetValue(key, count) for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))
