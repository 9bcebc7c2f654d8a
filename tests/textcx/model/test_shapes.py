"""Shapes: words with others between them, inside a sentence, at its beginning; and what is no shape."""

from pathlib import Path

import pytest

from textcx.errors import ConfigError
from textcx.model.ngrams import tokens_of
from textcx.model.shapes import Shapes, read_shapes


def found(shape: str, text: str) -> bool:
    return bool(Shapes({"some": [shape]}).find(tokens_of(text).words))


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("anbefal*", "Kan bare anbefales"),
        ("aldrig .. igen", "Aldrig igen"),
        ("aldrig .. igen", "Jag handlar aldrig mer här igen"),
        ("aldrig .. igen", "Aldrig, aldrig någonsin här, igen!"),
        ("never/not .. again/back", "Will not be back"),
        ("^can you", "@acme can you help"),
        ("^can you", "Nice shop. Can you gift-wrap?"),
        ("so should you", "Left them, and so should you"),
        ("never .. order* .. again", "I never ever ordered there, again"),
        ("?", "Where is it?"),
    ],
)
def test_a_shape_is_found(shape: str, text: str) -> None:
    assert found(shape, text)


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("anbefal*", "Det kan jeg godt lide"),
        ("aldrig .. igen", "Aldrig så nöjd. Handlar gärna igen"),
        ("aldrig .. igen", "Har aldrig haft problem med dem, handlar igen"),
        ("aldrig .. igen", "Aldrig"),
        ("never/not .. again/back", "Back again, not once late"),
        ("^can you", "Nothing can you do"),
        ("so should you", "You should so do it"),
        ("so should you", "Should you ask"),
        ("never .. order* .. again", "I never ever ordered there"),
    ],
)
def test_another_order_a_sentence_end_or_more_words_between_are_no_shape(shape: str, text: str) -> None:
    assert not found(shape, text)


def test_the_first_of_a_group_tells_its_place() -> None:
    shapes = Shapes({"asks": ["?"], "praise": ["good", "great"]})
    assert shapes.places(tokens_of("Great, really good ?").words) == {0: 4, 1: 0}


@pytest.mark.parametrize("shape", ["", "..", "never ..", ".. again", "ag*", "a-b c"])
def test_what_is_no_shape_is_refused_with_its_letters(shape: str) -> None:
    with pytest.raises(ConfigError, match=r"signals\.yaml"):
        Shapes({"some": [shape]})


@pytest.mark.parametrize("text", ["leaves: [never again]", "- leaves", "leaves: {en: 3}", "leaves: {en: [3]}"])
def test_a_file_that_holds_no_shapes_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "signals.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"signals\.yaml"):
        read_shapes(tmp_path)


def test_no_file_is_no_shape(tmp_path: Path) -> None:
    assert read_shapes(tmp_path).groups == ()
