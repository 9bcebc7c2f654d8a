"""Evaluator: says of one mention whether a query matches it, by the plainest code there is.

It is what stores are measured against, so it shares as little with them as can be: only the words and lemmas.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

from textcx.annotation import AnnotatedMention
from textcx.query.tree import (
    And,
    AnyOf,
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
from textcx.store.facts import Facts, attribute_token, facts_of, folded, whole_second
from textcx.words import LANGUAGES, Lemmas, split_words

Run = tuple[int, int]
Operand = Word | Exact | Prefix | Phrase | Near | AnyOf


class Evaluator:
    """Matches queries against mentions one at a time.

    Args:
        lemmas: Lemmas and compound parts.
    """

    def __init__(self, lemmas: Lemmas) -> None:
        self._lemmas = lemmas

    def matches(self, query: Query, annotated: AnnotatedMention, facts: Facts | None = None) -> bool:
        """Say whether a query matches a mention, whose facts a caller with many queries gives along."""
        facts = facts or facts_of(annotated)
        match query:
            case Everything():
                return True
            case And(children):
                return all(self.matches(child, annotated, facts) for child in children)
            case Or(children):
                return any(self.matches(child, annotated, facts) for child in children)
            case Not(child):
                return not self.matches(child, annotated, facts)
            case InField(field, operand):
                return self._stands_in(operand, annotated, field)
            case Keyword() | NumberRange() | DateRange():
                return _holds(query, facts)
            case _:
                return any(self._stands_in(query, annotated, field) for field in ("text", "title"))

    def _stands_in(self, operand: Operand, annotated: AnnotatedMention, field: str) -> bool:
        text = annotated.mention.text if field == "text" else annotated.mention.title or ""
        code = annotated.annotations.language.code
        return bool(self._runs(operand, _words(text), code if code in LANGUAGES else "und"))

    def _runs(self, operand: Operand, words: Sequence[str], language: str) -> set[Run]:
        """Return where an operand stands: index of the first word and index after the last."""
        match operand:
            case Near(left, right, gap, ordered):
                lefts, rights = self._runs(left, words, language), self._runs(right, words, language)
                pairs = [(one, other) for one in lefts for other in rights]
                if not ordered:
                    pairs += [(other, one) for one, other in pairs]
                return {(one[0], other[1]) for one, other in pairs if 0 <= other[0] - one[1] <= gap}
            case AnyOf(operands):
                return {run for one in operands for run in self._runs(one, words, language)}
            case Word(word):
                wanted = _words(word)
                if len(wanted) != 1:
                    return self._runs(Phrase(wanted), words, language)
                return _sequence(wanted, words, lambda asked, found: self._means(asked, found, language))
            case Exact(word):
                return _sequence(_words(word), words, str.__eq__)
            case Prefix(prefix):
                *opening, last = _words(prefix) or ("",)
                if not last:
                    return set()
                begun = {(at, at + 1) for at, word in enumerate(words) if word.startswith(last)}
                if not opening:
                    return begun
                before = _sequence(opening, words, str.__eq__)
                return {(one[0], other[1]) for one in before for other in begun if one[1] == other[0]}
            case Phrase(phrase):
                wanted = tuple(word for written in phrase for word in _words(written))
                lemma = self._lemmas.lemma
                return _sequence(wanted, words, lambda asked, met: lemma(asked, language) == lemma(met, language))

    def _means(self, asked: str, found: str, language: str) -> bool:
        lemma = self._lemmas.lemma(asked, language)
        return lemma in (self._lemmas.lemma(found, language), *(self._lemmas.parts(found, language) or ()))


@lru_cache(maxsize=10_000)  # a test asks many queries about the same texts
def _words(written: str) -> tuple[str, ...]:
    return tuple(word.surface for word in split_words(written))


def _sequence(wanted: Sequence[str], words: Sequence[str], is_met: Callable[[str, str], bool]) -> set[Run]:
    length = len(wanted)
    if length == 0:
        return set()
    return {
        (first, first + length)
        for first in range(len(words) - length + 1)
        if all(is_met(asked, found) for asked, found in zip(wanted, words[first : first + length], strict=True))
    }


def _holds(condition: Keyword | NumberRange | DateRange, facts: Facts) -> bool:
    match condition:
        case Keyword(field, value):
            return _has_keyword(facts, field, folded(value))
        case NumberRange(field, low, high, includes_low, includes_high):
            number = facts.numbers.get(field)
            if number is None:
                return False
            is_above = low is None or number > low or (includes_low and number == low)
            return is_above and (high is None or number < high or (includes_high and number == high))
        case DateRange(_, start, end):
            if facts.seconds is None:
                return False
            return (start is None or facts.seconds >= whole_second(start)) and (
                end is None or facts.seconds < whole_second(end)
            )


def _has_keyword(facts: Facts, field: str, value: str) -> bool:
    if field.startswith("attr."):
        field, value = "attr", folded(attribute_token(field.removeprefix("attr."), value))
    if field == "lang" and value == "no":
        return bool({"nb", "nn"} & set(facts.keywords.get("lang", ())))
    fields = {"touchpoint": ("touchpoint", "touchpoint_polarity"), "stage": ("stage", "stage_polarity")}
    return any(folded(held) == value for name in fields.get(field, (field,)) for held in facts.keywords.get(name, ()))
