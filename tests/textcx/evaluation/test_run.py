"""The scorecard of labelled texts, with an analysis whose answers are known."""

import gzip
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from textcx.annotation import Annotations, LanguageTag, Polarity, Sentiment, Signal, TouchpointJudgement
from textcx.configs import configs_folder
from textcx.document import Document
from textcx.errors import AnalysisError, ConfigError, UnknownNameError
from textcx.evaluation.baselines import Baseline, known_baselines
from textcx.evaluation.card import render
from textcx.evaluation.run import Candidate, score_file, score_sets, summary, tasks_named

ROWS: tuple[dict[str, Any], ...] = (
    {"text": "Bra.", "lang": "sv", "sentiment": "positive", "touchpoints": {"delivery": "positive"}},
    {"text": "Uselt.", "lang": "sv", "sentiment": "negative", "touchpoints": {}},
    {"text": "Hyvä.", "lang": "fi", "sentiment": "positive"},
    {"text": "Surkea.", "lang": "fi", "sentiment": "negative", "signals": ["leaves"]},
    {"text": "Nja.", "lang": "sv", "sentiment": "neutral"},
)
ANSWERS: dict[str, Polarity] = {
    "Bra.": "positive", "Uselt.": "negative", "Hyvä.": "positive", "Surkea.": "positive", "Nja.": "mixed"
}  # fmt: skip


def annotate(documents: Sequence[Document]) -> Sequence[Annotations | AnalysisError]:
    """Judge as ANSWERS say, and fail on what they do not hold."""
    return [_annotations(one.text) if one.text in ANSWERS else AnalysisError("no") for one in documents]


def _annotations(text: str) -> Annotations:
    polarity = ANSWERS[text]
    score = {"positive": 0.5, "negative": -0.5}.get(polarity, 0.0)
    return Annotations(
        language=LanguageTag(code="sv", confidence=0.9),
        sentiment=Sentiment(polarity=polarity, score=score, confidence=0.8),
        touchpoints=(TouchpointJudgement(id="delivery", stage="receive", polarity=polarity, score=score),)
        if text == "Bra."
        else (),
        signals=(Signal(name="leaves", score=0.9),) if text == "Surkea." else (),
    )


CANDIDATE = Candidate("ours", annotate, frozenset({"language", "sentiment", "touchpoints", "signals"}), "textcx-1")
BLIND = Candidate("blind", lambda documents: [AnalysisError("no")] * len(documents), CANDIDATE.parts, "textcx-2")


