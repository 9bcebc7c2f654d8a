"""Texts: a text operand of a query as a tantivy query over one text field."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import prod

import tantivy
from tantivy import Occur

from textcx.errors import RequestError
from textcx.query.tree import AnyOf, Near
from textcx.store.embedded.calls import holds
from textcx.store.embedded.escape import any_regex, starts_with_regex
from textcx.store.embedded.nearness import Chain, Step, chains_of
from textcx.store.embedded.patterns import Pattern, Place, patterns_of
from textcx.store.embedded.schema import index_schema
from textcx.store.embedded.tokens import Tokens
from textcx.store.operands import SingleOperand

_COST_OF_REGEX = 10
"""A phrase of regular expressions takes about as long as so many of plain words."""
_MOST_COST = 5_000
"""Of a NEAR, in phrases of plain words: about half a second in 100,000 mentions."""
_PART_WEIGHT = 0.5
"""A word found as part of a compound says less about a text than the word itself."""
_REGEX_BYTES = 400
"""tantivy takes regular expressions of up to a thousand states, about one a byte; the longest token has 404 bytes."""


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
        if isinstance(operand, Near):
            return any_of(self._nearness(operand, field))
        return any_of(_phrases(self._patterns(operand, field), field))

    def _nearness(self, near: Near, field: str) -> Iterator[tantivy.Query]:
        cost = 0
        for chain in chains_of(near, self._patterns(near.left, field), self._patterns(near.right, field)):
            for steps in _divided(chain):
                cost += 1 if all(map(_is_plain, steps)) else _COST_OF_REGEX
                if cost > _MOST_COST:
                    message = (
                        "This NEAR stands for too many phrases: take fewer alternatives, longer beginnings of words "
                        "or a smaller number."
                    )
                    raise RequestError(message)
                yield _in_order(steps, field, slack=chain.slack)

    def _patterns(self, operand: SingleOperand | AnyOf, field: str) -> list[Pattern]:
        return patterns_of(operand, self._tokens, lambda place: self._is_known(field, place))

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


def _phrases(patterns: Iterable[Pattern], field: str) -> list[tantivy.Query]:
    distinct = {_without_slot(pattern): pattern for pattern in patterns}
    return [_phrase(pattern, field) for pattern in distinct.values()]


def _phrase(pattern: Pattern, field: str) -> tantivy.Query:
    if len(pattern.places) == 1:
        return _single(pattern.places[0], field)
    first = pattern.places[0].slot
    return _in_order([Step(place.slot - first, (place,)) for place in pattern.places], field)


def _divided(chain: Chain) -> Iterator[Sequence[Step]]:
    """Give the steps of which tantivy is asked by one phrase each."""
    is_plain = not any(place.is_prefix for step in chain.steps for place in step.places)
    if is_plain and prod(len(step.places) for step in chain.steps) <= _COST_OF_REGEX:
        return product(*([Step(step.offset, (place,)) for place in step.places] for step in chain.steps))
    return product(*map(_portions, chain.steps))


def _in_order(steps: Sequence[Step], field: str, *, slack: int = 0) -> tantivy.Query:
    words: list[str | tuple[int, str]]
    if all(map(_is_plain, steps)):
        words = [(step.offset, step.places[0].token) for step in steps]
        return tantivy.Query.phrase_query(index_schema(), field, words, slack)
    words = [(step.offset, _regex(step.places)) for step in steps]
    return tantivy.Query.regex_phrase_query(index_schema(), field, words, slack)


def _is_plain(step: Step) -> bool:
    return len(step.places) == 1 and not step.places[0].is_prefix


def _portions(step: Step) -> Iterator[Step]:
    """Give a step in portions that each make a regular expression that is not too long."""
    portion: list[Place] = []
    size = 0
    for place in step.places:
        length = len(place.token.encode())
        if portion and size + length > _REGEX_BYTES:
            yield Step(step.offset, tuple(portion))
            portion, size = [], 0
        portion.append(place)
        size += length
    yield Step(step.offset, tuple(portion))


def _single(place: Place, field: str) -> tantivy.Query:
    if place.is_prefix:
        return tantivy.Query.regex_query(index_schema(), field, starts_with_regex(place.token))
    query = tantivy.Query.term_query(index_schema(), field, place.token)
    return tantivy.Query.boost_query(query, _PART_WEIGHT) if place.token.startswith("~") else query


def _without_slot(pattern: Pattern) -> object:
    """Return what makes a pattern: where a lone token stands means nothing, its first slot neither."""
    first = pattern.places[0].slot
    return tuple((place.slot - first, place.token, place.is_prefix) for place in pattern.places)


def _regex(places: Iterable[Place]) -> str:
    texts: list[str] = []
    prefixes: list[str] = []
    for place in places:
        (prefixes if place.is_prefix else texts).append(place.token)
    return any_regex(texts, prefixes)
