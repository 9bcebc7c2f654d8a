"""The page of twenty questions: every command answers with something, over the demonstration."""

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

PAGE = Path(__file__).parents[2] / "service" / "QUESTIONS.md"
COMMANDS = [
    dedent(block).strip()
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TEXTCX_DATA": str(tmp_path_factory.mktemp("demo"))}
    subprocess.run(["textcx", "demo"], env=environment, check=True, capture_output=True)
    return environment


def test_there_are_twenty() -> None:
    assert len(COMMANDS) == 20


@pytest.mark.parametrize("command", COMMANDS)
def test_a_question_is_answered(command: str, environment: dict[str, str]) -> None:
    done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    assert not done.stdout.startswith("0 mentions"), "the demonstration should hold an answer"
