"""Screen: how answers look on a terminal."""

import sys
from collections.abc import Sequence
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

_WIDTH_WITHOUT_TERMINAL = 120


def print_json(answer: Any) -> None:
    """Print an answer as the API would give it."""
    sys.stdout.write(orjson.dumps(answer, option=orjson.OPT_INDENT_2).decode("utf-8") + "\n")


def console() -> Console:
    """Return a console on standard output; wide enough for a table when it is no terminal."""
    return Console(width=None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL, highlight=False)


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]], *, note: str = "") -> None:
    """Print a table; numbers stand right, words left."""
    table = Table(title=title, title_justify="left", caption=note or None, caption_justify="left")
    for index, name in enumerate(header):
        is_number = bool(rows) and all(_is_number(row[index]) for row in rows)
        table.add_column(name, justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console().print(table)


def number(value: float | None, unit: str) -> str:
    """Return a value as people read it in its unit; "-" where there is none."""
    if value is None:
        return "-"
    if unit == "share":
        return f"{100 * value:.1f} %"
    return f"{value:,.0f}" if unit == "mentions" else f"{value:.1f}" if unit in ("points", "index") else f"{value:.2f}"


def _is_number(cell: str) -> bool:
    return cell == "-" or cell[:1].isdigit() or (cell[:1] == "-" and cell[1:2].isdigit())
