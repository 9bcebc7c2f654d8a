"""Ranges: `4`, `<=2`, `>8`, `9..10`, `>2..<4` and `*` of numbers and dates, read from a token."""

import re
from datetime import datetime, tzinfo
from typing import NamedTuple

from textcx.errors import QuerySyntaxError
from textcx.query.fields import FieldOfQuery
from textcx.query.lexer import Token
from textcx.query.names import shown
from textcx.query.periods import Period, read_period
from textcx.query.tree import DateRange, NumberRange

_EXPECTED_NUMBER = "a number such as 4 or 4.5"
_EXPECTED_DATE = "a date such as 2026, 2026-Q1, 2026-03, 2026-W12, 2026-03-15 or 2026-03-15T10:30"
_SIGNED = re.compile("([<>]=?|[≤≥])?(.*)", re.DOTALL)
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,20})?")
_INCLUDING = ("", "<=", ">=", "≤", "≥")
_BELOW = ("<", "<=", "≤")
_ABOVE = (">", ">=", "≥")


class _End(NamedTuple):
    """One end of a range as written; an open end has no text."""

    sign: str
    text: str
    position: int

    @property
    def is_included(self) -> bool:
        return self.sign in _INCLUDING


def read_numbers(field: FieldOfQuery, token: Token) -> NumberRange:
    """Return the range of numbers that a token stands for.

    Raises:
        QuerySyntaxError: It is none, or no number lies in it.
    """
    low_end, high_end = _ends(field, token, _EXPECTED_NUMBER)
    low, high = _number(field, low_end), _number(field, high_end)
    both_included = low_end.is_included and high_end.is_included
    if low is not None and high is not None and (low > high or (low == high and not both_included)):
        raise _empty(field, token)
    return NumberRange(field.name, low, high, low_end.is_included, high_end.is_included)


def read_dates(field: FieldOfQuery, token: Token, zone: tzinfo) -> DateRange:
    """Return the range of time that a token stands for, in UTC.

    Args:
        field: A field that holds dates.
        token: The token.
        zone: In whose calendar the dates are meant.

    Raises:
        QuerySyntaxError: It is none, or no time lies in it.
    """
    low_end, high_end = _ends(field, token, _EXPECTED_DATE)
    low = _period(field, low_end, zone)
    high = low if high_end == low_end else _period(field, high_end, zone)
    start: datetime | None = None
    end: datetime | None = None
    if low is not None:
        start = low.start if low_end.is_included else low.end
    if high is not None:
        end = high.end if high_end.is_included else high.start
    if start is not None and end is not None and start >= end:
        raise _empty(field, token)
    return DateRange(field.name, start, end)


def _ends(field: FieldOfQuery, token: Token, expected: str) -> tuple[_End, _End]:
    written, start = token.text, token.start + (token.kind == "quoted")
    open_end = _End("", "", start)
    if written == "*":
        return open_end, open_end
    left, dots, right = written.partition("..")
    first = _end(left, start)
    if not dots:
        if not first.text:
            message = f"{field.name} has no value"
            raise QuerySyntaxError(
                message, position=first.position, expected=expected, kind="missing_value", field=field.name
            )
        return (
            open_end if first.sign in _BELOW else first,
            open_end if first.sign in _ABOVE else first,
        )
    last = _end(right, start + len(left) + len(dots))
    for end, wrong_signs, right_sign in ((first, _BELOW, ">"), (last, _ABOVE, "<")):
        if end.sign in wrong_signs or (end.sign and not end.text) or not (first.text or last.text):
            message = f"An end of the range of {field.name} cannot be read"
            expected = f"{expected}, alone or after {right_sign}"
            raise QuerySyntaxError(
                message, position=end.position, expected=expected, kind="range_end", field=field.name, sign=right_sign
            )
    return first, last


def _end(written: str, start: int) -> _End:
    match = _SIGNED.fullmatch(written)
    sign, text = (match[1] or "", match[2]) if match else ("", written)
    return _End(sign, text, start + len(sign))


def _number(field: FieldOfQuery, end: _End) -> float | None:
    if not end.text:
        return None
    if _NUMBER.fullmatch(end.text) is None:
        message = f"{shown(end.text)} is no number for {field.name}"
        raise QuerySyntaxError(
            message, position=end.position, expected=_EXPECTED_NUMBER, kind="number", field=field.name
        )
    return float(end.text)


def _period(field: FieldOfQuery, end: _End, zone: tzinfo) -> Period | None:
    if not end.text:
        return None
    period = read_period(end.text, zone)
    if period is None:
        message = f"{shown(end.text)} is no date for {field.name}"
        raise QuerySyntaxError(message, position=end.position, expected=_EXPECTED_DATE, kind="date", field=field.name)
    return period


def _empty(field: FieldOfQuery, token: Token) -> QuerySyntaxError:
    message = f"Nothing lies in this range of {field.name}"
    expected = "the smaller or earlier end first"
    return QuerySyntaxError(message, position=token.start, expected=expected, kind="empty_range", field=field.name)
