"""Aggregate: trends, breakdowns and facets, added up exactly by tantivy."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import tantivy

from textcx.query.tally import Needs, Tally
from textcx.store.base import BreakdownTallies, Bucket, FacetValue, TrendTallies
from textcx.store.bounds import TooMuchError, border_seconds, check_needs
from textcx.store.embedded.calls import aggregate, count
from textcx.store.embedded.clauses import Clauses, both, without
from textcx.store.embedded.requests import Dimension, TallyRequest, dimension

_INTERVALS_AT_ONCE = 400
_MENTIONS = "mentions"
_COUNT_ALL = {"value_count": {"field": "version"}}
"""Every mention has one version."""
_SOURCE = Dimension("source")
_MODEL = Dimension("model")


class Aggregator:
    """Adds up over one snapshot of the index.

    Args:
        clauses: The snapshot, and what makes the clauses for intervals.
    """

    def __init__(self, clauses: Clauses) -> None:
        self._searcher = clauses.searcher
        self._clauses = clauses

    def trend(self, query: tantivy.Query, needs: Needs, borders: Sequence[datetime], by: str | None) -> TrendTallies:
        """Return what a measure needs per interval and value of `by`."""
        seconds = border_seconds(borders)
        wanted = TallyRequest(needs, by, only_scale=self._only_scale(query, needs))
        buckets: list[Bucket] = []
        for first in range(0, len(seconds) - 1, _INTERVALS_AT_ONCE):
            buckets += self._intervals(query, wanted, seconds[first : first + _INTERVALS_AT_ONCE + 1])
        undated = without(query, self._clauses.seconds_between(None, None))
        return TrendTallies(tuple(buckets), undated=count(self._searcher, undated))

    def breakdown(self, query: tantivy.Query, needs: Needs, by: str | None) -> BreakdownTallies:
        """Return what a measure needs for each value of `by`, and over all mentions: added up in one pass."""
        only_scale = self._only_scale(query, needs)
        together = TallyRequest(needs, None, only_scale=only_scale)
        request = {_MENTIONS: _COUNT_ALL, **together.request()}
        if by is None:
            answer = aggregate(self._searcher, query, request)
            return BreakdownTallies({}, together.tallies(_mentions(answer), answer)[""], missing=0)
        divided = TallyRequest(needs, by, only_scale=only_scale)
        answer = aggregate(self._searcher, query, request | divided.request())  # no name is in both
        mentions = _mentions(answer)
        return BreakdownTallies(
            rows=divided.tallies(mentions, answer),
            total=together.tallies(mentions, answer)[""],
            missing=self._missing(query, dimension(by), mentions),
        )

    def facet(self, query: tantivy.Query, name: str) -> tuple[FacetValue, ...]:
        """Return the values of a field with how many mentions have each, most frequent first."""
        divided = dimension(name)
        counts = divided.counts(aggregate(self._searcher, query, {"rows": divided.request()})["rows"])
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return tuple(FacetValue(value, mentions) for value, mentions in ordered)

    def published_range(self, query: tantivy.Query) -> tuple[datetime, datetime] | None:
        """Return the earliest and latest whole second at which the query's mentions were published."""
        request = {name: {name: {"field": "seconds"}} for name in ("min", "max")}
        ends = [answer["value"] for answer in aggregate(self._searcher, query, request).values()]
        if None in ends:
            return None
        return datetime.fromtimestamp(min(ends), UTC), datetime.fromtimestamp(max(ends), UTC)

    def _intervals(self, query: tantivy.Query, wanted: TallyRequest, seconds: Sequence[int]) -> list[Bucket]:
        """Return a bucket for each interval; where there is too much for one answer, half of them at a time."""
        try:
            return self._intervals_at_once(query, wanted, seconds)
        except TooMuchError:
            middle = len(seconds) // 2
            if len(seconds) == 2:
                raise
        return self._intervals(query, wanted, seconds[: middle + 1]) + self._intervals(query, wanted, seconds[middle:])

    def _intervals_at_once(self, query: tantivy.Query, wanted: TallyRequest, seconds: Sequence[int]) -> list[Bucket]:
        ranges = [{"from": start, "to": end} for start, end in zip(seconds, seconds[1:], strict=False)]
        inner = wanted.request() | {"source": _SOURCE.request(), "model": _MODEL.request()}
        request = {"intervals": {"range": {"field": "seconds", "ranges": ranges}, "aggs": inner}}
        inside = both(query, self._clauses.seconds_between(seconds[0], seconds[-1]))
        answer = aggregate(self._searcher, inside, request)["intervals"]["buckets"]
        found = {bucket["from"]: bucket for bucket in answer if "from" in bucket and "to" in bucket}
        return [_bucket(wanted, found.get(start)) for start in seconds[:-1]]

    def _only_scale(self, query: tantivy.Query, needs: Needs) -> str | None:
        """Return the scale of all the query's ratings where there is but one, as in most data: it halves the work."""
        check_needs(needs)
        if needs.scale is None:
            return None
        scales = Dimension(needs.scale)
        found = scales.counts(aggregate(self._searcher, query, {"scales": scales.request()})["scales"])
        return next(iter(found)) if len(found) == 1 else None

    def _missing(self, query: tantivy.Query, divided: Dimension, mentions: int) -> int:
        if divided.opening:  # a mention has each attribute once
            answer = aggregate(self._searcher, query, {"rows": divided.request()})["rows"]
            return mentions - sum(divided.counts(answer).values())
        return count(self._searcher, without(query, tantivy.Query.exists_query(divided.field)))


def _mentions(answer: dict[str, Any]) -> int:
    return int(answer[_MENTIONS]["value"])


def _bucket(wanted: TallyRequest, found: dict[str, Any] | None) -> Bucket:
    if found is None:  # an index without any mention has no buckets
        return Bucket(wanted.tallies(0, {}))
    tallies: dict[str, Tally] = wanted.tallies(found["doc_count"], found)
    return Bucket(tallies, sources=_SOURCE.counts(found["source"]), models=_MODEL.counts(found["model"]))
