"""The picture of the README: what the command line answers about the demonstration, as an SVG."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.text import Text

_WIDTH = 104
_QUESTIONS = (
    ("breakdown", "--measure", "net_sentiment", "--by", "touchpoint", "--limit", "8", "brand:Hyllbo"),
    (
        "trends",
        "--measure",
        "net_sentiment",
        "brand:Hyllbo touchpoint:delivery",
        "--from",
        "2025-09",
        "--to",
        "2026-05",
    ),
)


def draw(target: Path) -> None:
    """Load the demonstration into a temporary folder, ask it two questions, and draw questions and answers."""
    console = Console(record=True, width=_WIDTH, file=StringIO())
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "TEXTCX_DATA": folder}
        _textcx(environment, "demo")
        for question in _QUESTIONS:
            words = " ".join(f'"{word}"' if ":" in word else word for word in question)
            console.print(Text(f"$ textcx {words}", style="bold"))
            console.print(Text(_textcx(environment, *question)))
    target.write_text(console.export_svg(title="textcx"), encoding="utf-8")


def _textcx(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "service.cli", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    draw(Path(sys.argv[1]))
