"""Processes are killed under load, and an independent witness judges what is left.

The witness (this test) issues the records and notes which were acknowledged; it looks into the store only after
the last kill. Producer, workers and indexer are forked from it, so that a killed one is back in milliseconds.
"""

import multiprocessing
import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from ingest.inbox import Inbox
from ingest.inbox_file import open_inbox_file
from ingest.intake import Intake
from ingest.job import Job
from ingest.lock import IndexerLock
from ingest.near_copies import NearCopies
from ingest.quarantine import Quarantine
from ingest.raw import RawRecord
from ingest.runs import Runs
from ingest.secret import open_secret
from textcx.annotation import Annotations, Values
from textcx.database import Database
from textcx.document import Document
from textcx.errors import BacklogFullError, RetryableError
from textcx.mention import mention_id
from textcx.query.tree import Everything, Exact
from textcx.store.embedded.store import EmbeddedStore
from textcx.words import Lemmas

KILLS = int(os.environ.get("TEXTCX_CRASH_KILLS", "200"))
BATCH = 50
WAITING = 3000
DRAIN_SECONDS = 60

pytestmark = pytest.mark.crash


class StubPipeline:
    """Says nothing of any text: this test is about where records go, not about what they say."""

    def annotate_values(self, documents: Sequence[Document]) -> list[Values]:
        answer = Annotations.model_validate({"language": {"code": "und", "confidence": 0}}).model_dump(mode="json")
        return [answer for _ in documents]


def text_of(native_id: str) -> str:
    return f"rec{native_id} {sha256(native_id.encode()).hexdigest()}"


