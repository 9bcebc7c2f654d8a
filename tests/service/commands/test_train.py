"""`textcx train` and `textcx train embedding`: both say what they lack, and the embedding's other form is written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

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
