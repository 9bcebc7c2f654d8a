"""textcx export: a file for other programs, or for the person who wrote it, that can be read again."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.service.command_line import run_in

Textcx = Callable[..., Any]
TEXTS = [
    "=1+1 är två, men leveransen var sen",
    "+ snabb leverans\n- dyr frakt",
    "'= står det, och det stämmer",
    'Hon sa "hej"; sedan inget, alls',
]
ROWS = [
    {
        "id": str(number),
        "text": text,
        "source": "forum",
        "author": "kim" if number else "@robin:alva",
        "published_at": f"2026-03-0{number + 1}",
        "reference": {"system": "crm", "id": "HEMLIG-4711"},
        "ratings": [{"measure": "stars", "value": 4, "lowest": 1, "highest": 5}],
    }
    for number, text in enumerate(TEXTS)
]


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("taken_in")
    (folder / "rows.jsonl").write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    done = run_in(folder, "ingest", "rows.jsonl")
    assert done.status == 0, done.err
    return folder / ".textcx"


@pytest.fixture
def filled(taken_in: Path, tmp_path: Path) -> None:
    shutil.copytree(taken_in, tmp_path / ".textcx")


@pytest.mark.parametrize("options", [("--format", "csv"), ("--format", "csv", "--excel"), ("--format", "jsonl")])
def test_an_export_read_again_holds_the_same_texts(textcx: Textcx, filled: None, options: tuple[str, ...]) -> None:
    name = f"out.{options[1]}"
    assert textcx("export", "--output", name, *options).status == 0
    done = textcx("ingest", name, "--preview", "--data", "copy")
    assert done.status == 0, done.err
    shown = [json.loads(one) for one in re.findall(r"^\{.*?^\}", done.out, re.MULTILINE | re.DOTALL)]
    assert [one["text"] for one in shown] == TEXTS[::-1]
    assert {one["ratings"][0]["value"] for one in shown} == {4.0}
    assert {one["source"] for one in shown} == {"forum"}


def test_a_file_is_the_owners_alone_and_is_never_written_over(textcx: Textcx, filled: None, tmp_path: Path) -> None:
    assert textcx("export", "--output", "out.csv", "--format", "csv").status == 0
    assert (tmp_path / "out.csv").stat().st_mode & 0o077 == 0
    again = textcx("export", "--output", "out.csv", "--format", "csv")
    assert again.status == 2
    assert "out.csv is there already" in again.err


def test_all_that_a_person_wrote_is_exported_by_the_name_that_the_source_knows(textcx: Textcx, filled: None) -> None:
    lines = [json.loads(line) for line in textcx("export", "--author", "forum:kim").out.splitlines()]
    assert [line["text"] for line in sorted(lines, key=lambda line: line["published_at"])] == TEXTS[1:]
    assert textcx("export", "--author", "forum:@robin:alva").out.count("\n") == 1
    assert textcx("export", "--author", "shop:kim").out == ""
    assert "HEMLIG" not in textcx("export", "--author", "forum:kim").out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--format", "xml"), "jsonl, csv"),
        (("--author", "kim"), "SOURCE:HANDLE"),
        (("leverans", "--author", "forum:kim"), "leave out QUERY"),
        (("brand:(",), "position 7"),
        (("--output", "no/such/folder"), "cannot be written"),
    ],
)
def test_wrong_use_is_told_with_the_way_out(textcx: Textcx, arguments: tuple[str, ...], says: str) -> None:
    done = textcx("export", *arguments)
    assert done.status == 2
    assert says in done.err
