"""Words of a text, their lemmas and the parts of their compounds, in all our languages.

One tokenizer serves analysis, index and query, so that what is searched is what was indexed.
A word is a run of letters and digits (apostrophes inside belong to it) or one emoji.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from itertools import accumulate, chain, compress
from typing import TYPE_CHECKING, NamedTuple

import regex

if TYPE_CHECKING:
    from simplemma import Lemmatizer

    from textcx.dictionaries import CachedTries

LANGUAGES = ("sv", "da", "nb", "nn", "fi", "en")
UNKNOWN_LANGUAGE = "und"
LONGEST_WORD = 100
"""Code points of a word that count; the rest is cut, in the index and in a query alike."""

_COMPOUNDING = frozenset({"sv", "da", "nb", "nn", "fi"})
_SHORTEST_COMPOUND = 7
_SHORTEST_KNOWN_COMPOUND = 9
"""Shorter words of the dictionary are split wrongly more often than rightly ("leverans" is no "lever" + "ans")."""
_SHORTEST_PART = 3
_LONGEST_LEMMA_CHAIN = 3
"""A lemma may have a lemma: sv "priserna" -> "pris" -> "prisa". Only its end is the same for all forms."""
_MEMO_WORDS = 60_000
_LONGEST_KEPT = 2_000
_WORD = regex.compile(
    r"([\p{L}\p{N}][\p{L}\p{N}\p{M}_]*(?:['’][\p{L}\p{N}\p{M}]+)*"
    r"|\p{Extended_Pictographic}(?:\p{EMod}|\ufe0f|\u200d\p{Extended_Pictographic})*)"
)
_ENDS = frozenset(".,!?:")
_NO_WORD, _NO_WORDS = "", frozenset("©®™")
_LATIN_WORD = re.compile(r"([^\W_]\w*(?:['’][^\W_]+)*)")
"""The same for texts of Latin letters and usual signs alone, which are most; Python's own engine is twice as fast."""
_NOT_LATIN = re.compile("[^\u0000-\u02ff\u2010-\u2027\u20ac]")
_APART = bytes(byte if chr(byte).isalnum() else ord(" ") for byte in range(256))
"""Of Latin-1, what is in no word becomes a space: without an apostrophe its words are told in a quarter of the time."""


LENGTHENED = regex.compile(r"(\p{L})\1{2,}")


class Word(NamedTuple):
    """A word of a text: lower-case surface, and where it stands in code points.

    A tuple, because a text has many and a frozen dataclass takes three times as long to make.
    """

    surface: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text: lower-case surfaces, and where they stand in it, in code points, end exclusive.

    Three lists and no list of words: most who ask want one of them, for all words at once.

    Attributes:
        surfaces: The words, in small letters.
        starts: Where each begins.
        ends: Where it ends.
        are_plain: It is known that none has a letter three times in a row.
    """

    surfaces: list[str]
    starts: list[int]
    ends: list[int]
    are_plain: bool = False

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.surfaces)


Piece = tuple[tuple[str, ...], tuple[int, ...], bool]
"""What stands between two blanks: its surfaces, in turn the length of what goes before each and its own, and whether a
letter stands three times in a row in one of them.

