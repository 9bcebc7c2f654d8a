"""Sentiment by lexicon: words of praise and blame, what negates, strengthens and contrasts them, clause by clause.

The factor of a negation and the normalization of the score are those of VADER (Hutto and Gilbert, ICWSM 2014), the
weight of a clause after "but" likewise.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from textcx.annotation import Polarity
from textcx.model.lexicon import Lexicon
from textcx.model.reading import Clause, ClauseJudgement, Reading
from textcx.terms import TermIndex
from textcx.words import Lemmas, surfaces_of

_STRENGTH, _NEGATION, _INTENSIFIER = "strength", "negation", "intensifier"
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
    """A term found at a place of the text: what it does there."""

    first: int
    last: int
    kind: str
    value: float


_make_judgement = partial(tuple.__new__, ClauseJudgement)
"""Makes one of its five values: in C, without a look at their number."""


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
        self._roles = {_name(role): (role, _rank(role)) for role in roles}
        self._index = TermIndex(
            lexicon.language,
            terms={_name(role): terms for role, terms in roles.items()},
            exclusions={},
            lemmas=lemmas,
        )

    def judge(self, reading: Reading) -> tuple[ClauseJudgement, ...]:
        """Return what is said in each clause, in order."""
        marks = self._marks(reading.words.surfaces)
        judged = []
        begin = end = 0
        for clause in reading.clauses:
            while end < len(marks) and marks[end].first < clause.last:
                end += 1
            if begin < end:
                judged.append(_judge_clause(clause, marks[begin:end], reading))
            else:
                judged.append(_make_judgement((clause, 0.0, 0.0, (), False)))
            begin = end
        return tuple(judged)

    def _marks(self, words: Sequence[str]) -> list[_Mark]:
        """Return the terms found, one a place: of equal places the own word counts, of own ones the strongest."""
        marks: list[_Mark] = []
        place, best = (-1, -1), (False, False, 0.0)
        for owner, first, last in self._index.find(words):  # in order, so that those of one place are neighbours
            role, rank = self._roles[owner]
            if place == (first, last):
                if rank <= best:
                    continue
                marks.pop()
            place, best = (first, last), rank
            marks.append(_Mark(first, last, role.kind, role.value))
        return marks


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


def _marks_near(marks: Sequence[_Mark], mark: _Mark) -> Sequence[_Mark]:
    """Return those of marks, in order, that may matter to one of them."""
    begin = bisect_left(marks, mark.first - _NEIGHBOUR_WORDS, key=_first)
    return marks[begin : bisect_left(marks, mark.last + _NEIGHBOUR_WORDS, lo=begin, key=_first)]


def _first(mark: _Mark) -> int:
    return mark.first


def _judge_clause(clause: Clause, inside: Sequence[_Mark], reading: Reading) -> ClauseJudgement:
    positive = negative = 0.0
    evidence: list[tuple[int, int]] = []
    is_turned, is_short = False, clause.last - clause.first <= _NEIGHBOUR_WORDS
    emphasis = _EXCLAMATION if "!" in reading.gaps[clause.last - 1] else 1.0
    others = [mark for mark in inside if mark.kind != _STRENGTH]
    starts, ends = reading.words.starts, reading.words.ends
    for mark in inside:
        first, last, kind, strength = mark
        if kind != _STRENGTH or strength == 0:
            continue
        start, end = starts[first], ends[last - 1]
        negations: Sequence[_Mark] = ()
        if others:
            near = others if is_short else _marks_near(others, mark)
            negations = _negations(mark, near, inside)
            strength *= _factor(mark, near)
        strength *= emphasis
        if negations:
            evidence += [(starts[one.first], ends[one.last - 1]) for one in sorted([*negations, mark], key=_first)]
        else:
            evidence.append((start, end))
        if len(negations) % 2:
            strength *= _NEGATED_PRAISE if strength > 0 else _NEGATED_BLAME
            is_turned = True
        elif last - first > 1:
            is_turned = True
        if end - start > 1 and reading.text[start:end].isupper():
            strength *= _SHOUTED
        if strength > 0:
            positive += strength
        else:
            negative -= strength
    return _make_judgement((clause, positive, negative, tuple(evidence), is_turned))


def _negations(mark: _Mark, near: Sequence[_Mark], inside: Sequence[_Mark]) -> list[_Mark]:
    """Return the negations that hold for a word: before it, or right behind it where nothing else follows them."""
    found = []
    first, last = mark.first, mark.last
    for one in near:
        if one.kind != _NEGATION:
            continue
        is_before = 0 <= first - one.last < _REACH_WORDS
        is_behind = 0 <= one.first - last <= _REACH_BACK_WORDS
        if is_before or (is_behind and not _has_its_own(one, _marks_near(inside, one))):
            found.append(one)
    return found


def _has_its_own(negation: _Mark, inside: Sequence[_Mark]) -> bool:
    return any(
        mark.kind == _STRENGTH and mark.value and 0 <= mark.first - negation.last < _REACH_WORDS for mark in inside
    )


def _factor(mark: _Mark, inside: Sequence[_Mark]) -> float:
    """Return the product of the intensifiers right before a word, with at most one word between."""
    first = mark.first
    return math.prod([one.value for one in inside if one.kind == _INTENSIFIER and 0 <= first - one.last <= 1])


def _roles(lexicon: Lexicon) -> dict[_Role, list[str]]:
    roles: dict[_Role, list[str]] = {_Role(_NEGATION, 1.0, is_own=True): [whole(term) for term in lexicon.negations]}
    tables: Sequence[tuple[str, bool, dict[str, float]]] = (
        (_INTENSIFIER, True, dict(lexicon.intensifiers)),
        (_STRENGTH, True, dict(lexicon.strengths)),
        (_STRENGTH, False, dict(lexicon.listed)),
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
    return role.is_own, role.kind != _STRENGTH, abs(role.value)
