"""Sentiment by lexicon: words of praise and blame, what negates, strengthens and contrasts them, clause by clause.

The factor of a negation and the normalization of the score are those of VADER (Hutto and Gilbert, ICWSM 2014), the
weight of a clause after "but" likewise.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from textcx.annotation import Polarity
from textcx.model.lexicon import Lexicon
from textcx.model.reading import Clause, ClauseJudgement, Reading
from textcx.terms import TermIndex
from textcx.words import Lemmas, surfaces_of

_NEGATED_PRAISE = -0.74
_NEGATED_BLAME = -0.4
"""Not bad is less than good."""
_REACH_WORDS = 4
"""How many words after a negation or an intensifier it still holds."""
_REACH_BACK_WORDS = 1
"""In the Nordic main clause the negation follows its verb: "fungerar inte", "rekommenderar jag inte"."""
_NEIGHBOUR_WORDS = 32
"""Farther away no mark matters to another: the reach of a negation and the length of a term are both less."""
_BEFORE_CONTRAST = 0.5
_AFTER_CONTRAST = 1.5
_EXCLAMATION = 1.15
_SHOUTED = 1.2
_ALPHA = 15.0
_MIXED_SHARE = 1 / 3
_MIXED_WEIGHT = 2.0
"""Praise and blame must each weigh as much as one clear word before a text counts as mixed."""


class _Role(NamedTuple):
    """What a term does: `kind` is strength, negation or intensifier; own words go before listed ones."""

    kind: str
    value: float
    is_own: bool


class _Mark(NamedTuple):
    """A term found at a place of the text."""

    first: int
    last: int
    role: _Role


@dataclass(frozen=True, slots=True)
class TextSentiment:
    """The polarity of a whole text.

    Attributes:
        polarity: What the text says as a whole.
        score: From -1 (negative) to 1 (positive).
        confidence: From 0 to 1; how far praise and blame lie apart, not calibrated.
        evidence: The words that said so, as (start, end) offsets into the text.
    """

    polarity: Polarity
    score: float
    confidence: float
    evidence: tuple[tuple[int, int], ...]


class LexiconSentiment:
    """Judges clauses and texts by the lexicon of one language.

    Args:
        lexicon: The words of the language.
        lemmas: Lemmas, the same that made the readings.
    """

    def __init__(self, lexicon: Lexicon, lemmas: Lemmas) -> None:
        roles = _roles(lexicon)
        self._roles = {_name(role): role for role in roles}
        self._index = TermIndex(
            lexicon.language,
            terms={_name(role): terms for role, terms in roles.items()},
            exclusions={},
            lemmas=lemmas,
        )

    def judge(self, reading: Reading) -> tuple[ClauseJudgement, ...]:
        """Return what is said in each clause, in order."""
        marks = self._marks(reading)
        judged = []
        begin = 0
        for clause in reading.clauses:
            end = bisect_left(marks, clause.last, lo=begin, key=_first) if begin < len(marks) else begin
            judged.append(_judge_clause(clause, marks[begin:end], reading))
            begin = end
        return tuple(judged)

    def _marks(self, reading: Reading) -> list[_Mark]:
        """Return the terms found, one a place: of equal places the own word counts, of own ones the strongest."""
        best: dict[tuple[int, int], _Role] = {}
        for found in self._index.find(reading.words, reading.lemmas):
            role, place = self._roles[found.owner], (found.first, found.last)
            if place not in best or _rank(role) > _rank(best[place]):
                best[place] = role
        return [_Mark(first, last, role) for (first, last), role in sorted(best.items())]


def summarize(judgements: Sequence[ClauseJudgement]) -> TextSentiment:
    """Return the polarity of a whole text from what its clauses say."""
    positive = negative = 0.0
    weights = _clause_weights(judgements)
    for judged, weight in zip(judgements, weights, strict=True):
        positive += judged.positive * weight
        negative += judged.negative * weight
    total = positive + negative
    evidence = tuple(span for judged in judgements for span in judged.evidence)
    if total == 0:
        return TextSentiment("neutral", 0.0, 0.5, ())
    difference = positive - negative
    score = round(difference / math.sqrt(difference * difference + _ALPHA), 3)
    margin = abs(difference) / total
    if min(positive, negative) >= max(_MIXED_SHARE * total, _MIXED_WEIGHT):
        return TextSentiment("mixed", score, round(1 - margin, 3), evidence)
    polarity: Polarity = "positive" if difference > 0 else "negative" if difference < 0 else "neutral"
    return TextSentiment(polarity, score, round(0.5 + margin * min(1.0, total / 4) / 2, 3), evidence)


def _clause_weights(judgements: Sequence[ClauseJudgement]) -> list[float]:
    """Return the weight of each clause: one that contrasts outweighs what stands before it."""
    last = max((place for place, judged in enumerate(judgements) if _contrasts(judged)), default=None)
    if last is None:
        return [1.0] * len(judgements)
    return [_BEFORE_CONTRAST if place < last else _AFTER_CONTRAST for place in range(len(judgements))]


def _contrasts(judged: ClauseJudgement) -> bool:
    return judged.clause.contrasts and judged.positive + judged.negative > 0


def _marks_from(marks: Sequence[_Mark], first: int, last: int) -> Sequence[_Mark]:
    """Return the marks that begin from word `first` to before word `last`; they are in order."""
    begin = bisect_left(marks, first, key=_first)
    return marks[begin : bisect_left(marks, last, lo=begin, key=_first)]


def _first(mark: _Mark) -> int:
    return mark.first


def _judge_clause(clause: Clause, inside: Sequence[_Mark], reading: Reading) -> ClauseJudgement:
    if not inside:
        return ClauseJudgement(clause, 0.0, 0.0, ())
    positive = negative = 0.0
    evidence: list[tuple[int, int]] = []
    is_turned, is_short = False, clause.last - clause.first <= _NEIGHBOUR_WORDS
    emphasis = _emphasis(clause, reading)
    for mark in inside:
        if mark.role.kind != "strength" or mark.role.value == 0:
            continue
        near = inside if is_short else _marks_from(inside, mark.first - _NEIGHBOUR_WORDS, mark.last + _NEIGHBOUR_WORDS)
        negations = _negations(mark, near)
        is_turned = is_turned or len(negations) % 2 == 1 or mark.last - mark.first > 1
        strength = mark.role.value * _factor(mark, near) * emphasis
        if len(negations) % 2:
            strength *= _NEGATED_PRAISE if strength > 0 else _NEGATED_BLAME
        if _is_shouted(mark, reading):
            strength *= _SHOUTED
        positive += max(strength, 0.0)
        negative += max(-strength, 0.0)
        evidence += [_span(one, reading) for one in sorted([*negations, mark], key=lambda one: one.first)]
    return ClauseJudgement(clause, positive, negative, tuple(evidence), is_turned)


def _negations(mark: _Mark, inside: Sequence[_Mark]) -> list[_Mark]:
    """Return the negations that hold for a word: before it, or right behind it where nothing else follows them."""
    found = []
    for one in inside:
        if one.role.kind != "negation":
            continue
        is_before = 0 <= mark.first - one.last < _REACH_WORDS
        is_behind = 0 <= one.first - mark.last <= _REACH_BACK_WORDS
        if is_before or (is_behind and not _has_its_own(one, inside)):
            found.append(one)
    return found


def _has_its_own(negation: _Mark, inside: Sequence[_Mark]) -> bool:
    return any(
        mark.role.kind == "strength" and mark.role.value and 0 <= mark.first - negation.last < _REACH_WORDS
        for mark in inside
    )


def _factor(mark: _Mark, inside: Sequence[_Mark]) -> float:
    """Return the product of the intensifiers right before a word, with at most one word between."""
    factors = [one.role.value for one in inside if one.role.kind == "intensifier" and 0 <= mark.first - one.last <= 1]
    return math.prod(factors)


def _emphasis(clause: Clause, reading: Reading) -> float:
    after = reading.words[clause.last].start if clause.last < len(reading.words) else len(reading.text)
    return _EXCLAMATION if "!" in reading.text[reading.words[clause.last - 1].end : after] else 1.0


def _is_shouted(mark: _Mark, reading: Reading) -> bool:
    start, end = _span(mark, reading)
    return end - start > 1 and reading.text[start:end].isupper()


def _span(mark: _Mark, reading: Reading) -> tuple[int, int]:
    return reading.words[mark.first].start, reading.words[mark.last - 1].end


def _roles(lexicon: Lexicon) -> dict[_Role, list[str]]:
    roles: dict[_Role, list[str]] = {_Role("negation", 1.0, is_own=True): [whole(term) for term in lexicon.negations]}
    tables: Sequence[tuple[str, bool, dict[str, float]]] = (
        ("intensifier", True, dict(lexicon.intensifiers)),
        ("strength", True, dict(lexicon.strengths)),
        ("strength", False, dict(lexicon.listed)),
    )
    for kind, is_own, table in tables:
        for term, value in table.items():
            roles.setdefault(_Role(kind, value, is_own), []).append(whole(term))
    return roles


def whole(term: str) -> str:
    """Return a lexicon's term in the notation of `textcx.terms`: a single word is no part of a compound here.

    Example:
        >>> whole("bra"), whole("==bra"), whole("besvik*"), whole("aldrig igen")
        ('=bra', '==bra', 'besvik*', 'aldrig igen')
    """
    is_plain = not term.startswith("=") and not term.endswith("*") and len(surfaces_of(term)) == 1
    return f"={term}" if is_plain else term


def _name(role: _Role) -> str:
    return f"{role.kind} {role.value} {role.is_own}"


def _rank(role: _Role) -> tuple[bool, bool, float]:
    return role.is_own, role.kind != "strength", abs(role.value)
