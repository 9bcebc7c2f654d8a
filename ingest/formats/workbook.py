"""Workbooks of Excel (XLSX): the lines of one sheet, streamed.

openpyxl reads the parts; what it keeps for each row and each word is dropped or put on disk, so that memory does not
grow with the sheet. A formula counts with the value that was last calculated; one without is no blank cell.
"""

import sqlite3
import struct
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from lzma import LZMAError
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element
from zipfile import BadZipFile, ZipFile

import regex
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
from openpyxl.xml.functions import iterparse

from ingest.formats.row import Line, UnreadableCell, is_blank
from ingest.text_lines import BYTES_OF_A_BOMB, LARGEST_RATIO, open_seekable
from textcx.errors import SourceUnreadableError

HIDDEN_ROWS = "Hidden rows, read like the others"
_STRING_TAG = f"{{{SHEET_MAIN_NS}}}si"
_ESCAPED = regex.compile(r"_x([0-9A-Fa-f]{4})_")
_MOST_COLUMNS = 16_384
_LONGEST_CELL = 32_767
"""Both are Excel's own bounds: a cell beyond them was written by no workbook program."""
_DAMAGED = (
    BadZipFile, LZMAError, zlib.error, struct.error, SyntaxError, InvalidFileException, sqlite3.Error, ArithmeticError,
    AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError, TypeError, ValueError,
)  # fmt: skip
"""What openpyxl and zipfile raise for parts that are missing, damaged, encrypted or of no known form."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook.

    Attributes:
        name: Its name.
        is_hidden: Nobody sees it who opens the workbook.
        is_table: Its first rows hold at least two lines of at least two cells.
        counts_from_1904: Days of its workbook are counted so, as old ones of a Mac are.
    """

    name: str
    is_hidden: bool
    is_table: bool
    counts_from_1904: bool


def list_sheets(path: Path) -> list[Sheet]:
    """Return the sheets of a workbook.

    Raises:
        SourceUnreadableError: It is no workbook that can be read.
    """
    with _opened(path) as reader:
        sheets = [one for one in reader.wb.worksheets if isinstance(one, ReadOnlyWorksheet)]
        from_1904 = reader.wb.epoch == MAC_EPOCH
        return [Sheet(one.title, one.sheet_state != "visible", _is_table(reader, one), from_1904) for one in sheets]


def read_sheet(path: Path, name: str, remarks: Counter[str]) -> Iterator[Line]:
    """Give the lines of a sheet that hold something; hidden ones are counted in the remarks.

    Raises:
        SourceUnreadableError: The workbook is damaged.
    """
    with _opened(path) as reader:
        for number, cells, is_hidden in _rows(reader, reader.wb[name]):
            if is_hidden:
                remarks[HIDDEN_ROWS] += 1
            yield Line(f"{name}!{number}", cells, " ".join(str(cell) for cell in cells if not is_blank(cell)))


class _Strings:
    """The words of a workbook, kept on disk (a temporary SQLite file): they may be most of it."""

    def __init__(self, source: Any) -> None:
        self._connection = sqlite3.connect("", isolation_level=None)
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute("CREATE TABLE word(number INTEGER PRIMARY KEY, text TEXT)")
        self._connection.execute("BEGIN")
        self._connection.executemany("INSERT INTO word VALUES (?, ?)", enumerate(_texts(source)))

    def __getitem__(self, number: int) -> str:
        row = self._connection.execute("SELECT text FROM word WHERE number = ?", (number,)).fetchone()
        if row is None:
            raise IndexError("no such word")
        return str(row[0])

    def close(self) -> None:
        self._connection.close()


class _Workbook(ExcelReader):
    """openpyxl's reader, with the words on disk and nothing of the rest that we do not need."""

    def read_strings(self) -> None:
        part: Any = self.package.find(SHARED_STRINGS)  # type: ignore[no-untyped-call]
        if part is not None:
            with self.archive.open(part.PartName[1:]) as source:
                self.shared_strings = _Strings(source)  # type: ignore[assignment]

    def read_properties(self) -> None:
        pass

    read_custom = read_theme = read_properties


