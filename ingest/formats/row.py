"""Rows and lines: what the formats give, before any column has a meaning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DEEPEST = 16
"""Levels that a row may be nested."""
RECORD_KEYS = frozenset({"text", "ratings"})
"""A JSON object with one of these is a record itself, whatever lists it holds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands, and its cells by column name.

    Attributes:
        place: For people: "line 17", "Answers!17", "item 17".
        cells: By column name.
        questions: What was asked, by column name, where the file says it in a line of its own. Shared by all rows.
    """

    place: str
    cells: dict[str, Any]
    questions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """Cells in their order, not yet named.

    Attributes:
        place: For people.
        cells: As the format gives them.
        content: What stood there, to be sealed if it cannot be used.
        without_quotes: The cells if quotes mean nothing; only for a line whose quotes do not match.
    """

    place: str
    cells: list[Any]
    content: str = ""
    without_quotes: list[Any] | None = None


@dataclass(frozen=True, slots=True)
class UnreadableCell:
    """A cell that holds something, but nothing that can be read: its row is set aside if the cell is needed.

    Attributes:
        reason: In words that follow the column's name: "holds the error #REF!".
    """

    reason: str


def is_blank(cell: Any) -> bool:
    """Say whether a cell holds nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
