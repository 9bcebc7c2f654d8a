"""A run says what became of its records, at any moment."""

from datetime import UTC, datetime

import pytest

from ingest.inbox import Inbox
from ingest.outcome import Finished
from ingest.raw import RedactedRecord
from ingest.runs import Runs
from textcx.errors import NotFoundError


def test_a_run_is_done_when_all_is_read_and_nothing_is_pending(inbox: Inbox, runs: Runs) -> None:
    run = runs.start("file a.csv")
    assert (runs.report(run).state, runs.report(run).is_done) == ("reading", False)
    inbox.enqueue(run, [RedactedRecord("a" * 64, "1", "line 1", {"text": "Bra"}, datetime.now(UTC))])
    runs.end(run)
    assert not runs.report(run).is_done
    lease = inbox.lease(most=1, now=0, seconds=60)
    assert lease is not None
    inbox.finish(lease, [Finished(lease.entries[0].sequence, "filtered")], now=0)
    assert runs.report(run).is_done
    assert runs.report(run).adds_up
    assert runs.outcomes() == {"stored": 0, "duplicate": 0, "filtered": 1, "quarantined": 0}


def test_a_failed_run_says_why(runs: Runs) -> None:
    run = runs.start("file a.csv")
    runs.end(run, state="failed", note="a.csv breaks off")
    assert (runs.report(run).state, runs.report(run).note) == ("failed", "a.csv breaks off")


def test_the_latest_runs_come_first(runs: Runs) -> None:
    started = [runs.start(f"file {number}") for number in range(3)]
    assert [report.run for report in runs.latest(limit=2)] == [started[2], started[1]]


def test_a_run_that_is_not_there_is_named(runs: Runs) -> None:
    with pytest.raises(NotFoundError, match="no run 'x'"):
        runs.report("x")


def test_a_persons_address_in_a_files_name_is_not_kept(runs: Runs) -> None:
    assert runs.report(runs.start("file anna@example.com.csv")).source == "file [email]"
