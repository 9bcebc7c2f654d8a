"""Tokens: the words of a text as the index holds them, four slots a word.

A word stands as `=surface`, `lang/lemma`, `~lang/first` and `~lang/last`, the lemmas of a compound's parts; an
empty slot is `_`, which the index drops but whose position it keeps. So slot 4 n + s of a text is slot s of word n,
and "these words next to one another" is a phrase with offsets that are multiples of 4. Lemmas carry their
language, since forms collide between languages.
"""

from functools import partial

from textcx.memo import Memo
from textcx.words import LONGEST_WORD, Lemmas, surfaces_of

SLOTS = 4
"""Slots a word: surface, lemma, first part, last part."""
SURFACE, LEMMA, FIRST_PART, LAST_PART = range(SLOTS)
EMPTY = "_"
_MEMO_WORDS = 100_000
"""Of a language."""


class Tokens:
    """Makes tokens; keeps those of the words it has seen, since they depend on word and language alone.

    Args:
        lemmas: Lemmas and compound parts.
    """

    def __init__(self, lemmas: Lemmas) -> None:
        self._lemmas = lemmas
        self._slots: dict[str, Memo[str, str]] = {}

    def of_text(self, text: str, language: str) -> str:
        """Return the tokens of a text, with blanks between them."""
        slots = self._slots.get(language)
        if slots is None:
            slots = self._slots[language] = Memo(partial(self._slots_of_word, language=language), _MEMO_WORDS)
        return " ".join(map(slots.__getitem__, surfaces_of(text)))

    def lemma(self, word: str, language: str) -> str:
        """Return the token of a word's lemma in a language."""
        return f"{language}/{_without_blanks(self._lemmas.lemma(word, language))}"

    def part(self, word: str, language: str) -> str:
        """Return the token of a word as part of a compound of a language."""
        return f"~{self.lemma(word, language)}"

    def _slots_of_word(self, word: str, language: str) -> str:
        parts = self._lemmas.parts(word, language)
        first, last = (f"~{language}/{_without_blanks(part)}" for part in parts) if parts else (EMPTY, EMPTY)
        return f"{surface(word)} {self.lemma(word, language)} {first} {last}"


def surface(word: str) -> str:
    """Return the token of a word as written.

    Example:
        >>> surface("leveransen")
        '=leveransen'
    """
    return f"={word}"


def _without_blanks(lemma: str) -> str:
    """Return a lemma as one token; a few of the dictionaries' lemmas are several words."""
    return "_".join(lemma[:LONGEST_WORD].split())
