"""Words, lemmas and compounds: one tokenizer for analysis, index and query."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcx.dictionaries import CachedTries
from textcx.model.ngrams import tokens_of
from textcx.words import LANGUAGES, LONGEST_WORD, Lemmas, Word, join_pieces, split_words, surfaces_of


@pytest.fixture(scope="module")
def lemmas() -> Lemmas:
    return Lemmas()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't panic", ["don't", "panic"]),
        ("kundtjänst/support", ["kundtjänst", "support"]),
        ("4,5 av 5", ["4", "5", "av", "5"]),
        ("😡😡 nej", ["😡", "😡", "nej"]),
        ("👍🏽 ok", ["👍🏽", "ok"]),
        ("ÅTERBETALNING", ["återbetalning"]),
        ("™ ®", []),
        ("", []),
    ],
)
def test_a_text_is_split_into_words(text: str, words: list[str]) -> None:
    assert [word.surface for word in split_words(text)] == words


@given(st.text(st.characters(max_codepoint=0x2FF), max_size=60))
def test_a_text_of_latin_letters_has_the_words_that_any_text_has(text: str) -> None:
    alone = [word.surface for word in split_words(text.replace(" ", "\t"))]
    assert [word.surface for word in split_words(text.replace(" ", "\t") + "😀")] == [*alone, "😀"]


WRITTEN = st.text("abÅx1'’_-.,! \n\u00a0😡©", max_size=60)


@given(WRITTEN, WRITTEN)
def test_the_words_of_a_text_are_those_of_its_parts(one: str, other: str) -> None:
    later = [Word(word.surface, word.start + len(one) + 1, word.end + len(one) + 1) for word in split_words(other)]
    assert split_words(f"{one} {other}") == [*split_words(one), *later]
    assert surfaces_of(f"{one} {other}") == surfaces_of(one) + surfaces_of(other)


@given(WRITTEN)
def test_a_text_and_the_pieces_of_its_tokens_have_the_same_words(text: str) -> None:
    words = join_pieces(tokens_of(text).pieces)
    assert list(map(Word, words.surfaces, words.starts, words.ends)) == split_words(text)


@pytest.mark.parametrize(("text", "are_plain"), [("sååå bra", False), ("BRAAA!", False), ("så bra 1000", True)])
def test_it_is_known_where_no_word_is_lengthened(text: str, *, are_plain: bool) -> None:
    assert join_pieces(tokens_of(text).pieces).are_plain is are_plain


@given(st.text(max_size=300))
def test_words_stand_where_they_say(text: str) -> None:
    end = 0
    for word in split_words(text):
        assert end <= word.start < word.end <= len(text)
        assert len(word.surface) <= LONGEST_WORD
        end = word.end


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("sv", ["leverans", "leveransen", "leveranser", "leveranserna"]),
        ("sv", ["pris", "priset", "priser", "priserna"]),
        ("sv", ["sen", "sena"]),
        ("da", ["levering", "leveringen", "leveringer"]),
        ("nb", ["levering", "leveringen", "leveringer"]),
        ("fi", ["toimitus", "toimituksen", "toimitusta"]),
        ("en", ["delivery", "deliveries"]),
    ],
)
def test_all_forms_of_a_word_have_one_lemma(lemmas: Lemmas, language: str, forms: list[str]) -> None:
    assert len({lemmas.lemma(form, language) for form in forms}) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", ["leveransen", "sena", "går", "bättre", "dyrt", "toimituksesta", "running", "bilerne"])
def test_a_lemma_is_its_own_lemma(lemmas: Lemmas, language: str, word: str) -> None:
    lemma = lemmas.lemma(word, language)
    assert lemmas.lemma(lemma, language) == lemma


@pytest.mark.parametrize(
    ("language", "word", "parts"),
    [
        ("sv", "leveranstiden", ("leverans", "tid")),
        ("nb", "leveringstiden", ("levering", "tid")),
        ("da", "leveringstiden", ("levering", "tid")),
        ("fi", "toimitusaika", ("toimitus", "aika")),
        ("sv", "leverans", None),
        ("en", "deliverytime", None),
    ],
)
def test_a_compound_has_two_parts(lemmas: Lemmas, language: str, word: str, parts: tuple[str, str] | None) -> None:
    found = lemmas.parts(word, language)
    assert found == (parts and tuple(lemmas.lemma(part, language) for part in parts))


def test_an_unknown_language_has_no_lemmas(lemmas: Lemmas) -> None:
    assert lemmas.lemma("leveransen", "und") == "leveransen"


def test_a_dictionary_is_made_once_and_then_read(tmp_path: Path) -> None:
    made = CachedTries(tmp_path).get_dictionary("nn")
    assert [path.name for path in tmp_path.iterdir()] == ["nn.dic"]
    assert CachedTries(tmp_path).get_dictionary("nn").get("hundar") == made.get("hundar") == "hund"


def test_where_the_cache_cannot_be_written_the_dictionary_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert CachedTries(tmp_path / "file" / "below").get_dictionary("nn").get("hundar") == "hund"
