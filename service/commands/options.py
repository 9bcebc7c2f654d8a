"""Options that many commands share, and the workshop they lead to."""

from pathlib import Path
from typing import Annotated, Any

import typer

from service.assembly import Workshop
from textcx.configs import configs_folder
from textcx.settings import read_settings

Data = Annotated[Path | None, typer.Option("--data", help="Folder of the data. [default: .textcx, or TEXTCX_DATA]")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Since = Annotated[str | None, typer.Option("--from", help="First day, month or year, e.g. 2026-03.")]
Until = Annotated[str | None, typer.Option("--to", help="Last day, month or year.")]
Timezone = Annotated[str | None, typer.Option("--timezone", help="Zone of dates and intervals, e.g. Europe/Oslo.")]


def open_workshop(data: Path | None, **flags: Any) -> Workshop:
    """Return the workshop of a data folder; a flag that is None was not given.

    Raises:
        ConfigError: A setting has a value that cannot be used.
    """
    given = {name: value for name, value in {"data": data, **flags}.items() if value is not None}
    return Workshop(read_settings(configs_folder() / "textcx.toml", given))
