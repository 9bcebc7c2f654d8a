"""`textcx train`: data sets in, a weight file out; `textcx train embedding` and `textcx train teacher` beside it."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.options import open_workshop
from service.commands.train_embedding import train_embedding
from service.commands.train_teacher import train_teacher
from service.commands.training import Shipped, begin_report, check_sets, missing_scipy
from textcx.configs import configs_folder
from textcx.errors import ConfigError

app = typer.Typer(invoke_without_command=True, subcommand_metavar="[embedding|teacher]")
app.command(name="embedding")(train_embedding)
app.command(name="teacher")(train_teacher)


@app.callback()
def train(
    context: typer.Context,
    sets: Annotated[
        Path | None, typer.Option("--data", help="Folder of public data sets, a folder for each set.")
    ] = None,
    weights: Annotated[
        Shipped, typer.Option("--weights", help="full: all sets; open: only those whose licence is free.")
    ] = Shipped.FULL,
    output: Annotated[
        Path | None,
        typer.Option("--output", help="Where to write. [default: weights/NAME.weights of the configuration]"),
    ] = None,
    teacher: Annotated[
        Path | None, typer.Option("--teacher", help="Folder of soft labels that `textcx train teacher` wrote.")
    ] = None,
) -> None:
    """Train the table that judges texts: about half an hour on two cores. The same data give the same file.

    `textcx train embedding` trains what puts texts near others that mean the same; `textcx train teacher` lets a
    transformer judge texts without labels, for --teacher.

    Texts of your own lie in `training/` of the configuration, JSON Lines, as its README says; they are learned too.
    """
    if context.invoked_subcommand is not None:
        return
    if sets is None:
        raise ConfigError("--data FOLDER is missing: a folder that holds a folder for each data set.")
    try:
        from textcx.training.train import train as learn
    except ModuleNotFoundError as error:
        raise missing_scipy() from error
    check_sets(sets)
    folder = configs_folder()
    target = output or folder / "weights" / f"{weights}.weights"
    say = begin_report()
    learn(
        sets,
        folder / "training",
        folder / "lexicons",
        target,
        open_workshop(None).taxonomy,
        open_only=weights is Shipped.OPEN,
        say=say,
        teacher=teacher,
    )
    typer.echo(str(target))
