"""Files as people have them are read row by row; what is broken spoils itself alone."""

import csv
import gzip
import io
import json
import tracemalloc
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.formats.row import Row
from ingest.raw import Unreadable
from ingest.rows import find_shape, read_rows
from ingest.text_lines import LONGEST_LINE_BYTES
from textcx.errors import SourceUnreadableError


def rows_of(path: Path) -> list[Row | Unreadable]:
    return list(read_rows(path, find_shape(path)))


def cells_of(path: Path) -> list[dict[str, Any]]:
    return [row.cells for row in rows_of(path) if isinstance(row, Row)]


def written(folder: Path, content: str | bytes, name: str = "file.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "latin-1", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_encodings_and_line_ends_are_found(
    tmp_path: Path, delimiter: str, encoding: str, line_end: str
) -> None:
    lines = [["nr", "Omdöme", "Betyg"], ["1", "Dålig, sen; men öppen", "1,5"], ["2", 'Hän sanoi "hyvä" | ehkä', "5"]]
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter, lineterminator=line_end).writerows(lines)
    path = written(tmp_path, file.getvalue().encode(encoding))
    assert cells_of(path) == [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def test_a_quoted_cell_may_hold_lines_and_blank_lines_are_no_rows(tmp_path: Path) -> None:
    path = written(tmp_path, 'id,text\n1,"Ett\n\ntvå"\n\n2,tre\n')
    assert rows_of(path) == [
        Row("line 2", {"id": "1", "text": "Ett\n\ntvå"}),
        Row("line 6", {"id": "2", "text": "tre"}),
    ]


def test_the_last_line_needs_no_end_and_spaces_behind_delimiters_no_cell(tmp_path: Path) -> None:
    assert cells_of(written(tmp_path, 'id, text\n1, "Bra, snabbt"')) == [{"id": "1", "text": "Bra, snabbt"}]


def test_a_file_of_one_column_is_not_split(tmp_path: Path) -> None:
    assert cells_of(written(tmp_path, "Kommentar\nBra, men dyrt\nSen; tråkigt\n")) == [
        {"Kommentar": "Bra, men dyrt"},
        {"Kommentar": "Sen; tråkigt"},
    ]


def test_a_delimiter_in_the_header_s_words_does_not_mislead(tmp_path: Path) -> None:
    path = written(tmp_path, "Nr;Hur nöjd är du, på det hela, med oss?\n1;Bra\n2;Bra, tack, hej då\n")
    assert cells_of(path)[0] == {"Nr": "1", "Hur nöjd är du, på det hela, med oss?": "Bra"}


def test_the_second_of_two_equal_names_gets_a_number(tmp_path: Path) -> None:
    assert cells_of(written(tmp_path, "a,b,a\n1,2,3\n")) == [{"a": "1", "b": "2", "a (2)": "3"}]


@pytest.mark.parametrize("above", ["sep=;\n", '"sep=;"\n', "Rapport;2026\n\n", "Omdömen, hösten 2026\nButik Umeå\n\n"])
def test_what_stands_above_the_header_is_no_row(tmp_path: Path, above: str) -> None:
    rows = rows_of(written(tmp_path, above + "Nr;Text, fri;Betyg;Datum\n1;Bra;4,5;2026-11-01\n2;Sen;1;2026-11-02\n"))
    assert [row.cells["Betyg"] for row in rows if isinstance(row, Row)] == ["4,5", "1"]
    assert rows[0].place == f"line {above.count(chr(10)) + 2}"


def test_short_rows_lack_cells_and_long_ones_are_set_aside(tmp_path: Path) -> None:
    short, long, empty = rows_of(written(tmp_path, "a,b\n1\n1,2,3\n1,2,,\n"))
    assert short == Row("line 2", {"a": "1"})
    assert isinstance(long, Unreadable)
    assert long.reason == "line 3 has 3 cells, the header 2"
    assert empty == Row("line 4", {"a": "1", "b": "2"})


def test_nul_bytes_are_replaced_and_not_fatal(tmp_path: Path) -> None:
    assert cells_of(written(tmp_path, b"id,text\n1,Br\x00a\n" + b"2,Fint\n" * 10))[0] == {
        "id": "1",
        "text": "Br\ufffda",
    }


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ('2;"Bra service;x', '"Bra service'),
        ('2;"Bra" sa hon;x', "Bra sa hon"),
        ('2;Bra "service";x', 'Bra "service"'),
        ('2;19" skärm;x', '19" skärm'),
    ],
)
def test_a_stray_quote_swallows_no_other_row(tmp_path: Path, line: str, text: str) -> None:
    lines = [
        "id;text;z",
        "1;Ett;x",
        line,
        *(f"{number};Rad {number};x" for number in range(3, 500)),
        '500;Han sa "nej";x',
    ]
    found = cells_of(written(tmp_path, "\n".join(lines)))
    assert [cells["id"] for cells in found] == [str(number) for number in range(1, 501)]
    assert found[1]["text"] == text


