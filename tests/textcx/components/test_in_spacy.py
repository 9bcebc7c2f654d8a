"""Our components in anyone's spaCy pipeline: added by name, written to disk, in several processes."""

from pathlib import Path

import pytest
import spacy
from spacy.language import Language

TEXT = "Snabb leverans, men kundtjänsten svarar aldrig och jag är riktigt arg."


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.blank("sv")
    for name in ("textcx_language", "textcx_sentiment", "textcx_touchpoints", "textcx_emotions"):
        nlp.add_pipe(name)
    return nlp


def test_results_are_plain_values_and_spans(nlp: Language) -> None:
    doc = nlp(TEXT)
    assert doc._.textcx_language["code"] == "sv"
    assert doc._.textcx_sentiment["polarity"] in ("negative", "mixed")
    found = {one["id"]: one["polarity"] for one in doc._.textcx_touchpoints}
    assert found["delivery"] == "positive"
    assert found["customer_service"] == "negative"
    assert "anger" in {one["name"] for one in doc._.textcx_emotions}
    assert {(span.label_, span.text) for span in doc.spans["textcx_touchpoints"]} >= {
        ("delivery", "leverans"),
        ("customer_service", "kundtjänsten"),
    }


def test_a_component_works_alone_behind_the_language() -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("textcx_language")
    nlp.add_pipe("textcx_emotions")
    doc = nlp("I am so happy and grateful for this!")
    assert [one["name"] for one in doc._.textcx_emotions] == ["joy"]
    assert doc._.textcx_emotions[0]["touchpoint"] is None


def test_documents_survive_bytes(nlp: Language) -> None:
    doc = nlp(TEXT)
    again = spacy.tokens.Doc(nlp.vocab).from_bytes(doc.to_bytes())
    assert again._.textcx_sentiment == doc._.textcx_sentiment
    assert list(again._.textcx_touchpoints) == list(doc._.textcx_touchpoints)


def test_several_processes_say_the_same(nlp: Language) -> None:
    texts = [TEXT, "Helt okej butik.", "Toimitus oli hidas."] * 20
    alone = [doc._.textcx_sentiment for doc in nlp.pipe(texts)]
    assert [doc._.textcx_sentiment for doc in nlp.pipe(texts, n_process=2, batch_size=10)] == alone


def test_a_pipeline_is_written_to_disk_and_read_again(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "pipeline")
    again = spacy.load(tmp_path / "pipeline")
    assert again(TEXT)._.textcx_touchpoints == nlp(TEXT)._.textcx_touchpoints


@pytest.mark.parametrize("text", ["", " ", "Hej  då!\n\nVi ses 😀 kl. 12:30. ", "a\tb", "\u00a0x\u00a0"])
def test_our_tokens_joined_are_the_text_again(text: str) -> None:
    nlp = spacy.blank("xx", config={"nlp": {"tokenizer": {"@tokenizers": "textcx_words"}}})
    assert nlp.make_doc(text).text == text
