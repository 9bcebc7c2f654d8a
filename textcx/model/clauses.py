"""Clauses for the table: a text cut where one opinion may end and another begin, whatever its language is.

The language is known only after the table has scored the text, so this cut must do without it.
"""

from textcx.model.ngrams import Tokens

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


def clause_starts(text: str, tokens: Tokens) -> list[int]:
    """Return the index of the first token of each clause; a text without tokens has one empty clause.

    Example:
        >>> from textcx.model.ngrams import tokens_of
        >>> text = "Fast delivery, but nobody answers"
        >>> clause_starts(text, tokens_of(text))
        [0, 3]
    """
    starts = [0]
    begins, breaks_lines = tokens.starts, "\n" in text
    has_word = was_sign = False
    for place, word in enumerate(tokens.words):
        is_sign = word in _SIGNS
        if (
            has_word
            and len(starts) < _MOST_CLAUSES
            and (
                word in _OPENERS
                # A sign inside a number or a word ("4,5", "24/7") cuts nothing.
                or (was_sign and not is_sign and text[begins[place] - 1].isspace())
                or (breaks_lines and "\n" in text[begins[place - 1] : begins[place]])
            )
        ):
            starts.append(place)
            has_word = False
        has_word = has_word or not is_sign
        was_sign = is_sign
    return starts
