"""Workbooks are read as Excel shows them, row by row, and what is hostile or unreadable in them is named."""

import gzip
import tracemalloc
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import MAC_EPOCH

from ingest.connectors.file import FileConnector
from ingest.formats.row import Row, UnreadableCell
from ingest.formats.workbook import HIDDEN_ROWS, list_sheets
from ingest.raw import RawRecord, Unreadable
from ingest.rows import find_shape, read_rows
from textcx.errors import SourceUnreadableError

HEADER = ["Kommentar", "Betyg", "Datum"]


def book(path: Path, *rows: list[Any], change: Callable[[Any], None] | None = None) -> Path:
    one = openpyxl.Workbook()
    sheet: Any = one.active
    sheet.title = "Svar"
    for row in rows:
        sheet.append(row)
    if change:
        change(one)
    one.save(path)
    return path


def rows_of(path: Path, table: str | None = None) -> list[Row]:
    return [row for row in read_rows(path, find_shape(path, table=table)) if isinstance(row, Row)]


def repacked(path: Path, part: str, change: Callable[[str], str]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def with_shared_words(path: Path, words: list[str], rows: str) -> Path:
    """Write a workbook as Excel and LibreOffice do: words in a table of their own, and rows that say their height."""
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    book(path, HEADER)
    declared = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
    repacked(path, "[Content_Types].xml", lambda xml: xml.replace("</Types>", declared))
    repacked(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("</sheetData>", f"{rows}</sheetData>"))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        items = "".join(f"<si><t>{word}</t></si>" for word in words)
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{namespace}">{items}</sst>')
    return path


def records(path: Path) -> list[RawRecord | Unreadable]:
    return list(FileConnector(path, mapped={}, fixed={}).read())


def test_cells_come_as_people_see_them(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        HEADER,
        ["Bra_x000D_\nsnabbt", 4.5, date(2026, 11, 1)],
        ["Sen", 2, datetime(2026, 11, 1, 14, 30)],  # noqa: DTZ001
        [None, None, None],
        [True, "3", None],
    )
    first, second, last = rows_of(path)
    assert first.cells == {"Kommentar": "Bra\r\nsnabbt", "Betyg": 4.5, "Datum": "2026-11-01"}
    assert second.cells["Datum"] == "2026-11-01T14:30:00"
    assert (last.place, last.cells["Kommentar"]) == ("Svar!5", True)


@pytest.mark.parametrize("from_1904", [False, True])
def test_a_day_that_is_a_bare_number_is_read_by_the_workbook_s_count(tmp_path: Path, from_1904: bool) -> None:  # noqa: FBT001
    def change(one: Any) -> None:
        one.epoch = MAC_EPOCH if from_1904 else one.epoch

    number = 46327 - (1462 if from_1904 else 0)
    [record] = records(book(tmp_path / "a.xlsx", HEADER, ["Bra", 4, number], change=change))
    assert isinstance(record, RawRecord)
    assert record.fields["published_at"] == "2026-11-01"


def test_a_formula_counts_with_its_value_and_one_without_is_set_aside(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", HEADER, ["Bra", "=1+3", None], ["Sen", "=1+1", None], ["Fint", 5, None])
    repacked(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("<f>1+3</f><v></v>", "<f>1+3</f><v>4</v>"))
    repacked(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("<f>1+3</f><v />", "<f>1+3</f><v>4</v>"))
    first, second, third = records(path)
    assert isinstance(first, RawRecord)
    assert first.fields["ratings"][0]["value"] == 4
    assert isinstance(second, Unreadable)
    assert second.reason.startswith("Svar!3: column 'Betyg' holds a formula that was never calculated")
    assert isinstance(third, RawRecord)


@pytest.mark.parametrize("value", ["#N/A", "#REF!"])
def test_an_error_of_excel_is_no_blank_cell(tmp_path: Path, value: str) -> None:
    first, second = records(book(tmp_path / "a.xlsx", HEADER, ["Bra", value, None], ["Sen", 2, None]))
    assert isinstance(first, Unreadable)
    assert first.reason == f"Svar!2: column 'Betyg' holds the error {value}"
    assert isinstance(second, RawRecord)


def test_a_cell_that_cannot_be_read_spoils_its_own_row(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", HEADER, ["Bra", 4, None], ["Sen", 2, None])
    repacked(path, "xl/worksheets/sheet1.xml", lambda xml: xml.replace("<v>4</v>", "<v>four</v>"))
    first, second = rows_of(path)
    assert isinstance(first.cells["Betyg"], UnreadableCell)
    assert second.cells["Betyg"] == 2


def test_hidden_rows_are_read_and_counted_and_hidden_sheets_named(tmp_path: Path) -> None:
    def change(one: Any) -> None:
        one["Svar"].row_dimensions[2].hidden = True
        hidden = one.create_sheet("Gammalt")
        hidden.append(["Text", "Betyg"])
        hidden.append(["Dolt", 1])
        hidden.sheet_state = "hidden"
        one.create_sheet("Info").append(["Gjord av kundtjänst"])

    path = book(tmp_path / "a.xlsx", HEADER, ["Bra", 4, None], ["Sen", 2, None], change=change)
    shape = find_shape(path)
    assert (shape.table, shape.not_read) == ("Svar", ("Gammalt",))
    remarks: Counter[str] = Counter()
    assert len(list(read_rows(path, shape, remarks))) == 2
    assert remarks == {HIDDEN_ROWS: 1}
    assert rows_of(path, "Gammalt")[0].cells == {"Text": "Dolt", "Betyg": 1}
    assert [sheet.is_hidden for sheet in list_sheets(path)] == [False, True, False]


def test_several_sheets_are_asked_about(tmp_path: Path) -> None:
    def change(one: Any) -> None:
        sheet = one.create_sheet("Webb")
        sheet.append(HEADER)
        sheet.append(["Lätt", 5, None])

    path = book(tmp_path / "min fil.xlsx", HEADER, ["Bra", 4, None], change=change)
    with pytest.raises(SourceUnreadableError, match=r"several sheets: Svar, Webb.*min fil\.xlsx' --table Svar"):
        find_shape(path)
    assert rows_of(path, "Webb")[0].place == "Webb!2"
    with pytest.raises(SourceUnreadableError, match="has no sheet 'Wbb'. It has: Svar, Webb"):
        find_shape(path, table="Wbb")


def test_a_workbook_may_be_packed_once_more(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", HEADER, ["Bra", 4, None])
    packed = tmp_path / "a.xlsx.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert rows_of(packed) == rows_of(path)


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/styles.xml"])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, part: str) -> None:
    path = book(tmp_path / "a.xlsx", HEADER, ["Bra", 4, None])
    repacked(path, part, lambda xml: xml + " " * (65 * 2**20))
    tracemalloc.start()
    with pytest.raises(SourceUnreadableError, match="unpacks to more than 200 times its size"):
        find_shape(path)
    assert tracemalloc.get_traced_memory()[1] < 10 * 2**20
    tracemalloc.stop()


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    kinds = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
    doctype = f'<!DOCTYPE worksheet [<!ENTITY e0 "ha">{kinds}]>'
    path = book(tmp_path / "a.xlsx", HEADER, ["Bra", 4, None])

    def change(xml: str) -> str:
        return doctype + xml[xml.index("<worksheet") :].replace("<v>4</v>", "<v>&e9;</v>")

    repacked(path, "xl/worksheets/sheet1.xml", change)
    with pytest.raises(SourceUnreadableError, match="is no Excel workbook that can be read"):
        rows_of(path)


@pytest.mark.parametrize("part", ["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("content", ["", "<a", "<a/>", "text"])
def test_a_damaged_workbook_is_named(tmp_path: Path, part: str, content: str) -> None:
    path = repacked(book(tmp_path / "a.xlsx", HEADER, ["Bra", 4, None]), part, lambda _: content)
    with pytest.raises(SourceUnreadableError, match=r"a\.xlsx"):
        records(path)


def test_a_truncated_workbook_and_another_zip_are_named(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", HEADER, ["Bra", 4, None])
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(SourceUnreadableError, match="is no Excel workbook"):
        find_shape(path)
    ods = tmp_path / "a.ods"
    with zipfile.ZipFile(ods, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    with pytest.raises(SourceUnreadableError, match="OpenDocument file. Save it as XLSX or CSV"):
        find_shape(ods)


def test_words_of_the_shared_table_are_read_and_a_missing_one_named(tmp_path: Path) -> None:
    cell = '<c r="A{0}" t="s"><v>{1}</v></c>'
    rows = "".join(f'<row r="{place}">{cell.format(place, word)}</row>' for place, word in ((2, 1), (3, 0), (4, 7)))
    first, second, third = rows_of(with_shared_words(tmp_path / "a.xlsx", ["Bra", "Sen"], rows))
    assert [first.cells["Kommentar"], second.cells["Kommentar"]] == ["Sen", "Bra"]
    assert isinstance(third.cells["Kommentar"], UnreadableCell)


def test_memory_does_not_grow_with_the_sheet(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        words = [f"Mening nummer {number} om leveransen, som kom sent till Umeå" for number in range(count)]
        rows = "".join(
            f'<row r="{number + 2}" ht="12.8" hidden="false" customHeight="false" outlineLevel="0">'
            f'<c r="A{number + 2}" t="s"><v>{number}</v></c><c r="B{number + 2}"><v>4</v></c></row>'
            for number in range(count)
        )
        path = with_shared_words(tmp_path / f"{count}.xlsx", words, rows)
        shape = find_shape(path)
        tracemalloc.start()
        assert sum(1 for _ in read_rows(path, shape)) == count
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    small = peak(500)
    assert peak(6_000) < small + 2**18
