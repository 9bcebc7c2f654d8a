"""The command line in this process: arguments in, words and an exit status out, without the start of a process."""

import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from service.cli import main


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left: exit status, standard output, standard error."""

    status: int
    out: str
    err: str


def run_in(folder: Path, *arguments: str) -> Done:
    """Run a command in a folder, for those who may not use `textcx`, which belongs to one test."""
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8") for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        patch.chdir(folder)
        patch.setattr(sys, "argv", ["textcx", *arguments])
        with pytest.raises(SystemExit) as left:
            main()
    return Done(int(left.value.code or 0), _written(out), _written(err))


def _written(file: TextIOWrapper) -> str:
    file.flush()
    file.seek(0)
    return file.read()
