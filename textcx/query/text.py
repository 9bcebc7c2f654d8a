"""Text: a query's tree printed as the text that is parsed to the same tree."""

from datetime import UTC, tzinfo
from decimal import Decimal
from types import UnionType

from textcx.errors import RequestError
from textcx.query.lexer import Token, is_bare, quote
from textcx.query.periods import write_span
from textcx.query.tree import (
    And,
    AnyOf,
    DateRange,
    Everything,
    Exact,
    InField,
    Keyword,
    Near,
    Not,
    NumberRange,
    Or,
    Phrase,
    Prefix,
    Query,
    Word,
)
from textcx.query.words import read_word

_SIGNS_IN_VALUES = frozenset("*<>=≤≥:")


def query_text(query: Query, *, timezone: tzinfo = UTC) -> str:
    """Return a query as people write it, with no more parentheses than needed.

    `parse` makes the same tree of it, for every tree that `parse` can make. Saved queries are printed in full.

    Args:
        query: The tree.
        timezone: In whose calendar dates are written; parse it with the same.

    Raises:
        RequestError: A word of the tree, built by hand, is one that no query can hold.

    Example:
        >>> query_text(And((Word("sen"), Or((Keyword("brand", "Klarvik"), Keyword("brand", "Nordvind Air"))))))
        'sen brand:(Klarvik OR "Nordvind Air")'
    """
    match query:
        case And(children):
            return " ".join(_inside(child, timezone, And | Or) for child in children) or "*"
        case Or(children):
            return " OR ".join(_inside(child, timezone, Or) for child in children) or "-*"
        case Not(child):
            return f"-{_inside(child, timezone, And | Or | Near)}"
        case Everything():
            return "*"
        case InField(field, operand):
            return f"{field}:({_near_text(operand)})" if isinstance(operand, Near) else f"{field}:{_operand(operand)}"
        case Near():
            return _near_text(query)
        case Keyword(field, value):
            return f"{field}:{value_text(value)}"
        case NumberRange(field):
            return f"{field}:{_numbers(query)}"
        case DateRange(field, start, end):
            return f"{field}:{write_span(start, end, timezone)}"
        case _:
            return _operand(query)


def value_text(value: str) -> str:
    """Return a value of a field as it stands in a query, in quotes where it needs them.

    Example:
        >>> value_text("H&M"), value_text("Nordvind Air")
        ('H&M', '"Nordvind Air"')
    """
    return value if is_bare(value, "value") and _SIGNS_IN_VALUES.isdisjoint(value) else quote(value)


def _inside(query: Query, zone: tzinfo, enclosed: UnionType | type) -> str:
    """Return what stands inside something else, in parentheses if it is of these types."""
    if not isinstance(query, enclosed):
        return query_text(query, timezone=zone)
    if isinstance(query, And | Or):
        fields = {child.field if isinstance(child, Keyword) else "" for child in query.children}
        values = [value_text(child.value) for child in query.children if isinstance(child, Keyword)]
        if len(fields) == 1 and len(values) == len(query.children) > 1:
            return f"{fields.pop()}:({(' ' if isinstance(query, And) else ' OR ').join(values)})"
    return f"({query_text(query, timezone=zone)})"


def _near_text(near: Near) -> str:
    return f"{_operand(near.left)} {'ONEAR' if near.ordered else 'NEAR'}/{near.gap} {_operand(near.right)}"


def _operand(operand: Word | Exact | Prefix | Phrase | AnyOf) -> str:
    match operand:
        case Word(word):
            return _bare(word, operand)
        case Prefix(prefix):
            return _bare(f"{prefix}*", operand)
        case Exact(word):
            return f"={quote(word)}"
        case Phrase(words):
            return quote(" ".join(words))
        case AnyOf(operands):
            return f"({' OR '.join(_operand(one) for one in operands)})"


def _bare(text: str, operand: Word | Prefix) -> str:
    if not is_bare(text, "word") or read_word(Token("word", text, 0, len(text))) != operand:
        raise RequestError(f"{text[:40]!r} cannot stand in a query as one word.")
    return text


def _numbers(wanted: NumberRange) -> str:
    low, high = _number(wanted.low), _number(wanted.high)
    if low and high:
        over, under = "" if wanted.includes_low else ">", "" if wanted.includes_high else "<"
        return low if low == high else f"{over}{low}..{under}{high}"
    if low:
        return f"{'>=' if wanted.includes_low else '>'}{low}"
    return f"{'<=' if wanted.includes_high else '<'}{high}" if high else "*"


def _number(bound: float | None) -> str:
    if bound is None:
        return ""
    return str(int(bound)) if float(bound).is_integer() else format(Decimal(repr(bound)), "f")
