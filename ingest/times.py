"""Times as sources write them, read into UTC with the precision they really have."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

import regex

from textcx.errors import UnreadableRecordError
from textcx.mention import Precision

DateOrder = Literal["dmy", "mdy"]

_USUAL = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|\+00:00)?)?", re.ASCII)
"""UTC as most programs write it: read at a third of the cost."""
_DATE = regex.compile(
    r"(?P<year>\d{4})(?:(?P<between>[-/.])(?P<month>\d{1,2})(?:(?P=between)(?P<day>\d{1,2}))?)?(?P<rest>[T ].*)?"
)
_DAY_FIRST = regex.compile(r"(?P<day>\d{1,2})\. ?(?P<month>\d{1,2})\. ?(?P<year>\d{4})(?P<rest>[T ].*)?")
_EITHER_FIRST = regex.compile(
    r"(?P<first>\d{1,2})(?P<between>[/-])(?P<second>\d{1,2})(?P=between)(?P<year>\d{4})(?P<rest>[T ,].*)?"
)
_TIME = regex.compile(
    r"[T ,]\s*(?:klo?\.?\s*)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?\s*(?P<zone>[Zz]|UTC|GMT|[+-]\d{2}:?\d{2})?"
)
_NOON_HOUR = 12
_MONTHS = 12
_EARLIEST_YEAR, _LATEST_YEAR = 1970, 2199
_FORMATS: dict[Precision, str] = {
    "second": "%Y-%m-%dT%H:%M:%SZ",
    "minute": "%Y-%m-%dT%H:%MZ",
    "day": "%Y-%m-%d",
    "month": "%Y-%m",
    "year": "%Y",
}


def read_time(value: str, *, order: DateOrder | None = None) -> tuple[datetime, Precision]:
    """Return the time in UTC and how precisely it was given.

    A period ("2026-03") is its first moment. With dots the day comes first, as everywhere in our countries; with
    slashes or hyphens it may be either, so it is read only where one number is over 12 or `order` says.

    Args:
        value: ISO 8601, or day.month.year, or numbers with slashes or hyphens; with or without a time of day.
            A time of day without a zone is UTC.
        order: For numbers with slashes or hyphens.

    Raises:
        UnreadableRecordError: It is none of these, no date of the calendar, or ambiguous.

    Example:
        >>> read_time("01.11.2026")
        (datetime.datetime(2026, 11, 1, 0, 0, tzinfo=datetime.timezone.utc), 'day')
    """
    if (usual := _USUAL.fullmatch(value)) and (found := _usual_time(*usual.groups())):
        return found
    text = value.strip()
    if match := _DATE.fullmatch(text) or _DAY_FIRST.fullmatch(text):
        year, month, day, rest = match["year"], match["month"], match["day"], match["rest"]
    elif match := _EITHER_FIRST.fullmatch(text):
        year, rest = match["year"], match["rest"]
        day, month = _day_and_month(int(match["first"]), int(match["second"]), order)
    else:
        raise UnreadableRecordError("the date is not like 2026-11-01, 2026-11-01T12:00:00Z or 01.11.2026")
    clock = _TIME.fullmatch(rest) if rest and rest.strip() else None
    if rest and rest.strip() and (clock is None or day is None):
        raise UnreadableRecordError("the time of day is not like 12:00, 12:00:30 or 12:00:30+01:00")
    if not _EARLIEST_YEAR <= int(year) <= _LATEST_YEAR:
        raise UnreadableRecordError(f"the year lies outside {_EARLIEST_YEAR} to {_LATEST_YEAR}")
    try:
        hour, minute, second = _clock_numbers(clock) if clock else (0, 0, 0)
        at = datetime(int(year), int(month or 1), int(day or 1), hour, minute, second, tzinfo=UTC)
        if clock and clock["zone"] and clock["zone"][0] in "+-":
            zone = f"{clock['zone'][:3]}:{clock['zone'][-2:]}"
            at = datetime.fromisoformat(at.replace(tzinfo=None).isoformat() + zone).astimezone(UTC)
    except ValueError as error:
        raise UnreadableRecordError("there is no such day or time of day") from error
    return at, _precision(month, day, clock)


def _usual_time(*parts: str | None) -> tuple[datetime, Precision] | None:
    """Return a time from its digits, year first; None where there is no such time, which the general way explains."""
    year, month, day, hour, minute, second = (int(part or 0) for part in parts)
    if not _EARLIEST_YEAR <= year <= _LATEST_YEAR:
        return None
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
    return at, "second" if parts[5] else "minute" if parts[3] else "day"


def write_time(at: datetime, precision: Precision) -> str:
    """Return a UTC time as ISO 8601 with no more than its precision: `read_time` reads it back as it was.

    Example:
        >>> write_time(datetime(2026, 11, 1, tzinfo=UTC), "day")
        '2026-11-01'
    """
    return at.strftime(_FORMATS[precision])


def date_order(values: Iterable[str]) -> DateOrder | Literal["unclear"] | None:
    """Return what the dates of one column say about their order: None where none has slashes or hyphens.

    One number over 12 settles it for the column; if none is, or they contradict one another, it is unclear.

    Example:
        >>> date_order(["03/04/2026", "25/04/2026"])
        'dmy'
    """
    matches = [match for value in values if (match := _EITHER_FIRST.fullmatch(value.strip()))]
    pairs = [(int(match["first"]), int(match["second"])) for match in matches]
    day_first = any(first > _MONTHS for first, _ in pairs)
    month_first = any(second > _MONTHS for _, second in pairs)
    if day_first != month_first:
        return "dmy" if day_first else "mdy"
    return "unclear" if day_first or any(first != second for first, second in pairs) else None


def _clock_numbers(clock: "regex.Match[str]") -> tuple[int, int, int]:
    hour = int(clock["hour"])
    if clock["half"]:
        if not 1 <= hour <= _NOON_HOUR:
            raise ValueError("no hour of a half day")
        hour = hour % _NOON_HOUR + (_NOON_HOUR if clock["half"] in "Pp" else 0)
    return hour, int(clock["minute"]), int(clock["second"] or 0)


def _day_and_month(first: int, second: int, order: DateOrder | None) -> tuple[int, int]:
    if order == "dmy" or (order is None and (first > _MONTHS or first == second)):
        return first, second
    if order == "mdy" or (order is None and second > _MONTHS):
        return second, first
    message = "the date may be day/month or month/day; say which, as in --map published_at=COLUMN:dmy"
    raise UnreadableRecordError(message)


def _precision(month: object, day: object, clock: "regex.Match[str] | None") -> Precision:
    if clock:
        return "second" if clock["second"] else "minute"
    return "day" if day else "month" if month else "year"
