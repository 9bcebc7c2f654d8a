"""Times that are numbers: days as Excel counts them, seconds or milliseconds since 1970, and 20261101."""

from datetime import UTC, datetime, timedelta
from typing import Any

import regex

_WRITTEN = regex.compile(r"\d{5,13}(?:[.,]\d+)?")
_COMPACT_DAY = regex.compile(r"(?:19[7-9]\d|20\d\d|21\d\d)(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")
_EXCEL_DAYS = (20_000, 80_000)
"""From 1954 to 2119: no other count of time in use lies there."""
_SECONDS = (315_532_800, 7_258_118_400)
"""From 1980 to 2200."""
_DAYS_FROM_1900_TO_1904 = 1462


def time_of_number(value: Any, *, counts_from_1904: bool = False) -> str | None:
    """Return the time that a number counts, as ISO 8601, or None if it counts none that is known.

    Args:
        value: A number, or its digits.
        counts_from_1904: It is of a workbook whose days are counted so.

    Example:
        >>> time_of_number(46327), time_of_number("46327,5"), time_of_number(1793491200), time_of_number("20261101")
        ('2026-11-01', '2026-11-01T12:00:00', '2026-11-01T00:00:00Z', '2026-11-01')
    """
    if isinstance(value, str) and _WRITTEN.fullmatch(value.strip()):
        text = value.strip().replace(",", ".")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        text = repr(value)
    else:
        return None
    if _COMPACT_DAY.fullmatch(text):
        return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    number = float(text)
    if _EXCEL_DAYS[0] <= number < _EXCEL_DAYS[1]:
        days = number + (_DAYS_FROM_1900_TO_1904 if counts_from_1904 else 0)
        at = datetime(1899, 12, 30, tzinfo=UTC) + timedelta(seconds=round(days * 86_400))
        return at.date().isoformat() if days.is_integer() else at.strftime("%Y-%m-%dT%H:%M:%S")
    for unit in (1, 1000):
        if _SECONDS[0] <= number / unit < _SECONDS[1]:
            return datetime.fromtimestamp(number // unit, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return None
