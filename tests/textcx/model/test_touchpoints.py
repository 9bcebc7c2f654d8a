"""Touchpoints of a text: which, praised or blamed, and by which words."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcx.annotation import TouchpointJudgement
from textcx.configs import configs_folder
from textcx.model.lexical import LexicalAnalysis
from textcx.model.taxonomy_terms import TaxonomyTerms
from textcx.model.touchpoints import TouchpointTerms
from textcx.touchpoints import read_taxonomy
from textcx.words import Lemmas, split_words

CONFIGS = configs_folder()


class Analyst:
    """Finds the touchpoints of texts by one taxonomy."""

    def __init__(self, analysis: LexicalAnalysis, taxonomy: Path) -> None:
        self._analysis = analysis
        self._terms = TouchpointTerms(
            TaxonomyTerms(read_taxonomy(taxonomy, folder=CONFIGS / "touchpoints"), analysis.lemmas)
        )

    def __call__(self, language: str, text: str) -> dict[str, TouchpointJudgement]:
        found = self._terms.find(self._analysis.read(text, language), self._analysis.judge(text, language) or ())
        return {str(one["id"]): TouchpointJudgement.model_validate(one) for one in found}

    def polarities(self, language: str, text: str) -> dict[str, str]:
        return {identifier: one.polarity for identifier, one in self(language, text).items()}


def evidence(text: str, judgement: TouchpointJudgement) -> list[str]:
    return [text[span.start : span.end] for span in judgement.evidence]


@pytest.fixture(scope="module")
def analysis() -> LexicalAnalysis:
    return LexicalAnalysis(CONFIGS / "lexicons", Lemmas())


@pytest.fixture(scope="module")
def generic(analysis: LexicalAnalysis) -> Analyst:
    return Analyst(analysis, CONFIGS / "touchpoints" / "generic.yaml")


@pytest.fixture(scope="module")
def telecom(analysis: LexicalAnalysis) -> Analyst:
    return Analyst(analysis, CONFIGS / "touchpoints" / "telecom.yaml")


OPPOSITES = [
    ("sv", "Snabb leverans men usel kundtjänst.", "delivery", "customer_service"),
    ("sv", "Bra priser och en eländig hemsida.", "price", "website"),
    ("sv", "Trevlig personal, men appen är värdelös.", "staff", "app"),
    ("sv", "Sortimentet är fantastiskt medan returerna är en katastrof.", "assortment", "returns"),
    ("da", "Hurtig levering, men elendig kundeservice.", "delivery", "customer_service"),
    ("da", "Gode priser, men hjemmesiden er elendig.", "price", "website"),
    ("da", "Personalet var fantastisk, men returneringen var et mareridt.", "staff", "returns"),
    ("nb", "Rask levering, men elendig kundeservice.", "delivery", "customer_service"),
    ("nb", "Fine priser og et elendig utvalg.", "price", "assortment"),
    ("nb", "De ansatte er flinke, men appen er elendig.", "staff", "app"),
    ("nn", "Leveringa var rask, men kundesenteret er elendig.", "delivery", "customer_service"),
    ("fi", "Toimitus oli nopea, mutta asiakaspalvelu oli surkea.", "delivery", "customer_service"),
    ("fi", "Hyvät hinnat, mutta verkkosivut ovat kamalat.", "price", "website"),
    ("fi", "Henkilökunta oli mukava, mutta sovellus on kamala.", "staff", "app"),
    ("en", "Fast delivery but terrible customer service.", "delivery", "customer_service"),
    ("en", "Great prices and an awful website.", "price", "website"),
    ("en", "The staff were lovely, but the app is useless.", "staff", "app"),
    ("en", "Easy returns, but the billing is a disgrace.", "returns", "billing"),
]


@pytest.mark.parametrize(("language", "text", "praised", "blamed"), OPPOSITES)
def test_opposite_opinions_in_one_sentence_go_to_their_touchpoints(
    language: str, text: str, praised: str, blamed: str, generic: Analyst
) -> None:
    found = generic(language, text)
    assert {identifier: one.polarity for identifier, one in found.items()} == {praised: "positive", blamed: "negative"}
    assert found[praised].score > 0 > found[blamed].score


@pytest.mark.parametrize(
    ("language", "text", "touchpoint"),
    [
        ("sv", "Levererar ni till Norge?", "delivery"),
        ("sv", "Bästa butiken! Hur lång är bindningstiden?", "cancellation"),
        ("da", "Hvad koster fragten til Færøerne?", "delivery"),
        ("nb", "Kan jeg returnere uten kvittering?", "returns"),
        ("nn", "Kva er opningstida på laurdag?", "store"),
        ("fi", "Mikä on toimitusaika Ouluun?", "delivery"),
        ("en", "Love you all! Do you have a membership card?", "loyalty"),
    ],
)
def test_a_question_is_neutral_whatever_stands_around_it(
    language: str, text: str, touchpoint: str, generic: Analyst
) -> None:
    judgement = generic(language, text)[touchpoint]
    assert (judgement.polarity, judgement.score) == ("neutral", 0)


@pytest.mark.parametrize(
    ("language", "text"),
    [("sv", "Varför är leveransen så jävla dålig?"), ("en", "Why is the delivery so terrible?")],
)
def test_a_question_that_blames_is_blame(language: str, text: str, generic: Analyst) -> None:
    assert generic.polarities(language, text)["delivery"] == "negative"


@pytest.mark.parametrize(
    ("text", "polarity"),
    [
        ("Leveransen kom på tisdagen.", "neutral"),
        ("Leveransen, som kom på tisdagen, var fantastisk.", "positive"),
        ("Kundtjänsten var fantastisk, men leveransen dröjde i tre veckor.", "negative"),
        ("Usel kundtjänst, men leveransen kom på tisdagen.", "positive"),
        ("Leveransen kom på tisdagen. Jag är jättenöjd.", "positive"),
        ("Leveransen var fantastisk. Nästa leverans var usel.", "mixed"),
    ],
)
def test_a_clause_without_a_view_borrows_it_from_its_surroundings(text: str, polarity: str, generic: Analyst) -> None:
    assert generic.polarities("sv", text)["delivery"] == polarity


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "Leveranstiden var lång."),
        ("da", "Leveringstiden var lang."),
        ("nb", "Leveringstida var lang."),
        ("fi", "Toimitusajat olivat pitkät."),
    ],
)
def test_a_compound_speaks_of_what_its_part_names(language: str, text: str, generic: Analyst) -> None:
    assert evidence(text, generic(language, text)["delivery"]) == [text.split()[0]]


@pytest.mark.parametrize(
    ("language", "text", "touchpoint"),
    [
        ("sv", "Jag sätter pris på er.", "price"),
        ("sv", "Å andra sidan är det så.", "website"),
        ("da", "I forbindelse med flytningen.", "product"),
        ("nb", "Jeg setter pris på dere.", "price"),
        ("fi", "Ei valittamista.", "returns"),
        ("en", "To be honest, I forgot.", "reputation"),
        ("en", "I will return next year.", "returns"),
    ],
)
def test_a_phrase_that_only_sounds_like_a_mention_is_none(
    language: str, text: str, touchpoint: str, generic: Analyst
) -> None:
    assert touchpoint not in generic(language, text)


@pytest.mark.parametrize(
    ("language", "text"),
    [("sv", "Snabbt och smidigt!"), ("en", "Great company, never again elsewhere."), ("fi", "Kiitos!")],
)
def test_praise_without_a_place_has_no_touchpoint(language: str, text: str, generic: Analyst) -> None:
    assert generic(language, text) == {}


@pytest.mark.parametrize("language", ["und", "de"])
def test_a_language_that_is_none_of_ours_speaks_of_nothing_that_we_could_tell(language: str, generic: Analyst) -> None:
    assert generic(language, "Snabb leverans!") == {}


@pytest.mark.parametrize("text", ["", " ", "...", "😡"])
def test_a_text_without_words_has_no_touchpoint(text: str, generic: Analyst) -> None:
    assert generic("sv", text) == {}


def test_evidence_is_cut_in_code_points_also_after_emoji(generic: Analyst) -> None:
    text = "👩‍👩‍👧 🇸🇪 😡😡 Usel kundtjänst 💥 och dyr frakt!"
    found = generic("sv", text)
    assert evidence(text, found["customer_service"]) == ["kundtjänst"]
    assert evidence(text, found["price"]) == ["dyr frakt"]


def test_all_places_of_a_touchpoint_are_its_evidence_in_order(generic: Analyst) -> None:
    text = "Leveransen dröjde. Paketet kom fram, men paketet var tomt."
    assert evidence(text, generic("sv", text)["delivery"]) == ["Leveransen", "Paketet", "kom fram", "paketet"]


def test_touchpoints_come_in_the_order_of_the_taxonomy_with_their_stages(generic: Analyst) -> None:
    found = generic("sv", "Reklamationen, leveransen, priset och appen.")
    assert {one.id: one.stage for one in found.values()} == {
        "app": "discover",
        "price": "buy",
        "delivery": "receive",
        "returns": "support",
    }
    assert list(found) == ["app", "price", "delivery", "returns"]


@pytest.mark.parametrize(
    ("language", "text", "child", "parent"),
    [
        ("sv", "Roaming utomlands är en katastrof.", "roaming", "product"),
        ("sv", "Nummerflytten gick jättebra.", "number_porting", "setup"),
        ("da", "Elendig dækning i sommerhuset.", "coverage", "product"),
        ("nb", "Nettet er nede igjen, elendig!", "outages", "product"),
        ("fi", "Reititin on surkea.", "router", "product"),
        ("en", "Great coverage in the mountains.", "coverage", "product"),
    ],
)
def test_what_counts_for_a_child_counts_for_its_parent(
    language: str, text: str, child: str, parent: str, telecom: Analyst, generic: Analyst
) -> None:
    found = telecom(language, text)
    assert {child, parent} <= found.keys()
    assert found[child].polarity == found[parent].polarity
    assert set(evidence(text, found[child])) <= set(evidence(text, found[parent]))
    assert child not in generic(language, text)


def test_what_a_company_moves_and_adds_is_in_force(telecom: Analyst, generic: Analyst) -> None:
    text = "Appen är bra, men surfpotten räcker inte."
    assert (generic("sv", text)["app"].stage, telecom("sv", text)["app"].stage) == ("discover", "use")
    assert "price" in telecom("sv", text)
    assert "price" not in generic("sv", text)


def test_a_touchpoint_of_ones_own_works_at_once(tmp_path: Path, analysis: LexicalAnalysis) -> None:
    path = tmp_path / "cinema.yaml"
    path.write_text(
        'name: cinema\nversion: "1"\nextends: generic\ntouchpoints:\n'
        "  - id: popcorn\n    parent: product\n"
        "    label: {sv: Popcorn, da: Popcorn, nb: Popkorn, fi: Popcorn, en: Popcorn}\n"
        "    terms: {sv: [popcorn], en: [popcorn, nachos]}\n",
        encoding="utf-8",
    )
    cinema = Analyst(analysis, path)
    assert cinema.polarities("sv", "Popcornen var äckliga, men personalen fantastisk.") == {
        "staff": "positive",
        "product": "negative",
        "popcorn": "negative",
    }
    assert cinema.polarities("en", "Awful nachos.") == {"product": "negative", "popcorn": "negative"}


def test_what_a_clause_says_itself_weighs_more_than_a_loud_neighbour(generic: Analyst) -> None:
    assert generic.polarities("sv", "Snabb leverans och ni är värdelösa idioter.") == {"delivery": "positive"}


VOCABULARY = [
    *("leverans", "kundtjänsten", "pris", "appen", "retur", "leveranstiden", "på", "sidan", "kom", "fram", "svarar"),
    *("inte", "aldrig", "usel", "bra", "men", "och", "DYRT", "sååå"),
    *("😡", "👩‍👩‍👧", "ß", "İ", "\n", "?", "!", ",", "e\u0301"),
]
TEXTS = st.lists(st.sampled_from(VOCABULARY), max_size=20).map(" ".join)


@settings(deadline=None)
@given(text=TEXTS | st.text(max_size=60))
def test_evidence_cuts_whole_words_and_a_text_is_always_judged_the_same(text: str, generic: Analyst) -> None:
    found = generic("sv", text)
    starts = {word.start for word in split_words(text)}
    ends = {word.end for word in split_words(text)}
    for one in found.values():
        spans = [(span.start, span.end) for span in one.evidence]
        assert spans == sorted(set(spans))
        assert spans
        assert all(start < end and start in starts and end in ends for start, end in spans)
    assert generic("sv", text) == found


@settings(max_examples=10, deadline=None)
@given(seed=st.integers())
def test_the_order_of_touchpoints_and_texts_changes_no_judgement(
    seed: int, tmp_path_factory: pytest.TempPathFactory, analysis: LexicalAnalysis
) -> None:
    shuffle = random.Random(seed).shuffle
    labels = "label: {sv: a, da: a, nb: a, fi: a, en: a}"
    points = [
        f"  - id: {identifier}\n    stage: one\n    {labels}\n    terms: {{sv: [{terms}]}}\n"
        for identifier, terms in (("a", "leverans, kom fram"), ("b", "tid, fram inte"), ("c", "pris, leveranspris"))
    ]
    shuffle(points)
    path = tmp_path_factory.mktemp("order") / "mine.yaml"
    head = 'name: mine\nversion: "1"\nstages: [one]\ntouchpoints:\n'
    path.write_text(head + "".join(points), encoding="utf-8")
    texts = ["Leveranstiden var lång", "Bra leveranspris men kom fram inte", "Usel leverans"]
    shuffle(texts)
    mine = Analyst(analysis, path)
    found = {text: mine.polarities("sv", text) for text in texts}
    assert found == {
        "Leveranstiden var lång": {"b": "negative"},
        "Bra leveranspris men kom fram inte": {"c": "positive", "a": "negative"},
        "Usel leverans": {"a": "negative"},
    }
