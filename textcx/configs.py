"""Where `configs/` is: taxonomies, lexicons, pipelines and the demonstration are data beside the code."""

import os
from pathlib import Path

from textcx.errors import ConfigError

_VARIABLE = "TEXTCX_CONFIG_DIR"
_MARK = "textcx.toml"
"""A folder without it is no `configs/`."""


def configs_folder(given: Path | None = None) -> Path:
    """Return the folder of configurations: the one given, of the environment, of the package, or of the checkout.

    Raises:
        ConfigError: None of them is there; the message lists where it was looked for.
    """
    package = Path(__file__).parent
    named = given or (Path(os.environ[_VARIABLE]) if os.environ.get(_VARIABLE) else None)
    places = [named] if named else [package / "_configs", package.parent / "configs"]
    for place in places:
        if (place / _MARK).is_file():
            return place
    looked = ", ".join(str(place) for place in places)
    raise ConfigError(f"No configurations found: {looked} holds no {_MARK}. Set config_dir or {_VARIABLE}.")
