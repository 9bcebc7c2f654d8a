"""Reader: splits a text into words and clauses, with the lemmas of its language, for all that analyse it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import regex

from textcx.model.lexicon import Lexicon
from textcx.model.reading import Clause, Reading
from textcx.words import LANGUAGES, UNKNOWN_LANGUAGE, Lemmas, LemmasOf, Word, split_words, words_of

_LENGTHENED = regex.compile(r"(\p{L})\1{2,}")
_MAY_BE_LENGTHENED = re.compile(r"([^\W\d_])\1\1")
"""The same, or nearly, by Python's own engine, which is faster: most texts hold none."""
_EYES = (":", ";", "=", "<")
_EMOTICON = regex.compile(r"(?<![\p{L}\p{N}:;=])(?:([:;=])['’]?-?([)D(PpOo|/])\2*|(<3)|(</3))(?![\p{L}\p{N}])")
_SIGNS = {")": "🙂", "D": "😀", "(": "🙁", "P": "😛", "p": "😛", "O": "😮", "o": "😮", "|": "😐", "/": "😕"}
"""What an emoticon's mouth says, as the emoji that the lexicon knows."""
_BOUNDARY = re.compile(r"[.!?…,;:\n()\[\]–—/]|\s-\s")
_DECIMAL = re.compile(r"^[.,:/]$")
_KEPT_READINGS = 4
"""A text goes through all components of a pipeline before the next one does."""


@dataclass(frozen=True, slots=True)
class _Openers:
    """Words that open a clause; a contrast may be a row of words, found by its first."""

    contrasts: Mapping[str, tuple[tuple[str, ...], ...]]
    conjunctions: frozenset[str]


class Reader:
    """Reads texts.

    Args:
        lexicon_of: Gives the lexicon of a language, for the words that open clauses.
        lemmas: Lemmas and compound parts.
    """

    def __init__(self, lexicon_of: Callable[[str], Lexicon], lemmas: Lemmas) -> None:
        self._lexicon_of = lexicon_of
        self._lemmas = lemmas
        self._openers: dict[str, _Openers] = {}
        self.read = lru_cache(maxsize=_KEPT_READINGS)(self._read)

    def _read(self, text: str, language: str) -> Reading:
        """Return the reading of a text; a language that is none of ours is read without lemmas."""
        return self.read_words(text, language, words_of(text))

    def read_words(self, text: str, language: str, words: tuple[Word, ...]) -> Reading:
        """Return the reading of a text whose words are known."""
        known = language if language in LANGUAGES else UNKNOWN_LANGUAGE
        if any(eyes in text for eyes in _EYES):
            words = _with_emoticons(words, text)
        if _MAY_BE_LENGTHENED.search(text):
            words = tuple(_shortened(word) for word in words)
        return Reading(
            text=text,
            language=known,
            words=words,
            lemmas=LemmasOf(words, known, self._lemmas),
            clauses=tuple(_clauses(text, words, self._openers_of(known))),
        )

    def _openers_of(self, language: str) -> _Openers:
        if language not in self._openers:
            if language == UNKNOWN_LANGUAGE:
                self._openers[language] = _Openers({}, frozenset())
            else:
                self._openers[language] = _openers(self._lexicon_of(language))
        return self._openers[language]


def _openers(lexicon: Lexicon) -> _Openers:
    contrasts: dict[str, tuple[tuple[str, ...], ...]] = {}
    for term in lexicon.contrasts:
        first, *rest = (word.surface for word in split_words(term))
        contrasts[first] = (*contrasts.get(first, ()), tuple(rest))
    return _Openers(contrasts, frozenset(lexicon.conjunctions))


def _with_emoticons(words: tuple[Word, ...], text: str) -> tuple[Word, ...]:
    """Return the words and the emoticons of a text in order; in "<3" the 3 is no word of its own."""
    signs = [Word(_sign(match), *match.span()) for match in _EMOTICON.finditer(text)]
    if not signs:
        return words
    apart = [word for word in words if not any(sign.start < word.end and word.start < sign.end for sign in signs)]
    return tuple(sorted([*apart, *signs], key=lambda word: word.start))


def _sign(match: "regex.Match[str]") -> str:
    eyes, mouth, heart, broken = match.groups()
    if heart or broken:
        return "❤" if heart else "💔"
    return "😉" if eyes == ";" and mouth == ")" else _SIGNS[mouth]


def _shortened(word: Word) -> Word:
    """Return a word without lengthening: "sååå" is "så", "braaa" is "bra"."""
    if not _LENGTHENED.search(word.surface):
        return word
    return Word(_LENGTHENED.sub(r"\1", word.surface), word.start, word.end)


def _clauses(text: str, words: Sequence[Word], openers: _Openers) -> list[Clause]:
    """Return the clauses of a text: it is cut at punctuation, and before words that contrast or join."""
    if not words:
        return []
    conjunctions, contrasts = openers.conjunctions, openers.contrasts
    ends = [*[word[1] for word in words[1:]], len(text)]
    gaps = [text[word[2] : end] for word, end in zip(words, ends, strict=True)]
    cuts = {place for place, gap in enumerate(gaps, start=1) if gap != " " and _is_boundary(gap)}
    cuts.update([place for place, word in enumerate(words) if word[0] in conjunctions])
    opening = {place for place, word in enumerate(words) if word[0] in contrasts and _opens(words, place, contrasts)}
    places = sorted(cuts | opening | {0, len(words)})
    return [Clause(first, last, first in opening, "?" in gaps[last - 1]) for first, last in pairwise(places)]


def _is_boundary(between: str) -> bool:
    """Tell whether what stands between two words ends a clause; a sign without a blank ("4,5", "24/7") does not."""
    return bool(_BOUNDARY.search(between)) and not _DECIMAL.match(between)


def _opens(words: Sequence[Word], place: int, contrasts: Mapping[str, tuple[tuple[str, ...], ...]]) -> bool:
    """Tell whether one of the rows of words that begin like the word at a place goes on as the text does."""
    return any(
        not row or row == tuple([word.surface for word in words[place + 1 : place + 1 + len(row)]])
        for row in contrasts[words[place].surface]
    )
