"""Parity: random mentions and queries, answered alike by the engine and by a witness that looks at each mention."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from random import Random

from textcx.annotation import AnnotatedMention
from textcx.query.fields import FIELDS
from textcx.query.measures import MEASURES
from textcx.query.tally import Needs
from textcx.query.tree import Everything, Keyword, Query, Word
from textcx.store.base import Bucket, MentionStore
from textcx.testing.random_mentions import random_mentions
from textcx.testing.random_queries import random_query
from textcx.testing.store_suite.check import Check, Stores, same
from textcx.testing.store_suite.tally_checks import alike

_RANDOM_MENTIONS = 300
_QUERIES_A_CHECK = 30
_QUERY_CHECKS = 10
_LIMIT = 7
_FACETS = ("brand", "touchpoint", "attr.region")
_DIMENSIONS = (*(field.name for field in FIELDS if field.divides), "attr.region", "attr.(x|y)", "attr.rad\nbryt")
_QUERIES: Sequence[Query] = (Everything(), Word("leverans"), Keyword("brand", "hyllbo"))
_BORDERS = tuple(datetime(2025 + at // 12, at % 12 + 1, 1, tzinfo=UTC) for at in range(8, 18))


def random_scene() -> Mapping[str, AnnotatedMention]:
    """Return a few hundred random mentions."""
    return {str(at): one for at, one in enumerate(random_mentions(_RANDOM_MENTIONS, seed=1))}


def answers_random_queries(stores: Stores, *, queries: int, seed: int) -> None:
    """Check that random queries find the same in the same order, with the same facets and highlights.

    Args:
        stores: Stores of the engine.
        queries: How many queries are asked; a third of a thousand takes seconds.
        seed: Of the first; the next has the next. A failure says which query it was.

    Raises:
        AssertionError: One was answered in another way.
    """
    store, witness = stores.showing(random_scene), stores.witness_of(random_scene)
    for number in range(seed, seed + queries):
        _answers_alike(store, witness, random_query(Random(number)), number)


def _answers_alike(store: MentionStore, witness: MentionStore, query: Query, number: int) -> None:
    about = f"random query {number}, {query}"
    same(store.count(query), witness.count(query), f"count of {about}")
    cursor = None
    for page in range(3):
        ask = {"sort": "oldest" if number % 2 else "newest", "limit": _LIMIT, "cursor": cursor, "facets": _FACETS}
        found, expected = store.search(query, **ask), witness.search(query, **ask)  # type: ignore[arg-type]
        same(found, expected, f"page {page} of {about}")
        cursor = expected.next_cursor
        if cursor is None:
            return


def _adds_up_judgements_and_moments_together(stores: Stores) -> None:
    needs = Needs(counts="sentiment", moments="stars", scale="stars_scale", judgements=True)
    for by in ("touchpoint", "stage", "brand"):
        found = stores.showing(random_scene).breakdown(Everything(), needs, by=by)
        expected = stores.witness_of(random_scene).breakdown(Everything(), needs, by=by)
        alike(found.rows, expected.rows, f"by {by}")


def _adds_up_each_measure_by(by: str, stores: Stores) -> None:
    store, witness = stores.showing(random_scene), stores.witness_of(random_scene)
    for measure in MEASURES:
        for query in _QUERIES:
            found = store.breakdown(query, measure.needs, by=by)
            expected = witness.breakdown(query, measure.needs, by=by)
            about = f"of {measure.id} by {by} of {query}"
            alike(found.rows, expected.rows, about)
            alike({"": found.total}, {"": expected.total}, about)
            same(found.missing, expected.missing, f"missing {about}")


def _follows_each_measure_by(by: str | None, stores: Stores) -> None:
    store, witness = stores.showing(random_scene), stores.witness_of(random_scene)
    for measure in MEASURES:
        for query in _QUERIES[:2]:
            found = store.trend(query, measure.needs, borders=_BORDERS, by=by)
            expected = witness.trend(query, measure.needs, borders=_BORDERS, by=by)
            about = f"of the trend of {measure.id} by {by} of {query}"
            same((len(found.buckets), found.undated), (len(expected.buckets), expected.undated), f"intervals {about}")
            for bucket, other in zip(found.buckets, expected.buckets, strict=True):
                _alike_buckets(bucket, other, about)


def _alike_buckets(found: Bucket, expected: Bucket, about: str) -> None:
    alike(found.tallies, expected.tallies, about)
    same(dict(found.sources), dict(expected.sources), f"sources {about}")
    same(dict(found.models), dict(expected.models), f"models {about}")


PARITY_CHECKS = (
    Check("adds up judgements and moments together", _adds_up_judgements_and_moments_together),
    *(Check(f"adds up each measure by {by!r}", partial(_adds_up_each_measure_by, by)) for by in _DIMENSIONS),
    *(Check(f"follows each measure by {by!r}", partial(_follows_each_measure_by, by)) for by in (*_DIMENSIONS, None)),
    *(
        Check(
            f"answers random queries, part {part + 1}",
            partial(answers_random_queries, queries=_QUERIES_A_CHECK, seed=part * _QUERIES_A_CHECK),
        )
        for part in range(_QUERY_CHECKS)
    ),
)
