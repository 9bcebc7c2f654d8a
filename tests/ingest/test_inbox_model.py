"""The inbox against a model of it: whatever happens in whatever order, crashes included, the counts add up."""

import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule

from ingest.inbox import MOST_ATTEMPTS, Inbox, Lease
from ingest.inbox_file import open_inbox_file
from ingest.outcome import OUTCOMES, Finished
from ingest.quarantine import Quarantine
from ingest.raw import RedactedRecord
from ingest.runs import Runs
from textcx.mention import mention_id

LEASE_SECONDS = 60.0
MEMORY = Path("/dev/shm")
"""Where a commit waits for no disk."""


@dataclass
class Waiting:
    """An entry as the model sees it."""

    record: RedactedRecord
    attempts: int = 0
    token: str | None = None
    lease_until: float = 0.0
    next_at: float = 0.0


class InboxModel(RuleBasedStateMachine):
    """Producers, workers and a clock around one inbox file."""

    leases: Bundle[Lease] = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None)
        self.now = 1000.0
        self.waiting: dict[int, Waiting] = {}
        self.counts: Counter[str] = Counter()
        self.known: dict[str, tuple[str, int]] = {}
        self.read = 0
        self.open()
        self.run = self.runs.start("model")

    def open(self) -> None:
        self.database = open_inbox_file(Path(self.folder.name))
        self.inbox, self.runs = Inbox(self.database), Runs(self.database)

    def teardown(self) -> None:
        self.database.close()
        self.folder.cleanup()

    @rule(names=st.lists(st.sampled_from("abcde"), min_size=1, max_size=4), revision=st.sampled_from("12"))
    def enqueue(self, names: list[str], revision: str) -> None:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        records = [RedactedRecord(mention_id("m", "s", name), revision, name, {"text": name}, at) for name in names]
        self.inbox.enqueue(self.run, records)
        last = self.database.connection.execute("SELECT max(sequence) FROM entry").fetchone()[0]
        self.waiting |= {last - len(records) + 1 + at: Waiting(record) for at, record in enumerate(records)}
        self.read += len(records)

    @rule(target=leases, most=st.integers(1, 5), holder=st.sampled_from(["1", "11", "2"]))
    def lease(self, most: int, holder: str) -> Lease:
        for one in self.waiting.values():
            if one.token and one.lease_until < self.now:
                one.token = None
        for sequence in [
            number for number, one in self.waiting.items() if not one.token and one.attempts >= MOST_ATTEMPTS
        ]:
            del self.waiting[sequence]
            self.counts["quarantined"] += 1
        free = {number: one for number, one in self.waiting.items() if not one.token}
        suspects = {number for number, one in free.items() if one.attempts and one.next_at <= self.now}
        fresh = [number for number, one in free.items() if not one.attempts]
        lease = self.inbox.lease(most=most, now=self.now, seconds=LEASE_SECONDS, holder=holder)
        given = [] if lease is None else [entry.sequence for entry in lease.entries]
        if suspects:
            assert len(given) == 1
            assert given[0] in suspects
            assert self.waiting[given[0]].attempts == min(self.waiting[number].attempts for number in suspects)
        else:
            assert given == fresh[:most]
        for entry in lease.entries if lease else ():
            one = self.waiting[entry.sequence]
            one.attempts, one.token, one.lease_until = (
                one.attempts + 1,
                lease.token if lease else "",
                self.now + LEASE_SECONDS,
            )
            assert (entry.record, entry.attempts) == (one.record, one.attempts)
        return lease or Lease("none", ())

    @rule(lease=leases, outcome=st.sampled_from([*OUTCOMES, "stored", "retry"]), skipped=st.integers(0, 2))
    def finish(self, lease: Lease, outcome: str, skipped: int) -> None:
        entries = lease.entries[skipped:]
        finished = [Finished(entry.sequence, outcome, "why") for entry in entries]  # type: ignore[arg-type]
        ended = 0
        for entry in entries:
            one = self.waiting.get(entry.sequence)
            if one is None or one.token != lease.token:
                continue
            if outcome == "retry" and one.attempts < MOST_ATTEMPTS:
                one.token, one.next_at = None, self.now + (0.2, 1.0, 5.0, 15.0)[one.attempts - 1]
                continue
            ended += 1
            del self.waiting[entry.sequence]
            self.counts[self.outcome(entry.sequence, one.record, "quarantined" if outcome == "retry" else outcome)] += 1
        assert self.inbox.finish(lease, finished, now=self.now) == ended

    def outcome(self, sequence: int, record: RedactedRecord, outcome: str) -> str:
        if outcome != "stored":
            return outcome
        revision, version = self.known.get(record.id, ("", 0))
        if revision == record.revision or version > sequence:
            return "duplicate"
        self.known[record.id] = (record.revision, sequence)
        return "stored"

    @rule(lease=leases)
    def release(self, lease: Lease) -> None:
        self.inbox.release(lease)
        for one in self.waiting.values():
            if one.token == lease.token:
                one.token, one.attempts = None, one.attempts - 1

    @rule(seconds=st.sampled_from([0.1, 10.0, 61.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule(holder=st.sampled_from([None, "1", "2"]))
    def a_worker_dies(self, holder: str | None) -> None:
        self.inbox.expire_leases(holder=holder)
        for one in self.waiting.values():
            if one.token and (holder is None or one.token.startswith(f"{holder}:")):
                one.lease_until = 0.0

    @precondition(lambda self: self.counts["quarantined"])
    @rule()
    def retry_from_quarantine(self) -> None:
        quarantine = Quarantine(self.database)
        record = quarantine.list()[0]
        quarantine.retry(record.number)
        sequence = self.database.connection.execute("SELECT max(sequence) FROM entry").fetchone()[0]
        row = self.database.connection.execute(
            "SELECT id, revision FROM entry WHERE sequence = ?", (sequence,)
        ).fetchone()
        at = datetime(2026, 1, 1, tzinfo=UTC)
        again = RedactedRecord(row[0].hex(), row[1], record.place, {"text": record.place}, at)
        self.waiting[sequence] = Waiting(again)
        self.counts["quarantined"] -= 1

    @rule()
    def crash(self) -> None:
        self.database.close()
        self.open()

    @invariant()
    def counts_add_up(self) -> None:
        report = self.runs.report(self.run)
        assert report.adds_up
        assert (report.read, report.pending) == (self.read, len(self.waiting))
        assert report.outcomes == {outcome: self.counts[outcome] for outcome in OUTCOMES}
        assert self.inbox.backlog(now=self.now).records == len(self.waiting)
        assert Quarantine(self.database).count() == self.counts["quarantined"]
        assert self.inbox.known_revisions(list(self.known)) == self.known


InboxModel.TestCase.settings = settings(max_examples=60, stateful_step_count=30)
TestInboxModel = InboxModel.TestCase
