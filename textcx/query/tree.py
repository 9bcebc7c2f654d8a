"""Query: a parsed query as a tree of plain frozen values, the same for every engine.

`textcx.query.grammar` makes it from text, `textcx.query.text` prints it again; a store compiles it.
Each node says what it matches; nothing here knows an engine.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Everything:
    """Matches every mention (the empty query)."""


@dataclass(frozen=True, slots=True)
class Word:
    """A bare word: matches its lemma in each language (never across languages), or a part of a compound."""

    word: str


@dataclass(frozen=True, slots=True)
class Exact:
    """`="word"`: matches this surface form alone."""

    word: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """`lever*`: matches surface words that begin so; at least three letters."""

    prefix: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """`"word word"`: matches these words next to one another, by lemma within one language."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """An OR-group of text operands inside NEAR."""

    operands: tuple["Word | Exact | Prefix | Phrase", ...]


@dataclass(frozen=True, slots=True)
class Near:
    """`a NEAR/n b`: occurrences of both, not overlapping, in one field with at most `gap` words between.

    With `ordered` (ONEAR) the left one comes first.
    """

    left: "Word | Exact | Prefix | Phrase | AnyOf"
    right: "Word | Exact | Prefix | Phrase | AnyOf"
    gap: int
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class InField:
    """`title:word`: the text operand must be met in this text field alone (`text` or `title`)."""

    field: str
    operand: "Word | Exact | Prefix | Phrase | Near"


@dataclass(frozen=True, slots=True)
class Keyword:
    """`brand:Acme`: the keyword field holds this value, compared without regard to case.

    `touchpoint:delivery/negative` keeps its slash in `value`; `attr.region:north` has field `attr.region`.
    """

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class NumberRange:
    """`stars:<=2`, `nps:9..10`: a bound that is None is open; the flags say whether a bound belongs to the range."""

    field: str
    low: float | None = None
    high: float | None = None
    includes_low: bool = True
    includes_high: bool = True


@dataclass(frozen=True, slots=True)
class DateRange:
    """`published:2026-01..2026-03`: from `start` (inclusive) to `end` (exclusive), both aware; None is open."""

    field: str
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class And:
    """All of these."""

    children: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of these."""

    children: tuple["Query", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but this."""

    child: "Query"


Query = (
    Everything | Word | Exact | Prefix | Phrase | Near | InField | Keyword | NumberRange | DateRange | And | Or | Not
)
