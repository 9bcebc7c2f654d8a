"""Texts: a text operand of a query as a tantivy query over one text field."""

from collections.abc import Iterable

import tantivy
from tantivy import Occur

from textcx.errors import RequestError
from textcx.query.tree import Near
from textcx.store.embedded.calls import holds
from textcx.store.embedded.escape import escape_regex, starts_with_regex
from textcx.store.embedded.patterns import Pattern, Place, patterns_of
from textcx.store.embedded.schema import index_schema
from textcx.store.embedded.tokens import Tokens
from textcx.store.operands import SingleOperand

_MOST_PATTERNS = 20_000
_PART_WEIGHT = 0.5
"""A word found as part of a compound says less about a text than the word itself."""


class Texts:
    """Compiles text operands for one snapshot of the index.

    Of the many ways in which a word could stand in five languages the index holds a few, so only those are asked:
    NEAR would stand for thousands of phrases else.

    Args:
        tokens: Makes the words that the index holds.
        searcher: The snapshot, which knows what it holds.
    """

    def __init__(self, tokens: Tokens, searcher: tantivy.Searcher) -> None:
        self._tokens = tokens
        self._searcher = searcher
        self._known: dict[tuple[str, Place], bool] = {}

    def clause(self, operand: SingleOperand | Near, field: str) -> tantivy.Query:
        """Return a query for the mentions in whose field the operand is met.

        Raises:
            RequestError: Its NEAR has too many alternatives.
        """
        patterns = patterns_of(operand, self._tokens, lambda place: self._is_known(field, place))
        if len(patterns) > _MOST_PATTERNS:
            message = (
                f"This NEAR stands for {len(patterns)} phrases, and {_MOST_PATTERNS} are the limit. "
                "Take fewer alternatives or a smaller number."
            )
            raise RequestError(message)
        distinct = {_without_slot(pattern): pattern for pattern in patterns}
        return any_of(_clause(pattern, field) for pattern in distinct.values())

    def _is_known(self, field: str, place: Place) -> bool:
        known = self._known.get((field, place))
        if known is None:
            known = holds(self._searcher, field, place.token, is_prefix=place.is_prefix)
            self._known[field, place] = known
        return known


def any_of(queries: Iterable[tantivy.Query]) -> tantivy.Query:
    """Return a query for what any of these finds; nothing if there is none."""
    clauses = [(Occur.Should, query) for query in queries]
    return clauses[0][1] if len(clauses) == 1 else tantivy.Query.boolean_query(clauses)


def _clause(pattern: Pattern, field: str) -> tantivy.Query:
    if len(pattern.places) == 1:
        return _single(pattern.places[0], field)
    first = pattern.places[0].slot
    if any(place.is_prefix for place in pattern.places):
        expressions: list[str | tuple[int, str]] = [(place.slot - first, _regex(place)) for place in pattern.places]
        return tantivy.Query.regex_phrase_query(index_schema(), field, expressions)
    words: list[str | tuple[int, str]] = [(place.slot - first, place.token) for place in pattern.places]
    return tantivy.Query.phrase_query(index_schema(), field, words)


def _single(place: Place, field: str) -> tantivy.Query:
    if place.is_prefix:
        return tantivy.Query.regex_query(index_schema(), field, starts_with_regex(place.token))
    query = tantivy.Query.term_query(index_schema(), field, place.token)
    return tantivy.Query.boost_query(query, _PART_WEIGHT) if place.token.startswith("~") else query


def _without_slot(pattern: Pattern) -> object:
    """Return what makes a pattern: where a lone token stands means nothing, its first slot neither."""
    first = pattern.places[0].slot
    return tuple((place.slot - first, place.token, place.is_prefix) for place in pattern.places)


def _regex(place: Place) -> str:
    return starts_with_regex(place.token) if place.is_prefix else escape_regex(place.token)
