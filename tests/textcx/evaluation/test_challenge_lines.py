"""Lines of a challenge: what must hold, and what is said where it does not."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from textcx.annotation import Annotations, LanguageTag, Sentiment, TouchpointJudgement
from textcx.document import Document
from textcx.errors import ConfigError
from textcx.evaluation.challenge import by_capability, failures, read_challenges, try_challenges

LINES = """\
{"capability": "negation", "lang": "sv", "text": "Inte sen.", "sentiment": ["positive", "neutral"]}
{"capability": "negation", "lang": "en", "text": "Not late.", "touchpoints": {"delivery": ["positive"]}}
{"capability": "question", "lang": "sv", "text": "När?", "sentiment": ["neutral"], "signals": ["asks_for_answer"]}
"""


def annotate(documents: Sequence[Document]) -> list[Annotations]:
    """Find everything neutral, and the delivery bad."""
    return [
        Annotations(
            language=LanguageTag(code="sv", confidence=1),
            sentiment=Sentiment(polarity="neutral", score=0, confidence=1),
            touchpoints=(TouchpointJudgement(id="delivery", stage="receive", polarity="negative", score=-1),),
        )
        for _ in documents
    ]


def test_capabilities_are_scored_and_failures_say_what_was_said_instead(tmp_path: Path) -> None:
    (tmp_path / "lines.jsonl").write_text(LINES, encoding="utf-8")
    passed = try_challenges(annotate, read_challenges(tmp_path / "lines.jsonl"))
    assert by_capability(passed) == {"negation": 0.5, "question": 0.0}
    assert [(one.capability, one.language, one.passed, one.n) for one in passed][:2] == [
        ("negation", "sv", 1, 1),
        ("negation", "en", 0, 1),
    ]
    assert [one["said"] for one in failures(passed)] == [
        "delivery negative, not positive",
        "no signal asks_for_answer",
    ]


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "lines.jsonl").write_text(LINES + '{"capability": "x"}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"lines\.jsonl, line 4: lang"):
        read_challenges(tmp_path / "lines.jsonl")
