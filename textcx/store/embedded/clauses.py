"""Clauses: a query's tree as a tantivy query that finds exactly the mentions the tree matches.

Only texts add to the score; keywords, numbers and dates filter.
"""

import re
from collections.abc import Iterable

import tantivy
from tantivy import FieldType, Occur

from textcx.errors import RequestError
from textcx.query.fields import ATTRIBUTE_PREFIX, FIELD_BY_NAME
from textcx.query.tree import (
    And,
    DateRange,
    Everything,
    Exact,
    InField,
    Keyword,
    Near,
    Not,
    NumberRange,
    Or,
    Phrase,
    Prefix,
    Query,
    Word,
)
from textcx.store.embedded.escape import escape_regex, starts_with_regex
from textcx.store.embedded.patterns import Pattern, Place, patterns_of
from textcx.store.embedded.schema import build_schema, folding
from textcx.store.embedded.tokens import Tokens
from textcx.store.facts import attribute_token, whole_second
from textcx.store.operands import TEXT_FIELDS

_MOST_PATTERNS = 20_000
_PART_WEIGHT = 0.5
"""A word found as part of a compound says less about a text than the word itself."""
_NORWEGIAN = ("nb", "nn")
_WITH_POLARITY = re.compile(r".*/(negative|neutral|positive|mixed)", re.IGNORECASE | re.DOTALL)
_POLARITY_FIELDS = {"touchpoint": "touchpoint_polarity", "stage": "stage_polarity"}


