"""The shipped command with its real pipeline is killed part by part, and the file is stored whole all the same.

The witness is the file itself: in the end each of its rows is stored once, with its own words, and analysed.
"""

import json
import os
import signal
import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from ingest.inbox_file import open_inbox_file
from ingest.runs import Runs
from textcx.mention import mention_id
from textcx.query.tree import Everything
from textcx.store.embedded.store import EmbeddedStore
from textcx.words import Lemmas

VICTIMS = ("worker", "command", "supervisor", "worker", "command")
ROWS = int(os.environ.get("TEXTCX_CRASH_ROWS", "5000"))
ROWS_BETWEEN_KILLS = ROWS // 20
PATIENCE_SECONDS = 300
SENTENCES = (
    "Leveransen kom två veckor för sent och kundtjänsten svarade aldrig.",
    "Hurtig levering og virkelig god service, jeg kommer igen.",
    "Appen krasjer hele tiden, og prisen har gått opp igjen.",
    "Toimitus oli nopea ja asiakaspalvelu ystävällinen.",
    "The parcel was damaged and nobody answers the phone.",
)

pytestmark = pytest.mark.crash


def text_of(number: int) -> str:
    return f"{SENTENCES[number % len(SENTENCES)]} {sha256(str(number).encode()).hexdigest()}"


def start(file: Path, folder: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "service.cli", "ingest", str(file), "--data", str(folder), "--json"]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def children(parent: int) -> list[int]:
    """Return the processes that a process has started, from the kernel's table."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:  # it ended meanwhile
            continue
        if int(fields[1]) == parent and fields[0] != "Z":
            found.append(int(entry.parent.name))
    return found


def find_victim(kind: str, command: int) -> int | None:
    """Return the process to be killed, or None if it is not there just now."""
    if kind == "command":
        return command
    supervisors = children(command)
    if kind == "supervisor" or not supervisors:
        return supervisors[0] if supervisors else None
    workers = children(supervisors[0])
    return workers[0] if workers else None


def stored(folder: Path) -> int:
    database = open_inbox_file(folder)
    count = Runs(database).outcomes()["stored"]
    database.close()
    return count


def test_a_file_is_stored_whole_though_each_part_of_the_command_is_killed(tmp_path: Path) -> None:
    file, folder = tmp_path / "rows.tsv", tmp_path / "data"
    file.write_text("id\ttext\n" + "".join(f"{number}\t{text_of(number)}\n" for number in range(ROWS)))
    open_inbox_file(folder).close()
    began = time.monotonic()
    command = start(file, folder)
    seen = 0
    for kind in VICTIMS:
        victim = None
        while victim is None or stored(folder) < seen + ROWS_BETWEEN_KILLS:
            assert time.monotonic() - began < PATIENCE_SECONDS
            assert command.poll() is None, "it ended before it could be killed: TEXTCX_CRASH_ROWS makes the file longer"
            time.sleep(0.02)
            victim = find_victim(kind, command.pid)
        os.kill(victim, signal.SIGKILL)
        if kind == "command":
            command.communicate()
            command = start(file, folder)
        seen = stored(folder)
    printed = command.communicate(timeout=PATIENCE_SECONDS)[0]
    assert command.returncode == 0
    answer = json.loads(printed)

    database = open_inbox_file(folder)
    reports = Runs(database).latest(limit=100)
    database.close()
    store = EmbeddedStore.open(folder, lemmas=Lemmas())
    kept = {one.mention.id: one for one in store.export(Everything())}
    expected = {mention_id("file", "rows", str(number)): text_of(number) for number in range(ROWS)}
    missing = expected.keys() - kept.keys()
    corrupted = [one for one, text in expected.items() if one in kept and kept[one].mention.text != text]
    print(  # noqa: T201 - the line of the README
        f"{len(VICTIMS)} kills with the real pipeline in {time.monotonic() - began:.0f} s: {ROWS} rows, "
        f"{len(missing)} missing, {store.count(Everything()) - len(kept)} doubled, {len(corrupted)} corrupted"
    )
    assert answer["read"] == ROWS
    assert answer["outcomes"]["stored"] + answer["outcomes"]["duplicate"] == ROWS
    assert not missing
    assert not corrupted
    assert len(kept) == store.count(Everything()) == ROWS
    assert all(report.adds_up and report.pending == 0 for report in reports)
    assert sum(report.outcomes["stored"] for report in reports) == ROWS
    assert all(one.annotations.said_by for one in kept.values())
    assert store.verify() == []
    store.close()
