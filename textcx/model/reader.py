"""Reader: splits a text into words and clauses, for all that analyse it."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import compress, count, pairwise

import regex

from textcx.model.language import is_lengthened
from textcx.model.lexicon import Lexicon
from textcx.model.reading import Clause, Reading
from textcx.words import LANGUAGES, LENGTHENED, UNKNOWN_LANGUAGE, Words, surfaces_of, words_of

_EMOTICON = regex.compile(r"(?<![\p{L}\p{N}:;=])(?:([:;=])['’]?-?([)D(PpOo|/])\2*|(<3)|(</3))(?![\p{L}\p{N}])")
_SIGNS = {")": "🙂", "D": "😀", "(": "🙁", "P": "😛", "p": "😛", "O": "😮", "o": "😮", "|": "😐", "/": "😕"}
"""What an emoticon's mouth says, as the emoji that the lexicon knows."""
_BOUNDARY = re.compile(r"[.!?…,;:\n()\[\]–—/]|\s-\s")
_DECIMAL = re.compile(r"^[.,:/]$")
_KEPT_GAPS, _LONGEST_KEPT_GAP = 1_024, 8
_KEPT_READINGS = 4
"""A text goes through all components of a pipeline before the next one does."""


_make_clause = partial(tuple.__new__, Clause)
"""Makes one of its four values: in C, without a look at their number."""


@dataclass(frozen=True, slots=True)
class _Openers:
    """Words that open a clause; a contrast may be a row of words, found by its first."""

    contrasts: Mapping[str, tuple[tuple[str, ...], ...]]
    conjunctions: frozenset[str]


class Reader:
    """Reads texts.

    Args:
        lexicon_of: Gives the lexicon of a language, for the words that open clauses.
    """

    def __init__(self, lexicon_of: Callable[[str], Lexicon]) -> None:
        self._lexicon_of = lexicon_of
        self._openers: dict[str, _Openers] = {}
        self.read = lru_cache(maxsize=_KEPT_READINGS)(self._read)

    def _read(self, text: str, language: str) -> Reading:
        """Return the reading of a text; in a language that is none of ours no word opens a clause."""
        return self.read_words(text, language, words_of(text))

    def read_words(self, text: str, language: str, words: Words) -> Reading:
        """Return the reading of a text whose words are known."""
        known = language if language in LANGUAGES else UNKNOWN_LANGUAGE
        if ":" in text or ";" in text or "=" in text or "<" in text:  # the eyes of emoticons
            words = _with_emoticons(words, text)
        if not words.are_plain and is_lengthened(text):  # as it is written, so that "AAa" is none
            words = _shortened(words)
        ends = [*words.starts[1:], len(text)]
        gaps = [text[end:start] for end, start in zip(words.ends, ends, strict=False)]
        return Reading(text, known, words, gaps, _clauses(words.surfaces, gaps, self._openers_of(known)))

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
        first, *rest = surfaces_of(term)
        contrasts[first] = (*contrasts.get(first, ()), tuple(rest))
    return _Openers(contrasts, frozenset(lexicon.conjunctions))


def _with_emoticons(words: Words, text: str) -> Words:
    """Return the words and the emoticons of a text in order; in "<3" the 3 is no word of its own."""
    signs = [(*match.span(), _sign(match)) for match in _EMOTICON.finditer(text)]
    if not signs:
        return words
    apart = [
        (start, end, surface)
        for start, end, surface in zip(words.starts, words.ends, words.surfaces, strict=True)
        if not any(first < end and start < last for first, last, _ in signs)
    ]
    starts, ends, surfaces = map(list, zip(*sorted(apart + signs), strict=True))
    return Words(surfaces, starts, ends, words.are_plain)


def _sign(match: "regex.Match[str]") -> str:
    eyes, mouth, heart, broken = match.groups()
    if heart or broken:
        return "❤" if heart else "💔"
    return "😉" if eyes == ";" and mouth == ")" else _SIGNS[mouth]


def _shortened(words: Words) -> Words:
    """Return words without lengthening: "sååå" is "så", "braaa" is "bra"."""
    return Words([LENGTHENED.sub(r"\1", surface) for surface in words.surfaces], words.starts, words.ends)


def _clauses(words: Sequence[str], gaps: Sequence[str], openers: _Openers) -> list[Clause]:
    """Return the clauses of a text: it is cut at punctuation, and before words that contrast or join."""
    if not words:
        return []
    contrasts = openers.contrasts
    cuts = {0, len(words), *compress(count(1), map(_end_clauses.__getitem__, gaps))}
    cuts.update(compress(count(), map(openers.conjunctions.__contains__, words)))
    opening = {
        place
        for place in compress(count(), map(contrasts.__contains__, words))
        if _opens(words, place, contrasts[words[place]])
    }
    places = sorted(cuts | opening)
    return [_make_clause((first, last, first in opening, "?" in gaps[last - 1])) for first, last in pairwise(places)]


class _Gaps(dict[str, bool]):
    """Whether what stands between two words ends a clause; a sign without a blank ("4,5", "24/7") does not."""

    def __missing__(self, between: str) -> bool:
        """Return it for a gap that is new; nearly all texts have the same few."""
        ends = bool(_BOUNDARY.search(between)) and not _DECIMAL.match(between)
        if len(self) < _KEPT_GAPS and len(between) <= _LONGEST_KEPT_GAP:
            self[between] = ends
        return ends


_end_clauses = _Gaps()


def _opens(words: Sequence[str], place: int, rows: Sequence[tuple[str, ...]]) -> bool:
    """Tell whether one of the rows of words that begin like the word at a place goes on as the text does."""
    return any(not row or row == tuple(words[place + 1 : place + 1 + len(row)]) for row in rows)
