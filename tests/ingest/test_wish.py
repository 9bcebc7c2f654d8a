"""A wish holds the posts that a search with the same words finds."""

import pytest

from ingest.wish import read_wish

TEXT = "Hyllan från Hyllbo kom  i tid #soffa"
LINKS = ["https://www.hyllbo.example/rea", "http://[", 7]


@pytest.mark.parametrize(
    ("wish", "holds"),
    [
        ("hyllbo", True),
        ("hyllb", False),
        ("hyllb*", True),
        ("HYLLBO tid", True),
        ("hyllbo bord", False),
        ('"kom i tid"', True),
        ('"i kom tid"', False),
        ('hyllbo "kom i"', True),
        ("soffa", True),
        ("#soffa", True),
        ("#rea", True),
        ("#so", False),
        ("domain:hyllbo.example", True),
        ("domain:llbo.example", False),
        ("hyllbo domain:hyllbo.example #rea", True),
        ("hyllbo domain:hyllbo.example #stol", False),
        ("hyllbo ... !", True),
    ],
)
def test_all_that_a_wish_says_must_stand_in_a_post(wish: str, holds: bool) -> None:
    assert read_wish(wish).holds(TEXT, tags=["rea"], links=LINKS) is holds  # type: ignore[arg-type]


@pytest.mark.parametrize("wish", ["from:acme.example", "mentions:acme", "-rea", "", " ", "#", '""', "domain:", "..."])
def test_what_a_stream_cannot_be_asked_for_is_refused(wish: str) -> None:
    with pytest.raises(ValueError, match="words"):
        read_wish(wish)


def test_a_wish_takes_no_time_whatever_a_post_says() -> None:
    assert not read_wish('"hylla hylla hylla" hyllb*').holds("hylla " * 100_000 + "#" * 100_000)
