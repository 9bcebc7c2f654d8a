"""Rows of a file: CSV in its dialects or JSON Lines, one at a time."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import orjson
import regex

from ingest.raw import Unreadable
from ingest.text_lines import LONGEST_LINE_BYTES, Encoding, NumberedLine, read_lines, read_sample
from textcx.errors import SourceUnreadableError

_DELIMITERS = ",;\t|"
_NO_DELIMITER = "\x1f"
"""For a file of one column: a character that no one writes."""
_SAMPLE_LINES = 50
_DEEPEST_JSON = 16
_LONE_CARRIAGE_RETURN = regex.compile(r"(?<=\r)(?!\n)")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it stands, and its cells by column name."""

    place: str
    cells: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written.

    Attributes:
        format: "csv" or "jsonl".
        encoding: Of its bytes; a line that is not valid UTF-8 is read as Windows-1252.
        delimiter: Between cells of a CSV file.
    """

    format: Literal["csv", "jsonl"]
    encoding: Encoding
    delimiter: str = ","


def find_shape(path: Path) -> Shape:
    """Return how the file is written, from its first 64 kB.

    Raises:
        SourceUnreadableError: It is absent, empty, no text, or JSON that is not one object a line.
    """
    encoding, sample = read_sample(path)
    first = sample.lstrip().split("\n", 1)[0].strip()
    if first in ("{", "[") or first.startswith(("[{", "[ {")):
        message = f"{path.name} is JSON, but not one object a line. Make JSON Lines of it: jq -c '.[]' FILE"
        raise SourceUnreadableError(message)
    if first.startswith("{"):
        return Shape("jsonl", encoding)
    return Shape("csv", encoding, _delimiter(sample.splitlines(keepends=True)[:_SAMPLE_LINES]))


def read_rows(path: Path, shape: Shape) -> Iterator[Row | Unreadable]:
    """Give the file's rows in order; a broken one as `Unreadable`, the rest goes on.

    Raises:
        SourceUnreadableError: The file breaks off (a truncated gzip), or two of its columns have one name.
    """
    lines = read_lines(path, shape.encoding)
    yield from _read_json(lines) if shape.format == "jsonl" else _read_csv(lines, shape.delimiter, path.name)


def _read_json(lines: Iterator[NumberedLine]) -> Iterator[Row | Unreadable]:
    for number, line in lines:
        place = f"line {number}"
        if line is None:
            yield _too_long(number)
            continue
        if not line.strip():
            continue
        try:
            cells = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            yield Unreadable(place, f"{place} is no JSON: {error.msg} at column {error.colno}", line)
            continue
        if not isinstance(cells, dict):
            yield Unreadable(place, f"{place} is no JSON object", line)
        elif line.count("{") + line.count("[") > _DEEPEST_JSON and _is_deeper(cells, _DEEPEST_JSON):
            yield Unreadable(place, f"{place} is nested more than {_DEEPEST_JSON} deep", line)
        else:
            yield Row(place, cells)


def _is_deeper(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return inner is not None and (levels == 0 or any(_is_deeper(one, levels - 1) for one in inner))


def _read_csv(lines: Iterator[NumberedLine], delimiter: str, name: str) -> Iterator[Row | Unreadable]:
    csv.field_size_limit(LONGEST_LINE_BYTES)
    source = _RowLines(lines)
    reader = csv.reader(source, delimiter=delimiter, strict=True, skipinitialspace=True)
    header: list[str] | None = None
    while True:
        source.taken.clear()
        is_quoted_well = True
        try:
            cells = next(reader, None)
        except csv.Error:  # a quote that is never closed, or is closed amidst a cell: it spoils its own line at most
            is_quoted_well = False
            cells = _cells_of_one_line(source.give_back(), delimiter, len(header or ()))
            reader = csv.reader(source, delimiter=delimiter, strict=True, skipinitialspace=True)
        while source.too_long:
            yield _too_long(source.too_long.popleft())
        if cells is None:
            return
        place = f"line {source.taken[0][0]}"
        if not any(cell.strip() for cell in cells):
            continue
        if header is None:
            header = _header(cells, name)
        elif not is_quoted_well and len(cells) != len(header):
            yield Unreadable(place, f"{place}: its quotes do not match", source.text)
        elif len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            yield Unreadable(place, f"{place} has {len(cells)} cells, the header {len(header)}", source.text)
        else:
            yield Row(place, dict(zip(header, cells, strict=False)))


class _RowLines:
    """Lines as the csv module wants them, remembering which ones it took for the row it is at.

    Attributes:
        taken: Number and text of the lines of the current row.
        too_long: Numbers of lines that were left out.
    """

    def __init__(self, lines: Iterator[NumberedLine]) -> None:
        self._lines = lines
        self._waiting: deque[tuple[int, str]] = deque()
        self._length = 0
        self.taken: list[tuple[int, str]] = []
        self.too_long: deque[int] = deque()

    def __iter__(self) -> "_RowLines":
        return self

    def __next__(self) -> str:
        while not self._waiting:
            number, line = next(self._lines)
            if line is None:
                self.too_long.append(number)
                continue
            line = line.replace("\0", "\ufffd")
            pieces = _LONE_CARRIAGE_RETURN.split(line) if "\r" in line else [line]
            self._waiting.extend((number, piece) for piece in pieces if piece)
        number, text = self._waiting.popleft()
        self._length = len(text) + (self._length if self.taken else 0)
        self.taken.append((number, text))
        if self._length > LONGEST_LINE_BYTES:
            raise csv.Error("a row is too long to be held")
        return text

    @property
    def text(self) -> str:
        """The lines of the current row."""
        return "".join(text for _, text in self.taken)

    def give_back(self) -> str:
        """Keep the first line of the row alone, let the others be read again, and return it."""
        first, *others = self.taken
        self._waiting.extendleft(reversed(others))
        self.taken[:] = [first]
        return first[1]


def _cells_of_one_line(line: str, delimiter: str, wanted: int) -> list[str]:
    """Return the cells of a line whose quotes do not match: by its quotes if so many are `wanted`, else without."""
    by_quotes = next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))
    if len(by_quotes) == wanted:
        return by_quotes
    return next(csv.reader([line], delimiter=delimiter, quoting=csv.QUOTE_NONE))


def _too_long(number: int) -> Unreadable:
    place = f"line {number}"
    return Unreadable(place, f"{place} is longer than {LONGEST_LINE_BYTES} bytes", "")


def _header(cells: list[str], name: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    named = [cell for cell in header if cell]
    if len(set(named)) != len(named):
        twice = next(cell for cell in named if named.count(cell) > 1)
        raise SourceUnreadableError(f"{name} has two columns named {twice!r}. Rename one of them.")
    return header


def _delimiter(lines: list[str]) -> str:
    """Return the delimiter that splits most rows alike with the header; of equals, the one that makes most cells."""
    scores = {}
    for delimiter in _DELIMITERS:
        counts = _cell_counts(lines, delimiter)
        if counts and counts[0] > 1:
            scores[delimiter] = (sum(count == counts[0] for count in counts) / len(counts), counts[0])
    return max(scores, key=lambda delimiter: scores[delimiter]) if scores else _NO_DELIMITER


def _cell_counts(lines: list[str], delimiter: str) -> list[int]:
    try:
        return [len(cells) for cells in csv.reader(lines, delimiter=delimiter, skipinitialspace=True) if any(cells)]
    except csv.Error:
        return []
