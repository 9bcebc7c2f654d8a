"""Trend: a measure per interval of time, with empty intervals, and those marked that are not whole."""

from datetime import datetime, timedelta
from typing import Any

from service.questions.answers import described, estimated
from service.questions.scope import Scope
from service.questions.tallies import Periods, intervals_of, largest_keys, where_heard
from textcx.query.measure import Measure
from textcx.query.tree import Query
from textcx.store.base import MentionStore

MOST_SERIES = 20
_ONE_SECOND = timedelta(seconds=1)


def trend(
    store: MentionStore, measure: Measure, scope: Scope, periods: Periods, *, by: str | None, now: datetime
) -> dict[str, Any]:
    """Return a measure per interval, from the window's ends where it has them, else from first to last mention.

    Raises:
        RequestError: The time is too long for the interval.
    """
    query, notes = where_heard(store, measure, scope.query)
    answer: dict[str, Any] = {
        "measure": described(measure, by),
        "interval": periods.interval,
        "timezone": scope.zone.key,
        "series": [],
        "coverage": [],
        "omitted": 0,
        "notes": notes,
    }
    span = _span(store, query, scope, now)
    if span is None:
        return {**answer, "undated": store.count(query)}
    edges = periods.borders(*span)
    found = intervals_of(store, measure, query, by, edges)
    starts = [edge.isoformat() for edge in edges[:-1]]
    marks = [
        {"incomplete": _is_incomplete(start, end, scope, now)} for start, end in zip(edges, edges[1:], strict=False)
    ]
    divided = None if measure.is_spread else by
    keys = largest_keys(bucket.tallies for bucket in found.buckets) if divided else [""]
    for key in keys[:MOST_SERIES]:
        tallies = found.of(key)
        scale = measure.scale_of(*tallies)
        points = [
            {"start": start, **estimated(measure.estimate(tally, scale=scale)), **mark}
            for start, tally, mark in zip(starts, tallies, marks, strict=True)
        ]
        answer["series"].append({"key": {divided: key} if divided else {}, "points": points})
    answer["omitted"] = max(0, len(keys) - MOST_SERIES)
    answer["coverage"] = [
        {"start": start, "sources": dict(bucket.sources), "models": dict(bucket.models)}
        for start, bucket in zip(starts, found.buckets, strict=True)
    ]
    return {**answer, "undated": found.undated}


def _span(store: MentionStore, query: Query, scope: Scope, now: datetime) -> tuple[datetime, datetime] | None:
    """Return the first and the last instant that a trend shows, or None where it has none.

    A window that reaches into the future is shown to the running interval, or to the last mention dated later.
    """
    found = store.published_range(query)
    first = scope.since or (found[0] if found else None)
    last = scope.until - _ONE_SECOND if scope.until else (found[1] if found else None)
    if first is None or last is None:
        return None
    if scope.until is not None and last > now:
        last = min(last, max(now, first, *(found or ())))
    return first, max(first, last)


def _is_incomplete(start: datetime, end: datetime, scope: Scope, now: datetime) -> bool:
    """Say whether an interval is not over yet, or the window cuts it: its numbers are not those of a whole one."""
    is_cut = (scope.since is not None and start < scope.since) or (scope.until is not None and scope.until < end)
    return end > now or is_cut
