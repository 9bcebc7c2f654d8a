"""Times are read with the precision they really have, or not at all."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.times import date_order, read_time, write_time
from textcx.errors import UnreadableRecordError
from textcx.mention import Precision

NAIVE = st.datetimes(datetime(1970, 1, 2), datetime(2199, 12, 30))  # noqa: DTZ001 - the zone comes from the test


@pytest.mark.parametrize(
    ("written", "at", "precision"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC), "year"),
        ("2026-03", datetime(2026, 3, 1, tzinfo=UTC), "month"),
        ("2026-03-04", datetime(2026, 3, 4, tzinfo=UTC), "day"),
        ("2026/3/4", datetime(2026, 3, 4, tzinfo=UTC), "day"),
        ("2026-03-04T05:06", datetime(2026, 3, 4, 5, 6, tzinfo=UTC), "minute"),
        ("2026-03-04 05:06:07", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC), "second"),
        ("2026-03-04T05:06:07.123456Z", datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC), "second"),
        ("2026-03-04T05:06:07+02:00", datetime(2026, 3, 4, 3, 6, 7, tzinfo=UTC), "second"),
        ("2026-03-04 05:06:07 -0800", datetime(2026, 3, 4, 13, 6, 7, tzinfo=UTC), "second"),
        ("2026-01-01T00:30+01:00", datetime(2025, 12, 31, 23, 30, tzinfo=UTC), "minute"),
        ("01.11.2026", datetime(2026, 11, 1, tzinfo=UTC), "day"),
        ("1. 11. 2026", datetime(2026, 11, 1, tzinfo=UTC), "day"),
        ("01.11.2026 kl. 14.30", datetime(2026, 11, 1, 14, 30, tzinfo=UTC), "minute"),
        ("1.11.2026 klo 14.30", datetime(2026, 11, 1, 14, 30, tzinfo=UTC), "minute"),
        ("25/12/2026", datetime(2026, 12, 25, tzinfo=UTC), "day"),
        ("12/25/2026 2:05 PM", datetime(2026, 12, 25, 14, 5, tzinfo=UTC), "minute"),
        ("12/25/2026, 12:05:09 am", datetime(2026, 12, 25, 0, 5, 9, tzinfo=UTC), "second"),
        ("04/04/2026", datetime(2026, 4, 4, tzinfo=UTC), "day"),
        ("29.02.2024", datetime(2024, 2, 29, tzinfo=UTC), "day"),
    ],
)
def test_what_people_write_is_read(written: str, at: datetime, precision: Precision) -> None:
    assert read_time(written) == (at, precision)
    assert read_time(f"  {written}\n") == (at, precision)


@pytest.mark.parametrize(
    "written",
    [
        "", "yesterday", "2026-13-01", "2026-02-30", "31.04.2026", "2026-03-04T25:00", "2026-03-04T05", "2026-03 12:00",
        "1.1.26", "1969-12-31", "2200-01-01", "20260304", "1700000000", "2026-03/04", "12/25/2026 14:05 PM", 
        "2026-03-04T05:06+99:99", "9999999999-01-01", "٢٠٢٦-٠٣-٠٤x", "0:30 2026-01-01",
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused_without_repeating_it(written: str) -> None:
    with pytest.raises(UnreadableRecordError) as caught:
        read_time(written)
    assert not written or written not in str(caught.value)


@pytest.mark.parametrize("written", ["03/04/2026", "03-04-2026", "3/4/2026 12:00"])
def test_an_ambiguous_date_is_not_guessed(written: str) -> None:
    with pytest.raises(UnreadableRecordError, match=":dmy"):
        read_time(written)
    assert read_time(written, order="dmy")[0].month == 4
    assert read_time(written, order="mdy")[0].month == 3


def test_the_order_does_not_bend_a_date_that_says_itself() -> None:
    assert read_time("2026-03-04", order="mdy") == read_time("2026-03-04")
    with pytest.raises(UnreadableRecordError):
        read_time("25/12/2026", order="mdy")


@pytest.mark.parametrize(
    ("values", "order"),
    [
        ([], None),
        (["2026-03-04", "", "01.02.2026"], None),
        (["04/04/2026"], None),
        (["03/04/2026", "25/04/2026"], "dmy"),
        (["03-04-2026 12:00", "04-25-2026 12:00"], "mdy"),
        (["03/04/2026", "05/06/2026"], "unclear"),
        (["25/04/2026", "04/25/2026"], "unclear"),
    ],
)
def test_one_date_of_a_column_may_settle_the_order_of_all(values: list[str], order: str | None) -> None:
    assert date_order(values) == order


@given(NAIVE, st.integers(-14 * 60, 14 * 60))
def test_iso_times_of_all_zones_are_read_as_the_standard_library_reads_them(naive: datetime, offset: int) -> None:
    aware = naive.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=offset)))
    assert read_time(aware.isoformat()) == (aware.astimezone(UTC), "second")


@given(NAIVE, st.sampled_from(["second", "minute", "day", "month", "year"]))
def test_a_written_time_is_read_back_with_its_precision(naive: datetime, precision: Precision) -> None:
    written = write_time(naive.replace(tzinfo=UTC), precision)
    at, found = read_time(written)
    assert found == precision
    assert write_time(at, precision) == written


@given(st.text())
def test_no_text_breaks_the_reading(written: str) -> None:
    try:
        at, _ = read_time(written)
    except UnreadableRecordError:
        return
    assert at.tzinfo is UTC
