"""The second tier: which texts go to a larger model, and a real one, made here, in the pipeline."""

import logging
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from tests.textcx.tiny_model import tiny_model
from textcx.annotation import Annotations
from textcx.components.base import LANGUAGE, SENTIMENT, TextComponent
from textcx.components.second_tier import SecondTierComponent
from textcx.document import Document
from textcx.errors import ConfigError, MissingExtraError
from textcx.pipeline import build_pipeline
from textcx.settings import ModelSettings, Settings, read_settings

HAS_TORCH = all(find_spec(name) for name in ("torch", "transformers"))
needs_models = [pytest.mark.slow, pytest.mark.models]
SURE, UNSURE = "Snabb leverans!", "Jaha, det var väl något."
NO_WORDS, FOREIGN = "👍", "Die Lieferung war gut."


class First(TextComponent):
    """Sure of one text, unsure of another, silent about a third."""

    def __init__(self) -> None:
        super().__init__(SENTIMENT, needs=(LANGUAGE,), version="first-1")

    def judge(self, text: str, known: Any) -> Any:
        if text == FOREIGN:
            return None
        confidence = 0.9 if text == SURE else 0.4
        return {"polarity": "positive", "score": 0.4, "confidence": confidence, "evidence": [{"start": 0, "end": 2}]}


class Second:
    """Says of everything that it is blamed."""

    version = "second-1"

    def __init__(self, *shares: float) -> None:
        self.asked: list[str] = []
        self._shares = shares

    def shares(self, texts: Sequence[str]) -> Any:
        self.asked += texts
        return np.array([self._shares] * len(texts))


def judge(model: Second, *, below: float) -> list[Any]:
    texts = [SURE, UNSURE, NO_WORDS, FOREIGN]
    return SecondTierComponent(First(), model, below=below).judge_all(texts, [{LANGUAGE: {"code": "sv"}}] * 4)


def test_only_what_the_first_is_unsure_of_goes_to_the_model() -> None:
    model = Second(0.8, 0.1, 0.1, 0.0)
    sure, unsure, signs, foreign = judge(model, below=0.7)
    assert model.asked == [UNSURE]
    assert (sure["polarity"], sure["confidence"]) == ("positive", 0.9)
    assert unsure == {"polarity": "negative", "score": -0.7, "confidence": 0.8, "evidence": []}
    assert signs["polarity"] == "positive"
    assert foreign is None


def test_all_texts_with_words_in_our_languages_may_go_there() -> None:
    model = Second(0.8, 0.1, 0.1, 0.0)
    judge(model, below=1)
    assert model.asked == [SURE, UNSURE]


def test_the_words_of_the_first_stay_where_both_agree() -> None:
    unsure = judge(Second(0.1, 0.1, 0.8, 0.0), below=0.7)[1]
    assert (unsure["polarity"], unsure["evidence"]) == ("positive", [{"start": 0, "end": 2}])


def test_it_says_who_judged_and_from_where_on() -> None:
    assert SecondTierComponent(First(), Second(), below=0.7).version == "second-1 below 0.7, else first-1"


def test_the_model_rests_while_processes_are_still_to_be_forked() -> None:
    model = Second(0.8, 0.1, 0.1, 0.0)
    SecondTierComponent(First(), model, below=1).warm_up(UNSURE, {LANGUAGE: {"code": "sv"}})
    assert model.asked == []


@pytest.mark.skipif(HAS_TORCH, reason="torch is here")
def test_without_the_extra_the_message_names_it() -> None:
    with pytest.raises(MissingExtraError, match=r"\[model\] sentiment needs torch.*textcx\[models\]"):
        build_pipeline(Settings(model=ModelSettings(sentiment="transformers:somewhere")))


def test_the_setting_says_what_kind_of_model_it_is() -> None:
    with pytest.raises(ValidationError, match="transformers"):
        ModelSettings(sentiment="somewhere")


def test_no_other_precision_can_be_asked_for() -> None:
    with pytest.raises(ValidationError, match="bfloat16"):
        ModelSettings.model_validate({"sentiment_precision": "int8"})


