"""Comparison: a measure of two sets of mentions, and how far they differ, for all and for each value of a dimension."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from service.questions.answers import described, differing, estimated
from service.questions.scope import Scope, are_apart, both
from service.questions.tallies import Periods, Rows, largest_keys, rows_of, where_heard
from textcx.query.comparison import false_discovery
from textcx.query.measure import Measure
from textcx.query.tally import Difference, Estimate, Tally
from textcx.store.base import MentionStore

Reading = Literal["better", "worse", "higher", "lower", "unclear", "too few"]
MOST_CHANCE = 0.05
"""Up to this q a difference is read as one."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A measure of both sets, and their difference."""

    first: Estimate
    second: Estimate
    difference: Difference


def comparison(
    store: MentionStore,
    measure: Measure,
    first: Scope,
    second: Scope,
    periods: Periods,
    *,
    by: str | None,
    limit: int,
) -> dict[str, Any]:
    """Return a measure of two sets of mentions, `a` and `b`, and b less a; with `by` for each value of it too.

    Raises:
        RequestError: The time is too long for the periods of a spread.
    """
    query, notes = where_heard(store, measure, first.query)
    other_query, _ = where_heard(store, measure, second.query)
    its, other = (rows_of(store, measure, one, by, periods) for one in (query, other_query))
    keys = largest_keys([its.rows, other.rows])
    scale = measure.scale_of(its.total, other.total)
    pairs = [
        _pair(measure, *_tallies(its, other, key, measure.is_part_of_whole(by)), scale=scale) for key in keys[:limit]
    ]
    q_values = false_discovery([pair.difference.p for pair in pairs])
    whole = _pair(measure, its.total, other.total, scale=scale)
    overlap = 0 if are_apart(first.query, second.query) else store.count(both([first.query, second.query]))
    if overlap:
        notes = [*notes, f"{overlap} mentions are in both a and b; the intervals suppose that none is."]
    return {
        "measure": {**described(measure, by), "comparison": measure.comparison},
        "by": by,
        "rows": [
            {"key": key, **_compared(measure, pair, q)} for key, pair, q in zip(keys, pairs, q_values, strict=False)
        ],
        "total": _compared(measure, whole, whole.difference.p),
        "omitted": max(0, len(keys) - limit),
        "overlap": overlap,
        "notes": notes,
    }


def _tallies(its: Rows, other: Rows, key: str, is_part: bool) -> Sequence[Tally]:
    """Return what was added up for a value on both sides; where one has no mentions, it is part of the whole still."""
    return [side.rows.get(key, Tally(0, whole=side.total if is_part else None)) for side in (its, other)]


def _pair(measure: Measure, first: Tally, second: Tally, *, scale: str | None) -> _Pair:
    return _Pair(
        measure.estimate(first, scale=scale),
        measure.estimate(second, scale=scale),
        measure.difference(first, second, scale=scale),
    )


def _compared(measure: Measure, pair: _Pair, q: float | None) -> dict[str, Any]:
    return {
        "a": estimated(pair.first),
        "b": estimated(pair.second),
        "difference": {**differing(pair.difference, q), "reading": _reading(measure, pair, q)},
    }


def _reading(measure: Measure, pair: _Pair, q: float | None) -> Reading:
    """Return in a word what a difference says."""
    value = pair.difference.value
    if pair.first.is_small or pair.second.is_small:
        return "too few"
    if value is None or q is None or q > MOST_CHANCE or value == 0:
        return "unclear"
    if measure.better is None:
        return "higher" if value > 0 else "lower"
    return "better" if (value > 0) == (measure.better == "higher") else "worse"