def test_a_quote_that_cannot_be_mended_sets_its_line_aside(tmp_path: Path) -> None:
    found = rows_of(written(tmp_path, 'id;text;z\n1;"a;b;c;d\n2;Två;x\n'))
    assert isinstance(found[0], Unreadable)
    assert found[0].reason == "line 2: its quotes do not match"
    assert found[1:] == [Row("line 3", {"id": "2", "text": "Två", "z": "x"})]


def test_one_line_of_windows_in_a_utf_8_file_is_read_as_it_was_meant(tmp_path: Path) -> None:
    content = "id,text\n1,Räksmörgås\n".encode() + "2,Räksmörgås “fin”\n".encode("cp1252") + "3,Øl\n".encode()
    assert [cells["text"] for cells in cells_of(written(tmp_path, content))] == ["Räksmörgås", "Räksmörgås “fin”", "Øl"]


def test_one_broken_character_does_not_spoil_the_others_of_its_line(tmp_path: Path) -> None:
    content = "id,text\n1,Räk".encode() + b"\xc3" + "smörgås\n".encode()
    assert cells_of(written(tmp_path, content)) == [{"id": "1", "text": "Räk\ufffdsmörgås"}]


def test_json_lines_are_objects_and_bad_lines_are_set_aside(tmp_path: Path) -> None:
    lines = ['{"text":"Bra"}', "", "{broken", "[1]", '{"text":"Öl"}', '{"a":' * 20 + "1" + "}" * 20]
    bra, broken, listed, oel, deep = rows_of(written(tmp_path, "\ufeff" + "\n".join(lines), "file.jsonl"))
    assert (bra, oel) == (Row("line 1", {"text": "Bra"}), Row("line 5", {"text": "Öl"}))
    for number, one in ((3, broken), (4, listed), (6, deep)):
        assert isinstance(one, Unreadable)
        assert one.reason.startswith(f"line {number} is ")
        assert "broken" not in one.reason


@pytest.mark.parametrize("is_json", [True, False])
def test_a_line_too_long_to_be_held_is_set_aside(tmp_path: Path, is_json: bool) -> None:  # noqa: FBT001
    row = '{"id":"%s","text":"%s"}\n' if is_json else "%s,%s\n"
    header = "" if is_json else "id,text\n"
    path = written(tmp_path, header + row % (1, "a") + row % (2, "b" * (LONGEST_LINE_BYTES + 10)) + row % (3, "c"))
    first, long, last = rows_of(path)
    assert isinstance(long, Unreadable)
    assert "longer than" in long.reason
    assert [row.cells["id"] for row in (first, last) if isinstance(row, Row)] == ["1", "3"]


