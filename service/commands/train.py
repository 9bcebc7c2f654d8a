"""`textcx train`: data sets in, a weight file out."""

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import open_workshop
from textcx.configs import configs_folder
from textcx.errors import ConfigError, MissingExtraError


class Shipped(StrEnum):
    """The weight files that we ship, by what they may learn from."""

    FULL = "full"
    OPEN = "open"


def train(
    sets: Annotated[Path, typer.Option("--data", help="Folder of public data sets, a folder for each set.")],
    weights: Annotated[
        Shipped, typer.Option("--weights", help="full: all sets; open: only those whose licence is free.")
    ] = Shipped.FULL,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Where to write. [default: weights/NAME.weights of the configuration]"),
    ] = None,
) -> None:
    """Train the table that judges texts: about half an hour on two cores. The same data give the same file.

    Texts of your own lie in `training/` of the configuration, JSON Lines, as its README says; they are learned too.
    """
    try:
        from textcx.training.train import train as learn
    except ModuleNotFoundError as error:
        raise MissingExtraError("Training needs scipy. Install it: pip install 'textcx[train]'.") from error
    if not sets.is_dir():
        raise ConfigError(f"--data {sets} is no folder. It holds a folder for each data set.")
    folder = configs_folder()
    target = output or folder / "weights" / f"{weights}.weights"
    begin = time.monotonic()

    def say(what: str) -> None:
        typer.echo(f"{time.monotonic() - begin:7.0f} s  {what}", err=True)

    learn(
        sets,
        folder / "training",
        folder / "lexicons",
        target,
        open_workshop(None).taxonomy,
        open_only=weights is Shipped.OPEN,
        say=say,
    )
    typer.echo(str(target))
