"""Phrases: the words of praise and blame of our own lexicons, and the same denied, as the shortest of texts.

Reviews are long and seldom say "inte bra" and nothing else; survey answers do.
"""

from pathlib import Path

from textcx.errors import TaxonomyError
from textcx.model.lexicon import read_lexicon
from textcx.terms import Form, parse_term
from textcx.words import LANGUAGES

Phrase = tuple[str, str]
"""A text and its polarity."""
_STRONG = 2
_MOST_WORDS = 4
_DENIALS = {
    "sv": ("inte", "inte så", "aldrig"), "da": ("ikke", "ikke så", "aldrig"), "nb": ("ikke", "ikke så", "aldri"),
    "nn": ("ikkje", "ikkje så"), "fi": ("ei", "ei ole", "ei ollut"), "en": ("not", "not very", "never"),
}  # fmt: skip


def read_phrases(lexicons: Path) -> list[Phrase]:
    """Return the phrases of all languages; words of the free lists that a lexicon extends are left out.

    Raises:
        ConfigError: A lexicon is missing or wrong.
    """
    found: dict[str, str] = {}
    for language in LANGUAGES:
        for term, strength in sorted(read_lexicon(lexicons, language).strengths.items()):
            words = _words_of(term)
            if words is None or abs(strength) < _STRONG:
                continue
            found.setdefault(words, "positive" if strength > 0 else "negative")
            if strength > 0 and " " not in words:
                found.update((f"{denial} {words}", "negative") for denial in _DENIALS[language])
    return sorted(found.items())


def _words_of(term: str) -> str | None:
    try:
        pieces = parse_term(term).pieces
    except TaxonomyError:
        return None
    is_whole = all(piece.form is not Form.PREFIX for piece in pieces)
    return " ".join(piece.word for piece in pieces) if is_whole and len(pieces) <= _MOST_WORDS else None
