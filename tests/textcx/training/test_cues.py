"""Cues: a list that is wrong is refused with its place."""

from pathlib import Path

import pytest

from textcx.configs import configs_folder
from textcx.errors import ConfigError
from textcx.training.cues import read_cues
from textcx.training.customers import SIGNALS


def test_the_cues_that_ship_are_those_of_our_signals() -> None:
    assert tuple(read_cues(configs_folder() / "training")) == SIGNALS


def test_no_file_is_no_cue(tmp_path: Path) -> None:
    assert read_cues(tmp_path) == {}


@pytest.mark.parametrize(
    "text", ["leaves: [bytt]", "- leaves", "leaves: {sv: [bytt, '']}", "leaves: {sv: [gick rakt ut]}"]
)
def test_what_is_no_cue_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "cues.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"cues\.yaml"):
        read_cues(tmp_path)
