"""Patterns: the ways in which a text operand of a query may stand in the index.

A pattern is one or more tokens at fixed slots. A bare word has three a language: its lemma, and the first and the
last part of a compound. Patterns of two languages never meet in one text, since a text has one language.
"""

from collections.abc import Callable
from dataclasses import dataclass

from textcx.query.tree import AnyOf, Exact, Phrase, Prefix, Word
from textcx.store.embedded.tokens import FIRST_PART, LAST_PART, LEMMA, SLOTS, SURFACE, Tokens, surface
from textcx.store.operands import SingleOperand, single_operands, written_words
from textcx.words import LANGUAGES, UNKNOWN_LANGUAGE

ALL_LANGUAGES = (*LANGUAGES, UNKNOWN_LANGUAGE)


@dataclass(frozen=True, slots=True)
class Place:
    """A token and the slot it stands in, counted from the first word of the pattern."""

    slot: int
    token: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """Tokens that must stand so to one another.

    Attributes:
        places: The tokens, by ascending slot.
        word_count: Words it spans.
        language: The only language it can occur in, or None for any.
    """

    places: tuple[Place, ...]
    word_count: int
    language: str | None = None


def patterns_of(operand: SingleOperand | AnyOf, tokens: Tokens, is_known: Callable[[Place], bool]) -> list[Pattern]:
    """Return the patterns of which a text must hold one; none if no text can.

    Args:
        operand: What is asked.
        tokens: Makes the words that the index holds.
        is_known: Says whether the index holds a token at all, or one that begins so.
    """
    found = (pattern for one in single_operands(operand) for pattern in _patterns_of_single(one, tokens))
    return [pattern for pattern in found if all(is_known(place) for place in pattern.places)]


def _patterns_of_single(operand: SingleOperand, tokens: Tokens) -> list[Pattern]:
    words = written_words(operand)
    if not words:
        return []
    match operand:
        case Exact() | Prefix():
            last = len(words) - 1
            places = tuple(
                Place(SLOTS * at + SURFACE, surface(word), isinstance(operand, Prefix) and at == last)
                for at, word in enumerate(words)
            )
            return [Pattern(places, len(words))]
        case Word() if len(words) == 1:
            return [pattern for language in ALL_LANGUAGES for pattern in _patterns_of_word(words[0], language, tokens)]
        case Word() | Phrase():
            return [_lemmas_in_order(words, language, tokens) for language in ALL_LANGUAGES]


def _patterns_of_word(word: str, language: str, tokens: Tokens) -> list[Pattern]:
    part = tokens.part(word, language)
    places = (Place(LEMMA, tokens.lemma(word, language)), Place(FIRST_PART, part), Place(LAST_PART, part))
    return [Pattern((place,), 1, language) for place in places]


def _lemmas_in_order(words: tuple[str, ...], language: str, tokens: Tokens) -> Pattern:
    places = tuple(Place(SLOTS * at + LEMMA, tokens.lemma(word, language)) for at, word in enumerate(words))
    return Pattern(places, len(words), language)
