"""Training: what the commands that train have in common."""

import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path

import typer

from textcx.errors import ConfigError, MissingExtraError


class Shipped(StrEnum):
    """The weight files that we ship, by what they may learn from."""

    FULL = "full"
    OPEN = "open"


def begin_report() -> Callable[[str], None]:
    """Return what tells the user what has been done, with the seconds since now."""
    begin = time.monotonic()

    def say(what: str) -> None:
        typer.echo(f"{time.monotonic() - begin:7.0f} s  {what}", err=True)

    return say


def missing_scipy() -> MissingExtraError:
    """Return the error of a command that needs the extra `train`."""
    return MissingExtraError("Training needs scipy. Install it: pip install 'textcx[train]'.")


def check_sets(folder: Path) -> None:
    """Check that `--data` names a folder.

    Raises:
        ConfigError: It does not.
    """
    if not folder.is_dir():
        raise ConfigError(f"--data {folder} is no folder. It holds a folder for each data set.")
