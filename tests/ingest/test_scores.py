"""Scores are read with the words that surveys put beside them, and nothing else is taken for one."""

from typing import Any

import pytest

from ingest.scores import read_score


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("10 - Extremely likely", "10"),
        ("0 – Inte alls troligt", "0"),
        ("3 stjerner", "3"),
        ("4,5 tähteä", "4,5"),
        ("5 (Mycket nöjd)", "5"),
        ("Mycket nöjd (5)", "5"),
        ("★★★★☆", 4),
        ("4/5", "4"),
        ("4 av 5", "4"),
        ("4,5", "4,5"),
        (7, 7),
        ("A4", "A4"),
        ("5-10", "5-10"),
        ("5 - 10", "5 - 10"),
        ("Bra", "Bra"),
        ("2026-11-01", "2026-11-01"),
    ],
)
def test_a_number_is_found_beside_its_words(written: Any, value: Any) -> None:
    assert read_score(written) == value


def test_a_score_of_another_scale_is_none_of_this() -> None:
    assert read_score("4/10", highest=5) == "4/10"
    assert read_score("4/5", highest=5) == "4"
