"""Parquet files are read row group by row group, with their times and nested values as JSON would have them."""

import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingest.connectors.file import FileConnector
from ingest.formats.row import Row, UnreadableCell
from ingest.mapping import read_map
from ingest.raw import RawRecord, Unreadable
from ingest.rows import find_shape, read_rows
from textcx.errors import SourceUnreadableError


def written(path: Path, columns: dict[str, Any], **more: Any) -> Path:
    pq.write_table(pa.table(columns), path, **more)
    return path


def rows_of(path: Path) -> list[Row]:
    return [row for row in read_rows(path, find_shape(path)) if isinstance(row, Row)]


def test_values_come_as_json_would_have_them(tmp_path: Path) -> None:
    at = datetime(2026, 11, 1, 10, 30, tzinfo=UTC)
    path = written(
        tmp_path / "a.parquet",
        {
            "text": ["Bra", None],
            "at": pa.array([at, None], pa.timestamp("ns", "UTC")),
            "day": pa.array([at.date(), None], pa.date32()),
            "price": pa.array([Decimal("4.5"), None], pa.decimal128(5, 2)),
            "author": [{"name": "A", "tags": ["x"]}, None],
            "raw": [b"Sm\xc3\xb6r", b"\xff\xfe"],
        },
    )
    first, second = rows_of(path)
    assert (first.place, first.cells) == (
        "row 1",
        {
            "text": "Bra", "at": "2026-11-01T10:30:00+00:00", "day": "2026-11-01", "price": 4.5,
            "author": {"name": "A", "tags": ["x"]}, "raw": "Smör",
        },
    )  # fmt: skip
    assert isinstance(second.cells["raw"], UnreadableCell)


def test_bytes_that_are_no_text_set_a_row_aside_where_they_are_needed(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", {"text": ["Bra", "Sen"], "who": [b"\xff", b"b"]})
    first, second = FileConnector(path, mapped=read_map(["author=who"]), fixed={}).read()
    assert isinstance(first, Unreadable)
    assert first.reason == "row 1: column 'who' holds bytes that are no text"
    assert isinstance(second, RawRecord)
    assert all(isinstance(record, RawRecord) for record in FileConnector(path, mapped={}, fixed={}).read())


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
def test_one_text_that_is_no_utf_8_spoils_its_own_row(tmp_path: Path, kind: pa.DataType) -> None:
    broken = pa.array([b"Bra", b"Sm\xf6r", b"Sm\xc3\xb6r", None], pa.large_binary()).cast(kind, safe=False)
    path = written(tmp_path / "a.parquet", {"text": broken, "stars": [5, 4, 3, 2]})
    first, second, third, last = FileConnector(path, mapped={}, fixed={}).read()
    assert isinstance(second, Unreadable)
    assert second.reason == "row 2: column 'text' holds bytes that are no text"
    assert [one.fields.get("text") for one in (first, third, last) if isinstance(one, RawRecord)] == [
        "Bra",
        "Smör",
        None,
    ]


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", {"text": ["Bra"]})
    packed = tmp_path / "a.parquet.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    assert rows_of(packed) == rows_of(path)


def test_a_damaged_file_and_a_bomb_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "a.parquet", {"text": ["Bra"] * 100})
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(SourceUnreadableError, match=r"a\.parquet is no Parquet file that can be read"):
        rows_of(path)
    texts = pa.array(["a" * 2**20] * 80)
    bomb = written(tmp_path / "bomb.parquet", {"text": texts}, use_dictionary=False, compression="zstd")
    with pytest.raises(SourceUnreadableError, match="unpacks to more than 200 times its size"):
        rows_of(bomb)


def test_memory_holds_a_row_group_and_not_the_file(tmp_path: Path) -> None:
    """pyarrow's memory is its own: its pool's peak is the bound that is stated."""

    def peak(groups: int) -> int:
        path = tmp_path / f"{groups}.parquet"
        schema = pa.schema([("text", pa.string())])
        with pq.ParquetWriter(path, schema, compression="none", use_dictionary=False) as writer:
            for group in range(groups):
                writer.write_table(
                    pa.table({"text": [f"Mening nummer {group}-{number} om leveransen" for number in range(2000)]})
                )
        before, highest = pa.total_allocated_bytes(), 0
        count = 0
        for _ in read_rows(path, find_shape(path)):
            count += 1
            if count % 500 == 0:
                highest = max(highest, pa.total_allocated_bytes() - before)
        assert count == 2000 * groups
        return highest

    small = peak(2)
    assert peak(30) < small + 2**19
