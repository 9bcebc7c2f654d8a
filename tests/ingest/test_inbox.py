"""The inbox keeps what it has acknowledged until a worker ends it, and nothing ends twice."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from ingest.inbox import MOST_ATTEMPTS, Inbox, Lease, SetAside
from ingest.inbox_file import open_inbox_file
from ingest.outcome import Finished, RunReport
from ingest.quarantine import Quarantine
from ingest.raw import RedactedRecord
from ingest.runs import Runs
from textcx.database import Database
from textcx.errors import BacklogFullError, StoreUnavailableError
from textcx.mention import mention_id


def a_record(name: str, revision: str = "1") -> RedactedRecord:
    fields = {"source": "suite", "text": f"Text {name}"}
    return RedactedRecord(
        mention_id("test", "suite", name), revision, f"line {name}", fields, datetime(2026, 1, 1, tzinfo=UTC)
    )


def records(count: int) -> list[RedactedRecord]:
    return [a_record(str(number)) for number in range(count)]


def leased(inbox: Inbox, *, now: float = 1000.0, most: int = 100, holder: str = "w") -> Lease:
    lease = inbox.lease(most=most, now=now, seconds=60, holder=holder)
    assert lease is not None
    return lease


def ended(lease: Lease, outcome: str = "stored", reason: str | None = None) -> Sequence[Finished]:
    return [Finished(entry.sequence, outcome, reason) for entry in lease.entries]  # type: ignore[arg-type]


@pytest.fixture
def run(runs: Runs) -> str:
    return runs.start("suite")


def test_what_was_taken_in_comes_out_in_order_as_it_was(inbox: Inbox, run: str) -> None:
    taken = records(5)
    inbox.enqueue(run, taken)
    lease = leased(inbox, most=3)
    assert [entry.record for entry in lease.entries] == taken[:3]
    assert [entry.record for entry in leased(inbox).entries] == taken[3:]
    assert [entry.attempts for entry in lease.entries] == [1, 1, 1]
    assert [entry.sequence for entry in lease.entries] == sorted(entry.sequence for entry in lease.entries)


def test_an_empty_inbox_gives_nothing(inbox: Inbox) -> None:
    assert inbox.lease(most=10, now=0, seconds=60) is None


def test_what_is_leased_is_not_given_out_twice_until_the_lease_ends(inbox: Inbox, run: str) -> None:
    inbox.enqueue(run, records(2))
    first = leased(inbox)
    assert inbox.lease(most=10, now=1059, seconds=60) is None
    again = leased(inbox, now=1061)
    assert again.token != first.token
    assert again.entries[0].attempts == 2


def test_a_token_that_ran_out_changes_nothing(inbox: Inbox, runs: Runs, run: str) -> None:
    inbox.enqueue(run, records(1))
    stale = leased(inbox)
    fresh = leased(inbox, now=1061)
    assert inbox.finish(stale, ended(stale, "quarantined", "late"), now=62) == 0
    inbox.release(stale)
    assert runs.report(run).pending == 1
    assert inbox.finish(fresh, ended(fresh), now=63) == 1
    assert inbox.finish(fresh, ended(fresh), now=64) == 0
    assert runs.report(run).outcomes["stored"] == 1


def test_records_counts_and_cursor_are_written_together_or_not_at_all(database: Database, runs: Runs, run: str) -> None:
    inbox = Inbox(database, most_waiting_records=3)
    inbox.enqueue(run, records(2), cursor=("feed", "page 1"))
    with pytest.raises(BacklogFullError) as caught:
        inbox.enqueue(run, records(2), set_aside=[SetAside("line 9", "unreadable", b"")], cursor=("feed", "page 2"))
    assert caught.value.retry_after_seconds > 0
    assert inbox.cursor("feed") == "page 1"
    assert inbox.cursor("other") is None
    assert (runs.report(run).read, runs.report(run).pending, runs.report(run).outcomes["quarantined"]) == (2, 2, 0)


def test_a_batch_larger_than_the_bound_is_taken_into_an_empty_inbox(database: Database, run: str) -> None:
    inbox = Inbox(database, most_waiting_records=3)
    inbox.enqueue(run, records(5))
    assert inbox.backlog(now=0).records == 5


def test_the_backlog_counts_records_bytes_and_age(inbox: Inbox, run: str) -> None:
    inbox.enqueue(run, records(3))
    begun = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    backlog = inbox.backlog(now=begun + 30)
    assert (backlog.records, backlog.oldest_age_seconds) == (3, 30)
    assert backlog.bytes > 0
    lease = leased(inbox)
    inbox.finish(lease, ended(lease), now=0)
    assert inbox.backlog(now=begun) == type(backlog)(0, 0, 0.0)


def test_after_a_crash_leftovers_are_tried_one_at_a_time_before_anything_new(inbox: Inbox, run: str) -> None:
    inbox.enqueue(run, records(5))
    left = leased(inbox, most=3, holder="dead")
    inbox.expire_leases(holder="dead")
    seen = []
    for _ in left.entries:
        lease = leased(inbox, most=100)
        assert len(lease.entries) == 1
        seen.append(lease.entries[0].sequence)
        inbox.finish(lease, ended(lease), now=0)
    assert seen == [entry.sequence for entry in left.entries]
    assert len(leased(inbox).entries) == 2


def test_a_record_that_kills_its_worker_is_tried_again_behind_its_neighbours(inbox: Inbox, run: str) -> None:
    inbox.enqueue(run, records(4))
    poison = leased(inbox, most=3, holder="dead").entries[0].sequence
    seen = []
    for _ in range(3 + MOST_ATTEMPTS - 2):
        inbox.expire_leases(holder="dead")
        lease = leased(inbox, holder="dead")
        seen.append(lease.entries[0].sequence)
        if seen[-1] != poison:
            inbox.finish(lease, ended(lease), now=0)
    assert seen == [poison, poison + 1, poison + 2, poison, poison, poison]


def test_only_the_leases_of_the_dead_are_ended(inbox: Inbox, run: str) -> None:
    inbox.enqueue(run, records(2))
    leased(inbox, most=1, holder="1")
    leased(inbox, most=1, holder="11")
    inbox.expire_leases(holder="1")
    assert len(leased(inbox).entries) == 1
    assert inbox.lease(most=10, now=1000, seconds=60) is None
    inbox.expire_leases()
    assert len(leased(inbox).entries) == 1


def test_a_record_taken_too_often_is_quarantined_with_its_reason(
    inbox: Inbox, runs: Runs, quarantine: Quarantine, run: str
) -> None:
    inbox.enqueue(run, records(1))
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert leased(inbox, now=attempt).entries[0].attempts == attempt
        inbox.expire_leases()
    assert inbox.lease(most=10, now=100, seconds=60) is None
    [record] = quarantine.list()
    assert record.reason == "the worker that analysed it died or ran out of time (5 attempts)"
    assert record.place == "line 0"
    assert (runs.report(run).outcomes["quarantined"], inbox.backlog(now=0).records) == (1, 0)


def test_a_failure_is_tried_again_later_and_then_quarantined(inbox: Inbox, quarantine: Quarantine, run: str) -> None:
    inbox.enqueue(run, records(1))
    now = 0.0
    for _ in range(MOST_ATTEMPTS):
        lease = leased(inbox, now=now)
        inbox.finish(lease, ended(lease, "retry", "component x failed"), now=now)
        assert inbox.lease(most=10, now=now, seconds=60) is None, "not at once"
        now += 20
    assert [record.reason for record in quarantine.list()] == ["component x failed"]


def test_what_is_given_back_is_as_if_it_had_not_been_taken(inbox: Inbox, run: str) -> None:
    inbox.enqueue(run, records(3))
    for _ in range(2 * MOST_ATTEMPTS):
        inbox.release(leased(inbox))
    assert [entry.attempts for entry in leased(inbox).entries] == [1, 1, 1]


@pytest.mark.parametrize(
    ("revisions", "outcomes", "changed"),
    [
        (["1", "1"], {"stored": 1, "duplicate": 1}, 0),
        (["1", "2"], {"stored": 2}, 1),
        (["1", "2", "1"], {"stored": 3}, 2),
        (["1", "1", "2", "2"], {"stored": 2, "duplicate": 2}, 1),
    ],
)
def test_whether_a_record_is_new_is_decided_when_it_ends(
    inbox: Inbox, runs: Runs, run: str, revisions: list[str], outcomes: dict[str, int], changed: int
) -> None:
    for revision in revisions:
        inbox.enqueue(run, [a_record("same", revision)])
        lease = leased(inbox)
        inbox.finish(lease, ended(lease), now=0)
    report = runs.report(run)
    assert {name: count for name, count in report.outcomes.items() if count} == outcomes
    assert report.remarks["changed"] == changed


def test_an_older_revision_that_ends_later_does_not_win(inbox: Inbox, run: str) -> None:
    inbox.enqueue(run, [a_record("same", "old"), a_record("same", "new")])
    old, new = leased(inbox, most=1), leased(inbox, most=1)
    inbox.finish(new, ended(new), now=0)
    inbox.finish(old, ended(old), now=0)
    assert inbox.known_revisions([a_record("same").id]) == {a_record("same").id: ("new", new.entries[0].sequence)}


def test_remarks_count_for_what_was_stored_alone(inbox: Inbox, runs: Runs, run: str) -> None:
    for _ in range(2):
        inbox.enqueue(run, [a_record("same")])
        lease = leased(inbox)
        inbox.finish(lease, [Finished(lease.entries[0].sequence, "stored", remarks=("undated", "redacted"))], now=0)
    assert runs.report(run).remarks == {"changed": 0, "near_copy": 0, "undated": 1, "redacted": 1}


def test_what_was_acknowledged_is_there_after_the_file_is_opened_again(
    database: Database, inbox: Inbox, run: str
) -> None:
    inbox.enqueue(run, records(3), cursor=("feed", "7"))
    lease = leased(inbox, most=1)
    inbox.finish(lease, ended(lease), now=0)
    database.close()
    again = open_inbox_file(database.path.parent)
    assert Inbox(again).cursor("feed") == "7"
    assert Runs(again).report(run) == RunReport(
        run, "suite", "reading", 3, {"stored": 1, "duplicate": 0, "filtered": 0, "quarantined": 0},
        {"changed": 0, "near_copy": 0, "undated": 0, "redacted": 0}, 2,
    )  # fmt: skip
    again.close()


def test_a_restored_inbox_goes_on_behind_what_is_stored(inbox: Inbox, runs: Runs, run: str) -> None:
    inbox.enqueue(run, records(3))
    leased(inbox, most=2)
    inbox.resume(after=1_000)
    assert runs.report(run).state == "failed"
    inbox.enqueue(run, [a_record("new")])
    inbox.resume(after=5)
    inbox.enqueue(run, [a_record("newer")])
    given = [[entry.sequence for entry in leased(inbox).entries] for _ in range(3)]
    assert given == [[1], [2], [3, 1_001, 1_002]], (
        "what a worker of the past held comes one at a time, as after a crash"
    )


def test_each_commit_is_on_the_disk(database: Database) -> None:
    pragmas = {
        name: database.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("synchronous", "journal_mode")
    }
    assert pragmas == {"synchronous": 2, "journal_mode": "wal"}


def test_a_full_disk_takes_nothing_and_says_so(database: Database, inbox: Inbox, runs: Runs, run: str) -> None:
    pages = database.connection.execute("PRAGMA page_count").fetchone()[0]
    database.connection.execute(f"PRAGMA max_page_count={pages + 5}")
    with pytest.raises(StoreUnavailableError, match="disk full"):
        inbox.enqueue(run, records(5000), cursor=("feed", "1"))
    assert (runs.report(run).read, inbox.backlog(now=0).records, inbox.cursor("feed")) == (0, 0, None)
    database.connection.execute(f"PRAGMA max_page_count={pages + 5000}")
    inbox.enqueue(run, records(5000))
    assert runs.report(run).adds_up


def test_giving_out_takes_no_longer_when_much_is_waiting(database: Database, inbox: Inbox, run: str) -> None:
    inbox.enqueue(run, records(2000))
    plans = []
    database.connection.set_trace_callback(plans.append)
    lease = leased(inbox)
    inbox.release(lease)
    database.connection.set_trace_callback(None)
    for statement in plans:
        if statement.startswith(("UPDATE entry", "SELECT")):
            steps = [step for *_, step in database.connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
            assert not [step for step in steps if step == "SCAN entry"], statement
