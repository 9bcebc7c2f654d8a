"""Records are acknowledged in batches when they are on disk, and a run ends however its reading ends."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.inbox import Inbox
from ingest.intake import BATCH_RECORDS, Intake
from ingest.outcome import Finished
from ingest.quarantine import Quarantine
from ingest.raw import RawRecord, Unreadable
from ingest.runs import Runs
from ingest.secret import Secret
from textcx.database import Database
from textcx.errors import BacklogFullError, ConfigError, SourceUnreadableError


def a_record(number: int, **fields: Any) -> RawRecord:
    filled = {"source": "suite", "text": f"Text {number}", **fields}
    return RawRecord("test", "suite", str(number), f"line {number}", filled, datetime.now(UTC))


def records(count: int) -> Iterator[RawRecord]:
    yield from (a_record(number) for number in range(count))


def test_each_batch_is_there_when_its_number_is_given(intake: Intake, inbox: Inbox, runs: Runs) -> None:
    run = runs.start("suite")
    seen = [(taken, inbox.backlog(now=0).records) for taken in intake.take(run, records(2 * BATCH_RECORDS + 1))]
    assert seen == [(taken, taken) for taken in (BATCH_RECORDS, 2 * BATCH_RECORDS, 2 * BATCH_RECORDS + 1)]
    assert (runs.report(run).state, runs.report(run).read) == ("complete", 2 * BATCH_RECORDS + 1)


def test_an_empty_source_is_a_complete_run_of_nothing(intake: Intake, runs: Runs) -> None:
    run = runs.start("suite")
    assert list(intake.take(run, [])) == [0]
    assert runs.report(run).is_done


def test_what_was_read_before_a_source_breaks_off_is_taken_in(intake: Intake, runs: Runs) -> None:
    def breaking() -> Iterator[RawRecord]:
        yield from records(3)
        raise SourceUnreadableError("file.gz breaks off")

    run = runs.start("suite")
    with pytest.raises(SourceUnreadableError):
        list(intake.take(run, breaking()))
    report = runs.report(run)
    assert (report.state, report.note, report.read, report.pending) == ("failed", "file.gz breaks off", 3, 3)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, ConfigError])
def test_a_run_that_is_stopped_does_not_wait_for_ever(intake: Intake, runs: Runs, stop: type[BaseException]) -> None:
    def stopped() -> Iterator[RawRecord]:
        yield from records(BATCH_RECORDS)
        raise stop

    run = runs.start("suite")
    with pytest.raises(stop):
        list(intake.take(run, stopped()))
    assert (runs.report(run).state, runs.report(run).note) == ("failed", "reading was stopped")
    assert (runs.report(run).read, runs.report(run).pending) == (BATCH_RECORDS, BATCH_RECORDS)


def test_what_cannot_be_read_or_redacted_is_sealed_and_counted(
    intake: Intake, runs: Runs, quarantine: Quarantine, database: Database, secret: Secret
) -> None:
    run = runs.start("suite")
    odd = [Unreadable("line 1", "line 1 is no JSON", '{"author": "anna_k"'), a_record(2, text=["anna_k"]), a_record(3)]
    list(intake.take(run, odd))
    assert [record.reason for record in quarantine.list()] == [
        "line 1 is no JSON",
        "cannot be redacted: line 2: text is of type list",
    ]
    assert (runs.report(run).read, runs.report(run).pending, runs.report(run).outcomes["quarantined"]) == (3, 1, 2)
    assert runs.report(run).adds_up
    bodies = [body for (body,) in database.connection.execute("SELECT body FROM quarantine ORDER BY number")]
    assert [b"anna_k" in body for body in bodies] == [False, False]
    assert [b"anna_k" in secret.unseal(body) for body in bodies] == [True, True]


def test_a_full_inbox_slows_the_reader_down_and_drops_nothing(database: Database, runs: Runs, secret: Secret) -> None:
    inbox, waits = Inbox(database, most_waiting_records=BATCH_RECORDS), []

    def work(seconds: float) -> None:
        waits.append(seconds)
        lease = inbox.lease(most=BATCH_RECORDS, now=0, seconds=60)
        assert lease is not None
        inbox.finish(lease, [Finished(entry.sequence, "stored") for entry in lease.entries], now=0)

    run = runs.start("suite")
    list(Intake(inbox, runs, secret, sleep=work).take(run, records(3 * BATCH_RECORDS)))
    assert waits
    assert max(waits) < 1
    assert (runs.report(run).read, runs.report(run).pending) == (3 * BATCH_RECORDS, BATCH_RECORDS)


def test_a_batch_from_a_caller_is_refused_where_the_inbox_is_full(
    database: Database, runs: Runs, secret: Secret
) -> None:
    intake = Intake(Inbox(database, most_waiting_records=2), runs, secret)
    intake.take_now(runs.start("api"), records(2))
    run = runs.start("api")
    with pytest.raises(BacklogFullError):
        intake.take_now(run, records(1))
    assert (runs.report(run).state, runs.report(run).read) == ("failed", 0)


def test_the_data_folder_is_its_owners_alone(intake: Intake, tmp_path: Path) -> None:
    for path in (tmp_path / "data", *(tmp_path / "data").iterdir()):
        assert path.stat().st_mode & 0o077 == 0, path
