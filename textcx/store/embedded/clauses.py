"""Clauses: a query's tree as a tantivy query that finds exactly the mentions the tree matches.

Only texts add to the score; keywords, numbers and dates filter.
"""

import re
from collections.abc import Iterable

import tantivy
from tantivy import FieldType, Occur

from textcx.query.fields import ATTRIBUTE_PREFIX
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
from textcx.store.bounds import check_query
from textcx.store.embedded.schema import folding, index_schema
from textcx.store.embedded.texts import Texts, any_of
from textcx.store.embedded.tokens import Tokens
from textcx.store.facts import attribute_token, whole_second
from textcx.store.operands import TEXT_FIELDS

_NORWEGIAN = ("nb", "nn")
_WITH_POLARITY = re.compile(r".*/(negative|neutral|positive|mixed)", re.IGNORECASE | re.DOTALL)
_POLARITY_FIELDS = {"touchpoint": "touchpoint_polarity", "stage": "stage_polarity"}


class Clauses:
    """Compiles trees for one snapshot of the index.

    Args:
        tokens: Makes the words that the index holds.
        searcher: The snapshot.
    """

    def __init__(self, tokens: Tokens, searcher: tantivy.Searcher) -> None:
        self.searcher = searcher
        self._texts = Texts(tokens, searcher)

    def compile(self, query: Query) -> tantivy.Query:
        """Return the tantivy query of a tree.

        Raises:
            RequestError: It asks by a field that cannot be asked, or its NEAR has too many alternatives.
        """
        check_query(query)
        return self._compiled(query)

    def _compiled(self, query: Query) -> tantivy.Query:
        match query:
            case Everything():
                return everything()
            case Word() | Exact() | Prefix() | Phrase() | Near():
                return any_of(self._texts.clause(query, field) for field in TEXT_FIELDS)
            case InField(field, operand):
                return self._texts.clause(operand, field)
            case Keyword(field, value):
                return _unscored(self._keyword(field, value))
            case NumberRange():
                return _unscored(self._number_range(query))
            case DateRange():
                return _unscored(self._date_range(query))
            case And(children):
                return self._all_of(children)
            case Or(children):
                return any_of(self._compiled(child) for child in children)
            case Not():
                return self._all_of((query,))

    def key_is(self, key: int) -> tantivy.Query:
        """Return a query for the mentions with this paging key."""
        return _unscored(tantivy.Query.term_query(index_schema(), "key", key, "basic"))

    def key_between(self, low: int | None, high: int | None) -> tantivy.Query:
        """Return a query for the mentions whose paging key lies above `low` and below `high`."""
        return _unscored(self._integers("key", low, high, includes_low=False))

    def seconds_between(self, start: int | None, end: int | None) -> tantivy.Query:
        """Return a query for the mentions published from `start` (inclusive) to `end` (exclusive)."""
        return _unscored(self._integers("seconds", start, end, includes_low=True))

    def _all_of(self, children: Iterable[Query]) -> tantivy.Query:
        clauses = [
            (Occur.MustNot, self._compiled(child.child))
            if isinstance(child, Not)
            else (Occur.Must, self._compiled(child))
            for child in children
        ]
        if all(occur == Occur.MustNot for occur, _ in clauses):
            clauses.append((Occur.Must, everything()))  # tantivy finds nothing by exclusions alone
        return tantivy.Query.boolean_query(clauses)

    def _keyword(self, field: str, value: str) -> tantivy.Query:
        if field.startswith(ATTRIBUTE_PREFIX):
            return self._folded("attr", attribute_token(field.removeprefix(ATTRIBUTE_PREFIX), value))
        if field == "lang" and value.lower() == "no":
            return any_of(self._folded(field, code) for code in _NORWEGIAN)
        if field == "thread":  # a thread is called by the id of its first mention, which is in it
            return any_of(self._folded(name, value) for name in (field, "id"))
        if field in _POLARITY_FIELDS and _WITH_POLARITY.fullmatch(value):
            return any_of(self._folded(name, value) for name in (field, _POLARITY_FIELDS[field]))
        return self._folded(field, value)

    def _folded(self, field: str, value: str) -> tantivy.Query:
        try:
            tokens = folding().analyze(value)
        except UnicodeEncodeError:  # a lone surrogate, which no stored value has
            tokens = []
        return any_of(tantivy.Query.term_query(index_schema(), field, token, "basic") for token in tokens)

    def _number_range(self, wanted: NumberRange) -> tantivy.Query:
        low, high = (None if bound is None else bound + 0.0 for bound in (wanted.low, wanted.high))  # no -0.0
        if low is None and high is None:
            return tantivy.Query.exists_query(wanted.field)
        return tantivy.Query.range_query(
            index_schema(),
            wanted.field,
            FieldType.Float,
            lower_bound=low,
            upper_bound=high,
            include_lower=wanted.includes_low or low is None,  # tantivy refuses an open end that is excluded
            include_upper=wanted.includes_high or high is None,
        )

    def _date_range(self, wanted: DateRange) -> tantivy.Query:
        start, end = (None if time is None else whole_second(time) for time in (wanted.start, wanted.end))
        return self._integers("seconds", start, end, includes_low=True)

    def _integers(self, field: str, low: int | None, high: int | None, *, includes_low: bool) -> tantivy.Query:
        if low is None and high is None:
            return tantivy.Query.exists_query(field)
        return tantivy.Query.range_query(
            index_schema(),
            field,
            FieldType.Integer,
            lower_bound=low,
            upper_bound=high,
            include_lower=includes_low or low is None,
            include_upper=high is None,
        )


def everything() -> tantivy.Query:
    """Return a query for all mentions, which adds nothing to a score."""
    return _unscored(tantivy.Query.all_query())


def both(left: tantivy.Query, right: tantivy.Query) -> tantivy.Query:
    """Return a query for what both find."""
    return tantivy.Query.boolean_query([(Occur.Must, left), (Occur.Must, right)])


def without(query: tantivy.Query, excluded: tantivy.Query) -> tantivy.Query:
    """Return a query for what the first finds and the second does not."""
    return tantivy.Query.boolean_query([(Occur.Must, query), (Occur.MustNot, excluded)])


def _unscored(query: tantivy.Query) -> tantivy.Query:
    return tantivy.Query.const_score_query(query, 0.0)
