"""Tallies: what a measure needs from the store for a question, ready to be estimated.

Most measures need a tally a bucket. Some need the whole beside it, some the groups it falls into, and some count in
places alone where a brand's voice was heard; all that is seen to here, so that an answer treats measures alike.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from service.questions.scope import both
from textcx.query.interval import IntervalName, WeekStart, borders
from textcx.query.measure import Measure
from textcx.query.tally import Moments, Needs, Tally
from textcx.query.tree import Everything, Keyword, Not, Or, Query
from textcx.store.base import Bucket, MentionStore

_NOTHING = Tally(0)


@dataclass(frozen=True, slots=True)
class Periods:
    """How time is cut, where a measure looks at the spread between periods."""

    interval: IntervalName
    zone: ZoneInfo
    week_starts: WeekStart = "monday"

    def borders(self, first: datetime, last: datetime) -> tuple[datetime, ...]:
        """Return the borders of the intervals from first to last.

        Raises:
            RequestError: They are too far apart for this interval.
        """
        return borders(first, last, interval=self.interval, timezone=self.zone, week_starts=self.week_starts)


@dataclass(frozen=True, slots=True)
class Rows:
    """A tally for each value of a dimension, and for all together."""

    total: Tally
    rows: Mapping[str, Tally] = field(default_factory=dict)
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Intervals:
    """A bucket for each interval, and the whole that its values are parts of where the measure wants it."""

    buckets: tuple[Bucket, ...]
    wholes: tuple[Tally | None, ...]
    undated: int

    def of(self, key: str) -> list[Tally]:
        """Return what was added up for a value, interval by interval; empty ones too."""
        tallies = [bucket.tallies.get(key, _NOTHING) for bucket in self.buckets]
        return [
            tally if whole is None else replace(tally, whole=whole)
            for tally, whole in zip(tallies, self.wholes, strict=True)
        ]


def where_heard(store: MentionStore, measure: Measure, query: Query) -> tuple[Query, list[str]]:
    """Return the query for what a measure counts, and what people must be told about it.

    A measure of replies counts in sources alone in which the brand was heard: where no reply is ever collected, none
    seen does not mean none given.
    """
    if measure.heard is None:
        return query, []
    sources = sorted(store.breakdown(Keyword("voice", measure.heard), Needs(), by="source").rows)
    if not sources:
        note = f"No source holds a mention with voice {measure.heard}, so {measure.id} is not known, rather than 0."
        return Not(Everything()), [note]
    note = f"Counted in the sources where voice {measure.heard} was heard: {', '.join(sources)}."
    return both([query, Or(tuple(Keyword("source", source) for source in sources))]), [note]


def rows_of(store: MentionStore, measure: Measure, query: Query, by: str | None, periods: Periods) -> Rows:
    """Return what a measure needs for each value of `by`, or for all together alone.

    Raises:
        RequestError: The time is too long for the periods of a spread.
    """
    if measure.is_spread:
        return _spread_rows(store, measure, query, by, periods)
    found = store.breakdown(query, measure.needs, by=by)
    if by is None:
        return Rows(found.total)
    rows = _with_whole(measure, by, found.rows, found.total)
    return Rows(found.total, rows, found.missing)


def intervals_of(
    store: MentionStore, measure: Measure, query: Query, by: str | None, edges: Sequence[datetime]
) -> Intervals:
    """Return what a measure needs for each interval and value of `by`; of a spread, one series without a value."""
    found = store.trend(query, measure.needs, borders=edges, by=by)
    buckets = tuple(_spread_over(bucket) for bucket in found.buckets) if measure.is_spread else found.buckets
    wholes: tuple[Tally | None, ...] = (None,) * len(buckets)
    if measure.is_part_of_whole(by):
        wholes = tuple(bucket.tallies[""] for bucket in store.trend(query, measure.needs, borders=edges).buckets)
    return Intervals(buckets, wholes, found.undated)


def add_up(tallies: Sequence[Tally]) -> Tally:
    """Return tallies added up; a mention with several values of the dimension counts once for each."""
    moments: dict[str, Moments] = {}
    for tally in tallies:
        for scale, one in tally.moments.items():
            so_far = moments.get(scale, Moments(0, 0.0, 0.0))
            moments[scale] = Moments(so_far.count + one.count, so_far.total + one.total, so_far.squares + one.squares)
    counts = Counter[str]()
    for tally in tallies:
        counts.update(tally.counts)
    return Tally(
        mentions=sum(tally.mentions for tally in tallies),
        counts=dict(counts),
        moments=moments,
        judgements=any(tally.judgements for tally in tallies),
        whole=next((tally.whole for tally in tallies), None),
        groups=tuple(add_up(group) for group in zip(*(tally.groups for tally in tallies), strict=True)),
    )


def largest_keys(groups: Iterable[Mapping[str, Tally]]) -> list[str]:
    """Return the values of a dimension, the one with most mentions first, equal ones by name."""
    mentions = Counter[str]()
    for group in groups:
        mentions.update({key: tally.mentions for key, tally in group.items()})
    return sorted(mentions, key=lambda key: (-mentions[key], key))


def _with_whole(measure: Measure, by: str, rows: Mapping[str, Tally], whole: Tally) -> Mapping[str, Tally]:
    if not measure.is_part_of_whole(by):
        return rows
    return {key: replace(tally, whole=whole) for key, tally in rows.items()}


def _spread_rows(store: MentionStore, measure: Measure, query: Query, by: str | None, periods: Periods) -> Rows:
    """Return for each value its tallies by period, as groups."""
    span = store.published_range(query)
    missing = store.breakdown(query, Needs(), by=by).missing if by else 0
    if span is None:
        return Rows(Tally(0), missing=missing)
    edges = periods.borders(*span)
    total = _over_time([bucket.tallies[""] for bucket in store.trend(query, measure.needs, borders=edges).buckets])
    if by is None:
        return Rows(total)
    buckets = store.trend(query, measure.needs, borders=edges, by=by).buckets
    keys = {key for bucket in buckets for key in bucket.tallies}
    rows = {key: _over_time([bucket.tallies.get(key, Tally(0)) for bucket in buckets]) for key in keys}
    return Rows(total, rows, missing)


def _over_time(groups: Sequence[Tally]) -> Tally:
    return replace(add_up(groups), groups=tuple(groups))


def _spread_over(bucket: Bucket) -> Bucket:
    """Return an interval whose values are the groups of one tally."""
    return replace(bucket, tallies={"": _over_time(list(bucket.tallies.values()))})
