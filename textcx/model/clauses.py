"""Clauses for the table: a text cut where one opinion may end and another begin, whatever its language is.

The language is known only after the table has scored the text, so this cut must do without it.
"""

from collections.abc import Sequence

from textcx.model.ngrams import Token

_SIGNS = frozenset(".!?…,;:()[]–—/|•")
_OPENERS = frozenset(
    {
        *("men", "dock", "fast", "däremot", "och", "samt", "medan", "trots"),  # sv
        *("dog", "derimod", "og", "mens"),  # da
        *("imidlertid", "derimot", "samtidig"),  # nb, nn
        *("mutta", "vaan", "kuitenkin", "ja", "sekä", "vaikka", "taas"),  # fi
        *("but", "however", "although", "though", "yet", "and", "while", "whereas", "except"),  # en
    }
)
_MOST_CLAUSES = 400
"""A longer text is cut more coarsely at its end: judging clauses must stay linear and cheap."""


def clause_starts(text: str, tokens: Sequence[Token]) -> list[int]:
    """Return the index of the first token of each clause; a text without tokens has one empty clause.

    Example:
        >>> from textcx.model.ngrams import tokens_of
        >>> text = "Fast delivery, but nobody answers"
        >>> clause_starts(text, tokens_of(text))
        [0, 3]
    """
    starts = [0]
    has_word = False
    for place, token in enumerate(tokens):
        is_sign = token.word in _SIGNS
        ends_line = place > 0 and "\n" in text[tokens[place - 1].start : token.start]
        opens = (token.word in _OPENERS or ends_line) and has_word
        after_sign = not is_sign and place > 0 and tokens[place - 1].word in _SIGNS and _is_gap(text, token)
        if (opens or after_sign) and has_word and len(starts) < _MOST_CLAUSES:
            starts.append(place)
            has_word = False
        has_word = has_word or not is_sign
    return starts


def _is_gap(text: str, token: Token) -> bool:
    """Tell whether a blank stands before a token; a sign inside a number or a word ("4,5", "24/7") cuts nothing."""
    return text[token.start - 1].isspace()
