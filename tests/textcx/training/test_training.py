"""Training: a handful of sentences in, a weight file out that judges others like them; twice the same."""

import json
from pathlib import Path

import pytest

from textcx.configs import configs_folder
from textcx.errors import ConfigError
from textcx.model.card import load_weights
from textcx.model.lexical import LexicalAnalysis
from textcx.model.trained import TrainedAnalysis
from textcx.touchpoints import Taxonomy, read_taxonomy
from textcx.training.train import train
from textcx.words import Lemmas

OBJECTS = {"delivery": ("leveransen", "paketet", "frakten"), "app": ("appen", "inloggningen", "uppdateringen")}
WORDS = {"positive": ("fantastisk", "snabb", "utmärkt"), "negative": ("usel", "långsam", "värdelös")}
PRAISE = "Rekommenderas eftersom"
CUES = "recommends:\n  sv: [rekommenderas, tipsas]\n"
LEXICON = "language: {}\nsentiment: {{3: [strålande], -3: [bedrövlig]}}\n"


def rows() -> list[dict[str, object]]:
    return [
        {
            "text": f"{start} {thing} {verb} {word}",
            "lang": "sv",
            "overall": polarity,
            "touchpoints": {touchpoint: polarity},
            "emotions": ["joy" if polarity == "positive" else "anger"],
            "signals": ["recommends"] if start == PRAISE else [],
        }
        for touchpoint, things in OBJECTS.items()
        for thing in things
        for polarity, words in WORDS.items()
        for word in words
        for start, verb in (
            ("Tycker att", "är"),
            ("Den här gången var", "verkligen"),
            ("Igen är", "lika"),
            (PRAISE, "är"),
        )
    ]


def write_weights(folder: Path, taxonomy: Taxonomy, texts: str) -> Path:
    for name in ("data", "own", "lexicons"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "own" / "sv.jsonl").write_text(texts, encoding="utf-8")
    (folder / "own" / "cues.yaml").write_text(CUES, encoding="utf-8")
    for language in ("sv", "da", "nb", "nn", "fi", "en", "emoji"):
        text = LEXICON.format(language) if language == "sv" else f"language: {language}\n"
        (folder / "lexicons" / f"{language}.yaml").write_text(text, encoding="utf-8")
    target = folder / "weights" / "tiny.weights"
    train(
        folder / "data",
        folder / "own",
        folder / "lexicons",
        target,
        taxonomy,
        open_only=False,
        say=lambda _: None,
    )
    return target


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    folder = configs_folder() / "touchpoints"
    return read_taxonomy(folder / "generic.yaml", folder=folder)


@pytest.fixture(scope="module")
def weights(taxonomy: Taxonomy, tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows())
    return write_weights(tmp_path_factory.mktemp("training"), taxonomy, texts)


def test_what_was_learned_judges_sentences_that_were_not_seen(weights: Path, taxonomy: Taxonomy) -> None:
    analysis = TrainedAnalysis(weights, taxonomy, LexicalAnalysis(configs_folder() / "lexicons", Lemmas()))
    texts = ["Ja, leveransen var fantastisk", "Nej, appen var värdelös"]
    glad, angry = analysis.find(texts, ["sv", "sv"], [None, None])
    assert (glad["sentiment"]["polarity"], angry["sentiment"]["polarity"]) == ("positive", "negative")
    delivery = next(one for one in glad["touchpoints"] if one["id"] == "delivery")
    app = next(one for one in angry["touchpoints"] if one["id"] == "app")
    assert (delivery["polarity"], app["polarity"]) == ("positive", "negative")
    span = delivery["evidence"][0]
    assert texts[0][span["start"] : span["end"]] == "leveransen"


def test_a_cue_that_no_text_holds_speaks_like_the_cues_that_some_do(weights: Path, taxonomy: Taxonomy) -> None:
    analysis = TrainedAnalysis(weights, taxonomy, LexicalAnalysis(configs_folder() / "lexicons", Lemmas()))
    texts = ["Tipsas, appen är snabb", "Rapsodi, appen är snabb"]
    with_cue, without = (
        {signal["name"]: signal["score"] for signal in one["signals"]}
        for one in analysis.find(texts, ["sv", "sv"], [None, None])
    )
    assert with_cue["recommends"] > 1.3 * without.get("recommends", 0), (with_cue, without)


def test_the_same_texts_give_the_same_file(weights: Path, taxonomy: Taxonomy, tmp_path: Path) -> None:
    texts = (weights.parent.parent / "own" / "sv.jsonl").read_text(encoding="utf-8")
    assert write_weights(tmp_path, taxonomy, texts).read_bytes() == weights.read_bytes()


def test_a_file_says_what_it_was_made_of_and_which_it_is(weights: Path) -> None:
    assert load_weights(weights).card.version.startswith("table-1 tiny+")


@pytest.mark.parametrize("size", [10, 4000])
def test_a_file_that_is_cut_short_or_another_is_refused(weights: Path, tmp_path: Path, size: int) -> None:
    cut = tmp_path / "cut.weights"
    cut.write_bytes(weights.read_bytes()[:size])
    with pytest.raises(ConfigError, match=r"cut\.weights"):
        load_weights(cut)


def test_a_line_that_is_no_labelled_text_is_an_error_that_names_the_file(taxonomy: Taxonomy, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"sv\.jsonl"):
        write_weights(tmp_path, taxonomy, '{"lang": "sv"}')
