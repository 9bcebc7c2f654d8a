"""Time intervals, hour to year: their borders in a time zone's calendar, and their labels.

Borders are made here and nowhere else, so that both engines cut time at the same instants.
"""

from calendar import isleap
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import count
from types import MappingProxyType
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from textcx.errors import RequestError

IntervalName = Literal["hour", "day", "week", "month", "quarter", "year"]
WeekStart = Literal["monday", "sunday"]

LONGEST_SPAN: Mapping[IntervalName, tuple[int, Literal["days", "years"]]] = MappingProxyType(
    {
        "hour": (31, "days"),
        "day": (2, "years"),
        "week": (10, "years"),
        "month": (50, "years"),
        "quarter": (50, "years"),
        "year": (100, "years"),
    }
)
"""From first to last at most so long: under 800 intervals, which is more than a chart shows."""

# Far from the ends of what a datetime can hold, so that no zone and no next border leads beyond.
_YEARS = range(1000, 9000)
_ONE_HOUR = timedelta(hours=1)
_SUNDAY = 6
_MONTHS = MappingProxyType({"month": 1, "quarter": 3, "year": 12})


def borders(
    first: datetime,
    last: datetime,
    *,
    interval: IntervalName,
    timezone: ZoneInfo,
    week_starts: WeekStart = "monday",
) -> tuple[datetime, ...]:
    """Return the borders of the intervals that hold every instant from `first` to `last`, both included.

    n + 1 borders for n intervals, ascending; an interval includes its start, not its end. Days, months, quarters and
    years follow the zone's calendar, weeks start on Monday (ISO 8601) unless asked otherwise. A day on which the clock
    is changed lasts 23 or 25 hours, and the hour that is lived through twice makes two intervals.

    Each border carries the offset the zone has at that instant, not the zone itself: Python compares two times of
    one ZoneInfo by the wall clock, so that the two hours from 02:00 of an autumn night would be equal.

    Raises:
        RequestError: The times are naive, in the wrong order, outside the years 1000 to 8999, or too far apart for this
            interval; then the message names a coarser one that fits.

    Example:
        >>> from datetime import datetime
        >>> at = datetime.fromisoformat("2026-03-29T12:00+00:00")
        >>> [str(border) for border in borders(at, at, interval="day", timezone=ZoneInfo("Europe/Stockholm"))]
        ['2026-03-29 00:00:00+01:00', '2026-03-30 00:00:00+02:00']
    """
    _check(first, last, interval=interval, zone=timezone)
    found: list[datetime] = []
    for start in _starts(first.astimezone(UTC), interval=interval, zone=timezone, week_starts=week_starts):
        if start <= first:
            found = [start]
        # A date that the zone left out (Samoa, 30 December 2011) would be an interval without time.
        elif start != found[-1]:
            found.append(start)
        if start > last:
            break
    return tuple(_with_offset(start, timezone) for start in found)


