"""A text that repeats an earlier one is linked to it; a short one, or one that only sounds alike, is not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.near_copies import NearCopies
from ingest.sketch import LEAST_RESEMBLANCE, resemblance, sketch
from textcx.database import Database
from textcx.mention import Mention
from textcx.testing.builders import a_mention, id_of

TEXT = "Jag beställde en soffa i mars och fick vänta sju veckor på den, och kundtjänsten svarade aldrig på mina mejl."
CHANGED = TEXT.replace("sju", "åtta")
OTHER = "Soffan kom redan efter två dagar, montören var trevlig och allt stämde precis som det stod på hemsidan."


@pytest.fixture
def near_copies(database: Database) -> NearCopies:
    return NearCopies(database)


def linked(near_copies: NearCopies, *mentions: Mention) -> list[str | None]:
    return [mention.copy_of for mention in near_copies.link(mentions)]


def test_a_copy_is_linked_to_the_earliest_in_the_same_batch_and_later(near_copies: NearCopies) -> None:
    batch = [
        a_mention(TEXT, name="a"),
        a_mention(TEXT, name="b"),
        a_mention(OTHER, name="c"),
        a_mention(CHANGED, name="d"),
    ]
    assert linked(near_copies, *batch) == [None, id_of("a"), None, id_of("a")]
    assert linked(near_copies, a_mention(TEXT.upper() + "!!!", name="e")) == [id_of("a")]


def test_the_same_mention_read_again_is_no_copy_of_itself(near_copies: NearCopies) -> None:
    assert linked(near_copies, a_mention(TEXT, name="a")) == [None]
    assert linked(near_copies, a_mention(TEXT, name="a"), a_mention(CHANGED, name="a")) == [None, None]
    assert linked(near_copies, a_mention(CHANGED, name="b")) == [id_of("a")]


def test_short_texts_and_marked_reposts_are_never_linked(near_copies: NearCopies) -> None:
    short = "Snabb leverans och bra pris tack"
    assert (
        linked(near_copies, a_mention(short, name="a"), a_mention(short, name="b"), a_mention("", name="c"))
        == [None] * 3
    )
    near_copies.link([a_mention(TEXT, name="d")])
    repost = a_mention(TEXT, name="e").model_copy(update={"repost_of": id_of("d")})
    assert linked(near_copies, repost) == [None]


def test_a_campaign_with_a_word_changed_in_each_is_found(near_copies: NearCopies) -> None:
    chance = random.Random(3)
    words = (TEXT + " " + OTHER).split()
    batch = [a_mention(" ".join(words), name="first")]
    for number in range(50):
        changed = words.copy()
        changed[chance.randrange(len(words))] = f"ord{number}"
        batch.append(a_mention(" ".join(changed), name=str(number)))
    assert linked(near_copies, *batch).count(id_of("first")) >= 48


def test_different_texts_of_the_same_words_are_not_linked(near_copies: NearCopies) -> None:
    chance = random.Random(3)
    words = (TEXT + " " + OTHER).split()
    batch = [a_mention(" ".join(chance.sample(words, len(words))), name=str(number)) for number in range(50)]
    assert linked(near_copies, *batch) == [None] * 50


def test_one_word_said_over_and_over_is_compared_too(near_copies: NearCopies) -> None:
    assert linked(near_copies, a_mention("bra " * 20, name="a"), a_mention("bra " * 30, name="b")) == [None, id_of("a")]


@given(st.lists(st.integers(0, 60), min_size=8, max_size=60), st.lists(st.integers(0, 60), min_size=8, max_size=60))
def test_the_estimate_is_the_true_share_where_the_sketches_hold_all(one: list[int], other: list[int]) -> None:
    first, second = sketch(" ".join(map(str, one))), sketch(" ".join(map(str, other)))
    assert first is not None
    assert second is not None
    share = resemblance(first, second)
    assert 0 <= share <= 1
    assert resemblance(first, first) == 1
    if len(set(first) | set(second)) <= 16 and share >= LEAST_RESEMBLANCE:
        assert share == len(set(first) & set(second)) / len(set(first) | set(second))


@given(st.text())
def test_any_text_can_be_sketched(text: str) -> None:
    found = sketch(text)
    assert found is None or (1 <= len(found) <= 16 and list(found) == sorted(set(found)))
