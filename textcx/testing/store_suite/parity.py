"""Parity: random queries, answered alike by the engine and by the witness that looks at each mention."""

from functools import partial
from random import Random

from textcx.query.tree import Query
from textcx.store.base import MentionStore
from textcx.testing.random_queries import random_query
from textcx.testing.store_suite.check import Check, Stores, same
from textcx.testing.store_suite.tally_checks import random_scene

_QUERIES_A_CHECK = 30
_CHECKS = 10
_LIMIT = 7
_FACETS = ("brand", "touchpoint", "attr.region")


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


PARITY_CHECKS = tuple(
    Check(
        f"answers random queries, part {part + 1}",
        partial(answers_random_queries, queries=_QUERIES_A_CHECK, seed=part * _QUERIES_A_CHECK),
    )
    for part in range(_CHECKS)
)
