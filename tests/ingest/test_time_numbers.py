"""Numbers that count time are told by their size; any other is none."""

from typing import Any

import pytest

from ingest.time_numbers import time_of_number


@pytest.mark.parametrize(
    ("number", "time"),
    [
        (46327, "2026-11-01"),
        (46327.0, "2026-11-01"),
        (46327.604166666664, "2026-11-01T14:30:00"),
        ("46327", "2026-11-01"),
        ("46327,25", "2026-11-01T06:00:00"),
        (1793491200, "2026-11-01T00:00:00Z"),
        (1793491200123, "2026-11-01T00:00:00Z"),
        ("1793491200", "2026-11-01T00:00:00Z"),
        ("20261101", "2026-11-01"),
        (20261101, "2026-11-01"),
        (2026, None),
        ("2026", None),
        (5, None),
        (True, None),
        (-46327, None),
        (float("inf"), None),
        (float("nan"), None),
        (10**30, None),
        ("01.11.2026", None),
        ("", None),
        (None, None),
    ],
)
def test_a_time_is_told_by_the_size_of_its_number(number: Any, time: str | None) -> None:
    assert time_of_number(number) == time


def test_days_of_an_old_mac_are_counted_from_1904() -> None:
    assert time_of_number(46327 - 1462, counts_from_1904=True) == "2026-11-01"
