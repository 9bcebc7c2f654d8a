"""What was set aside can be looked at, put back or dropped, and what is sealed does not stay."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.inbox import Inbox, SetAside
from ingest.outcome import Finished
from ingest.quarantine import SEALED_KEPT_DAYS, Quarantine
from ingest.raw import RedactedRecord
from ingest.runs import Runs
from textcx.errors import ConflictError, NotFoundError

NOW = datetime.now(UTC)


@pytest.fixture
def run(runs: Runs, inbox: Inbox) -> str:
    run = runs.start("suite")
    record = RedactedRecord("a" * 64, "1", "line 2", {"text": "Bra"}, NOW)
    inbox.enqueue(run, [record], set_aside=[SetAside("line 1", "line 1 is no JSON", b"sealed-canary")])
    lease = inbox.lease(most=1, now=0, seconds=60)
    assert lease is not None
    inbox.finish(lease, [Finished(lease.entries[0].sequence, "quarantined", "rating stars: 6 is outside")], now=0)
    runs.end(run)
    return run


def test_records_are_listed_with_place_and_reason(quarantine: Quarantine, run: str) -> None:
    unreadable, unfit = quarantine.list()
    assert (unreadable.place, unreadable.reason, unreadable.can_retry) == ("line 1", "line 1 is no JSON", False)
    assert (unfit.place, unfit.reason, unfit.can_retry, unfit.run) == (
        "line 2",
        "rating stars: 6 is outside",
        True,
        run,
    )
    assert abs(unfit.set_aside_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert quarantine.list(after=unreadable.number) == (unfit,)
    assert quarantine.list(limit=1) == (unreadable,)
    assert quarantine.count() == 2


def test_a_record_put_back_is_worked_on_again_and_its_run_still_adds_up(
    quarantine: Quarantine, inbox: Inbox, runs: Runs, run: str
) -> None:
    number = quarantine.list()[1].number
    quarantine.retry(number)
    assert (runs.report(run).pending, runs.report(run).outcomes["quarantined"], runs.report(run).is_done) == (
        1,
        1,
        False,
    )
    assert runs.report(run).adds_up
    lease = inbox.lease(most=10, now=0, seconds=60)
    assert lease is not None
    assert (lease.entries[0].record.fields, lease.entries[0].attempts) == ({"text": "Bra"}, 1)
    inbox.finish(lease, [Finished(lease.entries[0].sequence, "stored")], now=0)
    assert runs.report(run).outcomes == {"stored": 1, "duplicate": 0, "filtered": 0, "quarantined": 1}
    with pytest.raises(NotFoundError, match="textcx quarantine list"):
        quarantine.retry(number)


def test_what_was_never_readable_cannot_be_put_back(quarantine: Quarantine, run: str) -> None:
    with pytest.raises(ConflictError, match="Mend it in its source"):
        quarantine.retry(quarantine.list()[0].number)
    assert quarantine.count() == 2


def test_a_dropped_record_leaves_no_byte_and_its_run_still_counts_it(
    quarantine: Quarantine, runs: Runs, run: str, tmp_path: Path
) -> None:
    assert b"sealed-canary" in bytes_of(tmp_path)
    number = quarantine.list()[0].number
    quarantine.drop(number)
    assert b"sealed-canary" not in bytes_of(tmp_path)
    assert runs.report(run).outcomes["quarantined"] == 2
    with pytest.raises(NotFoundError):
        quarantine.drop(number)


def test_sealed_records_are_deleted_after_seven_days_and_redacted_ones_stay(
    quarantine: Quarantine, run: str, tmp_path: Path
) -> None:
    assert SEALED_KEPT_DAYS == 7
    assert quarantine.purge_sealed(now=NOW + timedelta(days=6, hours=23)) == 0
    assert quarantine.purge_sealed(now=NOW + timedelta(days=7, hours=1)) == 1
    assert [record.place for record in quarantine.list()] == ["line 2"]
    assert b"sealed-canary" not in bytes_of(tmp_path)


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
