"""The notation of terms, and where they are found."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcx.errors import TaxonomyError
from textcx.terms import TermIndex, parse_term
from textcx.words import Lemmas, split_words, surfaces_of


@pytest.fixture(scope="module")
def lemmas() -> Lemmas:
    return Lemmas()


def found(
    text: str,
    terms: dict[str, list[str]],
    lemmas: Lemmas,
    *,
    language: str = "sv",
    exclusions: dict[str, list[str]] | None = None,
) -> list[tuple[str, str]]:
    """Return whose terms are found in a text, each with the words that are it."""
    index = TermIndex(language, terms=terms, exclusions=exclusions or {}, lemmas=lemmas)
    words = split_words(text)
    hits = index.find([word.surface for word in words])
    return [(hit.owner, text[words[hit.first].start : words[hit.last - 1].end]) for hit in hits]


@pytest.mark.parametrize(
    ("term", "text", "words"),
    [
        ("leverans", "Leveranserna kom.", ["Leveranserna"]),
        ("leverans", "Leveranstiden var lång.", ["Leveranstiden"]),
        ("leverans", "Min expressleverans dröjer.", ["expressleverans"]),
        ("leverans", "Jag levererar själv.", []),
        ("=leverans", "Leveranserna kom.", ["Leveranserna"]),
        ("=leverans", "Leveranstiden var lång.", []),
        ("==lager", "Finns på lager och i lagret.", ["lager"]),
        ("==lager", "Ett centrallager.", []),
        ("lever*", "Leverera leveransen levande!", ["Leverera", "leveransen"]),
        ("inget svar", "Fick INGET svar, inget alls.", ["INGET svar"]),
        ("inget svar", "Fick inget bra svar.", []),
        ("säga upp", "Jag sade upp avtalet.", ["sade upp"]),
        ("kom aldri*", "Paketet kom aldrig.", ["kom aldrig"]),
        ("tv-rekl*", "All denna TV-reklam.", ["TV-reklam"]),
        ("👍", "Bra 👍🏽 och 👍", ["👍"]),
    ],
)
def test_a_term_is_found_as_its_notation_says(term: str, text: str, words: list[str], lemmas: Lemmas) -> None:
    assert [word for _, word in found(text, {"it": [term]}, lemmas)] == words


@pytest.mark.parametrize(
    ("language", "term", "text"),
    [
        ("sv", "leverans", "leveranstiden"),
        ("da", "levering", "leveringstiden"),
        ("nb", "levering", "leveringstida"),
        ("fi", "toimitus", "toimitusajat"),
        ("sv", "nummerflytt", "nummerflytten"),
        ("da", "pakke", "pakkeboksen"),
        ("nb", "kvalitet", "lydkvaliteten"),
        ("fi", "laatu", "äänenlaatu"),
    ],
)
def test_a_compound_holds_the_term_in_every_language_that_has_them(
    language: str, term: str, text: str, lemmas: Lemmas
) -> None:
    assert found(text, {"it": [term]}, lemmas, language=language) == [("it", text)]


def test_english_has_no_compounds_to_look_into(lemmas: Lemmas) -> None:
    assert found("The workshop.", {"store": ["shop"]}, lemmas, language="en") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bra kundtjänst.", [("support", "kundtjänst")]),
        ("Kundtjänsten svarade inte alls.", [("support", "Kundtjänsten"), ("silence", "svarade inte alls")]),
        ("Svarade.", [("support", "Svarade")]),
    ],
)
def test_where_terms_overlap_the_longest_wins(text: str, expected: list[tuple[str, str]], lemmas: Lemmas) -> None:
    terms = {"support": ["kundtjänst", "svara", "kund"], "silence": ["svara inte alls", "svara inte"]}
    assert found(text, terms, lemmas) == expected


def test_a_longer_term_that_is_itself_overruled_takes_no_word_from_others(lemmas: Lemmas) -> None:
    terms = {"long": ["inget svar alls"], "middle": ["fick inget"], "short": ["få"]}
    assert found("Jag fick inget svar alls", terms, lemmas) == [("short", "fick"), ("long", "inget svar alls")]


def test_a_whole_word_wins_over_a_part_and_the_head_over_the_rest(lemmas: Lemmas) -> None:
    terms = {"price": ["pris"], "delivery": ["leverans"], "fee": ["leveransavgift"], "cost": ["avgift"]}
    assert found("leveransavgiften", terms, lemmas) == [("fee", "leveransavgiften")]
    assert found("leveranspriset", terms, lemmas) == [("price", "leveranspriset")]
    assert found("prisavgiften", terms, lemmas) == [("cost", "prisavgiften")]


def test_owners_with_the_same_term_are_both_found(lemmas: Lemmas) -> None:
    terms = {"parent": ["täckning"], "child": ["täckning"]}
    assert found("Ingen täckning", terms, lemmas) == [("child", "täckning"), ("parent", "täckning")]


def test_an_exclusion_takes_its_words_from_its_owner_alone(lemmas: Lemmas) -> None:
    terms = {"price": ["pris"], "other": ["sätta", "pris"]}
    excluded = {"price": ["sätta pris på"]}
    assert found("Jag sätter pris på låga priser", terms, lemmas, exclusions=excluded) == [
        ("other", "sätter"),
        ("other", "pris"),
        ("other", "priser"),
        ("price", "priser"),
    ]


def test_an_excluded_compound_is_still_looked_into_for_others(lemmas: Lemmas) -> None:
    terms = {"delivery": ["paket"], "travel": ["resa"]}
    assert found("En paketresa", terms, lemmas, exclusions={"delivery": ["paketresa"]}) == [("travel", "paketresa")]
    assert found("En paketresa", terms, lemmas, exclusions={"travel": ["paketresa"]}) == [("delivery", "paketresa")]


@pytest.mark.parametrize("term", ["", "  ", "=", "==", "...", "=två ord", "===app", "=app*", "a*b", "*", "le*", "*app"])
def test_a_term_that_means_nothing_is_refused_with_its_name(term: str) -> None:
    with pytest.raises(TaxonomyError, match="the term "):
        parse_term(term)


VOCABULARY = ["paket", "kom", "aldrig", "fram", "😡", "inget", "svar", "alls", "pris", "leveranstiden,", "!", "på"]
TERMS = {
    "delivery": ["leverans", "kom aldrig", "paket", "aldrig fra*"],
    "service": ["inget svar", "svar"],
    "silence": ["inget svar alls", "kom aldrig fram"],
    "price": ["=pris", "==alls"],
}


@settings(deadline=None)
@given(words=st.lists(st.sampled_from(VOCABULARY), max_size=14), order=st.permutations(sorted(TERMS)), data=st.data())
def test_what_is_found_depends_on_no_order_and_never_overlaps(
    words: list[str], order: list[str], data: st.DataObject, lemmas: Lemmas
) -> None:
    text = " ".join(words)
    shuffled = {owner: data.draw(st.permutations(TERMS[owner])) for owner in order}
    hits = found(text, shuffled, lemmas)
    assert hits == found(text, TERMS, lemmas)
    index = TermIndex("sv", terms=TERMS, exclusions={}, lemmas=lemmas)
    places = [(hit.first, hit.last) for hit in index.find(surfaces_of(text))]
    assert all(one == other or one[1] <= other[0] for one, other in zip(places, places[1:], strict=False))