class Clauses:
    """Compiles trees.

    Args:
        tokens: Makes the words that the index holds.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self._schema = build_schema()
        self._folding = folding()

    def compile(self, query: Query) -> tantivy.Query:
        """Return the tantivy query of a tree.

        Raises:
            RequestError: It asks by a field that cannot be asked, or its NEAR has too many alternatives.
        """
        match query:
            case Everything():
                return everything()
            case Word() | Exact() | Prefix() | Phrase() | Near():
                return self._text(query, TEXT_FIELDS)
            case InField(field, operand):
                if field not in TEXT_FIELDS:
                    raise RequestError(f"The words of {field!r} cannot be searched; those of text and title can.")
                return self._text(operand, (field,))
            case Keyword(field, value):
                return _unscored(self._keyword(field, value))
            case NumberRange():
                return _unscored(self._number_range(query))
            case DateRange():
                return _unscored(self._date_range(query))
            case And(children):
                return self._all_of(children)
            case Or(children):
                return any_of(self.compile(child) for child in children)
            case Not():
                return self._all_of((query,))

    def key_is(self, key: int) -> tantivy.Query:
        """Return a query for the mentions with this paging key."""
        return _unscored(tantivy.Query.term_query(self._schema, "key", key, "basic"))

    def key_between(self, low: int | None, high: int | None) -> tantivy.Query:
        """Return a query for the mentions whose paging key lies above `low` and below `high`."""
        return _unscored(self._integers("key", low, high, includes_low=False))

    def seconds_between(self, start: int | None, end: int | None) -> tantivy.Query:
        """Return a query for the mentions published from `start` (inclusive) to `end` (exclusive)."""
        return _unscored(self._integers("seconds", start, end, includes_low=True))

    def _all_of(self, children: Iterable[Query]) -> tantivy.Query:
        clauses = [
            (Occur.MustNot, self.compile(child.child)) if isinstance(child, Not) else (Occur.Must, self.compile(child))
            for child in children
        ]
        if all(occur == Occur.MustNot for occur, _ in clauses):
            clauses.append((Occur.Must, everything()))  # tantivy finds nothing by exclusions alone
        return tantivy.Query.boolean_query(clauses)

    def _text(self, operand: Word | Exact | Prefix | Phrase | Near, fields: Iterable[str]) -> tantivy.Query:
        patterns = patterns_of(operand, self._tokens)
        if len(patterns) > _MOST_PATTERNS:
            message = (
                f"This NEAR stands for {len(patterns)} phrases, and {_MOST_PATTERNS} are the limit. "
                "Take fewer alternatives or a smaller number."
            )
            raise RequestError(message)
        clauses = {(field, _without_slot(pattern)): pattern for field in fields for pattern in patterns}
        return any_of(self._pattern(pattern, field) for (field, _), pattern in clauses.items())

    def _pattern(self, pattern: Pattern, field: str) -> tantivy.Query:
        if len(pattern.places) == 1:
            return self._single(pattern.places[0], field)
        first = pattern.places[0].slot
        if any(place.is_prefix for place in pattern.places):
            expressions: list[str | tuple[int, str]] = [(place.slot - first, _regex(place)) for place in pattern.places]
            return tantivy.Query.regex_phrase_query(self._schema, field, expressions)
        words: list[str | tuple[int, str]] = [(place.slot - first, place.token) for place in pattern.places]
        return tantivy.Query.phrase_query(self._schema, field, words)

    def _single(self, place: Place, field: str) -> tantivy.Query:
        if place.is_prefix:
            return tantivy.Query.regex_query(self._schema, field, starts_with_regex(place.token))
        query = tantivy.Query.term_query(self._schema, field, place.token)
        return tantivy.Query.boost_query(query, _PART_WEIGHT) if place.token.startswith("~") else query

    def _keyword(self, field: str, value: str) -> tantivy.Query:
        if field.startswith(ATTRIBUTE_PREFIX):
            return self._folded("attr", attribute_token(field.removeprefix(ATTRIBUTE_PREFIX), value))
        if field not in FIELD_BY_NAME or FIELD_BY_NAME[field].type != "keyword":
            raise RequestError(f"A store cannot be asked by {field!r} with a word.")
        if field == "lang" and value.lower() == "no":
            return any_of(self._folded(field, code) for code in _NORWEGIAN)
        if field in _POLARITY_FIELDS and _WITH_POLARITY.fullmatch(value):
            return any_of(self._folded(name, value) for name in (field, _POLARITY_FIELDS[field]))
        return self._folded(field, value)

    def _folded(self, field: str, value: str) -> tantivy.Query:
        folded = self._folding.analyze(value)
        return any_of(tantivy.Query.term_query(self._schema, field, token, "basic") for token in folded)

    def _number_range(self, wanted: NumberRange) -> tantivy.Query:
        if wanted.field not in FIELD_BY_NAME or FIELD_BY_NAME[wanted.field].type != "number":
            raise RequestError(f"A store cannot be asked by {wanted.field!r} with a number.")
        if wanted.low is None and wanted.high is None:
            return tantivy.Query.exists_query(wanted.field)
        return tantivy.Query.range_query(
            self._schema,
            wanted.field,
            FieldType.Float,
            lower_bound=wanted.low,
            upper_bound=wanted.high,
            include_lower=wanted.includes_low,
            include_upper=wanted.includes_high,
        )

    def _date_range(self, wanted: DateRange) -> tantivy.Query:
        if wanted.field not in FIELD_BY_NAME or FIELD_BY_NAME[wanted.field].type != "date":
            raise RequestError(f"A store cannot be asked by {wanted.field!r} with a date.")
        start, end = (None if time is None else whole_second(time) for time in (wanted.start, wanted.end))
        return self._integers("seconds", start, end, includes_low=True)

    def _integers(self, field: str, low: int | None, high: int | None, *, includes_low: bool) -> tantivy.Query:
        if low is None and high is None:
            return tantivy.Query.exists_query(field)
        return tantivy.Query.range_query(
            self._schema,
            field,
            FieldType.Integer,
            lower_bound=low,
            upper_bound=high,
            include_lower=includes_low,
            include_upper=False,
        )


def everything() -> tantivy.Query:
    """Return a query for all mentions, which adds nothing to a score."""
    return _unscored(tantivy.Query.all_query())


def any_of(queries: Iterable[tantivy.Query]) -> tantivy.Query:
    """Return a query for what any of these finds; nothing if there is none."""
    clauses = [(Occur.Should, query) for query in queries]
    return clauses[0][1] if len(clauses) == 1 else tantivy.Query.boolean_query(clauses)


def both(left: tantivy.Query, right: tantivy.Query) -> tantivy.Query:
    """Return a query for what both find."""
    return tantivy.Query.boolean_query([(Occur.Must, left), (Occur.Must, right)])


def without(query: tantivy.Query, excluded: tantivy.Query) -> tantivy.Query:
    """Return a query for what the first finds and the second does not."""
    return tantivy.Query.boolean_query([(Occur.Must, query), (Occur.MustNot, excluded)])


def _unscored(query: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.const_score_query(query, 0.0)


def _without_slot(pattern: Pattern) -> object:
    """Return what makes a pattern: where a lone token stands means nothing, its first slot neither."""
    first = pattern.places[0].slot
    return tuple((place.slot - first, place.token, place.is_prefix) for place in pattern.places)


def _regex(place: Place) -> str:
    return starts_with_regex(place.token) if place.is_prefix else escape_regex(place.token)
