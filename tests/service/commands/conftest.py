"""The command line as a person uses it: arguments in, words and an exit status out."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from service.cli import main
from tests.service.command_line import Done

Textcx = Callable[..., Done]


@pytest.fixture
def textcx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Textcx:
    """Return what runs a command in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Done:
        monkeypatch.setattr(sys, "argv", ["textcx", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capfd.readouterr()
        return Done(int(left.value.code or 0), out, err)

    return run
