"""Emotions: what a set teaches of when people name one, without touching how texts of customers are read."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.textcx.training.test_training import rows, write_weights
from textcx.configs import configs_folder
from textcx.model.card import EMOTION_HEADS, SWEDISH, load_weights
from textcx.model.lexical import LexicalAnalysis
from textcx.model.trained import TrainedAnalysis
from textcx.touchpoints import Taxonomy, read_taxonomy
from textcx.words import Lemmas

SUBJECTS = ("Han", "Hon", "Mannen", "Kvinnan", "Soldaten", "Läkaren", "Pojken", "Flickan")
VERBS = ("bor", "sover", "väntar", "skriver", "springer")
PLACES = ("där", "hemma", "i staden", "i huset", "vid havet")


def lines() -> list[dict[str, object]]:
    """Return lines of a film of which the questions are labelled as surprise."""
    told = [(f"{who} {does} {where}", where) for who in SUBJECTS for does in VERBS for where in PLACES]
    return [
        {"text": f"{text}?", "lang": "sv", "labels": ["surprise"]}
        if number % 2
        else {"text": f"{text}.", "lang": "sv", "labels": ["neutral"]}
        for number, (text, _) in enumerate(told)
    ]


def write_set(folder: Path, name: str, some: Sequence[dict[str, object]]) -> None:
    target = folder / "data" / name
    target.parent.mkdir(parents=True)
    with gzip.open(target, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in some)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("emotions")
    write_set(folder, "brighter-swe/emotion.train.jsonl.gz", lines())
    texts = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows())
    return write_weights(folder, taxonomy(), texts)


def taxonomy() -> Taxonomy:
    folder = configs_folder() / "touchpoints"
    return read_taxonomy(folder / "generic.yaml", folder=folder)


@pytest.fixture(scope="module")
def analysis(weights: Path) -> TrainedAnalysis:
    return TrainedAnalysis(weights, taxonomy(), LexicalAnalysis(configs_folder() / "lexicons", Lemmas()))


def emotions(analysis: TrainedAnalysis, texts: Sequence[str], language: str = "sv") -> list[set[str]]:
    found = analysis.find(texts, [language] * len(texts), [None] * len(texts))
    return [{emotion["name"] for emotion in one["emotions"]} for one in found]


def test_signs_and_length_tell_of_emotions_where_a_set_says_so(analysis: TrainedAnalysis) -> None:
    asked, told = emotions(analysis, ["Grannen bor i staden?", "Grannen bor i staden."])
    assert "surprise" in asked
    assert "surprise" not in told


def test_texts_of_customers_keep_the_emotions_that_customers_are_said_to_have(analysis: TrainedAnalysis) -> None:
    assert emotions(analysis, ["Tycker att leveransen är fantastisk?"]) == [{"joy"}]


def test_another_language_is_not_judged_by_what_swedish_texts_taught(analysis: TrainedAnalysis) -> None:
    (found,) = emotions(analysis, ["Grannen bor i staden?"], "fi")
    assert "surprise" not in found


def test_an_emotion_is_as_likely_in_any_company(analysis: TrainedAnalysis) -> None:
    texts = ["Grannen bor i staden?", "Tycker att leveransen är fantastisk", "Nej, appen var värdelös."]
    together = [one["emotions"] for one in analysis.find(texts, ["sv"] * 3, [None] * 3)]
    alone = [analysis.find([text], ["sv"], [None])[0]["emotions"] for text in texts]
    assert together == alone


def test_without_such_texts_the_limits_of_customers_hold(tmp_path: Path) -> None:
    texts = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows())
    card = load_weights(write_weights(tmp_path, taxonomy(), texts)).card
    assert not len(card.emotion_layer)
    assert np.array_equal(card.emotion_limits[EMOTION_HEADS.index(SWEDISH)], card.emotion_limits[0])
