"""Evaluator: says of one mention whether a query matches it, by the plainest code there is.

It is what stores are measured against, so it shares as little with them as can be: only the words and lemmas.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
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
_MEMO_TEXTS = 20_000
"""A test asks many queries about the same texts."""


@dataclass(frozen=True, slots=True)
class _Text:
    """The words of a text, and their lemmas in its language."""

    words: tuple[str, ...]
    lemmas: tuple[str, ...]
    language: str


class _Forms(dict[str, bool]):
    """Whether a word that is met is one that was asked for, in any form or as part of a compound; found out once."""

    def __init__(self, asked: str, language: str, lemmas: Lemmas) -> None:
        super().__init__()
        self._lemma = lemmas.lemma(asked, language)
        self._language = language
        self._lemmas = lemmas

    def __missing__(self, met: str) -> bool:
        lemma, parts = self._lemmas.lemma(met, self._language), self._lemmas.parts(met, self._language)
        self[met] = self._lemma in (lemma, *(parts or ()))
        return self[met]


class Evaluator:
    """Matches queries against mentions one at a time.

    Args:
        lemmas: Lemmas and compound parts.
    """

    def __init__(self, lemmas: Lemmas) -> None:
        self._lemmas = lemmas
        self._read = lru_cache(maxsize=_MEMO_TEXTS)(self._read_text)
        self._forms = lru_cache(maxsize=_MEMO_TEXTS)(self._forms_of)

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
        written = annotated.mention.text if field == "text" else annotated.mention.title
        if not written:
            return False
        code = annotated.annotations.language.code
        return bool(self._runs(operand, self._read(written, code if code in LANGUAGES else "und")))

    def _runs(self, operand: Operand, text: _Text) -> Collection[Run]:
        """Return where an operand stands: index of the first word and index after the last."""
        match operand:
            case Near(left, right, gap, ordered):
                lefts = self._runs(left, text)
                rights = self._runs(right, text) if lefts else ()
                pairs = [(one, other) for one in lefts for other in rights]
                if not ordered:
                    pairs += [(other, one) for one, other in pairs]
                return {(one[0], other[1]) for one, other in pairs if 0 <= other[0] - one[1] <= gap}
            case AnyOf(operands):
                return {run for one in operands for run in self._runs(one, text)}
            case Word(word):
                wanted = _words(word)
                if len(wanted) != 1:
                    return self._runs(Phrase(wanted), text)
                is_meant = self._forms(wanted[0], text.language)
                return [(at, at + 1) for at, found in enumerate(text.words) if is_meant[found]]
            case Exact(word):
                return _sequence(_words(word), text.words)
            case Prefix(prefix):
                *opening, last = _words(prefix) or ("",)
                if not last:
                    return ()
                begun = [(at, at + 1) for at, word in enumerate(text.words) if word.startswith(last)]
                if not opening:
                    return begun
                before = _sequence(opening, text.words)
                return {(one[0], other[1]) for one in before for other in begun if one[1] == other[0]}
            case Phrase(phrase):
                wanted = tuple(word for written in phrase for word in _words(written))
                return _sequence([self._lemmas.lemma(word, text.language) for word in wanted], text.lemmas)

    def _read_text(self, written: str, language: str) -> _Text:
        words = _words(written)
        return _Text(words, tuple(self._lemmas.lemma(word, language) for word in words), language)

    def _forms_of(self, asked: str, language: str) -> _Forms:
        return _Forms(asked, language, self._lemmas)


@lru_cache(maxsize=_MEMO_TEXTS)
def _words(written: str) -> tuple[str, ...]:
    return tuple(word.surface for word in split_words(written))


def _sequence(wanted: Sequence[str], words: Sequence[str]) -> Collection[Run]:
    length = len(wanted)
    if length == 0 or wanted[0] not in words:
        return ()
    return [
        (first, first + length)
        for first, word in enumerate(words)
        if word == wanted[0] and list(words[first : first + length]) == list(wanted)
    ]


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