def test_a_row_too_long_to_be_held_does_not_end_the_file(tmp_path: Path) -> None:
    lines = "\n".join("word " * 200 for _ in range(LONGEST_LINE_BYTES // 900))
    found = rows_of(written(tmp_path, f'id,text\n1,a\n2,"{lines}\n3,c\n'))
    assert found[0] == Row("line 2", {"id": "1", "text": "a"})
    assert found[-1].place.startswith("line ")
    assert any(isinstance(row, Row) and row.cells.get("id") == "3" for row in found)


def test_gzip_is_unpacked_and_closed(tmp_path: Path) -> None:
    path = written(tmp_path, gzip.compress(b"id,text\n1,Bra\n") + gzip.compress(b"2,Fint\n"), "file.csv.gz")
    assert [cells["text"] for cells in cells_of(path)] == ["Bra", "Fint"]


def test_a_truncated_gzip_gives_its_rows_and_then_says_so(tmp_path: Path) -> None:
    lines = "".join(f"{number},{zlib.crc32(str(number).encode())}\n" for number in range(50_000))
    packed = gzip.compress(f"id,text\n{lines}".encode())
    path = written(tmp_path, packed[: len(packed) // 2], "half.csv.gz")
    rows = read_rows(path, find_shape(path))
    assert isinstance(next(rows), Row)
    with pytest.raises(SourceUnreadableError, match=r"half\.csv\.gz breaks off: .*ends too early"):
        list(rows)


def test_a_damaged_gzip_is_named(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(b"id,text\n1,Bra\n" * 1000))
    packed[20:40] = b"\xff" * 20
    with pytest.raises(SourceUnreadableError, match="damaged"):
        rows_of(written(tmp_path, bytes(packed)))


@pytest.mark.parametrize(
    "line", [b"\x00" * 2**20, b"1," + b"a" * 10_000 + b"\n", b'{"text":"' + b"a" * 10_000 + b'"}\n']
)
def test_a_gzip_bomb_is_stopped_and_its_memory_bounded(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "bomb.gz"
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    with path.open("wb") as file:
        file.write(packer.compress(b'{"text":"a"}\n' if line.startswith(b"{") else b"id,text\n1,a\n"))
        for _ in range(96 * 2**20 // len(line)):
            file.write(packer.compress(line))
        file.write(packer.flush())
    shape = find_shape(path)
    tracemalloc.start()
    with pytest.raises(SourceUnreadableError, match="unpacks to more than 200 times its size"):
        for _ in read_rows(path, shape):
            pass
    assert tracemalloc.get_traced_memory()[1] < 40 * 2**20
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf", "is empty"),
        (b"\r\n \r\n", "is empty"),
        (b"PK\x03\x04" + bytes(100), "is no Excel workbook that can be read"),
        (b"PAR1" + bytes(100), "is no Parquet file that can be read"),
        (b"\xd0\xcf\x11\xe0" + bytes(100), "an old Office file .* password. Save it as XLSX"),
        (bytes(range(256)) * 10, "is no text file"),
    ],
)
def test_what_is_no_such_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(SourceUnreadableError, match=message):
        rows_of(written(tmp_path, content))


def test_a_file_that_is_not_there_or_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadableError, match=r"none\.csv cannot be read: No such file"):
        find_shape(tmp_path / "none.csv")
    with pytest.raises(SourceUnreadableError, match="cannot be read: Is a directory"):
        find_shape(tmp_path)


CELL = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\n\t"), max_size=30)


@settings(max_examples=60)
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=8), st.sampled_from(",;\t|"))
def test_whatever_a_csv_writer_writes_is_read_back(
    tmp_path: Path, table: list[tuple[str, str, str]], delimiter: str
) -> None:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("a", "b", "c"), *table])
    expected = [dict(zip("abc", row, strict=True)) for row in table if any(cell.strip() for cell in row)]
    assert cells_of(written(tmp_path, file.getvalue())) == expected


@settings(max_examples=60)
@given(
    st.lists(
        st.dictionaries(st.text(max_size=5), st.text() | st.integers(-(2**53), 2**53) | st.none(), min_size=1),
        min_size=1,
    )
)
def test_whatever_is_json_lines_is_read_back(tmp_path: Path, objects: list[dict[str, Any]]) -> None:
    path = written(tmp_path, "\n".join(json.dumps(one, ensure_ascii=False) for one in objects), "a.jsonl")
    assert cells_of(path) == objects


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_rows_or_a_clear_error(tmp_path: Path, content: bytes) -> None:
    path = written(tmp_path, b"a,b\n" + content)
    with suppress(SourceUnreadableError):
        assert all(row.place.startswith("line ") for row in rows_of(path))
