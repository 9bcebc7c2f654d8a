"""Reading: a text split into words and clauses once, shared by everything that analyses it.

A clause is the unit of judgement: "leveransen var snabb men kundtjänsten svarar aldrig" holds two.
"""

from collections.abc import Sequence
from typing import NamedTuple

from textcx.words import Words


class Clause(NamedTuple):
    """A run of words that says one thing: indices into `Reading.words`, end exclusive.

    Attributes:
        first: Index of its first word.
        last: Index after its last word.
        contrasts: It opens with a contrast ("but", "men", "mutta"), so it outweighs what went before.
        asks: It ends with a question mark.
    """

    first: int
    last: int
    contrasts: bool = False
    asks: bool = False


class Reading(NamedTuple):
    """A text with its words and clauses.

    Attributes:
        text: The text itself; offsets of words refer to it.
        language: The code that lexicons were chosen by, or `und`.
        words: The words in order.
        gaps: For each word what stands behind it, up to the next one or the end of the text.
        clauses: The clauses in order; together they hold each word once.
    """

    text: str
    language: str
    words: Words
    gaps: Sequence[str]
    clauses: Sequence[Clause]


class ClauseJudgement(NamedTuple):
    """What the sentiment lexicon says of one clause; a tuple, because a text has many.

    Attributes:
        clause: The clause judged.
        positive: Weight of the praise found, 0 or more.
        negative: Weight of the blame found, 0 or more.
        evidence: The words that said so, as (start, end) offsets into the text.
        is_turned: A negation turns one of them round, or several words together say other than each by itself.
    """

    clause: Clause
    positive: float
    negative: float
    evidence: tuple[tuple[int, int], ...]
    is_turned: bool = False
