"""`textcx topics` as a person uses it: found, looked at, changed with a preview first, and taken back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

TEXTS = ["Hissen luktar konstigt i dag {}", "Hissen stannade igen klockan {}", "Hissen är alltid trasig, dag {}"]
SEED = ("topics", "seed", "Hissen", "Hissen luktar", "Hissen stannade", "Hissen är trasig")


def test_topics_from_the_first_look_to_undo(textcx: Callable[..., Any], tmp_path: Path) -> None:
    lines = [json.dumps({"text": TEXTS[number % 3].format(number)}) for number in range(30)]
    (tmp_path / "lift.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert textcx("ingest", "lift.jsonl", "--set", "brand=Lift").status == 0
    assert textcx(*SEED).status == 2, "nobody is there to say yes"
    assert "no topic" in textcx(*SEED, "--preview").out
    assert json.loads(textcx("topics", "list", "--json").out)["topics"] == []
    made = json.loads(textcx(*SEED, "--yes", "--json").out)
    assert (made["version"], made["moved"]) == (1, 30)
    assert json.loads(textcx("search", "topic:hissen", "--json").out)["total"] == 30
    shown = textcx("topics", "show", "hissen")
    assert "t1 Hissen (live, seed)" in shown.out
    assert textcx("topics", "health").status == 0
    assert "Known: Hissen, t1" in textcx("topics", "merge", "t1", "t9", "--yes").err
    assert textcx("topics", "fit", "--engine", "mars").status == 2
    few = textcx("topics", "fit", "--engine", "plain", "--yes")
    assert "at least 20 are needed" in few.err
    assert "takes it back" in textcx("topics", "undo", "--yes").out
    assert json.loads(textcx("topics", "list", "--json").out)["topics"] == []


def test_every_change_has_the_same_options(textcx: Callable[..., Any]) -> None:
    for name in ["fit", "accept", "seed", "rename", "merge", "split", "retire", "pin", "map", "carry", "undo"]:
        shown = textcx("topics", name, "--help")
        assert shown.status == 0
        assert all(option in shown.out for option in ("--reason", "--preview", "--yes", "--data", "--json")), name
