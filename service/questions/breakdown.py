"""Breakdown: a measure per value of a dimension, the most frequent first, with the rest as `other`."""

from typing import Any

from service.questions.answers import described, estimated
from service.questions.scope import Scope
from service.questions.tallies import Periods, add_up, largest_keys, rows_of, where_heard
from textcx.query.measure import Measure
from textcx.query.tally import Tally
from textcx.store.base import MentionStore


def breakdown(
    store: MentionStore, measure: Measure, scope: Scope, periods: Periods, *, by: str, limit: int
) -> dict[str, Any]:
    """Return a measure per value of a dimension, at most `limit` of them; all on one rating scale.

    Raises:
        RequestError: The time is too long for the periods of a spread.
    """
    query, notes = where_heard(store, measure, scope.query)
    found = rows_of(store, measure, query, by, periods)
    keys = largest_keys([found.rows])
    scale = measure.scale_of(*found.rows.values())
    rest = [found.rows[key] for key in keys[limit:]]

    def value(tally: Tally) -> dict[str, Any]:
        return estimated(measure.estimate(tally, scale=scale))

    return {
        "measure": described(measure, by),
        "by": by,
        "rows": [{"key": key, **value(found.rows[key])} for key in keys[:limit]],
        "other": value(add_up(rest)) if rest else None,
        "total": value(found.total),
        "missing": found.missing,
        "notes": notes,
    }
