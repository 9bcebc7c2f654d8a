"""JSON documents of any shape give the objects that are meant, or ask which."""

import gzip
import json
import tracemalloc
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.connectors.file import FileConnector
from ingest.formats.row import Row
from ingest.mapping import read_map
from ingest.raw import RawRecord, Unreadable
from ingest.rows import find_shape, read_rows
from ingest.text_lines import LONGEST_LINE_BYTES
from textcx.errors import SourceUnreadableError

REVIEWS = [{"id": "1", "text": "Bra kaffe, dålig kö."}, {"id": "2", "text": "Øl og vafler!"}]


def written(folder: Path, content: str | bytes, name: str = "file.json") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows_of(path: Path, table: str | None = None) -> list[Row | Unreadable]:
    return list(read_rows(path, find_shape(path, table=table)))


def cells_of(path: Path, table: str | None = None) -> list[dict[str, Any]]:
    return [row.cells for row in rows_of(path, table) if isinstance(row, Row)]


def texts(path: Path, *mapped: str) -> list[str]:
    records: Iterable[RawRecord | Unreadable] = FileConnector(path, mapped=read_map(mapped), fixed={}).read()
    return [record.fields["text"] for record in records if isinstance(record, RawRecord)]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "document",
    [
        REVIEWS,
        {"reviews": REVIEWS},
        {"status": "ok", "data": {"page": 1, "items": REVIEWS}},
        {"tags": [{"n": "a"}], "reviews": REVIEWS},
    ],
)
def test_the_list_of_reviews_is_found_wherever_it_is(tmp_path: Path, document: Any, indent: int | None) -> None:
    assert cells_of(written(tmp_path, json.dumps(document, indent=indent))) == REVIEWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_are_found(tmp_path: Path, encoding: str) -> None:
    content = json.dumps(REVIEWS, ensure_ascii=False, indent=1).encode(encoding)
    assert cells_of(written(tmp_path, content)) == REVIEWS


def test_a_packed_document_is_unpacked(tmp_path: Path) -> None:
    content = gzip.compress(json.dumps({"reviews": REVIEWS}).encode())
    assert cells_of(written(tmp_path, content, "file.json.gz")) == REVIEWS


def test_objects_one_after_another_and_a_single_one_are_records(tmp_path: Path) -> None:
    pretty = "\n".join(json.dumps(one, indent=2) for one in REVIEWS)
    assert cells_of(written(tmp_path, pretty)) == REVIEWS
    single = {"text": "Bra", "ratings": [{"measure": "nps", "value": 9, "lowest": 0, "highest": 10}]}
    for indent in (None, 2):
        assert cells_of(written(tmp_path, json.dumps(single, indent=indent))) == [single]


def test_nested_values_are_mapped_by_their_path(tmp_path: Path) -> None:
    document = [{"a": {"b": {"c": "Bra"}}, "answers": [{"q": 1}, {"words": "Sen"}]}]
    path = written(tmp_path, json.dumps(document))
    assert texts(path, "text=a.b.c") == ["Bra"]
    assert texts(path, "text=answers.1.words") == ["Sen"]
    with pytest.raises(SourceUnreadableError, match=r"Its columns: a\.b\.c, answers\.0\.q, answers\.1\.words"):
        texts(path)


def test_several_lists_are_asked_about_and_a_wrong_one_named(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps({"shop": REVIEWS, "web": REVIEWS[:1]}))
    with pytest.raises(SourceUnreadableError, match=r"several lists: shop, web\. Say which: .* --table shop"):
        find_shape(path)
    assert cells_of(path, "web") == REVIEWS[:1]
    with pytest.raises(SourceUnreadableError, match="no list of objects at 'shp'"):
        rows_of(path, "shp")


def test_a_lone_entry_without_its_list_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, json.dumps({"feed": {"entry": REVIEWS[0], "link": [{"rel": "self"}]}}, indent=1))
    assert cells_of(path, "feed.entry") == REVIEWS[:1]


def test_what_is_no_object_or_too_deep_or_too_long_is_set_aside(tmp_path: Path) -> None:
    deep: Any = "x"
    for _ in range(20):
        deep = {"a": deep}
    long = {"parts": ["y" * 1000] * (LONGEST_LINE_BYTES // 1000)}
    path = written(tmp_path, json.dumps([REVIEWS[0], 7, [1, [2]], deep, long, REVIEWS[1]]))
    found = rows_of(path)
    assert [row.cells for row in found if isinstance(row, Row)] == REVIEWS
    reasons = [row.reason for row in found if isinstance(row, Unreadable)]
    assert reasons == [
        "item 2 is no JSON object",
        "item 3 is no JSON object",
        "item 4 is nested more than 16 deep",
        f"item 5 is longer than {LONGEST_LINE_BYTES} bytes",
    ]


@pytest.mark.parametrize(("end", "message"), [(", {", "ends too early"), (", {]", "no valid JSON|ends too early")])
def test_a_broken_document_gives_its_records_and_then_says_so(tmp_path: Path, end: str, message: str) -> None:
    path = written(tmp_path, json.dumps(REVIEWS)[:-1] + end)
    rows = read_rows(path, find_shape(path))
    assert [next(rows).place, next(rows).place] == ["item 1", "item 2"]
    with pytest.raises(SourceUnreadableError, match=f"file.json ({message}) .*2 of its records came before"):
        list(rows)


def test_a_value_without_end_does_not_fill_the_memory(tmp_path: Path) -> None:
    path = written(tmp_path, b'[{"text":"a"},{"text":"' + b"b" * (12 * 2**20) + b'"}]')
    tracemalloc.start()
    with pytest.raises(SourceUnreadableError, match="holds a value longer than"):
        rows_of(path)
    assert tracemalloc.get_traced_memory()[1] < 8 * 2**20
    tracemalloc.stop()


def test_memory_does_not_grow_with_the_document(tmp_path: Path) -> None:
    def peak(rows: int) -> int:
        path = written(
            tmp_path,
            json.dumps([{"text": f"Mening nummer {number} om leveransen", "stars": 4} for number in range(rows)]),
            f"{rows}.json",
        )
        shape = find_shape(path)
        tracemalloc.start()
        assert sum(1 for _ in read_rows(path, shape)) == rows
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    small = peak(2_000)
    assert peak(40_000) < small + 2**19


PLAIN = st.text() | st.integers(-(2**53), 2**53) | st.booleans() | st.none()


@given(st.lists(st.dictionaries(st.text(max_size=5), PLAIN | st.lists(PLAIN, max_size=3), min_size=1), min_size=1))
def test_whatever_is_a_list_of_objects_is_read_back(tmp_path: Path, objects: list[dict[str, Any]]) -> None:
    assert cells_of(written(tmp_path, json.dumps(objects, indent=1))) == objects
