"""A text looks the same to the recognizers however it was typed."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.recognizers.shadow import STRUCK, Shadow


def test_digits_dashes_and_spaces_of_all_kinds_look_alike() -> None:
    assert Shadow("０７０\u20111２３\u00a0٤٥").text == "070-123 45"
    assert Shadow("811218\u22129876 anna＠example．com").text == "811218-9876 anna@example.com"


def test_what_nobody_sees_is_left_out() -> None:
    assert Shadow("070\u200b123\u00ad45\u2060 6\ufe0f\u20e37").text == "07012345 67"


def test_letters_of_our_languages_are_not_touched() -> None:
    text = "Åh, smörgåsbordet på Ærø – þetta er ljúffengt 👩\u200d👧"
    assert Shadow(text.replace("\u200d", "")).text == text.replace("\u200d", "").replace("–", "-")


def test_what_was_struck_is_not_read_again_and_stands_where_it_stood() -> None:
    shadow = Shadow("a\u200bb cd\u200be f")
    assert shadow.text == "ab cde f"
    assert shadow.strike([(3, 6), (4, 6), (0, 1)]) == [(0, 1), (4, 8)]
    assert shadow.text == f"{STRUCK}b {STRUCK * 3} f"


@given(st.text(), st.data())
def test_a_span_of_the_shadow_leads_to_the_same_characters_of_the_text(text: str, data: st.DataObject) -> None:
    shadow = Shadow(text)
    if shadow.text:
        start = data.draw(st.integers(0, len(shadow.text) - 1))
        end = data.draw(st.integers(start + 1, len(shadow.text)))
        wanted = shadow.text[start:end]
        [(first, last)] = shadow.strike([(start, end)])
        assert Shadow(text[first:last]).text == wanted
