"""What language does to the analysis, capability by capability: each share of right lines has a floor.

The floors stand a little under what the shipped weights reach; a change that loses more than a line or two fails.
"""

from collections import Counter
from pathlib import Path

import pytest

from textcx.evaluation.challenge import Passed, by_capability, failures, read_challenges, try_challenges
from textcx.pipeline import build_pipeline
from textcx.settings import Settings

LINES = Path(__file__).with_name("challenge.jsonl")
LANGUAGES = ("sv", "da", "nb", "fi", "en")
FLOORS = {
    "negation": 0.20,
    "contrast": 0.53,
    "comparison": 0.26,
    "sarcasm": 0.28,
    "typing errors": 0.32,
    "lengthening": 0.68,
    "missing diacritics": 0.60,
    "emoji only": 1.0,
    "very short": 0.40,
    "mixed language": 0.60,
    "entity swap": 0.46,
    "question": 0.24,
    "signal and its opposite": 0.83,
    "touchpoints by their words": 0.80,
    "the company's own voice": 0.28,
}
"""The least share of right lines."""


@pytest.fixture(scope="module")
def passed() -> list[Passed]:
    return try_challenges(build_pipeline(Settings()).annotate, read_challenges(LINES))


def test_the_lines_are_many_and_the_languages_balanced() -> None:
    lines = read_challenges(LINES)
    assert len({(one.lang, one.text) for one in lines if one.capability != "very short"}) > 300
    languages = Counter(one.lang for one in lines)
    assert set(languages) == set(LANGUAGES)
    assert max(languages.values()) - min(languages.values()) <= 3
    assert {one.capability for one in lines} == set(FLOORS)


@pytest.mark.parametrize("capability", FLOORS)
def test_a_capability_stays_above_its_floor(passed: list[Passed], capability: str) -> None:
    share = by_capability(passed)[capability]
    wrong = [
        f"{one['language']}: {one['text']} ({one['said']})" for one in failures(passed) if capability in one["task"]
    ]
    assert share >= FLOORS[capability], "\n".join(wrong)
