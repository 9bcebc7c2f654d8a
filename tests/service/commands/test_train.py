"""`textcx train`, its `embedding` and `teacher`: all say what they lack; what they write lies where it may."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textcx.configs import configs_folder
from textcx.embedding.static import WEIGHTS


def test_training_says_what_it_lacks(textcx: Callable[..., Any]) -> None:
    missing = textcx("train")
    assert (missing.status, "--data" in missing.err) == (2, True)
    assert textcx("train", "--data", "nowhere").status == 2


@pytest.mark.parametrize("name", [("train", "embedding"), ("train-embedding",)])
def test_the_embedding_has_a_command(textcx: Callable[..., Any], tmp_path: Path, name: tuple[str, ...]) -> None:
    lacking = textcx(*name, "--output", str(WEIGHTS))
    assert (lacking.status, "--teacher" in lacking.err) == (2, True)
    assert textcx(*name, "--output", str(WEIGHTS), "--sentence-transformer", str(tmp_path / "model")).status == 0
    assert (tmp_path / "model" / "modules.json").is_file()


@pytest.mark.parametrize("place", ["configs", "repository"])
def test_labels_of_a_teacher_are_never_written_into_the_configuration_or_a_repository(
    textcx: Callable[..., Any], tmp_path: Path, place: str
) -> None:
    (tmp_path / ".git").mkdir()
    target = configs_folder() / "soft" if place == "configs" else tmp_path / "soft"
    options = ("--data", str(tmp_path), "--model", "tiny", "--licence", "none")
    answer = textcx("train", "teacher", *options, "--output", str(target))
    assert (answer.status, "kept outside" in answer.err) == (2, True)
    assert not target.exists()


def test_training_says_that_a_folder_holds_no_soft_labels(textcx: Callable[..., Any], tmp_path: Path) -> None:
    target = tmp_path / "new.weights"
    answer = textcx("train", "--data", str(tmp_path), "--teacher", str(tmp_path), "--output", str(target))
    assert (answer.status, "textcx train teacher" in answer.err) == (2, True)
    assert not target.exists()