The blank before a piece counts for its first word; behind the last one stands an empty surface.
"""
_make_word = partial(tuple.__new__, Word)
"""Makes a word of its three values: in C, without a look at their number."""


def split_words(text: str) -> list[Word]:
    """Return the words of a text in order.

    Example:
        >>> [w.surface for w in split_words("Don't: 3 DAGAR sen 😡!")]
        ["don't", '3', 'dagar', 'sen', '😡']
    """
    words = _words_of(text)
    return list(map(_make_word, zip(words.surfaces, words.starts, words.ends, strict=True)))


def _words_of(text: str) -> Words:
    pattern = _pattern_for(text)
    pieces = pattern.split(text)  # what stands between words and the words, in turn: faster than a match for each
    places = list(accumulate(map(len, pieces)))
    surfaces, starts, ends = _surfaces(pieces[1::2]), places[:-1:2], places[1::2]
    if pattern is not _LATIN_WORD and not _NO_WORDS.isdisjoint(surfaces):
        kept = [surface not in _NO_WORDS for surface in surfaces]
        starts, ends = list(compress(starts, kept)), list(compress(ends, kept))
        surfaces = list(compress(surfaces, kept))
    return Words(surfaces, starts, ends)


words_of = lru_cache(maxsize=4)(_words_of)
"""Returns the words of a text, kept while it is worked on: whoever analyses it asks after another has."""


def surfaces_of(text: str) -> tuple[str, ...]:
    """Return the surfaces of `split_words`, for those who need no offsets: in half the time.

    Example:
        >>> surfaces_of("Don't: 3 DAGAR sen 😡!")
        ("don't", '3', 'dagar', 'sen', '😡')
    """
    if text.isalpha():  # a single word
        return (text.lower()[:LONGEST_WORD],)
    return _kept_surfaces(text) if len(text) <= _LONGEST_KEPT else _surfaces_of(text)


def _surfaces_of(text: str) -> tuple[str, ...]:
    if "'" not in text and "_" not in text:
        try:
            plain = text.encode("latin-1").translate(_APART)
        except UnicodeEncodeError:
            pass
        else:
            return tuple(_cut(plain.decode("latin-1").lower().split()))
    pattern = _pattern_for(text)
    surfaces = _surfaces(pattern.findall(text))
    if pattern is _LATIN_WORD:
        return tuple(surfaces)
    return tuple(surface for surface in surfaces if surface not in _NO_WORDS)


_kept_surfaces = lru_cache(maxsize=1_024)(_surfaces_of)
"""Kept while a batch is worked on: whoever writes the index asks for its vectors first, then for its tokens."""


def _pattern_for(text: str) -> "re.Pattern[str] | regex.Pattern[str]":
    return _WORD if _NOT_LATIN.search(text) else _LATIN_WORD


def _surfaces(written: list[str]) -> list[str]:
    """Return words in small letters, cut where they are too long; all at once, for speed.

    Between words stands a sign that is none of a letter, so that no word's small letters depend on its neighbours.
    """
    if not written:
        return []
    return _cut("\n".join(written).lower().replace("’", "'").split("\n"))


def _cut(surfaces: list[str]) -> list[str]:
    """Return surfaces, cut where one is too long."""
    if len(max(surfaces, key=len, default="")) <= LONGEST_WORD:
        return surfaces
    return [one[:LONGEST_WORD] for one in surfaces]


def _is_lengthened(surface: str) -> bool:
    return len(set(surface)) < len(surface) - 1 and LENGTHENED.search(surface) is not None


def piece_of(written: str) -> Piece:
    """Return the words of what stands between two blanks; no word holds one."""
    word = written if written.isalpha() else written[:-1]
    if word.isalpha() and (word is written or written[-1] in _ENDS):  # nearly all
        surface = word.lower()[:LONGEST_WORD]
        is_lengthened = _is_lengthened(surface)
        if word is written:
            return (surface,), (1, len(word)), is_lengthened
        return (surface, _NO_WORD), (1, len(word), 1, 0), is_lengthened
    parts = _pattern_for(written).split(written)
    surfaces = ["" if one in _NO_WORDS else one for one in _surfaces(parts[1::2])]
    lengths = [*map(len, parts), 0]
    lengths[0] += 1
    return (*surfaces, _NO_WORD), tuple(lengths), any(map(_is_lengthened, surfaces))


def join_pieces(pieces: Iterable[Piece]) -> Words:
    """Return the words of a text from those of what stands between its blanks, each taken apart by `piece_of`.

    Whoever keeps the pieces that come again and again has the words of a text in less than half the time.
    """
    of_pieces, lengths, are_lengthened = zip(*pieces, strict=True)
    surfaces = list(chain.from_iterable(of_pieces))
    places = list(accumulate(chain.from_iterable(lengths), initial=-1))
    starts, ends = places[1::2], places[2::2]
    if _NO_WORD in surfaces:
        starts, ends = list(compress(starts, surfaces)), list(compress(ends, surfaces))
        surfaces = list(filter(None, surfaces))
    return Words(surfaces, starts, ends, True not in are_lengthened)


class Lemmas:
    """Lemmas and compound parts by simplemma's dictionaries, one language at a time on first use.

    simplemma itself is loaded at the first word: it takes 60 ms, and many a search asks for none.
    """

    def __init__(self) -> None:
        self.lemma = lru_cache(maxsize=_MEMO_WORDS)(self._lemma)
        self.parts = lru_cache(maxsize=_MEMO_WORDS)(self._parts)
        self.languages_of = lru_cache(maxsize=_MEMO_WORDS)(self._languages_of)

    @cached_property
    def _dictionaries(self) -> "CachedTries":
        from textcx.dictionaries import open_dictionaries

        return open_dictionaries()

    @cached_property
    def _lemmatizer(self) -> "Lemmatizer":
        from simplemma import Lemmatizer
        from simplemma.strategies import DefaultStrategy

        return Lemmatizer(lemmatization_strategy=DefaultStrategy(dictionary_factory=self._dictionaries))

    def _lemma(self, word: str, language: str) -> str:
        if language not in LANGUAGES:
            return word
        known = self._dictionaries.get_dictionary(language)
        if word.isalpha() and known.get(word) == word:  # most words that people list
            return word
        chain = [word]
        while len(chain) <= _LONGEST_LEMMA_CHAIN:
            # What the dictionary holds needs none of the lemmatizer's rules.
            lemma = known.get(chain[-1]) if chain[-1].isalpha() else None
            lemma = (lemma or self._lemmatizer.lemmatize(chain[-1], language)).lower() or word
            if lemma in chain:  # its own lemma, or a circle (sv "sen", "sena"), of which one word must stand for all
                return min(chain[chain.index(lemma) :], key=lambda one: (len(one), one))
            chain.append(lemma)
        return chain[-1]

    def _parts(self, word: str, language: str) -> tuple[str, str] | None:
        """Return the lemmas of the two parts of a compound, or None for any other word."""
        word = self.lemma(word, language)
        if language not in _COMPOUNDING or len(word) < _SHORTEST_COMPOUND:
            return None
        holds = self._dictionaries.holder(language)
        if len(word) < _SHORTEST_KNOWN_COMPOUND and holds(word):
            return None
        best: tuple[int, str, str] | None = None
        for cut in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            tail = word[cut:]
            if not holds(tail):
                continue
            head = self._head(word[:cut], language, holds)
            if head is None:
                continue
            balance = min(len(head), len(tail))
            if best is None or balance > best[0]:
                best = (balance, head, self.lemma(tail, language))
        return None if best is None else (best[1], best[2])

    def _head(self, head: str, language: str, holds: Callable[[str], bool]) -> str | None:
        """Return the first part without its linking letter, or None if it is no word."""
        if holds(head):
            return self.lemma(head, language)
        if head[-1] in "se" and len(head) > _SHORTEST_PART and holds(head[:-1]):
            return self.lemma(head[:-1], language)
        return None

    def _languages_of(self, word: str) -> tuple[str, ...]:
        """Return the languages whose dictionary holds a word, lower case, in any form."""
        return tuple(language for language in LANGUAGES if self._dictionaries.holder(language)(word))


@lru_cache(maxsize=1)
def shared_lemmas() -> Lemmas:
    """Return the lemmas that all parts of a process share: they depend on nothing but the dictionaries."""
    return Lemmas()