def label(start: datetime, interval: IntervalName) -> str:
    """Return the name of the interval that begins at this border, in the form of ISO 8601 where it has one.

    A week that starts on a Sunday has none, and is named by its first day.

    Args:
        start: A border as `borders` gave it: in UTC it may lie in another day.
        interval: Of which the border is.

    Example:
        >>> start = datetime.fromisoformat("2026-01-01T00:00+01:00")
        >>> [label(start, name) for name in get_args(IntervalName)]
        ['2026-01-01T00:00+01:00', '2026-01-01', '2026-W01', '2026-01', '2026-Q1', '2026']
    """
    if interval == "hour":
        # With the offset, since an hour may come twice.
        return start.isoformat(timespec="minutes")
    if interval == "day" or (interval == "week" and start.weekday() == _SUNDAY):
        return start.date().isoformat()
    if interval == "week":
        year, week, _ = start.isocalendar()
        return f"{year:04d}-W{week:02d}"
    if interval == "month":
        return f"{start.year:04d}-{start.month:02d}"
    if interval == "quarter":
        return f"{start.year:04d}-Q{(start.month + 2) // 3}"
    return f"{start.year:04d}"


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return the instant, in UTC, at which a day begins in a zone.

    Example:
        >>> str(midnight(date(2026, 3, 30), ZoneInfo("Europe/Stockholm")))
        '2026-03-29 22:00:00+00:00'
    """
    # fold=0 is the first of two midnights and, where the clock skips midnight, the instant of the change.
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _check(first: datetime, last: datetime, *, interval: IntervalName, zone: ZoneInfo) -> None:
    if first.utcoffset() is None or last.utcoffset() is None:
        message = "The first and the last time of a trend need a time zone, such as 2026-03-01T00:00+01:00."
        raise RequestError(message)
    if first > last:
        message = f"The trend would end ({last.isoformat()}) before it begins ({first.isoformat()}): swap the two."
        raise RequestError(message)
    if first.year not in _YEARS or last.year not in _YEARS:
        message = f"A trend lies in the years 1000 to 8999, not {first.year} to {last.year}: ask for a shorter time."
        raise RequestError(message)
    # By the wall clock: a month of 31 days is one also when the clock is changed in it.
    start, end = (time.astimezone(zone).replace(tzinfo=None) for time in (first, last))
    if _fits(start, end, interval):
        return
    names: tuple[IntervalName, ...] = get_args(IntervalName)
    coarser = [name for name in names[names.index(interval) + 1 :] if _fits(start, end, name)]
    amount, unit = LONGEST_SPAN[interval]
    way_out = f"ask by {coarser[0]}, or for a shorter time" if coarser else "ask for a shorter time"
    message = (
        f"By {interval} a trend holds at most {amount} {unit}, and {start.date()} to {end.date()} is longer: {way_out}."
    )
    raise RequestError(message)


def _fits(start: datetime, end: datetime, interval: IntervalName) -> bool:
    amount, unit = LONGEST_SPAN[interval]
    if unit == "days":
        return end - start <= timedelta(days=amount)
    year = start.year + amount
    if year > end.year:
        return True
    if (start.month, start.day) == (2, 29) and not isleap(year):
        start = start.replace(month=3, day=1)
    return end <= start.replace(year=year)


def _starts(first: datetime, *, interval: IntervalName, zone: ZoneInfo, week_starts: WeekStart) -> Iterator[datetime]:
    """Give the instants at which intervals start, in UTC, from before `first` and without end."""
    if interval == "hour":
        return _hours(first, zone)
    return (midnight(day, zone) for day in _first_days(first.astimezone(zone).date(), interval, week_starts))


def _hours(first: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    start = first - _ONE_HOUR - _past_hour(first - _ONE_HOUR, zone)
    while True:
        yield start
        end = start + _ONE_HOUR
        # Where the clock is changed by half an hour (Lord Howe Island), the hour from there on is a short one.
        full = end - _past_hour(end, zone)
        start = full if full.astimezone(zone).utcoffset() == end.astimezone(zone).utcoffset() else end


def _past_hour(instant: datetime, zone: ZoneInfo) -> timedelta:
    local = instant.astimezone(zone)
    return timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)


def _first_days(day: date, interval: IntervalName, week_starts: WeekStart) -> Iterator[date]:
    """Give the first day of each interval, from the one before that which holds `day`."""
    if interval in ("day", "week"):
        length = 7 if interval == "week" else 1
        days_past = (day.weekday() + (week_starts == "sunday")) % length
        return (day + timedelta(days=length * step - days_past) for step in count(-1))
    length = _MONTHS[interval]
    months = 12 * day.year + (day.month - 1) // length * length
    return (date((months + length * step) // 12, (months + length * step) % 12 + 1, 1) for step in count(-1))


def _with_offset(instant: datetime, zone: ZoneInfo) -> datetime:
    local = instant.astimezone(zone)
    return local.replace(tzinfo=timezone(local.utcoffset() or timedelta(0)))
