"""textcx forget: erased from everything the data folder holds, and refused whenever it is read again."""

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.service.command_line import run_in
from textcx.store.embedded.schema import open_index

Textcx = Callable[..., Any]
CANARIES = ("zqxkanariefugl", "zqxtitelord", "zqxadresse", "zqxkaranten", "zqxventer")
HANDLE = "zqxrobin"
LONG = "Jag väntade sju veckor på soffan och fick aldrig något svar från zqxkanariefugl på mina frågor om den"


def row(identifier: str, text: str, **more: Any) -> dict[str, Any]:
    return {"id": identifier, "text": text, "source": "forum", "published_at": "2026-03-02", **more}


def stars(value: int) -> list[dict[str, Any]]:
    return [{"measure": "stars", "value": value, "lowest": 1, "highest": 5}]


ROBIN: dict[str, Any] = {"author": HANDLE, "reference": {"system": "crm", "id": "4711"}}
ROWS = [
    row("1", LONG, title="Om zqxtitelord", url="https://example.org/zqxadresse", **ROBIN),
    row("2", "Utmärkt leverans från zqxkanariefugl", ratings=stars(5), **ROBIN),
    row("3", "Helt okej zqxkaranten", ratings=stars(9), **ROBIN),
    row("4", "Inte bra zqxventer", ratings=stars(9), **ROBIN),
    row("5", LONG.replace("zqxkanariefugl", "butiken"), author="kim"),
    row("6", "Snabb leverans", author="kim", reference={"system": "crm", "id": "17"}),
]


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with four records of one person (two stored, one set aside, one that waits) and two of another."""
    folder = tmp_path_factory.mktemp("taken_in")
    lines = [*map(json.dumps, ROWS), f"{{broken by {HANDLE}"]
    (folder / "rows.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert run_in(folder, "ingest", "rows.jsonl").status == 3
    listed = json.loads(run_in(folder, "quarantine", "list", "--json").out)
    (waiting,) = (one["number"] for one in listed if "line 4" in one["place"])
    assert run_in(folder, "quarantine", "retry", str(waiting)).status == 0
    return folder


@pytest.fixture
def filled(taken_in: Path, tmp_path: Path) -> str:
    shutil.copytree(taken_in, tmp_path, dirs_exist_ok=True)
    return "rows.jsonl"


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def stored_bodies(folder: Path) -> dict[str, bytes]:
    """Return the mentions as they lie packed in the database, where no word can be searched for."""
    with closing(sqlite3.connect(folder / "mentions.db")) as connection:
        rows = connection.execute("SELECT hex(id), body FROM mention WHERE body IS NOT NULL").fetchall()
    return dict(rows)


def indexed_words(folder: Path, beginning: str) -> list[str]:
    """Return the words of the index's dictionaries, which no search for bytes finds there either."""
    found = []
    for generation in (folder / "index").iterdir():
        searcher = open_index(generation).searcher()
        found += [word for field in ("text", "title") for word, _ in searcher.terms_with_prefix(field, f"={beginning}")]
    return sorted(found)


def total(textcx: Textcx, query: str = "") -> int:
    return int(json.loads(textcx("search", query, "--json").out)["total"])


