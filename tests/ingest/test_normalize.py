"""A redacted record becomes a mention, or says which value of it cannot be read."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.normalize import normalize, normalize_language, read_number
from ingest.raw import RedactedRecord
from textcx.errors import UnreadableRecordError
from textcx.mention import Mention, Rating

STARS = {"measure": "stars", "value": "4,5", "lowest": "1", "highest": 5}


def normalized(fields: Mapping[str, Any]) -> Mention:
    record = RedactedRecord(
        id="a" * 64,
        revision="r1",
        place="line 17",
        fields={"source": "reviewsite", "kind": "review", **fields},
        collected_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    return normalize(record, version=7)


def test_identity_comes_from_the_record_and_the_version_from_us() -> None:
    mention = normalized({"text": "Bra"})
    assert (mention.id, mention.revision, mention.version) == ("a" * 64, "r1", 7)
    assert mention.published_at is None
    assert mention.published_at_precision is None
    assert mention.voice == "unknown"


def test_ratings_keep_their_scale_and_may_have_a_decimal_comma() -> None:
    ratings = [STARS, {"measure": "nps", "value": 0, "lowest": 0, "highest": 10}]
    assert normalized({"ratings": ratings}).ratings == (
        Rating(measure="stars", value=4.5, lowest=1, highest=5),
        Rating(measure="nps", value=0, lowest=0, highest=10),
    )


def test_a_rating_without_a_value_is_absent_and_not_zero() -> None:
    assert normalized({"ratings": [{**STARS, "value": None}]}).ratings == ()


def test_times_are_utc_with_their_precision() -> None:
    mention = normalized({"published_at": "2026-01-15T00:30+01:00"})
    assert mention.published_at == datetime(2026, 1, 14, 23, 30, tzinfo=UTC)
    assert mention.published_at_precision == "minute"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"ratings": [{**STARS, "value": 6}]}, "rating stars: .*outside the scale 1 to 5"),
        ({"ratings": [{**STARS, "value": "bra"}]}, "rating stars: not a number"),
        ({"ratings": [{**STARS, "highest": None}]}, "rating stars: its scale is not given"),
        ({"ratings": [{**STARS, "value": "nan"}]}, "rating stars"),
        ({"ratings": [{**STARS, "lowest": 5}]}, "is empty"),
        ({"ratings": [{**STARS, "measure": "mood"}]}, "rating: measure must be one of stars"),
        ({"ratings": "5"}, "ratings must be a list"),
        ({"ratings": [5]}, "ratings must be a list"),
        ({"published_at": "03/04/2026"}, "published_at: .*day/month or month/day"),
        ({"published_at": "soon"}, "published_at"),
        ({"voice": "robot"}, "voice must be one of customer"),
        ({"kind": "lounge"}, "kind"),
        ({"subject": {"colour": "red"}}, r"subject\.colour"),
        ({"engagement": {"likes": -1}}, r"engagement\.likes"),
        ({"brand": "x" * 201}, "brand"),
        ({"text": "x" * 1_000_001}, "text has 1000001 characters"),
        ({"attributes": "x"}, "attributes"),
    ],
)  # fmt: skip
def test_an_unreadable_value_is_named_with_its_place(fields: Mapping[str, Any], message: str) -> None:
    with pytest.raises(UnreadableRecordError, match=f"^line 17: .*{message}"):
        normalized(fields)


def test_a_message_never_repeats_what_the_customer_wrote() -> None:
    for fields in (
        {"kind": "Anna Svensson"},
        {"published_at": "Anna Svensson"},
        {"voice": "Anna Svensson"},
        {"ratings": [{**STARS, "measure": "Anna"}]},
        {"ratings": [{**STARS, "value": "Anna"}]},
        {"brand": "Anna " * 99},
    ):
        with pytest.raises(UnreadableRecordError) as caught:
            normalized(fields)
        assert "Anna" not in str(caught.value)


def test_long_titles_are_cut_and_long_addresses_left_out() -> None:
    mention = normalized({"text": "Bra", "title": "t" * 2000, "url": "https://hyllbo.example/" + "x" * 2000})
    assert mention.title == "t" * 1000
    assert mention.url is None


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        ("sv", "sv"),
        ("sv_SE", "sv"),
        ("no", "nb"),
        ("nn-NO", "nn"),
        ("Norsk", "nb"),
        ("Suomi", "fi"),
        ("english", "en"),
        ("swe", "sv"),
    ]
    + [("klingon", None), ("", None), (None, None), (5, None), ("s", None), ("ру", None)],
)
def test_declared_languages_are_a_hint_and_never_an_error(declared: object, code: str | None) -> None:
    assert normalize_language(declared) == code


@pytest.mark.parametrize(("value", "number"), [("4,5", 4.5), (" 10 ", 10), (3, 3), (2.5, 2.5), ("-1", -1)])
def test_numbers_are_read_as_they_are_written(value: object, number: float) -> None:
    assert read_number(value) == number


@pytest.mark.parametrize("value", [True, None, "", "fyra", "4/5", [4]])
def test_what_is_no_number_is_none(value: object) -> None:
    with pytest.raises(ValueError, match="^not a number$"):
        read_number(value)
