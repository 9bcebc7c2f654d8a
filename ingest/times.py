"""Times as sources write them, read into UTC with the precision they really have."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import regex

from textcx.errors import UnreadableRecordError
from textcx.mention import Precision

_DATE = regex.compile(r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?(?P<rest>[T ].*)?")
_DAY_FIRST = regex.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})(?P<rest>[T ].*)?")
_EITHER_FIRST = regex.compile(r"(?P<first>\d{1,2})[/-](?P<second>\d{1,2})[/-](?P<year>\d{4})(?P<rest>[T ].*)?")
_TIME = regex.compile(
    r"[T ]\s*(?:kl\.?\s*)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"\s*(?P<zone>Z|UTC|[+-]\d{2}:?\d{2})?"
)
_EARLIEST_YEAR, _LATEST_YEAR = 1970, 2199


def read_time(value: str, *, order: str | None = None, timezone: ZoneInfo | None = None) -> tuple[datetime, Precision]:
    """Return the time in UTC and how precisely it was given.

    A period ("2026-03") is its first moment. With dots the day comes first, as everywhere in our countries; with
    slashes it may be either, so it is read only where one number is over 12 or `order` says.

    Args:
        value: ISO 8601, or day.month.year, or numbers with slashes or hyphens; with or without a time of day.
        order: "dmy" or "mdy" for numbers with slashes or hyphens.
        timezone: The zone of times that name none; UTC if not given.

    Raises:
        UnreadableRecordError: It is none of these, no date of the calendar, or ambiguous.

    Example:
        >>> read_time("01.11.2026")
        (datetime.datetime(2026, 11, 1, 0, 0, tzinfo=datetime.timezone.utc), 'day')
    """
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
        naive = datetime(  # noqa: DTZ001 - its zone follows
            int(year), int(month or 1), int(day or 1),
            *((int(clock["hour"]), int(clock["minute"]), int(clock["second"] or 0)) if clock else ()),
        )  # fmt: skip
    except ValueError as error:
        raise UnreadableRecordError("there is no such day or time of day") from error
    zone = clock["zone"] if clock else None
    if zone and zone not in ("Z", "UTC"):
        aware = datetime.fromisoformat(f"{naive.isoformat()}{zone[:3]}:{zone[-2:]}")
    else:
        aware = naive.replace(tzinfo=UTC if zone or timezone is None else timezone)
    return aware.astimezone(UTC), _precision(month, day, clock)


def _day_and_month(first: int, second: int, order: str | None) -> tuple[int, int]:
    if order == "dmy" or (order is None and first > 12 >= second):
        return first, second
    if order == "mdy" or (order is None and second > 12 >= first):
        return second, first
    message = "the date may be day/month or month/day; say which, as in --map published_at=COLUMN:dmy"
    raise UnreadableRecordError(message)


def _precision(month: object, day: object, clock: "regex.Match[str] | None") -> Precision:
    if clock:
        return "second" if clock["second"] else "minute"
    return "day" if day else "month" if month else "year"