def test_no_byte_of_what_a_person_wrote_is_left_and_nothing_comes_back_or_is_taken_in_anew(
    textcx: Textcx, filled: str, tmp_path: Path
) -> None:
    folder = tmp_path / ".textcx"
    before = bytes_of(folder)
    assert [canary for canary in CANARIES if canary.encode() in before] == ["zqxkaranten", "zqxventer"]
    assert indexed_words(folder, "zqx") == ["=zqxkanariefugl", "=zqxtitelord"]
    packed = stored_bodies(folder)
    done = textcx("forget", "--author", f"forum:{HANDLE}", "--yes", "--now", "--json")
    assert done.status == 0, done.err
    assert json.loads(done.out) == {"mentions": 2, "records": 3, "waiting": 0, "cleared": True}
    left = stored_bodies(folder)
    assert len(left) == 2
    held = bytes_of(folder).lower()
    assert [canary for canary in (*CANARIES, HANDLE) if canary.encode() in held] == []
    assert [one for one, body in packed.items() if one not in left and body[10:50].lower() in held] == []
    assert indexed_words(folder, "zqx") == []
    assert total(textcx) == 2
    assert textcx("store", "verify").status == 0
    new = [row("7", "Något helt nytt", author=HANDLE), row("8", "Någon annan", author=f"{HANDLE}2")]
    with (tmp_path / filled).open("a", encoding="utf-8") as file:
        file.write("".join(f"\n{json.dumps(one)}" for one in new))
    again = json.loads(textcx("ingest", filled, "--json").out)
    assert again["outcomes"] == {"stored": 1, "duplicate": 2, "filtered": 5, "quarantined": 1}
    assert again["adds_up"]
    assert textcx("store", "rebuild").status == 0
    assert total(textcx) == 3
    held = bytes_of(folder).lower()
    assert [canary for canary in CANARIES if canary.encode() in held] == []


def test_a_key_of_the_companys_own_system_is_found_though_no_index_holds_it(
    textcx: Textcx, filled: str, tmp_path: Path
) -> None:
    assert b"4711" not in b"".join(path.read_bytes() for path in (tmp_path / ".textcx" / "index").rglob("*.*"))
    done = textcx("forget", "--reference", "crm:4711", "--yes", "--json")
    assert json.loads(done.out)["mentions"] == 2
    assert total(textcx) == 2
    assert json.loads(textcx("ingest", filled, "--json").out)["outcomes"]["filtered"] == 4
    assert json.loads(textcx("forget", "--reference", "crm:17", "--yes", "--json").out)["mentions"] == 1


def test_one_mention_is_erased_by_its_id_and_some_by_a_query(textcx: Textcx, filled: str) -> None:
    (hit,) = json.loads(textcx("search", "snabb", "--json").out)["hits"]
    assert json.loads(textcx("forget", "--id", hit["mention"]["id"], "--yes", "--json").out)["mentions"] == 1
    assert total(textcx, "snabb") == 0
    done = textcx("forget", "soffa", "--yes")
    assert "Erased: 2 stored mentions." in done.out
    assert "1 records wait for analysis" in done.out
    assert "--now clears them" in done.out
    assert total(textcx, "soffa") == 0


def test_without_a_yes_nothing_is_erased(textcx: Textcx, filled: str) -> None:
    done = textcx("forget", "--author", f"forum:{HANDLE}")
    assert done.status == 2
    assert "Erase 2 stored mentions and 2 records that wait or are set aside for good?" in done.err
    assert "--yes" in done.err
    assert total(textcx) == 4


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "one of QUERY, --author, --reference, --id"),
        (("leverans", "--id", "0" * 64), "one of QUERY"),
        (("--author", "kim"), "SOURCE:HANDLE"),
        (("--reference", "crm:"), "SYSTEM:ID"),
        (("--id", "17"), "64 digits"),
        (("brand:(",), "position 7"),
    ],
)
def test_wrong_use_is_told_with_the_way_out(textcx: Textcx, arguments: tuple[str, ...], says: str) -> None:
    done = textcx("forget", *arguments, "--yes")
    assert done.status == 2
    assert says in done.err


def test_beside_a_running_server_the_server_clears_the_words(textcx: Textcx, filled: str, tmp_path: Path) -> None:
    holder = """
import sys
from pathlib import Path
from service.assembly import Workshop
from service.indexer import Indexer
from textcx.settings import Settings

with Indexer(Workshop(Settings(data=Path(".textcx")))) as indexer:
    print("works", flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", holder], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as server:
        assert server.stdout is not None
        server.stdout.readline()
        done = textcx("forget", "--author", f"forum:{HANDLE}", "--yes", "--now", "--json")
        held = bytes_of(tmp_path / ".textcx").lower()
        server.communicate(timeout=60)
    assert done.status == 0, done.err
    assert json.loads(done.out)["cleared"] is True
    assert [canary for canary in CANARIES if canary.encode() in held] == []
