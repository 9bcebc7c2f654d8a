"""textcx backup and restore: one file, taken while others work, out of which everything acknowledged comes back."""

import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.service.command_line import run_in

Textcx = Callable[..., Any]
OLD_ROWS = 40
NEW_ROWS = 600


def rows(first: int, count: int) -> str:
    lines = []
    for number in range(first, first + count):
        fields = {"text": f"Leverans nummer {number} kom i tid", "source": "forum", "author": f"kund{number}"}
        identity = {} if number % 2 else {"id": str(number)}  # every other one is known by its content alone
        lines.append(json.dumps({**identity, **fields, "published_at": "2026-03-02"}))
    return "\n".join(lines) + "\n"


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "service.cli", *arguments]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("taken_in")
    odd = {"text": "Sen leverans", "source": "forum", "published_at": "när?"}
    (folder / "old.jsonl").write_text(rows(0, OLD_ROWS) + json.dumps(odd), encoding="utf-8")
    ingested = run_in(folder, "ingest", "old.jsonl")
    assert ingested.status == 3, ingested.err
    return folder


@pytest.fixture
def filled(taken_in: Path, tmp_path: Path) -> None:
    shutil.copytree(taken_in, tmp_path, dirs_exist_ok=True)


def total(textcx: Textcx, query: str, data: str) -> int:
    return int(json.loads(textcx("search", query, "--json", "--data", data).out)["total"])


def test_the_drill(textcx: Textcx, filled: None, tmp_path: Path) -> None:
    """Back up while a file is read, forget, restore elsewhere, and read everything again, with a newer row."""
    textcx("forget", "--author", "forum:kund1", "--yes")
    (tmp_path / "new.jsonl").write_text(rows(OLD_ROWS, NEW_ROWS), encoding="utf-8")
    ingest = start(tmp_path, "ingest", "new.jsonl", "--json")
    deadline = time.monotonic() + 60
    while not textcx("export", "--author", f"forum:kund{OLD_ROWS}").out and time.monotonic() < deadline:
        time.sleep(0.02)  # until the worker has begun to store
    backed_up = textcx("backup", "backup.zip")
    assert backed_up.status == 0, backed_up.err
    out, errors = ingest.communicate(timeout=120)
    assert json.loads(out)["outcomes"]["stored"] == NEW_ROWS, errors

    textcx("forget", "--author", "forum:kund2", "--yes")
    textcx("forget", '"nummer 3 kom"', "--yes")
    restored = textcx("restore", "backup.zip", "--data", "new", "--tombstones", ".textcx", "--json")
    assert restored.status == 0, restored.err
    assert json.loads(restored.out)["erased_again"] == 2

    changed = rows(0, OLD_ROWS).replace("nummer 4 kom", "nummer 4 kom inte") + rows(OLD_ROWS, NEW_ROWS)
    (tmp_path / "all.jsonl").write_text(changed, encoding="utf-8")
    report = json.loads(textcx("ingest", "all.jsonl", "--json", "--data", "new").out)
    outcomes = report["outcomes"]
    assert report["adds_up"]
    assert (outcomes["filtered"], outcomes["quarantined"]) == (3, 0)
    assert report["remarks"]["changed"] == 1
    assert total(textcx, "", "new") == OLD_ROWS - 3 + NEW_ROWS
    for number in (1, 2, 3):
        assert total(textcx, f'"leverans nummer {number} kom"', "new") == 0
    assert total(textcx, '"nummer 4 kom inte"', "new") == 1
    assert textcx("store", "verify", "--data", "new").status == 0


def test_what_waits_is_in_the_backup(textcx: Textcx, filled: None) -> None:
    assert textcx("quarantine", "retry", "1").status == 0  # now it waits, and nobody works
    assert textcx("backup", "backup.zip").status == 0
    restored = json.loads(textcx("restore", "backup.zip", "--data", "new", "--json").out)
    assert (restored["mentions"], restored["waiting"]) == (OLD_ROWS, 1)


