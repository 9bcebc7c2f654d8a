"""Clauses for the table: a text cut where one opinion may end and another begin, whatever its language is.

The language is known only after the table has scored the text, so this cut must do without it.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import compress, count

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
_MARKS = _SIGNS | _OPENERS
_LINE_END = re.compile("\n")
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
    words, begins = tokens.words, tokens.starts
    lines = _line_starts(text, begins) if "\n" in text else set()
    marks = list(compress(count(), map(_MARKS.__contains__, words)))  # most words are no place to look at
    starts, start, signs, last = [0], 0, 0, len(words) - 1
    for place in sorted({*marks, *lines}) if lines else marks:
        word = words[place]
        has_word = place - start > signs
        if has_word and (word in _OPENERS or place in lines):
            starts.append(place)
            start, signs, has_word = place, 0, False
        if word in _SIGNS:
            signs += 1
            after = place + 1
            # A sign inside a number or a word ("4,5", "24/7") cuts nothing.
            if has_word and place < last and words[after] not in _SIGNS and text[begins[after] - 1].isspace():
                starts.append(after)
                start, signs = after, 0
    del starts[_MOST_CLAUSES:]
    return starts


def _line_starts(text: str, begins: Sequence[int]) -> set[int]:
    """Return the indices of the tokens before which a line ends, without the first token."""
    return {bisect_right(begins, end.start()) for end in _LINE_END.finditer(text)} - {0, len(begins)}
