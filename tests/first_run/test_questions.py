"""The page of twenty questions: every command answers with something, over the demonstration."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from service.cli import main

PAGE = Path(__file__).parents[2] / "service" / "QUESTIONS.md"
COMMANDS = [
    dedent(block).strip()
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("demo"))
    run_in_shell("textcx demo", folder)
    return folder


def run_in_shell(command: str, folder: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TEXTCX_DATA": folder}
    done = subprocess.run(["bash", "-c", command], env=environment, capture_output=True, text=True, check=True)
    assert not done.stderr
    return done.stdout


def test_there_are_twenty() -> None:
    assert len(COMMANDS) == 20


@pytest.mark.parametrize("command", COMMANDS)
def test_a_question_is_answered(
    command: str, demo: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """As the command does it, without a process for each."""
    monkeypatch.setenv("TEXTCX_DATA", demo)
    monkeypatch.setattr(sys, "argv", shlex.split(command))
    with pytest.raises(SystemExit) as left:
        main()
    out, err = capfd.readouterr()
    assert not left.value.code, err
    assert not err
    assert out
    assert not out.startswith("0 mentions"), "the demonstration should hold an answer"


def test_the_shell_hands_a_question_on_as_it_stands(demo: str) -> None:
    (command,) = (one for one in COMMANDS if "NEAR/6" in one)
    assert not run_in_shell(command, demo).startswith("0 mentions")
