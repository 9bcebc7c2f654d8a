"""Clauses: a query's tree as an Elasticsearch query that finds exactly the mentions the tree matches.

Only texts add to the score; keywords, numbers and dates filter.
"""

from collections.abc import Iterable, Mapping
from typing import Any

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
from textcx.store.elastic.mapping import folded_field
from textcx.store.elastic.texts import Texts, any_of
from textcx.store.facts import attribute_token, folded, whole_second
from textcx.store.operands import TEXT_FIELDS

Clause = dict[str, Any]
_NORWEGIAN = ("nb", "nn")
_WITH_POLARITY = ("touchpoint", "stage")


class Clauses:
    """Compiles trees.

    Args:
        texts: Compiles operands that are met in texts.
    """

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def compile(self, query: Query) -> Clause:
        """Return the Elasticsearch query of a tree.

        Raises:
            RequestError: It asks by a field that cannot be asked.
        """
        check_query(query)
        return self._compiled(query)

    def _compiled(self, query: Query) -> Clause:
        match query:
            case Everything():
                return _unscored({"match_all": {}})
            case Word() | Exact() | Prefix() | Phrase() | Near():
                return any_of(self._texts.clause(query, field) for field in TEXT_FIELDS)
            case InField(field, operand):
                return self._texts.clause(operand, field)
            case Keyword(field, value):
                return _unscored(_keyword(field, value))
            case NumberRange():
                return _unscored(_number_range(query))
            case DateRange(_, start, end):
                low, high = (None if time is None else whole_second(time) for time in (start, end))
                return _unscored(_range("seconds", {"gte": low, "lt": high}))
            case And(children):
                return self._all_of(children)
            case Or(children):
                return any_of(self._compiled(child) for child in children)
            case Not():
                return self._all_of((query,))

    def _all_of(self, children: Iterable[Query]) -> Clause:
        found: dict[str, list[Clause]] = {}
        for child in children:
            if isinstance(child, Not):
                found.setdefault("must_not", []).append(self._compiled(child.child))
            else:
                found.setdefault("must", []).append(self._compiled(child))
        return {"bool": found} if "must" in found else _unscored({"bool": found} if found else {"match_all": {}})


def _unscored(clause: Clause) -> Clause:
    return {"bool": {"filter": [clause]}}


def _keyword(field: str, value: str) -> Clause:
    if field.startswith(ATTRIBUTE_PREFIX):
        return _term("attr", attribute_token(field.removeprefix(ATTRIBUTE_PREFIX), value))
    if field == "lang" and value.lower() == "no":
        return any_of(_term("lang", code) for code in _NORWEGIAN)
    if field == "thread":  # a thread is called by the id of its first mention, which is in it
        return any_of((_term(field, value), _equals("id", folded(value))))
    names = (field, f"{field}_polarity") if field in _WITH_POLARITY else (field,)
    return any_of(_term(name, value) for name in names)


def _term(field: str, value: str) -> Clause:
    return _equals(folded_field(field), folded(value))


def _equals(name: str, value: str) -> Clause:
    if any("\ud800" <= character <= "\udfff" for character in value):
        return {"match_none": {}}  # a lone surrogate, which no stored value has and no JSON carries
    return {"term": {name: {"value": value}}}


def _number_range(wanted: NumberRange) -> Clause:
    low, high = (None if bound is None else bound + 0.0 for bound in (wanted.low, wanted.high))  # no -0.0
    return _range(
        wanted.field, {"gte" if wanted.includes_low else "gt": low, "lte" if wanted.includes_high else "lt": high}
    )


def _range(field: str, bounds: Mapping[str, float | None]) -> Clause:
    given = {name: bound for name, bound in bounds.items() if bound is not None}
    return {"range": {field: given}} if given else {"exists": {"field": field}}
