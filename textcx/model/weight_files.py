"""Weight files: `full`, `open` or a company's own, by name, in `weights/` of the configurations or of the package."""

from pathlib import Path

from textcx.errors import UnknownNameError

ENDING = ".weights"
SHIPPED = Path(__file__).parent / "weights"


def weight_file(name: str, configs: Path) -> Path:
    """Return the weight file of a name; one of the configurations goes before ours.

    Raises:
        UnknownNameError: There is none of that name.
    """
    places = [configs / "weights", SHIPPED]
    for place in places:
        if (place / f"{name}{ENDING}").is_file():
            return place / f"{name}{ENDING}"
    raise UnknownNameError("weight file", name, (one.stem for place in places for one in place.glob(f"*{ENDING}")))
