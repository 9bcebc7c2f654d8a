"""Killed at whatever statement, intake and job leave nothing personal behind, lose nothing and double nothing.

A child process takes records in and works on them, and is killed as it begins its first SQL statement, its second,
and so on. After each death every byte of the data folder is searched, write-ahead log included; then another
process goes on with the folder, and in the end all must be as if nobody had died.
"""

import multiprocessing
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import FrameType

from ingest.inbox import Inbox
from ingest.inbox_file import open_inbox_file
from ingest.intake import Intake
from ingest.job import Job
from ingest.near_copies import NearCopies
from ingest.raw import RawRecord, Unreadable
from ingest.runs import Runs
from ingest.secret import open_secret
from textcx.annotation import Annotations, Values
from textcx.document import Document
from textcx.query.tree import Everything
from textcx.store.embedded.store import EmbeddedStore
from textcx.words import Lemmas

CANARIES = (
    *("811218-9876", "8112189876", "131052-308T", "anna.canary@example.com", "canary.handle", "070-123 45 67"),
    *("+46701234567", "SE4550000000058398257466", "4571 2345 6789 0112", "anna&#64;canary.example", "@canary.example"),
)
LONG = "Jag beställde en soffa i mars och fick vänta sju veckor på den, och ingen svarade på mina mejl"
LEMMAS = Lemmas()


def a_record(name: str, **fields: object) -> RawRecord:
    filled = {"source": "suite", "kind": "review", "author": "canary.handle", **fields}
    return RawRecord("test", "suite", name, f"line {name}", filled, datetime(2026, 1, 1, tzinfo=UTC))


RECORDS = (
    a_record("1", text="Mitt nummer är 811218-9876 (8112189876), hetu 131052-308T", published_at="2026-01-15"),
    a_record("2", text=LONG, title="Skriv till anna.canary@example.com", url="https://x.example/canary.handle/1"),
    a_record("3", text=LONG.replace("sju", "fem"), brand="+46701234567", subject={"product": "070-123 45 67"}),
    a_record("4", text="anna&#64;canary.example", attributes={"anna.canary@example.com": "4571 2345 6789 0112"}),
    a_record("5", text="Sen", published_at="811218-9876"),
    a_record("6", text=["canary.handle", "anna.canary@example.com"]),
    a_record("7", text="Konto SE4550000000058398257466", reference={"system": "crm", "id": "811218-9876"}),
    a_record("2", text=LONG, title="Skriv till anna.canary@example.com", url="https://x.example/canary.handle/1"),
    Unreadable("line 9", "line 9 is no JSON", '{"author": "canary.handle", "text": "811218-9876'),
)
STORED, SET_ASIDE = 5, 3


class StubPipeline:
    """Says nothing of any text."""

    def annotate_values(self, documents: Sequence[Document]) -> list[Values]:
        answer = Annotations.model_validate({"language": {"code": "und", "confidence": 0}}).model_dump(mode="json")
        return [answer for _ in documents]


def take_in(folder: Path) -> None:
    database = open_inbox_file(folder)
    runs = Runs(database)
    list(Intake(Inbox(database), runs, open_secret(folder)).take(runs.start("suite"), RECORDS))
    database.close()


def work(folder: Path, *, holder: str) -> None:
    database = open_inbox_file(folder)
    store = EmbeddedStore.open(folder, lemmas=LEMMAS)
    job = Job(Inbox(database), NearCopies(database), StubPipeline(), store, holder=holder)
    while job.work_once():
        pass
    store.close()
    database.close()


def take_in_and_work_until(folder: Path, statement: int) -> None:
    """Run in a child, which is killed as it begins this statement of a transaction, or the one that follows it."""
    numbers, was_inside = count(1), False

    def watch(_frame: FrameType, event: str, called: object) -> None:
        nonlocal was_inside
        connection = getattr(called, "__self__", None)
        if event == "c_call" and isinstance(connection, sqlite3.Connection):
            is_inside = connection.in_transaction
            if (is_inside or was_inside) and next(numbers) == statement:
                os.kill(os.getpid(), signal.SIGKILL)
            was_inside = is_inside

    sys.setprofile(watch)
    take_in(folder)
    work(folder, holder="child")


def personal_bytes(folder: Path) -> list[str]:
    """Return the canaries that stand anywhere in the folder: as they are, or in what was packed."""
    contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "secret.key"]
    store = EmbeddedStore.open(folder, lemmas=LEMMAS)
    mentions = [store.get(identifier) for _, identifier, _ in store_rows(folder)]
    store.close()
    contents += [one.model_dump_json().encode() for one in mentions if one is not None]
    return [canary for canary in CANARIES for content in contents if canary.lower().encode() in content.lower()]


def store_rows(folder: Path) -> list[tuple[int, str, bytes]]:
    with sqlite3.connect(folder / "mentions.db") as connection:
        rows = connection.execute("SELECT seq, id, body FROM mention").fetchall()
    connection.close()
    return [(seq, key.hex(), body) for seq, key, body in rows]


def counted(folder: Path) -> tuple[int, int, int, bool]:
    """Return mentions stored, records set aside and waiting, and whether all runs add up."""
    database = open_inbox_file(folder)
    reports = Runs(database).latest(limit=100)
    set_aside = database.connection.execute("SELECT count(DISTINCT place) FROM quarantine").fetchone()[0]
    waiting = Inbox(database).backlog(now=0).records
    database.close()
    return len(store_rows(folder)), set_aside, waiting, all(report.adds_up for report in reports)


def test_killed_at_any_statement_nothing_personal_is_left_and_nothing_lost_or_doubled(memory_folder: Path) -> None:
    empty = memory_folder / "empty"
    open_inbox_file(empty).close()
    open_secret(empty)
    EmbeddedStore.open(empty, lemmas=LEMMAS).close()
    fork = multiprocessing.get_context("fork")
    for statement in count(1):
        folder = memory_folder / "data"
        shutil.copytree(empty, folder)
        child = fork.Process(target=take_in_and_work_until, args=(folder, statement))
        child.start()
        child.join()
        assert child.exitcode in (0, -signal.SIGKILL)
        assert personal_bytes(folder) == [], statement

        take_in(folder)
        database = open_inbox_file(folder)
        Inbox(database).expire_leases(holder="child")
        database.close()
        work(folder, holder="parent")
        assert counted(folder) == (STORED, SET_ASIDE, 0, True), statement
        assert personal_bytes(folder) == [], statement
        shutil.rmtree(folder)
        if child.exitcode == 0:
            break
    assert statement > 50, "it was killed all along the way"


def test_the_index_holds_nothing_personal_either(memory_folder: Path) -> None:
    take_in(memory_folder)
    store = EmbeddedStore.open(memory_folder, lemmas=LEMMAS)
    store.attach_indexer()
    work(memory_folder, holder="one")
    assert store.index_pending() == STORED
    assert store.count(Everything()) == STORED
    assert personal_bytes(memory_folder) == []
    store.close()


def test_the_search_for_canaries_finds_one_that_is_there(memory_folder: Path) -> None:
    take_in(memory_folder)
    EmbeddedStore.open(memory_folder, lemmas=LEMMAS).close()
    (memory_folder / "leak").write_bytes(b"x" * 100 + b"ANNA.canary@example.com")
    assert personal_bytes(memory_folder) == ["anna.canary@example.com"]
