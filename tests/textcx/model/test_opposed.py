"""Emotions that the sentiment of a customer's text rules out are not named."""

import pytest

from textcx.annotation import Annotations
from textcx.document import Document
from textcx.model.card import EMOTIONS
from textcx.model.opposed import without_opposed
from textcx.pipeline import Pipeline, build_pipeline
from textcx.settings import Settings

GLAD_AND_ANGRY = {EMOTIONS.index("joy"): 0.5, EMOTIONS.index("anger"): 0.4}


@pytest.fixture(scope="module")
def pipeline() -> Pipeline:
    return build_pipeline(Settings())


@pytest.mark.parametrize(
    ("polarity", "confidence", "named"),
    [
        ("positive", 0.9, ["joy"]),
        ("negative", 0.9, ["anger"]),
        ("mixed", 0.9, ["joy", "anger"]),
        ("neutral", 0.9, ["joy", "anger"]),
        ("positive", 0.6, ["joy", "anger"]),
    ],
)
def test_a_sure_sentiment_rules_out_its_opposite(polarity: str, confidence: float, named: list[str]) -> None:
    sentiment = {"polarity": polarity, "confidence": confidence}
    assert [EMOTIONS[one] for one in without_opposed(GLAD_AND_ANGRY, sentiment)] == named


@pytest.mark.parametrize(
    "text",
    [
        "Jag har aldrig varit missnöjd, tack för grym service!",
        "Best customer service ever, refunded me within an hour without any argument!",
    ],
)
def test_strong_praise_is_not_angry(pipeline: Pipeline, text: str) -> None:
    answer = pipeline.annotate([Document(text)])[0]
    assert isinstance(answer, Annotations)
    assert answer.sentiment is not None
    assert answer.sentiment.polarity == "positive"
    assert [one.name for one in answer.emotions] == ["joy"]
