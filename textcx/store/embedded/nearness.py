"""Nearness: the ways in which two operands may stand near one another in the index.

Single words near one another are asked for at once: tantivy finds two tokens whose distance is so many slots more or
less than what is said. Around three tokens it knows no such slack, so beside a phrase each number of words between is
asked for by itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product

from textcx.query.tree import Near
from textcx.store.embedded.patterns import Pattern, Place
from textcx.store.embedded.tokens import SLOTS

_HALF = SLOTS // 2


@dataclass(frozen=True, slots=True)
class Step:
    """Tokens of which one stands so many slots after the first step of its chain."""

    offset: int
    places: tuple[Place, ...]


_Run = tuple[list[Step], int, str | None]
"""Steps from slot 0 of a word, how many words they span, and the only language they occur in."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps that must follow one another so.

    Tokens of several languages may share a step: a text has one language, so they never meet.

    Attributes:
        steps: Two or more, by ascending offset.
        slack: So many slots more or less may lie between two steps; 0 where there are more.
    """

    steps: tuple[Step, ...]
    slack: int = 0


def chains_of(near: Near, lefts: Sequence[Pattern], rights: Sequence[Pattern]) -> Iterator[Chain]:
    """Give the chains of which a text must hold one, each once; what each side may be is given."""
    given: set[Chain] = set()
    for firsts, seconds in [(lefts, rights)] if near.ordered else [(lefts, rights), (rights, lefts)]:
        for one in chain(_of_words(firsts, seconds, near.gap), _of_phrases(firsts, seconds, near.gap)):
            if one not in given:
                given.add(one)
                yield one


def _of_words(firsts: Sequence[Pattern], seconds: Sequence[Pattern], gap: int) -> Iterator[Chain]:
    """Give the chains of two single words.

    A half of a word, surface and lemma or the two parts, begins at slot a or b. In words that lie d apart the slots
    differ by 4 d + b - a, or one more or less. So d from 1 to gap + 1 is exactly what differs from
    4 + 2 gap + b - a by 2 gap + 1 at most: no word meets itself, and none too far is met.
    """
    halves = (_lone(firsts, slots=_HALF), _lone(seconds, slots=_HALF))
    for (first, its), (second, other) in product(*(half.items() for half in halves)):
        distance = SLOTS + _HALF * gap + second - first
        yield Chain((Step(0, its), Step(distance, other)), slack=_HALF * gap + 1)


def _of_phrases(firsts: Sequence[Pattern], seconds: Sequence[Pattern], gap: int) -> Iterator[Chain]:
    """Give the chains of which one side is several words."""
    for (steps, length, language), (others, _, other) in product(_runs(firsts), _runs(seconds)):
        is_phrase = len(steps) + len(others) > 2
        if is_phrase and _may_meet(language, other):
            first = steps[0].offset
            for between in range(gap + 1):
                later = [replace(step, offset=step.offset + SLOTS * (length + between)) for step in others]
                yield Chain(tuple(replace(step, offset=step.offset - first) for step in (*steps, *later)))


def _runs(patterns: Sequence[Pattern]) -> list[_Run]:
    """Return each phrase, and the single words of a language by their slot."""
    phrases = [
        ([Step(place.slot, (place,)) for place in pattern.places], pattern.word_count, pattern.language)
        for pattern in patterns
        if len(pattern.places) > 1
    ]
    languages = dict.fromkeys(pattern.language for pattern in patterns)
    words: list[_Run] = [
        ([Step(slot, places)], 1, language)
        for language in languages
        for slot, places in _lone((one for one in patterns if one.language == language), slots=1).items()
    ]
    return phrases + words


def _lone(patterns: Iterable[Pattern], *, slots: int) -> dict[int, tuple[Place, ...]]:
    """Return the tokens of the patterns that are one word, by the first of as many slots together."""
    lone: dict[int, dict[Place, None]] = {}
    for pattern in patterns:
        if len(pattern.places) == 1:
            (place,) = pattern.places
            first = place.slot // slots * slots
            lone.setdefault(first, {})[replace(place, slot=first)] = None  # a part is one token, first or last
    return {first: tuple(places) for first, places in lone.items()}


def _may_meet(language: str | None, other: str | None) -> bool:
    return language is None or other is None or language == other
