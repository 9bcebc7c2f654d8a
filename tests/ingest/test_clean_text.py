"""Texts as sources send them become texts that every later step can hold."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.clean_text import MOST_MARKS, clean_text, safe_text


@pytest.mark.parametrize(
    ("sent", "clean"),
    [
        ("<p>Hyvä palvelu!</p><p>Tulen takaisin.</p>", "Hyvä palvelu!\n\nTulen takaisin."),
        ("Sen leverans<br>men <b>bra</b> hjälp", "Sen leverans\nmen bra hjälp"),
        ("Fin <a href='https://hyllbo.example'>butik</a>", "Fin butik"),
        ("<script>alert('x')</script>God service<style>p {}</style>", "God service"),
        ("Før <!-- ikke vist --> efter", "Før   efter"),
        ("Tom &amp; Jerry &lt;3 &eacute;n g&aring;ng", "Tom & Jerry <3 én gång"),
    ],
)
def test_markup_becomes_text(sent: str, clean: str) -> None:
    assert clean_text(sent) == clean


@pytest.mark.parametrize(
    "text",
    [
        "I <3 it",
        "pris < 100 kr",
        "a <b",
        "5 > 3",
        "<unknown>tag</unknown>",
        "<!-- never closed",
        "H&M & R&D",
        "50 % & mer",
    ],
)
def test_what_only_looks_like_markup_stays(text: str) -> None:
    assert clean_text(text) == text


def test_entities_are_read_once_and_never_twice() -> None:
    assert clean_text("&amp;lt;b&amp;gt;") == "&lt;b&gt;"
    assert clean_text("&lt;script&gt;hej&lt;/script&gt;") == "<script>hej</script>"


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\ud800"])
def test_characters_that_break_stores_are_replaced_one_for_one(bad: str) -> None:
    assert clean_text(f"Bra{bad}service") == "Bra\ufffdservice"


def test_line_ends_are_one_kind() -> None:
    assert clean_text("ett\r\ntvå\rtre\nfyra") == "ett\ntvå\ntre\nfyra"


def test_directions_and_joined_emoji_stay() -> None:
    text = "bra \u202egod\u202c 👩\u200d👧 tack"
    assert clean_text(text) == text


def test_letters_and_marks_are_composed() -> None:
    assert clean_text("go\u0308r det ba\u030attre") == "gör det båttre"


def test_a_flood_of_marks_is_cut_before_it_is_normalized() -> None:
    flood = "a" + "\u0300\u0316" * 100_000
    began = time.thread_time()
    cleaned = clean_text(flood)
    assert time.thread_time() - began < 1
    assert len(cleaned) <= MOST_MARKS + 1


@pytest.mark.parametrize(
    "piece",
    [
        "<script>",
        "<!--",
        "<style>x",
        "<a ",
        "<br",
        "&",
        "&amp;",
        " ",
        "\n ",
        "<p> ",
        "</",
        "\u0301",
        "a\u0301\u0316",
        "\x00",
    ],
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    text = "<i>x</i>" + piece * (400_000 // len(piece))
    began = time.thread_time()
    clean_text(text)
    assert time.thread_time() - began < 2


@given(st.text())
def test_any_text_can_be_stored_and_is_composed(text: str) -> None:
    cleaned = clean_text(text)
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert "\x00" not in cleaned
    assert unicodedata.is_normalized("NFC", cleaned)


@given(st.text())
def test_a_safe_text_stays_as_it_is(text: str) -> None:
    assert safe_text(safe_text(text)) == safe_text(text)
