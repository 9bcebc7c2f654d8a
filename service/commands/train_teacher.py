"""`textcx train teacher`: data sets and a transformer in, a folder of soft labels out."""

from pathlib import Path
from typing import Annotated

import typer

from service.commands.training import Shipped, begin_report, check_sets, missing_scipy
from textcx.configs import configs_folder
from textcx.errors import ConfigError

_CLOSED = (".git", "pyproject.toml")
"""A folder with one of these is somebody's project."""


def train_teacher(
    sets: Annotated[Path, typer.Option("--data", help="Folder of public data sets, a folder for each set.")],
    model: Annotated[str, typer.Option(help="The transformer to tune: a folder, or a name on the hub.")],
    output: Annotated[Path, typer.Option(help="Folder to write, outside the configuration and any repository.")],
    licence: Annotated[str, typer.Option(help="Licence of the model, as it will stand on the labels' card.")],
    heads: Annotated[
        list[str] | None, typer.Option("--head", help="Head to teach; may be given again. [default: press]")
    ] = None,
    weights: Annotated[
        Shipped,
        typer.Option("--weights", help="full: learn from all sets; open: only from those whose licence is free."),
    ] = Shipped.FULL,
    most: Annotated[int, typer.Option(min=1, help="Judge no more texts for a head than these.")] = 20_000,
    epochs: Annotated[int, typer.Option(min=1, help="How often the model sees each labelled text.")] = 3,
    rate: Annotated[float, typer.Option(help="The highest learning rate.")] = 5e-5,
    seed: Annotated[int, typer.Option(help="Of what is left to chance.")] = 0,
) -> None:
    """Tune a transformer on labelled texts and write what it says of the others; `textcx train --teacher` learns it.

    Done once: on a GPU in minutes, on two cores in an hour or more a head. No text is written, but a hash of each.
    """
    _outside(output)
    try:
        from textcx.training.teacher import Teacher
        from textcx.training.teaching import make_soft_labels
    except ModuleNotFoundError as error:
        raise missing_scipy() from error
    check_sets(sets)
    say = begin_report()
    make_soft_labels(
        sets,
        configs_folder() / "training",
        output,
        Teacher(model, epochs=epochs, rate=rate, seed=seed),
        model=Path(model).name if Path(model).is_dir() else model,
        licence=licence,
        heads=heads or ["press"],
        most=most,
        open_only=weights is Shipped.OPEN,
        seed=seed,
        say=say,
    )
    typer.echo(str(output))


def _outside(output: Path) -> None:
    """Refuse a folder of the configuration or of a repository: labels that a model made of texts belong in neither.

    Raises:
        ConfigError: It lies in one.
    """
    folder = output.resolve()
    within = [folder, *folder.parents]
    if configs_folder().resolve() in within:
        raise ConfigError(
            f"--output {output} lies in the configuration. Soft labels are kept outside: name another folder."
        )
    for one in within:
        if any((one / name).exists() for name in _CLOSED):
            raise ConfigError(
                f"--output {output} lies in the project {one}. Soft labels are kept outside: name another."
            )
