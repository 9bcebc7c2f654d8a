"""Periods: dates as people write them in a query, each a stretch of time: a year, a month, a day, a minute.

`2026-03` as the end of a range means to the end of March, because the period is March and not its first instant.
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from textcx.query.interval import midnight

_PERIOD = re.compile(
    r"(?P<year>[1-8][0-9]{3})(?:-Q(?P<quarter>[1-4])|-W(?P<week>[0-9]{2})|-(?P<month>[0-9]{2})"
    r"(?:-(?P<day>[0-9]{2})(?:T[0-9]{2}:[0-9]{2}(?P<seconds>:[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?)?)?)?)?"
)
_FORMS = ("%Y", "%Y-%m", "%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
_ONE_SECOND = timedelta(seconds=1)


class Period(NamedTuple):
    """A stretch of time in UTC: from `start` (inclusive) to `end` (exclusive)."""

    start: datetime
    end: datetime


def read_period(text: str, zone: tzinfo) -> Period | None:
    """Return the period a date stands for, or None if it is no date of the years 1000 to 8999.

    Args:
        text: A year, quarter, month, week, day, minute or second, in the forms of ISO 8601 (and 2026-Q1).
        zone: Whose calendar and clock it means, unless it has an offset itself.

    Example:
        >>> [str(time) for time in read_period("2026-02", UTC)]
        ['2026-02-01 00:00:00+00:00', '2026-03-01 00:00:00+00:00']
        >>> read_period("2026-02-30", UTC) is None
        True
    """
    match = _PERIOD.fullmatch(text)
    if match is None:
        return None
    try:
        if "T" in text:
            start = datetime.fromisoformat(text)
            start = (start if start.tzinfo else start.replace(tzinfo=zone)).astimezone(UTC)
            return Period(start, start + (_ONE_SECOND if match["seconds"] else timedelta(minutes=1)))
        first, after = _days(match)
    except ValueError:  # a thirteenth month, a week 54, an hour 25
        return None
    return Period(midnight(first, zone), midnight(after, zone))


def write_span(start: datetime | None, end: datetime | None, zone: tzinfo) -> str:
    """Return a range of dates as a query has it, by the longest of our periods that fit both its ends.

    Args:
        start: Inclusive, in whole seconds; None where it is open.
        end: Exclusive, in whole seconds; None where it is open.
        zone: In whose calendar it is written and will be read.

    Example:
        >>> write_span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC), UTC)
        '2026-01..2026-03'
    """
    opening = start.astimezone(zone) if start else None
    closing = (end.astimezone(UTC) - _ONE_SECOND).astimezone(zone) if end else None
    for form in _FORMS:
        first, last = (time.strftime(form) if time else "" for time in (opening, closing))
        begins = not first or ((period := read_period(first, zone)) is not None and period.start == start)
        ends = not last or ((period := read_period(last, zone)) is not None and period.end == end)
        if begins and ends:
            return _join(first, last)
    # An hour that is lived through twice needs its offset.
    return _join(*(time.isoformat(timespec="seconds") if time else "" for time in (opening, closing)))


def _join(first: str, last: str) -> str:
    if first == last:
        return first or "*"
    if first and last:
        return f"{first}..{last}"
    return f">={first}" if first else f"<={last}"


def _days(match: re.Match[str]) -> tuple[date, date]:
    """Return the first day of a period and the first day after it."""
    year = int(match["year"])
    if match["week"]:
        monday = date.fromisocalendar(year, int(match["week"]), 1)
        return monday, monday + timedelta(days=7)
    if match["day"]:
        day = date(year, int(match["month"]), int(match["day"]))
        return day, day + timedelta(days=1)
    if match["month"]:
        return _months(year, int(match["month"]), 1)
    return _months(year, 3 * int(match["quarter"]) - 2, 3) if match["quarter"] else _months(year, 1, 12)


def _months(year: int, month: int, length: int) -> tuple[date, date]:
    after = 12 * year + month - 1 + length
    return date(year, month, 1), date(after // 12, after % 12 + 1, 1)
