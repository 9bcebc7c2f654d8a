"""Header: which lines of a table name its columns; one, two (merged cells, SurveyMonkey) or three (Qualtrics)."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from ingest.formats.row import Line, Row, UnreadableCell, is_blank
from ingest.normalize import read_number
from ingest.raw import Unreadable
from ingest.times import read_time
from textcx.errors import UnreadableRecordError

BETWEEN_HEADINGS = " / "
"""Stands in a column's name between the words of its two header lines."""
_LINES_LOOKED_AT = 30
_MOST_LOOKED_AT = 2**20
_IMPORT_ID = '{"ImportId"'
_ANSWER_WORDS = frozenset(
    {
        "response", "open-ended response", "other (please specify)", "svar", "öppet svar", "åbent svar",
        "åpent svar", "avoin vastaus", "vastaus", "öppna svar", "fritt svar",
    }
)  # fmt: skip
"""What survey tools write under a question that has one column: it adds nothing to the question."""
_LEAST_COLUMNS_WITHOUT_QUESTION = 2
"""Below a respondent's id and dates nothing stands; a customer who wrote no more than "Svar" is no header."""
_LONGEST_HEADING = 120


def read_header(lines: Iterator[Line | Unreadable], *, has_preface: bool = False) -> Iterator[Row | Unreadable]:
    """Give a table's rows under the names that its first lines tell.

    Args:
        lines: Of the table, blank ones left out.
        has_preface: Titles may stand above the header, as in workbooks.
    """
    start = _start(lines)
    first = [line for line in start if isinstance(line, Line)]
    skipped = _preface_length(first) if has_preface else 0
    lines_before, first = first[:skipped], first[skipped:]
    if not first:
        yield from (line for line in start if isinstance(line, Unreadable))
        return
    names, questions, count = _header(first)
    left_out = {id(line) for line in lines_before} | {id(line) for line in first[:count]}
    rest = [line for line in start if id(line) not in left_out]
    for line in chain(rest, lines):
        yield line if isinstance(line, Unreadable) else _row(line, names, questions)


def _start(lines: Iterator[Line | Unreadable]) -> list[Line | Unreadable]:
    """Take the lines that a header may be told by, and no more than may be held."""
    start: list[Line | Unreadable] = []
    length = 0
    while len(start) < _LINES_LOOKED_AT and length < _MOST_LOOKED_AT and (line := next(lines, None)):
        start.append(line)
        length += len(line.content)
    return start


def _row(line: Line, names: list[str], questions: dict[str, str]) -> Row | Unreadable:
    cells = line.cells
    if line.without_quotes is not None and len(cells) != len(names):
        cells = line.without_quotes
        if len(cells) != len(names):
            return Unreadable(line.place, f"{line.place}: its quotes do not match", line.content)
    if len(cells) > len(names) and any(not is_blank(cell) for cell in cells[len(names) :]):
        reason = f"{line.place} has {len(cells)} cells, the header {len(names)}"
        return Unreadable(line.place, reason, line.content)
    named = dict(zip(names, cells, strict=False))
    named.pop("", None)
    return Row(line.place, named, questions)


def _header(lines: list[Line]) -> tuple[list[str], dict[str, str], int]:
    """Return the columns' names, what they asked, and how many lines say so."""
    top = [_heading(cell) for cell in lines[0].cells]
    for position in (2, 1):
        if len(lines) > position and _are_import_ids(lines[position].cells):
            names = _unique(top)
            asked = [_heading(cell) for cell in lines[1].cells] if position == 2 else []  # noqa: PLR2004
            questions = {name: text for name, text in zip(names, asked, strict=False) if text and text != name}
            return names, questions, position + 1
    if len(lines) > 1 and _is_second_line(top, lines[1].cells, lines[2:]):
        return _joined(top, [_heading(cell) for cell in lines[1].cells])
    return _unique(top), {}, 1


def _joined(top: list[str], below: list[str]) -> tuple[list[str], dict[str, str], int]:
    width = max(len(top), len(below))
    top, below = top + [""] * (width - len(top)), below + [""] * (width - len(below))
    names, above = [], ""
    for upper, lower in zip(top, below, strict=True):
        above = upper or (above if lower else "")
        plain = not lower or lower.casefold() in _ANSWER_WORDS
        names.append(above if plain else f"{above}{BETWEEN_HEADINGS}{lower}" if above else lower)
    return _unique(names), {}, 2


def _is_second_line(top: list[str], cells: list[Any], later: list[Line]) -> bool:
    """Say whether a line goes on with the header: it fills gaps above it with words, over columns of other things."""
    filled = [(position, cell) for position, cell in enumerate(cells) if not is_blank(cell)]
    if not filled or any(not isinstance(cell, str) or len(cell) > _LONGEST_HEADING for _, cell in filled):
        return False
    blank_below = sum(bool(name) for name in top) - len(filled)
    if all(cell.strip().casefold() in _ANSWER_WORDS for _, cell in filled):
        return blank_below >= _LEAST_COLUMNS_WITHOUT_QUESTION
    is_answered = any(cell.strip().casefold() in _ANSWER_WORDS for _, cell in filled)
    starts = next((position for position, name in enumerate(top) if name), len(top))
    gaps = [position for position, _ in filled if position > starts and (position >= len(top) or not top[position])]
    if not gaps or any(_is_number_or_time(cell) for _, cell in filled):
        return False
    return is_answered or any(
        all(_is_number_or_time(value) for value in values)
        for position, _ in filled
        if (values := [line.cells[position] for line in later if len(line.cells) > position])
        and (values := [value for value in values if not is_blank(value)])
    )


def _preface_length(lines: list[Line]) -> int:
    """Return how many lines at the start hold one cell (a title, a date), while others hold more."""
    widths = [sum(not is_blank(cell) for cell in line.cells) for line in lines]
    if max(widths, default=0) <= 1:
        return 0
    return next(position for position, width in enumerate(widths) if width > 1)


def _are_import_ids(cells: list[Any]) -> bool:
    filled = [cell for cell in cells if not is_blank(cell)]
    return bool(filled) and all(isinstance(cell, str) and cell.lstrip().startswith(_IMPORT_ID) for cell in filled)


def _is_number_or_time(cell: Any) -> bool:
    if not isinstance(cell, str):
        return not isinstance(cell, UnreadableCell)
    for read in (read_number, read_time):
        try:
            read(cell)
        except (ValueError, UnreadableRecordError):
            continue
        return True
    return False


def _heading(cell: Any) -> str:
    return "" if is_blank(cell) or isinstance(cell, UnreadableCell) else " ".join(str(cell).split())


def _unique(names: list[str]) -> list[str]:
    """Return the names, the second of equal ones as "name (2)"."""
    seen: Counter[str] = Counter()
    unique: list[str] = []
    for name in names:
        seen[name] += 1
        unique.append(name if not name or seen[name] == 1 else f"{name} ({seen[name]})")
    return unique
