from datetime import UTC, datetime, timedelta, timezone
from typing import get_args
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcx.errors import RequestError
from textcx.query.interval import LONGEST_SPAN, IntervalName, WeekStart, borders, label

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = ("UTC", "Europe/Stockholm", "Europe/Helsinki", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe")
INTERVALS: tuple[IntervalName, ...] = get_args(IntervalName)
# Longest stretch that a property test asks for: far inside the limit, so that a run stays short.
SPANS = {"hour": 3, "day": 60, "week": 200, "month": 900, "quarter": 2_000, "year": 4_000}


def at(text: str, zone: ZoneInfo = STOCKHOLM) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def texts(first: str, last: str, interval: IntervalName, zone: ZoneInfo = STOCKHOLM) -> list[str]:
    found = borders(at(first, zone), at(last, zone), interval=interval, timezone=zone)
    return [border.isoformat(timespec="minutes") for border in found]


def test_the_day_summer_time_begins_has_23_hours() -> None:
    days = borders(at("2026-03-28T10:00"), at("2026-03-30T10:00"), interval="day", timezone=STOCKHOLM)
    assert [end - start for start, end in zip(days, days[1:], strict=False)] == [
        timedelta(hours=24),
        timedelta(hours=23),
        timedelta(hours=24),
    ]
    assert len(borders(days[1], days[2] - timedelta(seconds=1), interval="hour", timezone=STOCKHOLM)) == 24


def test_the_day_summer_time_ends_has_25_hours_and_one_of_them_twice() -> None:
    hours = texts("2026-10-25T00:00", "2026-10-25T23:59", "hour")
    assert len(hours) == 26
    assert hours[1:5] == [
        "2026-10-25T01:00+02:00",
        "2026-10-25T02:00+02:00",
        "2026-10-25T02:00+01:00",
        "2026-10-25T03:00+01:00",
    ]


def test_the_repeated_hour_makes_two_intervals_that_stay_in_order() -> None:
    night = borders(at("2026-10-25T00:30"), at("2026-10-25T05:30"), interval="hour", timezone=STOCKHOLM)
    assert all(end - start == timedelta(hours=1) for start, end in zip(night, night[1:], strict=False))
    assert len(set(night)) == len(night)


def test_weeks_start_on_monday() -> None:
    assert texts("2026-01-01T12:00", "2026-01-05T00:00", "week") == [
        "2025-12-29T00:00+01:00",
        "2026-01-05T00:00+01:00",
        "2026-01-12T00:00+01:00",
    ]


def test_weeks_start_on_sunday_where_asked() -> None:
    found = borders(
        at("2026-01-03T12:00"), at("2026-01-04T00:00"), interval="week", timezone=STOCKHOLM, week_starts="sunday"
    )
    assert [border.isoformat(timespec="minutes") for border in found] == [
        "2025-12-28T00:00+01:00",
        "2026-01-04T00:00+01:00",
        "2026-01-11T00:00+01:00",
    ]
    assert [label(border, "week") for border in found] == ["2025-12-28", "2026-01-04", "2026-01-11"]


def test_a_week_from_sunday_on_which_the_clock_is_changed_has_167_hours() -> None:
    sunday = at("2026-03-29T00:00")
    start, end = borders(sunday, sunday, interval="week", timezone=STOCKHOLM, week_starts="sunday")
    assert (start, end - start) == (sunday, timedelta(hours=167))


@pytest.mark.parametrize("interval", [name for name in INTERVALS if name != "week"])
def test_on_which_day_a_week_starts_matters_to_weeks_alone(interval: IntervalName) -> None:
    days = at("2026-01-30T12:00"), at("2026-02-03T12:00")
    asked = borders(*days, interval=interval, timezone=STOCKHOLM, week_starts="sunday")
    assert asked == borders(*days, interval=interval, timezone=STOCKHOLM)


def test_months_follow_the_calendar_of_the_zone() -> None:
    assert texts("2026-02-28T23:59", "2026-04-01T00:00", "month") == [
        "2026-02-01T00:00+01:00",
        "2026-03-01T00:00+01:00",
        "2026-04-01T00:00+02:00",
        "2026-05-01T00:00+02:00",
    ]


def test_quarters_start_in_january_april_july_and_october() -> None:
    assert texts("2025-12-31T23:59", "2026-10-01T00:00", "quarter") == [
        "2025-10-01T00:00+02:00",
        "2026-01-01T00:00+01:00",
        "2026-04-01T00:00+02:00",
        "2026-07-01T00:00+02:00",
        "2026-10-01T00:00+02:00",
        "2027-01-01T00:00+01:00",
    ]


def test_years_start_in_january() -> None:
    assert texts("2024-02-29T00:00", "2025-12-31T23:59", "year") == [
        "2024-01-01T00:00+01:00",
        "2025-01-01T00:00+01:00",
        "2026-01-01T00:00+01:00",
    ]


def test_an_instant_belongs_to_the_day_of_the_zone_and_not_of_utc() -> None:
    late = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    found = borders(late, late, interval="month", timezone=STOCKHOLM)
    assert found[0] == datetime(2026, 7, 1, tzinfo=timezone(timedelta(hours=2)))


def test_a_time_on_a_border_begins_an_interval_and_ends_none() -> None:
    start = at("2026-05-01T00:00")
    for interval in INTERVALS[:4]:
        if interval != "week":
            assert borders(start, start, interval=interval, timezone=STOCKHOLM)[0] == start
            assert len(borders(start, start, interval=interval, timezone=STOCKHOLM)) == 2


def test_a_date_that_a_zone_left_out_makes_no_interval() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert texts("2011-12-29T12:00", "2011-12-31T12:00", "day", apia) == [
        "2011-12-29T00:00-10:00",
        "2011-12-31T00:00+14:00",
        "2012-01-01T00:00+14:00",
    ]


def test_a_day_without_midnight_begins_when_the_clock_is_changed() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    assert texts("2024-04-25T12:00", "2024-04-26T12:00", "day", cairo) == [
        "2024-04-25T00:00+02:00",
        "2024-04-26T01:00+03:00",
        "2024-04-27T00:00+03:00",
    ]


def test_hours_fall_on_the_full_hour_of_a_zone_with_an_odd_offset() -> None:
    assert texts("2026-01-01T10:20", "2026-01-01T11:20", "hour", ZoneInfo("Asia/Kathmandu")) == [
        "2026-01-01T10:00+05:45",
        "2026-01-01T11:00+05:45",
        "2026-01-01T12:00+05:45",
    ]


def test_a_change_by_half_an_hour_makes_one_short_hour_and_no_crooked_ones() -> None:
    assert texts("2025-10-05T01:10", "2025-10-05T03:10", "hour", ZoneInfo("Australia/Lord_Howe")) == [
        "2025-10-05T01:00+10:30",
        "2025-10-05T02:30+11:00",
        "2025-10-05T03:00+11:00",
        "2025-10-05T04:00+11:00",
    ]


@pytest.mark.parametrize("interval", INTERVALS)
@given(
    hours=st.floats(0, 50 * 365 * 24),
    part=st.floats(0, 1),
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    week_starts=st.sampled_from(get_args(WeekStart)),
)
def test_borders_are_contiguous_and_hold_first_and_last(
    interval: IntervalName, hours: float, part: float, zone: ZoneInfo, week_starts: WeekStart
) -> None:
    first = datetime(1990, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    last = first + part * timedelta(days=SPANS[interval])
    found = borders(first, last, interval=interval, timezone=zone, week_starts=week_starts)
    assert found[0] <= first < found[1]
    assert found[-2] <= last < found[-1]
    assert all(start < end for start, end in zip(found, found[1:], strict=False))
    assert all(border.utcoffset() == border.astimezone(zone).utcoffset() for border in found)
    # The same cut whatever the question: a part of a trend has the borders of the whole.
    assert set(borders(last, last, interval=interval, timezone=zone, week_starts=week_starts)) <= set(found)


@given(
    zone=st.sampled_from(sorted(available_timezones() - {"localtime"})).map(ZoneInfo),
    interval=st.sampled_from(INTERVALS[1:]),
    days=st.floats(0, 60 * 365),
)
def test_in_every_zone_of_the_world_an_interval_holds_its_instant(
    zone: ZoneInfo, interval: IntervalName, days: float
) -> None:
    instant = datetime(1975, 1, 1, tzinfo=UTC) + timedelta(days=days)
    start, end = borders(instant, instant, interval=interval, timezone=zone)
    assert start <= instant < end
    assert label(start, interval) == label_of_wall_clock(instant.astimezone(zone), interval)


def label_of_wall_clock(local: datetime, interval: IntervalName) -> str:
    """The year, quarter, month, week or day that a clock on the wall and a calendar beside it show."""
    year, week, _ = local.isocalendar()
    return {
        "day": f"{local:%Y-%m-%d}",
        "week": f"{year}-W{week:02d}",
        "month": f"{local:%Y-%m}",
        "quarter": f"{local:%Y}-Q{(local.month + 2) // 3}",
        "year": f"{local:%Y}",
    }[interval]


@pytest.mark.parametrize(
    ("interval", "last", "is_within"),
    [
        ("hour", "2024-02-01T00:00", True),
        ("hour", "2024-02-01T00:01", False),
        ("day", "2026-01-01T00:00", True),
        ("day", "2026-01-01T00:01", False),
        ("week", "2034-01-01T00:00", True),
        ("week", "2034-01-01T00:01", False),
        ("month", "2074-01-01T00:00", True),
        ("month", "2074-01-01T00:01", False),
        ("quarter", "2074-01-01T00:00", True),
        ("quarter", "2074-01-01T00:01", False),
        ("year", "2124-01-01T00:00", True),
        ("year", "2124-01-01T00:01", False),
    ],
)
def test_each_interval_has_its_limit(interval: IntervalName, last: str, is_within: bool) -> None:
    first = at("2024-01-01T00:00")
    if is_within:
        assert len(borders(first, at(last), interval=interval, timezone=STOCKHOLM)) < 800
        return
    amount, unit = LONGEST_SPAN[interval]
    with pytest.raises(RequestError, match=f"at most {amount} {unit}"):
        borders(first, at(last), interval=interval, timezone=STOCKHOLM)


def test_a_month_of_31_days_fits_by_hour_also_when_the_clock_is_set_back() -> None:
    assert len(texts("2026-10-01T00:00", "2026-10-31T23:59", "hour")) == 31 * 24 + 1 + 1


def test_a_span_from_a_leap_day_ends_on_the_first_of_march() -> None:
    assert texts("2024-02-29T00:00", "2026-03-01T00:00", "day")
    with pytest.raises(RequestError):
        texts("2024-02-29T00:00", "2026-03-01T00:01", "day")


@pytest.mark.parametrize(
    ("interval", "last", "way_out"),
    [
        ("hour", "2025-06-01T00:00", "ask by day, or for a shorter time"),
        ("hour", "2030-01-01T00:00", "ask by week, or for a shorter time"),
        ("day", "2050-01-01T00:00", "ask by month, or for a shorter time"),
        ("month", "2090-01-01T00:00", "ask by year, or for a shorter time"),
        ("hour", "2190-01-01T00:00", "longer: ask for a shorter time"),
    ],
)
def test_a_trend_that_is_too_long_is_told_which_interval_fits(interval: IntervalName, last: str, way_out: str) -> None:
    with pytest.raises(RequestError, match=way_out):
        borders(at("2024-01-01T00:00"), at(last), interval=interval, timezone=STOCKHOLM)


def test_times_without_a_zone_or_in_the_wrong_order_are_refused() -> None:
    noon = at("2026-01-01T12:00")
    with pytest.raises(RequestError, match="time zone"):
        borders(noon.replace(tzinfo=None), noon, interval="day", timezone=STOCKHOLM)
    with pytest.raises(RequestError, match="before it begins"):
        borders(noon, noon - timedelta(seconds=1), interval="day", timezone=STOCKHOLM)


@pytest.mark.parametrize("year", [1, 9999])
def test_years_at_the_end_of_time_are_refused(year: int) -> None:
    far = datetime(year, 1, 1, tzinfo=UTC)
    with pytest.raises(RequestError, match="1000 to 8999"):
        borders(far, far, interval="year", timezone=STOCKHOLM)


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ("hour", "2027-01-01T00:00+01:00"),
        ("day", "2027-01-01"),
        ("week", "2026-W53"),
        ("month", "2027-01"),
        ("quarter", "2027-Q1"),
        ("year", "2027"),
    ],
)
def test_a_label_names_the_interval_as_iso_8601_does(interval: IntervalName, expected: str) -> None:
    assert label(datetime.fromisoformat("2027-01-01T00:00+01:00"), interval) == expected


@pytest.mark.parametrize("interval", INTERVALS)
def test_no_two_intervals_have_one_label(interval: IntervalName) -> None:
    found = borders(at("2026-10-20T00:00"), at("2026-11-10T00:00"), interval=interval, timezone=STOCKHOLM)
    labels = [label(border, interval) for border in found]
    assert len(set(labels)) == len(labels)