def test_a_key_of_the_table_may_come_from_file_and_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "textcx.toml"
    file.write_text('[model]\nsentiment = "transformers:one"\nsentiment_below = 0.5\n', encoding="utf-8")
    monkeypatch.setenv("TEXTCX_MODEL__SENTIMENT", "transformers:two")
    assert read_settings(file, {}).model == ModelSettings(sentiment="transformers:two", sentiment_below=0.5)
    file.write_text('[model]\nsentimant = "transformers:one"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"model\.sentimant"):
        read_settings(file, {})


PRAISE = ("bra", "snabb", "trevlig", "nöjd")
BLAME = ("dålig", "sen", "otrevlig", "missnöjd")
NEITHER = ("okej", "vanlig")
FRAMES = ("det var", "leveransen var", "personalen var", "jag är")
WORDS = (*PRAISE, *BLAME, *NEITHER, *" ".join(FRAMES).split())
LESSONS = [
    (f"{frame} {word}", label)
    for label, words in enumerate((BLAME, NEITHER, PRAISE))
    for word in words
    for frame in FRAMES
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small model that was taught here what some words mean."""
    import torch

    folder = tmp_path_factory.mktemp("model")
    tokenizer, model, _ = tiny_model(WORDS, id2label={0: "Negative", 1: "Neutral", 2: "Positive"})
    encoded = tokenizer([text for text, _ in LESSONS], padding=True, return_tensors="pt")
    labels = torch.tensor([label for _, label in LESSONS])
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-3)
    for _ in range(40):
        loss = model(**encoded, labels=labels).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    logging.getLogger("transformers").setLevel(logging.ERROR)
    return folder


def sentiments(folder: Path, *texts: str, below: float = 1.0, **more: Any) -> list[Any]:
    settings = Settings(model=ModelSettings(sentiment=f"transformers:{folder}", sentiment_below=below, **more))
    answers = build_pipeline(settings).annotate([Document(text, language="sv") for text in texts])
    assert all(isinstance(one, Annotations) for one in answers)
    return [one.sentiment for one in answers if isinstance(one, Annotations)]


class TestARealModel:
    pytestmark = needs_models

    def test_it_judges_in_the_pipeline_and_says_so(self, folder: Path) -> None:
        settings = Settings(model=ModelSettings(sentiment=f"transformers:{folder}", sentiment_below=1))
        pipeline = build_pipeline(settings)
        answer = pipeline.annotate([Document("Personalen var otrevlig", language="sv")])[0]
        assert isinstance(answer, Annotations)
        assert answer.sentiment is not None
        assert answer.sentiment.polarity == "negative"
        assert answer.said_by["sentiment"].startswith(f"textcx_sentiment transformers:{folder.name} ")
        assert pipeline.version != build_pipeline(Settings()).version

    def test_a_text_is_judged_alike_in_any_company(self, folder: Path) -> None:
        texts = ["jag är nöjd", "det var vanlig " * 40, "leveransen var sen", "det var bra", "jag är missnöjd " * 9]
        together = sentiments(folder, *texts)
        alone = [sentiments(folder, text)[0] for text in texts]
        assert [one.polarity for one in together] == [one.polarity for one in alone]
        for one, other in zip(together, alone, strict=True):
            assert one.score == pytest.approx(other.score, abs=2e-3)
        assert [together[0].polarity, together[2].polarity] == ["positive", "negative"]

    def test_nothing_goes_to_a_model_below_zero(self, folder: Path) -> None:
        assert sentiments(folder, "Personalen var otrevlig", below=0) == [
            one.sentiment
            for one in build_pipeline(Settings()).annotate([Document("Personalen var otrevlig", language="sv")])
            if isinstance(one, Annotations)
        ]

    def test_labels_may_be_said_by_hand(self, folder: Path) -> None:
        turned = sentiments(folder, "det var bra", sentiment_labels=("positive", "neutral", "negative"))
        assert turned[0].polarity == "negative"
        with pytest.raises(ConfigError, match=r"names 2 polarities, but the model has 3 labels"):
            sentiments(folder, "det var bra", sentiment_labels=("positive", "negative"))

    def test_it_may_calculate_in_bfloat16_and_says_so(self, folder: Path) -> None:
        texts = [text for text, _ in LESSONS]
        fine, coarse = (sentiments(folder, *texts, sentiment_precision=one) for one in ("float32", "bfloat16"))
        assert [one.polarity for one in coarse] == [one.polarity for one in fine]
        assert [one.score for one in coarse] != [one.score for one in fine]
        for one, other in zip(coarse, fine, strict=True):
            assert one.score == pytest.approx(other.score, abs=0.05)
        model = ModelSettings(sentiment=f"transformers:{folder}", sentiment_precision="bfloat16", sentiment_below=1)
        answer = build_pipeline(Settings(model=model)).annotate([Document("det var bra", language="sv")])[0]
        assert isinstance(answer, Annotations)
        assert " bfloat16 below 1" in answer.said_by["sentiment"]

    def test_a_folder_without_a_model_is_refused_at_start(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="there is no model"):
            sentiments(tmp_path, "det var bra")
