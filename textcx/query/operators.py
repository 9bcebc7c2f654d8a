"""The operators of the query language, as one table: grammar, help text and completion all read it."""

from dataclasses import dataclass
from typing import Literal

Place = Literal["before", "between", "between words", "operand", "value"]


@dataclass(frozen=True, slots=True)
class OperatorOfQuery:
    """A way to put words and fields together.

    Attributes:
        form: What it looks like.
        help: What it means, for people.
        example: A query that uses it.
        place: Where it stands: before an operand, between two, between two that are words, as an operand itself, or as
            the value of a field.
        word: The upper-case word that it is, or empty where it is signs.
        inserted: What completion writes; empty where it is not offered.
    """

    form: str
    help: str
    example: str
    place: Place
    word: str = ""
    inserted: str = ""


OPERATORS = (
    OperatorOfQuery("a b", "both of these, the same as AND", "leverans sen", "between"),
    OperatorOfQuery("a AND b", "both of these", "leverans AND pris", "between", "AND", "AND "),
    OperatorOfQuery("a OR b", "one of these, or both", "leverans OR toimitus OR delivery", "between", "OR", "OR "),
    OperatorOfQuery("NOT a", "everything without this", "leverans NOT sen", "before", "NOT", "NOT "),
    OperatorOfQuery("-a", "the same as NOT", "leverans -lang:en", "before"),
    OperatorOfQuery("(a b)", "what belongs together", "(leverans OR frakt) dyr", "before", inserted="("),
    OperatorOfQuery('"a b"', "these words next to one another, in any form", '"aldrig igen"', "operand"),
    OperatorOfQuery("abc*", "words that begin so: three letters or more", "lever*", "operand"),
    OperatorOfQuery('="abc"', "this form of the word alone, and no other", '="leveransen"', "operand"),
    OperatorOfQuery(
        "a NEAR/n b",
        "both, with at most n words between (0 to 10), in any order",
        "leverans* NEAR/5 (sen OR försenad)",
        "between words",
        "NEAR",
        "NEAR/5 ",
    ),
    OperatorOfQuery(
        "a ONEAR/n b",
        "as NEAR, and a comes first",
        '"never again" ONEAR/3 Klarvik',
        "between words",
        "ONEAR",
        "ONEAR/5 ",
    ),
    OperatorOfQuery("*", "every mention", "* -brand:Klarvik", "operand"),
    OperatorOfQuery("field:value", "the field has this value", "brand:Klarvik", "operand"),
    OperatorOfQuery('field:"a b"', "a value with blanks or signs in it", 'brand:"Nordvind Air"', "operand"),
    OperatorOfQuery("field:(a OR b)", "one field, several values", "brand:(Klarvik OR Hyllbo)", "operand"),
    OperatorOfQuery("attr.NAME:value", "an attribute of your own data", "attr.channel:app", "operand"),
    OperatorOfQuery("query:NAME", "a saved query", "query:late_delivery lang:fi", "operand"),
    OperatorOfQuery(
        "touchpoint:id/polarity", "what is said of that touchpoint", "touchpoint:delivery/negative", "operand"
    ),
    OperatorOfQuery("<=", "this number or date, or less", "stars:<=2", "value", inserted="<="),
    OperatorOfQuery(">=", "this number or date, or more", "published:>=2026-03-15", "value", inserted=">="),
    OperatorOfQuery("<", "less than this number, before this date", "nki:<50", "value", inserted="<"),
    OperatorOfQuery(">", "more than this number, after this date", "nps:>8", "value", inserted=">"),
    OperatorOfQuery("a..b", "from a to b, both included", "published:2026-01..2026-03", "value"),
    OperatorOfQuery("field:*", "the field has some number or date", "nps:*", "value", inserted="*"),
)

KIND_OF_WORD = {operator.word: operator.word.lower() for operator in OPERATORS if operator.word}
"""The words that are operators, in upper case alone, and the kind of token each makes."""
