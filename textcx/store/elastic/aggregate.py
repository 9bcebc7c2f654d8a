"""Aggregate: trends, breakdowns and facets, added up exactly by Elasticsearch."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from textcx.query.tally import Needs
from textcx.store.base import BreakdownTallies, Bucket, FacetValue, TrendTallies
from textcx.store.bounds import TooMuchError, border_seconds
from textcx.store.elastic.requests import Searcher, starts_with
from textcx.store.embedded.requests import Dimension, TallyRequest, dimension

Clause = Mapping[str, Any]
_INTERVALS_AT_ONCE = 400
_SOURCE = Dimension("source")
_MODEL = Dimension("model")


class Aggregator:
    """Adds up over the indices behind an alias.

    Args:
        searcher: Asks them.
    """

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher

    def trend(self, query: Clause, needs: Needs, borders: Sequence[datetime], by: str | None) -> TrendTallies:
        """Return what a measure needs per interval and value of `by`."""
        seconds = border_seconds(borders)
        wanted = TallyRequest(needs, by, starts_with)
        buckets: list[Bucket] = []
        undated = 0
        for first in range(0, len(seconds) - 1, _INTERVALS_AT_ONCE):
            some, undated = self._intervals(query, wanted, seconds[first : first + _INTERVALS_AT_ONCE + 1])
            buckets += some
        return TrendTallies(tuple(buckets), undated)

    def breakdown(self, query: Clause, needs: Needs, by: str | None) -> BreakdownTallies:
        """Return what a measure needs for each value of `by`, and over all mentions, all as they were at one time."""
        together = TallyRequest(needs, None)
        if by is None:
            mentions, answer = self._searcher.aggregate(query, together.request())
            return BreakdownTallies({}, together.tallies(mentions, answer)[""], missing=0)
        divided = TallyRequest(needs, by, starts_with)
        division = dimension(by, starts_with)
        request = {
            "divided": _over_all(divided.request()),
            "together": _over_all(together.request()),
            "missing": {"missing": {"field": division.field}},
        }
        if division.opening:  # a mention has each attribute once
            request["missing"] = division.request()
        mentions, answer = self._searcher.aggregate(query, request)
        if division.opening:
            missing = mentions - sum(division.counts(answer["missing"]).values())
        else:
            missing = answer["missing"]["doc_count"]
        return BreakdownTallies(
            rows=divided.tallies(mentions, answer["divided"]),
            total=together.tallies(mentions, answer["together"])[""],
            missing=missing,
        )

    def published_range(self, query: Clause) -> tuple[datetime, datetime] | None:
        """Return the earliest and latest whole second at which the query's mentions were published."""
        _, answer = self._searcher.aggregate(query, {name: {name: {"field": "seconds"}} for name in ("min", "max")})
        ends = [answer[name]["value"] for name in ("min", "max")]
        if None in ends:
            return None
        return datetime.fromtimestamp(ends[0], UTC), datetime.fromtimestamp(ends[1], UTC)

    def _intervals(self, query: Clause, wanted: TallyRequest, seconds: Sequence[int]) -> tuple[list[Bucket], int]:
        """Return a bucket for each interval; where there is too much for one answer, half of them at a time."""
        try:
            return self._intervals_at_once(query, wanted, seconds)
        except TooMuchError:
            middle = len(seconds) // 2
            if len(seconds) == 2:
                raise
        earlier, undated = self._intervals(query, wanted, seconds[: middle + 1])
        return earlier + self._intervals(query, wanted, seconds[middle:])[0], undated

    def _intervals_at_once(
        self, query: Clause, wanted: TallyRequest, seconds: Sequence[int]
    ) -> tuple[list[Bucket], int]:
        ranges = [{"from": start, "to": end} for start, end in zip(seconds, seconds[1:], strict=False)]
        inner = wanted.request() | {"source": _SOURCE.request(), "model": _MODEL.request()}
        request = {
            "intervals": {"range": {"field": "seconds", "ranges": ranges}, "aggs": inner},
            "undated": {"missing": {"field": "seconds"}},
        }
        _, answer = self._searcher.aggregate(query, request)
        found = {bucket["from"]: bucket for bucket in answer["intervals"]["buckets"]}
        return [_bucket(wanted, found[start]) for start in seconds[:-1]], answer["undated"]["doc_count"]


def facet_requests(names: Sequence[str]) -> dict[str, Any]:
    """Return the aggregations that count the values of some fields."""
    return {str(at): dimension(name, starts_with).request() for at, name in enumerate(names)}


def facets(names: Sequence[str], answer: Mapping[str, Any]) -> dict[str, tuple[FacetValue, ...]]:
    """Return the values of the fields with how many mentions have each, most frequent first."""
    found = {}
    for at, name in enumerate(names):
        counts = dimension(name, starts_with).counts(answer[str(at)])
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        found[name] = tuple(FacetValue(value, mentions) for value, mentions in ordered)
    return found


def _over_all(inner: Mapping[str, Any]) -> dict[str, Any]:
    return {"filter": {"match_all": {}}, "aggs": dict(inner)} if inner else {"filter": {"match_all": {}}}


def _bucket(wanted: TallyRequest, found: dict[str, Any]) -> Bucket:
    tallies = wanted.tallies(found["doc_count"], found)
    return Bucket(tallies, sources=_SOURCE.counts(found["source"]), models=_MODEL.counts(found["model"]))
