"""The trained table in the default pipeline: what it must get right in five languages, and that nothing sways it."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import copytree

import pytest

from textcx.annotation import Annotations, Span
from textcx.configs import configs_folder
from textcx.document import Document
from textcx.pipeline import Pipeline, build_pipeline
from textcx.settings import Settings

PRAISE_AND_BLAME = [
    ("sv", "Supersnabb leverans och väldigt trevlig personal, rekommenderas varmt!", "positive", "recommends"),
    ("sv", "Undvik! Köp absolut inget av det här företaget, så dåligt.", "negative", "warns_against"),
    ("da", "Rigtig god service og hurtig levering, kan varmt anbefales.", "positive", "recommends"),
    ("da", "Elendig oplevelse fra start til slut, hold jer langt væk.", "negative", "warns_against"),
    ("nb", "Kjempefornøyd, veldig hyggelige folk. Anbefales på det varmeste!", "positive", "recommends"),
    ("fi", "Todella hyvä palvelu ja nopea toimitus, suosittelen lämpimästi!", "positive", "recommends"),
    ("en", "Great staff and fast delivery, I would recommend them to anyone!", "positive", "recommends"),
    ("en", "Terrible company, avoid them at all costs.", "negative", "warns_against"),
]
MIXED = (
    "Snabb leverans, men kundtjänsten svarar aldrig.",
    "God mad, men utrolig langsom betjening og alt for dyrt.",
    "Toimitus myöhästyi viikon, mutta tuote on loistava!",
    "I love the app but they charged me twice and nobody replies :(",
    "Dritbra butikk, kommer gjerne igjen :)",
    "",
    "👍👍",
    "Die Lieferung kam viel zu spät und war kaputt.",
)


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return build_pipeline(Settings())


def annotate(pipeline: Pipeline, *texts: str, kind: str | None = None) -> list[Annotations]:
    answers = pipeline.annotate([Document(text, kind=kind) for text in texts])
    return [answer for answer in answers if isinstance(answer, Annotations)]


def words(text: str, spans: Sequence[Span]) -> list[str]:
    return [text[span.start : span.end] for span in spans]


@pytest.mark.parametrize(("language", "text", "polarity", "signal"), PRAISE_AND_BLAME)
def test_plain_praise_and_blame_come_out_right(
    pipeline: Pipeline, language: str, text: str, polarity: str, signal: str
) -> None:
    answer = annotate(pipeline, text)[0]
    assert answer.language.code == language
    assert answer.sentiment is not None
    assert answer.sentiment.polarity == polarity
    assert signal in {one.name for one in answer.signals}


def test_evidence_is_the_heaviest_words_in_their_order_and_no_signs(pipeline: Pipeline) -> None:
    texts = ["Terrible !!!!! company, avoid them at all costs !!!!!", *MIXED]
    for text, answer in zip(texts, annotate(pipeline, *texts), strict=True):
        judged = (*answer.emotions, *(answer.touchpoints), *([answer.sentiment] if answer.sentiment else []))
        for spans in (one.evidence for one in judged):
            assert list(spans) == sorted(spans, key=lambda span: span.start)
            assert all(written.strip("!.,") for written in words(text, spans))
    answer = annotate(pipeline, texts[0])[0]
    assert answer.sentiment is not None
    assert "Terrible" in " ".join(words(texts[0], answer.sentiment.evidence))


def test_evidence_of_mixed_sentiment_names_praise_and_blame(pipeline: Pipeline) -> None:
    text = "Maten var fantastisk och god, men personalen var hemskt otrevlig och dålig."
    answer = annotate(pipeline, text, kind="review")[0]
    assert answer.sentiment is not None
    assert answer.sentiment.polarity == "mixed"
    said = " ".join(words(text, answer.sentiment.evidence))
    assert "fantastisk" in said
    assert "dålig" in said


def test_opposite_opinions_in_one_sentence_are_told_apart(pipeline: Pipeline) -> None:
    answer = annotate(pipeline, MIXED[0])[0]
    said = {one.id: one.polarity for one in answer.touchpoints}
    assert (said["delivery"], said["customer_service"]) == ("positive", "negative")
    assert {(one.aspect, one.polarity) for one in answer.opinions} >= {
        ("leverans", "positive"),
        ("kundtjänsten", "negative"),
    }


@pytest.mark.parametrize(
    ("text", "touchpoints"),
    [
        ("The delivery was late.", {"delivery": "negative"}),
        (
            "Delivery was late, but customer service solved it all in five minutes.",
            {"delivery": "negative", "customer_service": "positive"},
        ),
    ],
)
def test_a_short_text_speaks_of_what_it_names(pipeline: Pipeline, text: str, touchpoints: dict[str, str]) -> None:
    answer = annotate(pipeline, text)[0]
    assert {one.id: one.polarity for one in answer.touchpoints} == touchpoints


@pytest.mark.parametrize("text", ["Levererar ni till Gotland?", "Hva koster det å sende en pakke til Tromsø?"])
def test_a_short_question_asks_and_blames_nothing(pipeline: Pipeline, text: str) -> None:
    answer = annotate(pipeline, text)[0]
    assert answer.sentiment is not None
    assert answer.sentiment.polarity == "neutral"
    assert {one.name for one in answer.signals} == {"asks_for_answer"}


def test_lengthened_words_have_a_language(pipeline: Pipeline) -> None:
    assert annotate(pipeline, "Neeeeever agaaaain!!!")[0].language.code == "en"


def test_a_clause_gives_one_of_two_signals_that_exclude_each_other(pipeline: Pipeline) -> None:
    answer = annotate(pipeline, "jeg handler ikke her igen")[0]
    assert not {"will_return", "leaves"} <= {one.name for one in answer.signals}


def test_every_label_shows_words_of_the_text(pipeline: Pipeline) -> None:
    for text, answer in zip(MIXED, annotate(pipeline, *MIXED), strict=True):
        labels = [*answer.touchpoints, *answer.emotions, *answer.signals]
        assert all(one.evidence for one in labels)
        spans = [span for one in labels for span in one.evidence]
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
        assert all(text[one.start : one.end] == one.aspect for one in answer.opinions)


def test_no_batch_order_or_thread_changes_an_answer(pipeline: Pipeline) -> None:
    texts = [f"{text} {number}" for number in range(40) for text in MIXED]
    alone = {text: annotate(pipeline, text)[0] for text in texts}
    random.Random(7).shuffle(texts)
    assert annotate(pipeline, *texts) == [alone[text] for text in texts]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda text: annotate(pipeline, text)[0], texts[:80]))
    assert found == [alone[text] for text in texts[:80]]


def test_another_language_is_named_and_not_judged(pipeline: Pipeline) -> None:
    for code, text in (
        ("de", "Die Lieferung kam viel zu spät und niemand antwortet auf meine Nachrichten."),
        ("fr", "La livraison était très en retard et personne ne répond à mes messages."),
    ):
        answer = annotate(pipeline, text)[0]
        assert answer.language.code == code
        assert answer.sentiment is None
        assert (answer.touchpoints, answer.emotions, answer.signals) == ((), (), ())


@pytest.mark.parametrize(
    "text",
    ["a" * 60_000, "bra " * 15_000, ".,;" * 20_000, "\ud800 trasig", "é" * 5_000, "\u0000\u0007", "😡" * 20_000],
    ids=["one word", "many words", "signs", "half a character", "accents", "control", "emoji"],
)
def test_hostile_texts_are_answered(pipeline: Pipeline, text: str) -> None:
    assert len(annotate(pipeline, text)) == 1


def with_taxonomy(folder: Path, written: str) -> Pipeline:
    configs = folder / "configs"
    copytree(configs_folder(), configs)
    (configs / "touchpoints" / "own.yaml").write_text(f"name: own\nversion: '1'\n{written}", encoding="utf-8")
    return build_pipeline(Settings(config_dir=configs, taxonomy="own"))


def test_a_touchpoint_that_a_company_adds_works_at_once(tmp_path: Path) -> None:
    own = with_taxonomy(
        tmp_path,
        "extends: generic\ntouchpoints:\n"
        "  - id: lounge_bar\n    stage: use\n    label: {sv: Bar, da: Bar, nb: Bar, fi: Baari, en: Bar}\n"
        "    terms: {sv: [cocktailbaren], en: [cocktail bar]}\n",
    )
    said = {one.id: one for one in annotate(own, "The cocktail bar was terrible, horrible drinks.")[0].touchpoints}
    assert said["lounge_bar"].polarity == "negative"
    assert said["lounge_bar"].stage == "use"


def test_a_company_may_have_touchpoints_of_its_own_alone(tmp_path: Path) -> None:
    own = with_taxonomy(
        tmp_path,
        "stages: [after]\ntouchpoints:\n"
        "  - id: parcel\n    stage: after\n    label: {sv: Paket, da: Pakke, nb: Pakke, fi: Paketti, en: Parcel}\n"
        "    terms: {sv: [paket], da: [pakke], nb: [pakke], fi: [paketti], en: [parcel]}\n",
    )
    texts = (
        "The staff were rude, the price is too high and the parcel was broken.",
        "Rude staff, and far too expensive!",
    )
    some, none = annotate(own, *texts)
    assert [(one.id, one.stage, one.polarity) for one in some.touchpoints] == [("parcel", "after", "negative")]
    assert none.touchpoints == ()
    assert none.sentiment is not None
