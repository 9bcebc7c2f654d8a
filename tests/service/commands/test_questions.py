"""search, trends, breakdown, touchpoints, enrich, doctor and serve on the command line."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.service.command_line import run_in

Textcx = Callable[..., Any]
ROWS = [
    {"id": "1", "brand": "Acme", "text": "Leveransen var väldigt sen.", "rating": 1, "date": "2026-01-10"},
    {"id": "2", "brand": "Acme", "text": "Snabb leverans, jättebra!", "rating": 5, "date": "2026-02-10"},
    {"id": "3", "brand": "Bolag", "text": "Hinta oli liian korkea.", "rating": 2, "date": "2026-02-11"},
    {"id": "4", "brand": "Bolag", "text": "Undated but nice service."},
]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder with the rows, read once for all questions."""
    folder = tmp_path_factory.mktemp("questions")
    (folder / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    done = run_in(folder, "ingest", "rows.jsonl", "--map", "rating=rating:1-5", "--data", "data")
    assert done.status == 0, done.err
    return folder / "data"


@pytest.fixture
def stocked(textcx: Textcx, data: Path, monkeypatch: pytest.MonkeyPatch) -> Textcx:
    """Return what runs a command over that folder."""
    monkeypatch.setenv("TEXTCX_DATA", str(data))
    return textcx


def test_a_search_prints_a_table_and_the_json_of_the_api(stocked: Textcx) -> None:
    table = stocked("search", "leverans", "--facets", "brand")
    assert "2 mentions" in table.out
    assert "[Leveransen]" in table.out
    assert "brand: Acme 2" in table.out
    answer = json.loads(stocked("search", "leverans", "--facets", "brand", "--json").out)
    assert answer["total"] == 2
    assert answer["hits"][0]["mention"]["text"] == "Snabb leverans, jättebra!"
    assert answer["facets"] == {"brand": [{"value": "Acme", "count": 2}]}


def test_a_wrong_query_says_where_and_what_was_expected(stocked: Textcx) -> None:
    done = stocked("search", "brand:(Acme")
    assert done.status == 2
    assert "position" in done.err
    assert "expected" in done.err


def test_a_trend_has_every_interval_and_says_what_is_undated(stocked: Textcx) -> None:
    answer = json.loads(stocked("trends", "--measure", "average_stars", "--json").out)
    assert [point["n"] for point in answer["series"][0]["points"]] == [1, 2]
    assert answer["undated"] == 1
    assert "undated: 1" in stocked("trends", "--measure", "average_stars").out


def test_a_breakdown_has_a_row_for_each_value(stocked: Textcx) -> None:
    answer = json.loads(stocked("breakdown", "--measure", "average_stars", "--by", "brand", "--json").out)
    assert {row["key"]: (row["value"], row["n"]) for row in answer["rows"]} == {"Acme": (3.0, 2), "Bolag": (2.0, 1)}
    assert answer["rows"][0]["is_small"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("trends", "--measure", "mood"), "Known: "),
        (("trends", "--interval", "fortnight"), "must be one of"),
        (("breakdown", "--by", "stars"), "dimension"),
        (("search", "--timezone", "Mars/Base"), "IANA"),
        (("search", "--sort", "loudest"), "newest"),
        (("search", "--limit", "9999"), "between 1 and 200"),
    ],
)
def test_a_wrong_argument_says_what_is_accepted(stocked: Textcx, arguments: tuple[str, ...], words: str) -> None:
    done = stocked(*arguments)
    assert done.status == 2
    assert words in done.err


def test_texts_are_analysed_line_by_line_and_a_bad_line_is_said(textcx: Textcx, tmp_path: Path) -> None:
    (tmp_path / "texts.jsonl").write_bytes(b'{"id": "a", "text": "Great staff!"}\nnot json\n\n{"id": 7}\n')
    done = textcx("enrich", "texts.jsonl")
    assert done.status == 3
    lines = [json.loads(line) for line in done.out.splitlines()]
    assert [line.get("id") for line in lines] == ["a", None, None, 7]
    assert lines[0]["sentiment"]["polarity"] == "positive"
    assert lines[0]["model"].startswith("textcx-")
    assert [line["line"] for line in lines[1:]] == [2, 3, 4]
    assert {line["error"]["code"] for line in lines[1:]} == {"unreadable"}


def test_doctor_says_what_is_there(stocked: Textcx) -> None:
    done = stocked("doctor")
    assert done.status == 0
    assert "4 mentions can be searched" in done.out
    assert "NOT WELL" not in done.out


def test_doctor_says_what_is_wrong(textcx: Textcx, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTCX_PIPELINE", "nowhere")
    done = textcx("doctor")
    assert done.status == 1
    assert "NOT WELL: There is no pipeline 'nowhere'" in done.out


def test_the_service_refuses_to_open_to_other_machines_without_a_key(textcx: Textcx) -> None:
    done = textcx("serve", "--host", "0.0.0.0")  # noqa: S104 - that it is refused is the point
    assert done.status == 2
    assert "admin_key_file" in done.err


def test_touchpoints_are_listed(textcx: Textcx) -> None:
    listed = json.loads(textcx("touchpoints", "list", "--json").out)
    assert len(listed) == 19
    assert {"id": "delivery", "stage": "receive", "parent": None} in listed


def test_a_measure_is_explained_in_plain_words(textcx: Textcx) -> None:
    done = textcx("explain", "net_sentiment")
    assert done.status == 0
    assert "Higher is better." in done.out
    assert "Rocks 2016" in done.out
    listed = textcx("explain")
    assert all(name in listed.out for name in ("share_of_voice", "reply_time", "consistency"))
    assert json.loads(textcx("explain", "ces", "--json").out)["formula"] == "ces-1"
    unknown = textcx("explain", "npss")
    assert unknown.status == 2
    assert "Did you mean 'nps'" in unknown.err


def test_two_brands_are_compared(stocked: Textcx) -> None:
    asked = ("compare", "--a", "brand:Bolag", "--b", "brand:Acme", "--measure", "average_stars")
    answer = json.loads(stocked(*asked, "--json").out)
    assert answer["total"]["difference"]["value"] == 1.0
    table = stocked(*asked, "--by", "lang")
    assert table.status == 0
    assert "too few" in table.out
    assert "Welch" in table.out
    assert stocked("compare", "--a", "brand:Bolag").status == 2


def test_a_window_cuts_intervals_and_the_table_marks_them(stocked: Textcx) -> None:
    table = stocked("trends", "--from", "2026-01-05", "--to", "2026-02")
    assert "2026-01 …" in table.out
    assert "2026-02 …" not in table.out
    assert "not a whole interval" in " ".join(table.out.split())
    weeks = stocked(
        "trends", "--interval", "week", "--week-starts", "sunday", "--from", "2026-02-08", "--to", "2026-02-14"
    )
    assert "2026-02-08" in weeks.out
    assert stocked("trends", "--week-starts", "friday").status == 2
