"""Rows of a file: how it is written, and its rows, one at a time, whatever the format.

A format's library is imported when a file of it is met: openpyxl alone would make each command half a second slower.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import orjson

from ingest.formats.delimited import find_delimiter, read_delimited
from ingest.formats.header import read_header
from ingest.formats.json_lines import read_json_lines
from ingest.formats.parquet import read_parquet
from ingest.formats.row import RECORD_KEYS, Row
from ingest.raw import Unreadable
from ingest.suggestion import quoted, suggest
from ingest.text_lines import Encoding, read_lines, read_sample, read_start
from textcx.errors import SourceUnreadableError

_ZIP_MAGIC, _PARQUET_MAGIC = b"PK\x03\x04", b"PAR1"


@dataclass(frozen=True, slots=True)
class Shape:
    """How a file is written.

    Attributes:
        format: What it is.
        encoding: Of its bytes; None is Windows-1252. In lines, one that is not valid UTF-8 is read as Windows-1252.
        delimiter: Between cells of a CSV file.
        first_line: Where the header of a CSV file stands.
        table: The sheet of a workbook, or the path of a list in a JSON document.
        not_read: Other tables of the file that hold something.
        counts_from_1904: Days of a workbook are counted so.
    """

    format: Literal["csv", "jsonl", "json", "xlsx", "parquet"]
    encoding: Encoding | None = "utf-8"
    delimiter: str = ","
    first_line: int = 1
    table: str = ""
    not_read: tuple[str, ...] = ()
    counts_from_1904: bool = False


def find_shape(path: Path, *, table: str | None = None, command: str | None = None) -> Shape:
    """Return how the file is written, from its first 64 kB.

    Args:
        path: The file.
        table: Which sheet of a workbook or which list of a JSON document, where somebody said it.
        command: As it was given; suggestions are added to it.

    Raises:
        SourceUnreadableError: It is absent, empty, of no known format, or has several tables and none was said.
    """
    command = command or suggest(str(path))
    start = read_start(path)
    if start.startswith(_ZIP_MAGIC):
        return _workbook(path, table, command)
    if start.startswith(_PARQUET_MAGIC):
        shape = Shape("parquet")
    else:
        encoding, sample = read_sample(path)
        if _is_document(sample.lstrip()):
            return _document(path, None if _is_windows(start, encoding) else encoding, table, command)
        if sample.lstrip().startswith("{"):
            shape = Shape("jsonl", encoding)
        else:
            shape = Shape("csv", encoding, *find_delimiter(sample))
    if table is not None:
        raise SourceUnreadableError(f"{path.name} is one table: leave out --table.")
    return shape


def read_rows(path: Path, shape: Shape, remarks: Counter[str] | None = None) -> Iterator[Row | Unreadable]:
    """Give the file's rows in order; a broken one as `Unreadable`, the rest goes on.

    Args:
        path: The file.
        shape: How it is written.
        remarks: Counts what a reader should know of.

    Raises:
        SourceUnreadableError: The file is damaged or breaks off (a truncated gzip).
        MissingExtraError: It is Parquet and the extra is not installed.
    """
    remarks = Counter() if remarks is None else remarks
    match shape.format:
        case "xlsx":
            from ingest.formats.workbook import read_sheet

            yield from read_header(read_sheet(path, shape.table, remarks), has_preface=True)
        case "parquet":
            yield from read_parquet(path)
        case "json":
            from ingest.formats.json_document import read_list

            yield from read_list(path, shape.encoding, shape.table)
        case "jsonl":
            yield from read_json_lines(read_lines(path, shape.encoding or "utf-8"))
        case "csv":
            lines = read_lines(path, shape.encoding or "utf-8")
            yield from read_header(read_delimited(lines, shape.delimiter, shape.first_line))


def _workbook(path: Path, table: str | None, command: str) -> Shape:
    from ingest.formats.workbook import list_sheets

    sheets = list_sheets(path)
    tables = [sheet.name for sheet in sheets if sheet.is_table and not sheet.is_hidden]
    if table is None and len(tables) > 1:
        raise SourceUnreadableError(_which(path, "sheets", tables, command))
    chosen = table or next(iter(tables), None) or next((one.name for one in sheets if not one.is_hidden), None)
    if chosen not in [sheet.name for sheet in sheets]:
        names = ", ".join(sheet.name for sheet in sheets)
        raise SourceUnreadableError(f"{path.name} has no sheet {chosen!r}. It has: {names}.")
    others = tuple(sheet.name for sheet in sheets if sheet.is_table and sheet.name != chosen)
    return Shape("xlsx", table=str(chosen), not_read=others, counts_from_1904=sheets[0].counts_from_1904)


def _document(path: Path, encoding: Encoding | None, table: str | None, command: str) -> Shape:
    if table is not None:
        return Shape("json", encoding, table=table)
    from ingest.formats.json_document import find_lists

    lists = find_lists(path, encoding)
    if len(lists) > 1:
        raise SourceUnreadableError(_which(path, "lists", lists, command))
    return Shape("json", encoding, table=lists[0])


def _which(path: Path, what: str, tables: list[str], command: str) -> str:
    command = f"{command} --table {quoted(tables[0])}"
    return f"{path.name} has several {what}: {', '.join(tables)}. Say which: {command}"


def _is_document(sample: str) -> bool:
    """Say whether text is a JSON document rather than one object a line or no JSON at all."""
    first, _, rest = sample.partition("\n")
    first = first.strip()
    if first.startswith("["):
        return first[1:].lstrip()[:1] in ("", "{", "]")
    if first == "{" or not first.startswith("{"):
        return first == "{"
    try:
        whole = orjson.loads(first)
    except orjson.JSONDecodeError:
        return not first.endswith("}") and not any(line.startswith("{") for line in rest.split("\n"))
    if rest.strip() or not isinstance(whole, dict) or whole.keys() & RECORD_KEYS:
        return False
    return any(_is_list_of_objects(one) for one in whole.values())


def _is_list_of_objects(value: object) -> bool:
    if isinstance(value, dict):
        return any(_is_list_of_objects(one) for one in value.values())
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _is_windows(start: bytes, encoding: Encoding) -> bool:
    """Say whether bytes are not the UTF-8 that JSON should be; a character cut at the end is no sign."""
    if encoding != "utf-8":
        return False
    try:
        start[: start.rfind(b"\n") + 1 or max(0, len(start) - 4)].decode("utf-8")
    except UnicodeDecodeError:
        return True
    return False