def produce(folder: Path, acknowledgements: Path, generation: int) -> None:
    database = open_inbox_file(folder)
    inbox, runs = Inbox(database, most_waiting_records=WAITING), Runs(database)
    intake = Intake(inbox, runs, open_secret(folder))
    run = runs.start(f"generation {generation}")
    descriptor = os.open(acknowledgements, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    number = 0
    while True:
        ids = [f"{generation}x{number + offset}" for offset in range(BATCH)]
        records = [
            RawRecord("crash", "test", one, one, {"source": "test", "text": text_of(one)}, datetime.now(UTC))
            for one in ids
        ]
        prepared = intake.prepare(records)
        try:
            inbox.enqueue(run, prepared.records)
        except BacklogFullError:
            time.sleep(0.02)
            continue
        os.write(descriptor, ("\n".join(ids) + "\n").encode())  # one write: a kill leaves it whole or undone
        number += BATCH


def work(folder: Path, redelivered: Path, predecessors: tuple[int, ...]) -> None:
    database = open_inbox_file(folder)
    inbox = Inbox(database)
    for dead in predecessors:
        inbox.expire_leases(holder=str(dead))
    store = EmbeddedStore.open(folder, lemmas=Lemmas())
    job = Job(inbox, NearCopies(database), StubPipeline(), store, holder=str(os.getpid()))
    suspects = "SELECT count(*) FROM entry WHERE attempts > 0 AND leased = 0"
    while True:
        if database.connection.execute(suspects).fetchone()[0]:
            redelivered.touch()
        try:
            if job.work_once() == 0:
                time.sleep(0.01)
        except RetryableError:
            time.sleep(0.05)


def index(folder: Path) -> None:
    lock = IndexerLock(folder)
    while not lock.take():
        time.sleep(0.01)
    store = EmbeddedStore.open(folder, lemmas=Lemmas())
    store.attach_indexer()
    while True:
        if store.index_pending() == 0:
            time.sleep(0.01)


@dataclass
class Role:
    """A kind of process that is killed and started again."""

    start: Callable[[tuple[int, ...]], BaseProcess]
    process: BaseProcess | None = None
    dead: tuple[int, ...] = ()

    def restart(self) -> None:
        self.process = self.start(self.dead)

    def kill(self) -> None:
        assert self.process is not None
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join()
        self.dead = (*self.dead, self.process.pid)


def drain(database: Database) -> None:
    deadline = time.monotonic() + DRAIN_SECONDS
    while Inbox(database).backlog(now=time.time()).records and time.monotonic() < deadline:
        time.sleep(0.1)


def test_killed_under_load_nothing_acknowledged_is_missing_doubled_or_corrupted(tmp_path: Path) -> None:
    folder, acknowledgements, redelivered = tmp_path / "data", tmp_path / "acknowledged", tmp_path / "redelivered"
    open_inbox_file(folder).close()
    EmbeddedStore.open(folder, lemmas=Lemmas()).close()
    fork = multiprocessing.get_context("fork")
    generations = iter(range(10**6))

    def start(target: Callable[..., None], *arguments: object) -> BaseProcess:
        process = fork.Process(target=target, args=arguments, daemon=True)
        process.start()
        return process

    roles = [
        Role(lambda _: start(produce, folder, acknowledgements, next(generations))),
        Role(lambda dead: start(work, folder, redelivered, dead)),
        Role(lambda dead: start(work, folder, redelivered, dead)),
        Role(lambda _: start(index, folder)),
    ]
    seed = int(os.environ.get("TEXTCX_CRASH_SEED", str(time.time_ns() % 10**6)))
    print(f"seed {seed}, {KILLS} kills")  # noqa: T201 - a failure is repeated by its seed
    chance = random.Random(seed)
    for role in roles:
        role.restart()
    began = time.monotonic()
    for _ in range(KILLS):
        time.sleep(chance.uniform(0.03, 0.12))
        victim = chance.choice(roles)
        victim.kill()
        victim.restart()
    roles[0].kill()

    database = open_inbox_file(folder)
    drain(database)
    unlucky = [record.number for record in Quarantine(database).list(limit=10**6)]
    for number in unlucky:  # held by five processes that were killed: set aside with a reason, not lost
        Quarantine(database).retry(number)
    drain(database)
    for role in roles[1:]:
        role.kill()

    acknowledged = acknowledgements.read_text().split()
    store = EmbeddedStore.open(folder, lemmas=Lemmas())
    store.attach_indexer()
    while store.index_pending():  # one call is one commit, and the load left many
        pass
    kept = {one.mention.id: one.mention.text for one in store.export(Everything())}
    expected = {mention_id("crash", "test", one): text_of(one) for one in acknowledged}
    missing = expected.keys() - kept.keys()
    corrupted = [one for one, text in expected.items() if one in kept and kept[one] != text]
    spurious = [text for text in kept.values() if text != text_of(text.split()[0].removeprefix("rec"))]
    print(  # noqa: T201
        f"{KILLS} kills in {time.monotonic() - began:.0f} s: {len(acknowledged)} acknowledged, {len(kept)} stored, "
        f"{len(unlucky)} of them set aside and put back, {len(missing)} missing, "
        f"{store.count(Everything()) - len(kept)} doubled, {len(corrupted)} corrupted"
    )
    assert len(acknowledged) > 5 * KILLS, "too little load to prove anything"
    assert redelivered.exists(), "no record was ever given out twice: the kills hit nothing"
    assert not missing
    assert not corrupted
    assert not spurious
    assert store.count(Everything()) == len(kept)
    assert all(report.adds_up for report in Runs(database).latest(limit=10**6))
    assert Inbox(database).backlog(now=time.time()).records == 0
    for file in ("inbox.db", "mentions.db"):
        with sqlite3.connect(folder / file) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert store.verify() == []

    intake = Intake(Inbox(database), Runs(database), open_secret(folder))
    fresh = RawRecord("crash", "test", "fresh", "fresh", {"source": "test", "text": "freshword"}, datetime.now(UTC))
    intake.take_now(Runs(database).start("fresh"), [fresh])
    Job(Inbox(database), NearCopies(database), StubPipeline(), store, holder="fresh").work_once()
    store.index_pending()
    assert store.count(Exact("freshword")) == 1
    store.close()
    database.close()