def lines(path: Path, rows: Sequence[Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def score(path: Path, *candidates: Candidate, baselines: Sequence[Baseline] = ()) -> dict[str, Any]:
    found = list(score_file(path, candidates or (CANDIDATE,), baselines=baselines, say=lambda _: None))
    scores = summary(found, candidates or (CANDIDATE,), part="dev")["scores"]
    return {(one["task"], one["language"]): one for one in scores}


def test_a_file_is_scored_for_what_it_labels_and_nothing_else(tmp_path: Path) -> None:
    scores = score(lines(tmp_path / "own.jsonl", ROWS))
    assert {task for task, _ in scores} == {"sentiment", "overall", "touchpoints", "pairs", "signals", "language"}
    assert scores["overall", "all"]["n"] == 5
    assert scores["overall", "all"]["value"] == pytest.approx(3 / 5)
    assert scores["pairs", "all"]["n"] == 2
    assert scores["overall", "all"]["confusion"]["negative"] == {"negative": 1, "positive": 1}
    assert scores["overall", "all"]["labels"]["positive"]["precision"] == pytest.approx(2 / 3)


def test_a_mixed_judgement_is_neutral_where_three_classes_are_asked(tmp_path: Path) -> None:
    assert score(lines(tmp_path / "own.jsonl", ROWS))["sentiment", "all"]["figures"]["accuracy"] == pytest.approx(4 / 5)


def test_each_language_with_enough_texts_has_a_score(tmp_path: Path) -> None:
    scores = score(lines(tmp_path / "own.jsonl", ROWS * 3))
    assert scores["overall", "sv"]["value"] == pytest.approx(2 / 3)
    assert scores["overall", "fi"]["value"] == pytest.approx(1 / 2)
    assert ("overall", "fi") not in score(lines(tmp_path / "few.jsonl", ROWS))


def test_confidence_is_held_to_what_was_right(tmp_path: Path) -> None:
    assert score(lines(tmp_path / "own.jsonl", ROWS))["overall", "all"]["calibration_error"] == pytest.approx(0.2)


def test_another_analysis_stands_beside_in_each_language(tmp_path: Path) -> None:
    scores = score(lines(tmp_path / "own.jsonl", ROWS * 3), CANDIDATE, BLIND)
    assert scores["overall", "all"]["baselines"] == {"blind": 0}
    assert scores["overall", "fi"]["baselines"] == {"blind": 0}


def test_what_the_analysis_does_not_judge_is_said_not_scored(tmp_path: Path) -> None:
    said: list[str] = []
    lesser = replace(CANDIDATE, parts=frozenset({"language", "sentiment"}))
    found = list(score_file(lines(tmp_path / "own.jsonl", ROWS), [lesser], baselines=(), say=said.append))
    assert {one.task.asks for one in found} <= {"sentiment", "overall", "language", "recommended"}
    assert "touchpoints is left out: this pipeline does not judge touchpoints" in said


def test_each_wrong_answer_is_kept_with_its_text(tmp_path: Path) -> None:
    found = score_file(lines(tmp_path / "own.jsonl", ROWS), [CANDIDATE], baselines=(), say=lambda _: None)
    overall = next(one for one in found if one.task.asks == "overall")
    assert [(one.text, one.gold, one.named) for one in overall.mistakes] == [
        ("Surkea.", ("negative",), ("positive",)),
        ("Nja.", ("neutral",), ("mixed",)),
    ]


def test_csv_as_people_keep_it(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(
        "text;lang;sentiment;touchpoints;recommended\n"
        "Bra.;sv;positive;delivery:positive, price:negative;yes\n"
        '"Uselt.";sv;negative;;no\n',
        encoding="utf-8-sig",
    )
    scores = score(path)
    assert scores["touchpoints", "all"]["figures"]["micro_f1"] == pytest.approx(2 / 3)
    assert scores["recommended", "all"]["value"] == 1


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"lang": "sv"}, r"own\.jsonl, line 2: text: Field required"),
        ({"text": "Hemligt", "sentiment": "bad"}, r"line 2: sentiment: .*'negative', 'neutral', 'positive' or 'mixed'"),
        ({"text": "Hemligt", "mood": "bad"}, r"line 2: mood: Extra inputs"),
    ],
)
def test_a_wrong_line_is_named_without_its_text(tmp_path: Path, row: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        score(lines(tmp_path / "own.jsonl", [ROWS[0], row]))
    assert "Hemligt" not in str(caught.value)


def test_an_empty_or_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="holds no labelled texts"):
        score(lines(tmp_path / "own.jsonl", []))
    with pytest.raises(ConfigError, match="cannot be read"):
        score(tmp_path / "nowhere.jsonl")


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    """Return a folder with two sets, as the public ones lie."""
    reviews = [{"text": text, "lang": "sv", "label": label} for text, label in (("Bra.", "positive"),) * 6]
    gold = [
        {
            "text": row["text"],
            "lang": row["lang"],
            "overall": row["sentiment"],
            "touchpoints": row.get("touchpoints", {}),
        }
        for row in ROWS * 3
    ]
    for name, rows in {"trustpilot-sv/sentiment": reviews, "touchpoints-gold/touchpoints": gold}.items():
        (tmp_path / name).parent.mkdir()
        for part in ("dev", "train"):
            with gzip.open(tmp_path / f"{name}.{part}.jsonl.gz", "wt", encoding="utf-8") as file:
                file.writelines(json.dumps(row) + "\n" for row in rows)
    return tmp_path


def test_sets_that_are_there_are_scored_and_others_named(sets: Path) -> None:
    said: list[str] = []
    baselines = known_baselines(configs_folder() / "lexicons")
    found = list(score_sets(sets, tasks_named(()), [CANDIDATE], part="dev", baselines=baselines, say=said.append))
    assert "trustpilot-da/sentiment.dev.jsonl.gz is not there: left out" in said
    assert "signals is left out: no text is labelled for it" in said
    answer = summary(found, [CANDIDATE], part="dev")
    scores = {(one["task"], one["language"]): one for one in answer["scores"]}
    assert scores["trustpilot-sv", "all"]["must"] == 0.69
    assert scores["touchpoints", "lowest"]["domain"].startswith("sv: ")
    assert scores["overall", "all"]["baselines"]["majority"] == pytest.approx(6 / 15)
    assert answer["calibration_error"] == pytest.approx(0.2)


def test_the_card_is_made_of_the_scorecard(sets: Path) -> None:
    candidates = [CANDIDATE, BLIND]
    found = list(score_sets(sets, tasks_named(()), candidates, part="dev", baselines=(), say=lambda _: None))
    page = render(summary(found, candidates, part="dev") | {"challenge": {"negation": 0.75}})
    assert "| Swedish Trustpilot reviews | macro-f1 | 6 | **1.00** (1.00 to 1.00) | .69 | .75 | blind .00 |" in page
    assert "| Finnish | overall |" not in page  # too few texts
    assert "for want of labelled texts: trustpilot-da, " in page
    assert "| negation | 75 % |" in page
    assert "the weights `ours` (textcx-1), and beside them `blind` (textcx-2)" in page
    assert "| trustpilot-da | da | reviews | none stated | C | full |" in page


def test_tasks_are_chosen_by_their_name_or_their_sets() -> None:
    assert {one.name for one in tasks_named(["mams-acsa", "signals"])} == {"mams-acsa-found", "mams-acsa", "signals"}
    with pytest.raises(UnknownNameError, match="signals"):
        tasks_named(["signal"])