class _SheetParser(WorkSheetParser):
    """openpyxl's parser of a sheet: row by row, keeping none, and naming cells that hold nothing readable."""

    def rows(self) -> Iterator[tuple[int, list[Any], bool]]:
        data: Element | None = None
        for event, element in iterparse(self.source, ("start", "end")):
            if event == "start":
                data = element if element.tag == DATA_TAG else data
            elif element.tag == ROW_TAG:
                is_hidden = element.get("hidden") in ("1", "true")
                number, cells = self.parse_row(element)
                yield number, _in_columns(cells), is_hidden
                self.row_dimensions.clear()
                if data is not None:
                    data.clear()

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any]
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a date that is none comes back as an error value
                cell = super().parse_cell(element)
        except (ValueError, TypeError, KeyError, IndexError, OverflowError):
            self.parse_cell_place(element)
            return {"column": self.col_counter, "value": UnreadableCell("holds a value that cannot be read")}
        value = cell["value"]
        if cell["data_type"] == "e" and value is not None:
            cell["value"] = UnreadableCell(f"holds the error {value}")
        elif value is None and element.find(FORMULA_TAG) is not None and element.get("t") != "str":
            cell["value"] = UnreadableCell("holds a formula that was never calculated: open and save it in Excel")
        else:
            cell["value"] = _plain(value)
        return cell

    def parse_cell_place(self, element: Any) -> None:
        """Count the column of a cell that has none that can be read."""
        if not element.get("r"):
            self.col_counter += 1


def _rows(reader: ExcelReader, sheet: Any) -> Iterator[tuple[int, list[Any], bool]]:
    book: Any = reader.wb
    with reader.archive.open(sheet._worksheet_path) as source:  # noqa: SLF001
        parser = _SheetParser(
            source,
            reader.shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,  # noqa: SLF001
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001
        )
        for number, cells, is_hidden in parser.rows():
            if any(not is_blank(cell) for cell in cells):
                yield number, cells, is_hidden


def _is_table(reader: ExcelReader, sheet: Any) -> bool:
    wide = 0
    for _, cells, _ in _rows(reader, sheet):
        wide += sum(not is_blank(cell) for cell in cells) > 1
        if wide > 1:
            return True
    return False


def _in_columns(cells: list[dict[str, Any]]) -> list[Any]:
    placed = {cell["column"]: cell["value"] for cell in cells if cell["value"] is not None}
    if not placed:
        return []
    if max(placed) > _MOST_COLUMNS:
        raise ValueError("a cell lies outside the sheet")
    return [placed.get(column) for column in range(1, max(placed) + 1)]


def _plain(value: Any) -> Any:
    """Return a cell's value as JSON would have it; a time as ISO 8601, no more precise than it was."""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return _unescaped(value) if isinstance(value, str) else value


def _unescaped(text: str) -> str:
    """Return a text with the characters that Excel writes as `_x000D_`."""
    if len(text) > _LONGEST_CELL:
        text = text[:_LONGEST_CELL]
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _texts(source: Any) -> Iterator[str]:
    root: Element | None = None
    for event, element in iterparse(source, ("start", "end")):
        if event == "start":
            root = element if root is None else root
        elif element.tag == _STRING_TAG:
            text: Any = Text.from_tree(element)
            yield text.content
            if root is not None:
                root.clear()


@contextmanager
def _opened(path: Path) -> Iterator[ExcelReader]:
    reader: ExcelReader | None = None
    with open_seekable(path) as file:
        try:
            _refuse_a_bomb(path.name, file)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of styles and rules that openpyxl does not know
                reader = _Workbook(file, read_only=True, data_only=True, keep_links=False)
                reader.read()
            yield reader
        except _DAMAGED as error:
            message = f"{path.name} is no Excel workbook that can be read, or is damaged or protected by a password."
            raise SourceUnreadableError(message) from error
        finally:
            if reader is not None:
                with suppress(*_DAMAGED):
                    reader.archive.close()
                if isinstance(reader.shared_strings, _Strings):
                    reader.shared_strings.close()


def _refuse_a_bomb(name: str, file: BinaryIO) -> None:
    """Look at what the parts say they unpack to: zipfile gives no more of a part than that."""
    size = file.seek(0, 2)
    file.seek(0)
    with ZipFile(file) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        kind = archive.read("mimetype")[:100] if "mimetype" in archive.namelist() else b""
    file.seek(0)
    if unpacked > max(BYTES_OF_A_BOMB, LARGEST_RATIO * size):
        message = f"{name} unpacks to more than {LARGEST_RATIO} times its size. It is not read."
        raise SourceUnreadableError(message)
    if b"opendocument" in kind:
        message = f"{name} is an OpenDocument file. Save it as XLSX or CSV: libreoffice --convert-to xlsx FILE"
        raise SourceUnreadableError(message)