def test_a_backup_without_the_secret_needs_the_one_that_was_kept(textcx: Textcx, filled: None, tmp_path: Path) -> None:
    done = textcx("backup", "backup.zip", "--without-secret")
    assert "Keep .textcx/secret.key elsewhere" in done.out
    assert "secret.key" not in zipfile.ZipFile(tmp_path / "backup.zip").namelist()
    missing = textcx("restore", "backup.zip", "--data", "new")
    assert missing.status == 2
    assert "--secret FILE" in missing.err
    (tmp_path / "other.key").write_bytes(os.urandom(32))
    other = textcx("restore", "backup.zip", "--data", "new", "--secret", "other.key")
    assert "is not the secret of this backup" in other.err
    assert not (tmp_path / "new").exists()
    assert textcx("restore", "backup.zip", "--data", "new", "--secret", ".textcx/secret.key").status == 0
    assert textcx("export", "--author", "forum:kund2", "--data", "new").out.count("\n") == 1


def test_a_backup_is_the_owners_alone_and_never_written_over(textcx: Textcx, filled: None, tmp_path: Path) -> None:
    done = textcx("backup", "backup.zip")
    assert "mentions.db" in done.out
    assert (tmp_path / "backup.zip").stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(
        tmp_path / "backup.zip"
    ) as archive:  # in the order of copying: what moves from one to the next
        assert archive.namelist()[:2] == ["inbox.db", "mentions.db"]  # meanwhile is in both, and never in neither
    assert "is there already" in textcx("backup", "backup.zip").err
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".textcx-")] == []


def test_a_folder_that_holds_something_is_left_alone(textcx: Textcx, filled: None, tmp_path: Path) -> None:
    textcx("backup", "backup.zip")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "notes.txt").write_text("x", encoding="utf-8")
    done = textcx("restore", "backup.zip", "--data", "new")
    assert done.status == 2
    assert "not empty" in done.err
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["notes.txt"]
    (tmp_path / "empty").mkdir()
    assert textcx("restore", "backup.zip", "--data", "empty").status == 0


def damaged(path: Path, name: str) -> bytes:
    """Return the backup with a byte of one of its files changed, and everything else as it was."""
    with zipfile.ZipFile(path) as archive:
        contents = {one: archive.read(one) for one in archive.namelist()}
    contents[name] = contents[name][:-1] + bytes([contents[name][-1] ^ 1])
    changed = path.with_suffix(".changed")
    with zipfile.ZipFile(changed, "w") as archive:
        for one, content in contents.items():
            archive.writestr(one, content)
    return changed.read_bytes()


@pytest.mark.parametrize("harm", ["cut", "flipped", "changed", "no backup", "absent"])
def test_a_damaged_backup_is_refused_before_anything_is_written(
    harm: str, textcx: Textcx, filled: None, tmp_path: Path
) -> None:
    textcx("backup", "backup.zip")
    path = tmp_path / "backup.zip"
    whole = path.read_bytes()
    middle = len(whole) // 2
    harmed = {
        "cut": whole[:middle],
        "flipped": whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :],
        "changed": damaged(path, "mentions.db"),
        "no backup": b"PK\x05\x06" + bytes(18),
    }
    if harm == "absent":
        path.unlink()
    else:
        path.write_bytes(harmed[harm])
    done = textcx("restore", "backup.zip", "--data", "new")
    assert done.status == 1
    assert "backup.zip" in done.err
    assert not (tmp_path / "new").exists()


def test_tombstones_of_other_data_are_refused(textcx: Textcx, filled: None, tmp_path: Path) -> None:
    textcx("backup", "backup.zip")
    shutil.copytree(tmp_path / ".textcx", tmp_path / "other")
    (tmp_path / "other" / "secret.key").chmod(0o600)
    (tmp_path / "other" / "secret.key").write_bytes(os.urandom(32))
    done = textcx("restore", "backup.zip", "--data", "new", "--tombstones", "other")
    assert done.status == 2
    assert "belongs to other data" in done.err
    assert "no data folder" in textcx("restore", "backup.zip", "--data", "new", "--tombstones", "nowhere").err
    assert "holds no data" in textcx("backup", "b.zip", "--data", "nowhere").err
