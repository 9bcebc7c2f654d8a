"""`textcx evaluate` as a person uses it, with the shipped analysis."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Textcx = Callable[..., Any]
ROWS = [
    {
        "text": "Leveransen var väldigt sen, uselt!",
        "lang": "sv",
        "sentiment": "negative",
        "touchpoints": {"delivery": "negative"},
    },
    {
        "text": "Snabb leverans, jättenöjd!",
        "lang": "sv",
        "sentiment": "positive",
        "touchpoints": {"delivery": "positive"},
    },
    {"text": "Fantastic service, thank you!", "lang": "en", "sentiment": "negative", "touchpoints": {}},
]


def write(path: Path, rows: Any = ROWS) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def test_own_texts_give_a_table_and_their_errors_a_file(textcx: Textcx, tmp_path: Path) -> None:
    done = textcx("evaluate", write(tmp_path / "own.jsonl"), "--errors", "errors.jsonl", "--card", "card.md")
    assert done.status == 0
    assert "overall" in done.out
    assert "0.667*" in done.out
    assert "fewer than 30 texts" in done.out
    wrong = [json.loads(line) for line in (tmp_path / "errors.jsonl").read_text(encoding="utf-8").splitlines()]
    assert ("overall", "Fantastic service, thank you!", ["negative"]) in [
        (one["task"], one["text"], one["gold"]) for one in wrong
    ]
    assert (tmp_path / "card.md").read_text(encoding="utf-8").startswith("# Model card")


def test_json_holds_each_figure_with_its_interval_and_domain(textcx: Textcx, tmp_path: Path) -> None:
    answer = json.loads(textcx("evaluate", write(tmp_path / "own.jsonl"), "--json").out)
    overall = next(one for one in answer["scores"] if one["task"] == "overall")
    assert overall["low"] < overall["value"] < overall["high"]
    assert overall["interval"] == "Wilson"
    assert overall["domain"] == "texts of one's own"
    assert overall["baselines"]["majority"] > 0
    assert answer["model"].startswith("textcx-")


def test_capabilities_alone(textcx: Textcx, tmp_path: Path) -> None:
    line = {"capability": "emoji", "lang": "sv", "text": "😡", "sentiment": ["negative"]}
    done = textcx("evaluate", "--challenge", write(tmp_path / "lines.jsonl", [line]))
    assert "emoji" in done.out
    assert "100 %" in done.out


def test_wrong_use_says_what_to_give(textcx: Textcx, tmp_path: Path) -> None:
    nothing = textcx("evaluate")
    assert (nothing.status, "--data DIR" in nothing.err) == (2, True)
    unknown = textcx("evaluate", "--data", str(tmp_path), "--set", "trustpilot-se")
    assert (unknown.status, "trustpilot-sv" in unknown.err) == (2, True)
    weights = textcx("evaluate", write(tmp_path / "own.jsonl"), "--weights", "fulll")
    assert (weights.status, "weight file 'fulll'" in weights.err) == (2, True)
