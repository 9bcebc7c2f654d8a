"""Texts: operands that are met in `text` or `title`, as intervals over the aligned fields."""

from collections.abc import Iterable, Sequence
from typing import Any

from textcx.query.tree import AnyOf, Exact, Near, Phrase, Prefix, Word
from textcx.store.elastic.mapping import slot_field
from textcx.store.embedded.tokens import Tokens, surface
from textcx.store.operands import SingleOperand, single_operands, written_words
from textcx.words import LANGUAGES, UNKNOWN_LANGUAGE

Clause = dict[str, Any]
Rule = dict[str, Any]
_ALL_LANGUAGES = (*LANGUAGES, UNKNOWN_LANGUAGE)
_PARTS = ("first", "last")
_PART_BOOST = 0.5
"""Being part of a compound counts half as much for the order under `relevance`."""


class Texts:
    """Compiles operands.

    Args:
        tokens: Makes the words that the index holds.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def clause(self, operand: SingleOperand | Near, field: str) -> Clause:
        """Return the query for an operand met in this field."""
        if isinstance(operand, Near):
            rule = self._near(operand, field)
        else:
            words = written_words(operand)
            match operand:
                case Word() if len(words) == 1:
                    return self._word(words[0], field)
                case Prefix() if len(words) == 1:
                    return {"prefix": {slot_field(field, "surface"): {"value": surface(words[0])}}}
            rule = self._rule(operand, field)
        return {"intervals": {slot_field(field, "surface"): rule}} if rule else {"match_none": {}}

    def _word(self, word: str, field: str) -> Clause:
        lemmas = [self._tokens.lemma(word, code) for code in _ALL_LANGUAGES]
        parts = [self._tokens.part(word, code) for code in _ALL_LANGUAGES]
        return any_of(
            [
                {"terms": {slot_field(field, "lemma"): lemmas}},
                *({"terms": {slot_field(field, slot): parts, "boost": _PART_BOOST}} for slot in _PARTS),
            ]
        )

    def _near(self, near: Near, field: str) -> Rule | None:
        left, right = self._group(near.left, field), self._group(near.right, field)
        if left is None or right is None:
            return None
        # Both orders: `ordered: false` would let the operands overlap.
        orders = [(left, right)] if near.ordered else [(left, right), (right, left)]
        return _any_rule(
            [{"all_of": {"ordered": True, "max_gaps": near.gap, "intervals": list(pair)}} for pair in orders]
        )

    def _group(self, operand: SingleOperand | AnyOf, field: str) -> Rule | None:
        rules = [rule for one in single_operands(operand) if (rule := self._rule(one, field)) is not None]
        return _any_rule(rules) if rules else None

    def _rule(self, operand: SingleOperand, field: str) -> Rule | None:
        words = written_words(operand)
        if not words:
            return None
        surfaces, lemmas = slot_field(field, "surface"), slot_field(field, "lemma")
        match operand:
            case Exact():
                return _in_order([surface(word) for word in words], surfaces)
            case Prefix():
                last: Rule = {"prefix": {"prefix": surface(words[-1]), "use_field": surfaces}}
                opening = [_in_order([surface(word)], surfaces) for word in words[:-1]]
                if not opening:
                    return last
                return {"all_of": {"ordered": True, "max_gaps": 0, "intervals": [*opening, last]}}
            case Word() | Phrase():
                rules = [
                    _in_order([self._tokens.lemma(word, code) for word in words], lemmas) for code in _ALL_LANGUAGES
                ]
                if isinstance(operand, Word) and len(words) == 1:
                    rules += [
                        _in_order([self._tokens.part(words[0], code)], slot_field(field, slot))
                        for code in _ALL_LANGUAGES
                        for slot in _PARTS
                    ]
                return _any_rule(rules)


def any_of(clauses: Iterable[Clause]) -> Clause:
    """Return a query for what any of these finds; nothing for none of them."""
    given = list(clauses)
    return {"bool": {"should": given, "minimum_should_match": 1}} if given else {"match_none": {}}


def _any_rule(rules: Sequence[Rule]) -> Rule:
    return rules[0] if len(rules) == 1 else {"any_of": {"intervals": list(rules)}}


def _in_order(tokens: Sequence[str], field: str) -> Rule:
    query = " ".join(tokens)
    return {"match": {"query": query, "ordered": True, "max_gaps": 0, "analyzer": "whitespace", "use_field": field}}
