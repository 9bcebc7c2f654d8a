"""What engines index of a mention: the tables on which two engines count alike."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcx.store.facts import (
    LARGEST_KEY,
    attribute_token,
    facts_of,
    folded,
    judgement_token,
    read_judgement,
    text_language,
    whole_second,
)
from textcx.testing import NOON, a_mention, a_rating, annotated

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def test_keywords_are_kept_as_written_and_each_once() -> None:
    one = annotated(
        a_mention(brand="Hyllbo", country="SE", author="a2"),
        emotions=["joy", "anger", "joy"],
        said_by={"emotions": "b 1", "sentiment": "a 1", "signals": "b 1"},
    )
    keywords = facts_of(one).keywords
    assert keywords["brand"] == ("Hyllbo",)
    assert keywords["emotion"] == ("joy", "anger")
    assert keywords["model"] == ("a 1; b 1",)
    assert "sentiment" not in keywords, "not judged is not a value"


def test_a_touchpoint_judged_twice_counts_by_its_first_judgement() -> None:
    keywords = facts_of(annotated(a_mention(), touchpoints=["a:b/negative", "c:d/mixed", "a:b/positive"])).keywords
    assert sorted(keywords["touchpoint_polarity"]) == ["b/negative", "d/mixed"]
    assert sorted(keywords["judgement"]) == ["a:b/negative", "c:d/mixed"]


def test_of_several_ratings_of_a_measure_the_first_counts() -> None:
    facts = facts_of(annotated(a_mention(ratings=[a_rating("stars", 8, lowest=0, highest=10), a_rating("stars", 1)])))
    assert facts.numbers == {"stars": 8.0}
    assert facts.keywords["stars_scale"] == ("0-10",)


def test_a_zero_has_no_sign() -> None:
    facts = facts_of(annotated(a_mention(ratings=[a_rating("stars", -0.0, lowest=-1, highest=1)])))
    assert str(facts.numbers["stars"]) == "0.0"


def test_attributes_whose_names_differ_in_case_alone_are_one() -> None:
    facts = facts_of(annotated(a_mention(attributes={"Region": "North", "region": "south", "size": "L"})))
    assert sorted(facts.keywords["attr"]) == ["region=North", "size=L"]


@pytest.mark.parametrize(
    ("at", "seconds"),
    [
        (NOON, int(NOON.timestamp())),
        (NOON + timedelta(microseconds=999_999), int(NOON.timestamp())),
        (datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC), -1),
        (None, None),
    ],
)
def test_a_mention_was_published_at_the_second_it_was_published_in(at: datetime | None, seconds: int | None) -> None:
    assert facts_of(annotated(a_mention(published_at=at))).seconds == seconds


def test_paging_keys_fit_a_signed_long_whatever_the_date() -> None:
    keys = [
        facts_of(annotated(a_mention(published_at=at))).key
        for at in (None, datetime(1, 1, 1, tzinfo=UTC), NOON, datetime(2105, 1, 1, tzinfo=UTC))
    ]
    assert keys[0] == keys[1] < 2**31
    assert keys == sorted(keys)
    assert facts_of(annotated(a_mention(published_at=datetime(9999, 1, 1, tzinfo=UTC)))).key == LARGEST_KEY


def test_a_border_within_a_second_counts_from_the_next() -> None:
    assert whole_second(NOON) + 1 == whole_second(NOON + timedelta(microseconds=1))


@pytest.mark.parametrize(("code", "indexed"), [("nn", "nn"), ("und", "und"), ("de", "und")])
def test_a_language_without_lemmas_is_indexed_as_unknown(code: str, indexed: str) -> None:
    assert text_language(annotated(a_mention(), language=code).annotations) == indexed


@given(ANY_TEXT, ANY_TEXT)
def test_a_judgement_is_read_as_it_was_written(stage: str, touchpoint: str) -> None:
    assert read_judgement(judgement_token(stage, touchpoint, "mixed")) == (stage, touchpoint, "mixed")


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_two_attributes_have_one_token_only_if_they_are_one(name: str, value: str, other: str, another: str) -> None:
    is_same = folded(name) == folded(other) and value == another
    assert (attribute_token(name, value) == attribute_token(other, another)) == is_same


def test_folding_looks_at_one_letter_at_a_time() -> None:
    assert folded("ΟΔΟΣ") == folded("οδοσ") != folded("οδος")
    assert folded("STRASSE") != folded("straße")
