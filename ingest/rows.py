"""Rows of a file: CSV in its dialects or JSON Lines, plain or gzip, one at a time.

Memory does not grow with the file: a line may be long, a file may not be held.
"""

import codecs
import csv
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

import orjson

from ingest.raw import Unreadable
from textcx.errors import SourceUnreadableError

LONGEST_LINE_BYTES = 4 * 2**20
_GZIP_MAGIC = b"\x1f\x8b"
_SAMPLE_BYTES = 64 * 2**10
_DELIMITERS = ",;\t|"
_NO_TEXT_BYTES = frozenset(b"\x00\x01\x02\x03\x04\x05\x06")

Format = Literal["csv", "jsonl"]


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

    format: Format
    encoding: str
    delimiter: str = ","


def find_shape(path: Path) -> Shape:
    """Return how the file is written, from its first 64 kB.

    Raises:
        SourceUnreadableError: It is absent, empty, or no text.
    """
    try:
        with _open(path) as file:
            sample = file.read(_SAMPLE_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceUnreadableError(f"{path.name} cannot be read: {_reason(error)}.") from error
    if not sample.strip():
        raise SourceUnreadableError(f"{path.name} is empty.")
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
        text = codecs.decode(sample[: len(sample) // 2 * 2], "utf-16", "replace")
    elif _NO_TEXT_BYTES.intersection(sample):
        message = f"{path.name} is no text file. textcx reads CSV and JSON Lines, plain or gzip."
        raise SourceUnreadableError(message)
    else:
        encoding, text = "utf-8", sample.decode("utf-8-sig", "replace")
    if text.lstrip().startswith("{"):
        return Shape("jsonl", encoding)
    return Shape("csv", encoding, _delimiter(text))


def read_rows(path: Path, shape: Shape) -> Iterator[Row | Unreadable]:
    """Give the file's rows in order; a broken one as `Unreadable`, the rest goes on.

    Raises:
        SourceUnreadableError: The file breaks off (a truncated gzip, a quote that is never closed).
    """
    try:
        with _open(path) as file:
            lines = _lines(file, shape.encoding)
            yield from _read_json(lines) if shape.format == "jsonl" else _read_csv(lines, shape, path.name)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceUnreadableError(f"{path.name} breaks off: {_reason(error)}.") from error


def _open(path: Path) -> BinaryIO:
    file = path.open("rb")
    if file.peek(2).startswith(_GZIP_MAGIC):
        return cast(BinaryIO, BufferedReader(gzip.GzipFile(fileobj=file)))
    return file


def _lines(file: BinaryIO, encoding: str) -> Iterator[tuple[int, str | None]]:
    """Give numbered lines as text; None for one that is too long to be held."""
    if encoding == "utf-16":
        yield from enumerate(codecs.getreader("utf-16")(file, "replace"), start=1)
        return
    number = 0
    while raw := file.readline(LONGEST_LINE_BYTES):
        number += 1
        if len(raw) == LONGEST_LINE_BYTES and not raw.endswith(b"\n"):
            while (rest := file.readline(LONGEST_LINE_BYTES)) and not rest.endswith(b"\n"):
                pass
            yield number, None
            continue
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        try:
            yield number, raw.decode("utf-8")
        except UnicodeDecodeError:
            yield number, raw.decode("cp1252", "replace")


def _read_json(lines: Iterator[tuple[int, str | None]]) -> Iterator[Row | Unreadable]:
    for number, line in lines:
        place = f"line {number}"
        if line is None:
            yield Unreadable(place, f"{place} is longer than {LONGEST_LINE_BYTES} bytes", "")
            continue
        if not line.strip():
            continue
        try:
            cells = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            yield Unreadable(place, f"{place} is no JSON: {error.msg} at column {error.colno}", line)
            continue
        if isinstance(cells, dict):
            yield Row(place, cells)
        else:
            yield Unreadable(place, f"{place} is no JSON object", line)


def _read_csv(lines: Iterator[tuple[int, str | None]], shape: Shape, name: str) -> Iterator[Row | Unreadable]:
    too_long: list[int] = []

    def texts() -> Iterator[str]:
        for number, line in lines:
            if line is None:
                too_long.append(number)
            else:
                yield line.replace("\0", "\ufffd")

    csv.field_size_limit(LONGEST_LINE_BYTES)
    reader = csv.reader(texts(), delimiter=shape.delimiter)
    header: list[str] | None = None
    before = 0
    try:
        for cells in reader:
            place = f"line {before + 1}"
            before = reader.line_num
            while too_long:
                yield Unreadable(place, f"a line near {place} is longer than {LONGEST_LINE_BYTES} bytes", "")
                too_long.pop()
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = _header(cells, name)
            elif len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                reason = f"{place} has {len(cells)} cells, the header {len(header)}"
                yield Unreadable(place, reason, shape.delimiter.join(cells))
            else:
                yield Row(place, dict(zip(header, cells, strict=False)))
    except csv.Error as error:
        message = f"{name} breaks off after line {before}: {error}. Is a quote opened there and never closed?"
        raise SourceUnreadableError(message) from error


def _header(cells: list[str], name: str) -> list[str]:
    header = [cell.strip() for cell in cells]
    named = [cell for cell in header if cell]
    if len(set(named)) != len(named):
        twice = next(cell for cell in named if named.count(cell) > 1)
        raise SourceUnreadableError(f"{name} has two columns named {twice!r}. Rename one of them.")
    return header


def _delimiter(sample: str) -> str:
    """Return the delimiter that splits the header into most cells; of equals, the one that splits rows alike."""
    lines = [line for line in sample.splitlines()[:50] if line.strip()]
    counts = {delimiter: _cells(lines[0], delimiter) for delimiter in _DELIMITERS}
    most = max(counts.values())
    if most == 1:
        return ","
    return max(
        (delimiter for delimiter in _DELIMITERS if counts[delimiter] == most),
        key=lambda delimiter: sum(_cells(line, delimiter) == most for line in lines),
    )


def _cells(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter)))
    except (csv.Error, StopIteration):
        return 1


def _reason(error: BaseException) -> str:
    return getattr(error, "strerror", None) or "its compressed data is damaged"
