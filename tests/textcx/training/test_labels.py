"""Labels by id: texts stay in their sets; what is ours is what we say of them."""

import gzip
import json
from pathlib import Path

import pytest

from textcx.errors import ConfigError
from textcx.training.labels import labelled_rows, read_labels
from textcx.training.sources import DataSets

PRAISE = {
    "id": "vader-icwsm14:1",
    "overall": "mixed",
    "touchpoints": {"price": "negative"},
    "emotions": [],
    "signals": [],
}


def _row(name: str, number: int, part: str) -> dict[str, object]:
    text = f"Text {number} of {name}, {part}"
    return {"id": f"{name}:{number}", "text": text, "lang": "en", "label": "positive", "source": name, "split": part}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    files = {
        "vader-icwsm14/sentiment": "vader-icwsm14",
        "trustpilot-en-petinsurance/reviews": "trustpilot-en-petinsurance",
    }
    for place, name in files.items():
        for part, numbers in (("train", (1, 2)), ("dev", (3,))):
            path = tmp_path / "data" / f"{place}.{part}.jsonl.gz"
            path.parent.mkdir(parents=True, exist_ok=True)
            rows = [json.dumps(_row(name, number, part)) for number in numbers]
            path.write_bytes(gzip.compress("\n".join(rows).encode()))
    return tmp_path / "data"


def _written(folder: Path, *lines: object) -> Path:
    (folder / "labels").mkdir(exist_ok=True)
    text = "\n".join(json.dumps(line) for line in lines) + "\n"
    (folder / "labels" / "en.jsonl").write_text(text, encoding="utf-8")
    return folder / "labels"


def test_a_text_of_a_set_gets_our_labels_instead_of_its_own(data: Path, tmp_path: Path) -> None:
    (row,) = labelled_rows(read_labels(_written(tmp_path, PRAISE)), DataSets(data))
    assert row.text == "Text 1 of vader-icwsm14, train"
    assert (row.sentiment, row.touchpoints, row.source) == ("mixed", {"price": "negative"}, "vader-icwsm14")
    assert (row.signals, row.emotions) == (frozenset(), frozenset())


def test_texts_of_development_parts_and_of_sets_that_are_missing_are_left_out(data: Path, tmp_path: Path) -> None:
    names = ("vader-icwsm14:3", "trustpilot-sv:1", "vader-icwsm14:99")
    labels = read_labels(_written(tmp_path, *({**PRAISE, "id": name} for name in names)))
    assert labelled_rows(labels, DataSets(data)) == []


def test_open_weights_take_labels_of_free_sets_alone(data: Path, tmp_path: Path) -> None:
    labels = read_labels(_written(tmp_path, PRAISE, {**PRAISE, "id": "trustpilot-en-petinsurance:2"}))
    assert {row.source for row in labelled_rows(labels, DataSets(data))} == {
        "vader-icwsm14",
        "trustpilot-en-petinsurance",
    }
    assert {row.source for row in labelled_rows(labels, DataSets(data, open_only=True))} == {"vader-icwsm14"}


def test_no_folder_of_labels_is_no_label(tmp_path: Path) -> None:
    assert read_labels(tmp_path / "labels") == {}


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ([{**PRAISE, "text": "Not ours"}], "text"),
        ([{name: value for name, value in PRAISE.items() if name != "signals"}], "signals"),
        ([{name: value for name, value in PRAISE.items() if name != "id"}], "Line 1"),
        ([PRAISE, PRAISE], "again"),
    ],
)
def test_a_line_that_is_no_label_is_refused_with_its_place(tmp_path: Path, lines: list[object], says: str) -> None:
    with pytest.raises(ConfigError, match=says) as error:
        read_labels(_written(tmp_path, *lines))
    assert "en.jsonl" in str(error.value)
