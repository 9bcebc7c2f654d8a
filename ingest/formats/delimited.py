"""Delimited text (CSV, TSV): lines of cells in whatever dialect a program wrote them."""

import csv
from collections import deque
from collections.abc import Iterator
from itertools import dropwhile

import regex

from ingest.formats.row import Line
from ingest.inert_cells import read_inert
from ingest.raw import Unreadable
from ingest.text_lines import LONGEST_LINE_BYTES, NumberedLine

_DELIMITERS = ",;\t|"
_NO_DELIMITER = "\x1f"
"""For a file of one column: a character that no one writes."""
_SAMPLE_LINES = 50
_LONGEST_PREFACE = 10
_LONE_CARRIAGE_RETURN = regex.compile(r"(?<=\r)(?!\n)")
_SEPARATOR_LINE = regex.compile(r"\s*\"?sep=(?P<delimiter>[,;|\t])\"?\s*", regex.IGNORECASE)
"""What Excel writes and reads as the first line, to say how cells are parted."""


def find_delimiter(sample: str) -> tuple[str, int]:
    """Return what parts the cells of a file, and the number of the line that its header is.

    Above the header may stand Excel's `sep=;`, or a title and a blank line.
    """
    lines = sample.splitlines(keepends=True)
    if lines and (told := _SEPARATOR_LINE.fullmatch(lines[0])):
        return told["delimiter"], 2
    lines = lines[:_SAMPLE_LINES]
    delimiter = _delimiter(lines)
    blank = next((number for number, line in enumerate(lines[:_LONGEST_PREFACE]) if number and not line.strip()), None)
    if blank is None:
        return delimiter, 1
    below = _delimiter(lines[blank:])
    wide = min(_cell_counts(lines[blank:], below), default=0)
    if wide > max(_cell_counts(lines[:blank], below), default=0) + 1:
        return below, blank + 1
    return delimiter, 1


def read_delimited(lines: Iterator[NumberedLine], delimiter: str, first_line: int) -> Iterator[Line | Unreadable]:
    """Give a file's rows of cells, blank ones left out; a row that cannot be held or parted as `Unreadable`.

    Args:
        lines: Of the file.
        delimiter: Between cells.
        first_line: What stands above it is left out.
    """
    csv.field_size_limit(LONGEST_LINE_BYTES)
    source = _RowLines(dropwhile(lambda line: line[0] < first_line, lines))
    reader = csv.reader(source, delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        source.taken.clear()
        without_quotes = None
        try:
            cells = next(reader, None)
        except csv.Error:  # a quote that is never closed, or is closed amidst a cell: it spoils its own line at most
            one_line = source.give_back()
            cells = next(csv.reader([one_line], delimiter=delimiter, skipinitialspace=True))
            without_quotes = next(csv.reader([one_line], delimiter=delimiter, quoting=csv.QUOTE_NONE))
            reader = csv.reader(source, delimiter=delimiter, strict=True, skipinitialspace=True)
        while source.too_long:
            yield too_long(source.too_long.popleft())
        if cells is None:
            return
        if any(map(str.strip, cells)):
            place = f"line {source.taken[0][0]}"
            texts = [read_inert(cell, delimiter=delimiter) if "'" in cell else cell for cell in cells]
            yield Line(place, texts, source.text, without_quotes)


def too_long(number: int) -> Unreadable:
    """Return what becomes of a line that cannot be held."""
    place = f"line {number}"
    return Unreadable(place, f"{place} is longer than {LONGEST_LINE_BYTES} bytes", "")


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
            if "\r" in line.removesuffix("\r\n"):
                self._waiting.extend((number, piece) for piece in _LONE_CARRIAGE_RETURN.split(line) if piece)
            else:
                self._waiting.append((number, line))
        number, text = self._waiting.popleft()
        self._length = len(text) + (self._length if self.taken else 0)
        self.taken.append((number, text))
        if self._length > LONGEST_LINE_BYTES:
            raise csv.Error("a row is too long to be held")
        return text

    @property
    def text(self) -> str:
        """The lines of the current row."""
        return self.taken[0][1] if len(self.taken) == 1 else "".join(text for _, text in self.taken)

    def give_back(self) -> str:
        """Keep the first line of the row alone, let the others be read again, and return it."""
        first, *others = self.taken
        self._waiting.extendleft(reversed(others))
        self.taken[:] = [first]
        return first[1]


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
