"""A batch goes from the inbox to the store, and a record that cannot harms only itself."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.inbox import MOST_ATTEMPTS, Inbox, Lease
from ingest.intake import Intake
from ingest.job import Job
from ingest.near_copies import NearCopies
from ingest.outcome import Finished, RunReport
from ingest.quarantine import Quarantine
from ingest.raw import RawRecord
from ingest.runs import Runs
from ingest.secret import Secret
from textcx.annotation import Annotations, Storable, Values
from textcx.database import Database
from textcx.document import Document
from textcx.errors import AnalysisError, RefusedMentionsError, StoreUnavailableError
from textcx.query.tree import Everything
from textcx.store.base import Person
from textcx.testing.list_store import ListStore
from textcx.words import Lemmas

LEMMAS = Lemmas()
LONG = "Jag beställde en soffa i mars och fick vänta sju veckor på den, och ingen svarade på mina mejl"


class WorkerDied(BaseException):
    """As if the process had been killed: nothing in the job may catch it."""


class StubPipeline:
    """Fails on, or dies of, texts with certain words."""

    def __init__(self) -> None:
        self.documents: list[Document] = []
        self.fails_on = "bad"

    def annotate_values(self, documents: Sequence[Document]) -> Sequence[Values | AnalysisError]:
        self.documents += documents
        if any("killer" in document.text for document in documents):
            raise WorkerDied
        answer = Annotations.model_validate({"language": {"code": "und", "confidence": 0}}).model_dump(mode="json")
        return [
            AnalysisError("component x failed") if self.fails_on in document.text else answer for document in documents
        ]


class DyingInbox(Inbox):
    """An inbox whose worker dies when all is stored and nothing yet ended."""

    def finish(self, lease: Lease, finished: Sequence[Finished], *, now: float) -> int:
        raise WorkerDied


class ShakyStore(ListStore):
    """A store that is away for a while."""

    failures = 0

    def put(self, mentions: Sequence[Storable]) -> int:
        if self.failures:
            self.failures -= 1
            raise StoreUnavailableError("mentions.db is away")
        return super().put(mentions)


class ForgettingStore(ListStore):
    """A store whose mentions are erased between the moment a worker asks for them and the moment it stores them."""

    def put(self, mentions: Sequence[Storable]) -> int:
        self.forget([one.mention.id for one in mentions if "hemligt" in one.mention.text])
        return super().put(mentions)


class PickyStore(ListStore):
    """A store that will never take some mentions, and keeps the others of their batch."""

    def put(self, mentions: Sequence[Storable]) -> int:
        refused = {one.mention.id: "field too long" for one in mentions if "endless" in one.mention.text}
        kept = super().put([one for one in mentions if one.mention.id not in refused])
        if refused:
            raise RefusedMentionsError(refused)
        return kept


class Works:
    """A job with everything around it, and a clock that moves as it works."""

    def __init__(self, database: Database, intake: Intake) -> None:
        self.inbox, self.runs, self.intake = Inbox(database), Runs(database), intake
        self.store, self.pipeline, self.now = ShakyStore(LEMMAS), StubPipeline(), 1000.0
        self.job = Job(self.inbox, NearCopies(database), self.pipeline, self.store, holder="w", clock=lambda: self.now)

    def take(self, *records: RawRecord) -> str:
        run = self.runs.start("suite")
        self.intake.take_now(run, records)
        return run

    def work(self) -> None:
        """Work until nothing waits; a worker that dies is replaced, as `service.worker` does."""
        while self.inbox.backlog(now=self.now).records:
            self.now += 20
            try:
                self.job.work_once()
            except WorkerDied:
                self.inbox.expire_leases(holder="w")

    def end(self, *records: RawRecord) -> RunReport:
        run = self.take(*records)
        self.work()
        report = self.runs.report(run)
        assert report.adds_up
        assert report.pending == 0
        return report

    def texts(self) -> list[str]:
        return sorted(one.mention.text for one in self.store.export(Everything()))


@pytest.fixture
def works(database: Database, intake: Intake) -> Works:
    return Works(database, intake)


def a_record(name: str, text: str = "", **fields: Any) -> RawRecord:
    filled = {"source": "suite", "kind": "review", "text": text, **fields}
    return RawRecord("test", "suite", name, f"line {name}", filled, datetime(2026, 1, 1, tzinfo=UTC))


def counted(report: RunReport) -> dict[str, int]:
    return {name: count for name, count in {**report.outcomes, **report.remarks}.items() if count}


def test_every_record_ends_in_one_way(works: Works) -> None:
    report = works.end(
        a_record("1", "Bra", published_at="2026-01-01"),
        a_record("2", "Ring 070-123 45 67"),
        a_record("3", ratings=[{"measure": "nps", "value": 9, "lowest": 0, "highest": 10}]),
        a_record("4"),
        a_record("5", "Sen", published_at="soon"),
        a_record("1", "Bra", published_at="2026-01-01"),
        a_record("6", LONG),
        a_record("7", LONG.replace("sju", "fem")),
    )
    assert counted(report) == {
        "stored": 5, "duplicate": 1, "filtered": 1, "quarantined": 1, "near_copy": 1, "undated": 4, "redacted": 1
    }  # fmt: skip
    assert len(works.texts()) == 5


def test_a_second_reading_stores_nothing_and_a_change_replaces(works: Works) -> None:
    assert counted(works.end(a_record("1", "Bra"), a_record("2", "Sen"))) == {"stored": 2, "undated": 2}
    assert counted(works.end(a_record("1", "Bra"), a_record("2", "Sen"))) == {"duplicate": 2}
    assert len(works.pipeline.documents) == 2, "what is known is not analysed again"
    assert counted(works.end(a_record("1", "Bättre"))) == {"stored": 1, "changed": 1, "undated": 1}
    assert works.texts() == ["Bättre", "Sen"]


def test_equal_texts_of_different_people_all_count(works: Works) -> None:
    assert counted(works.end(a_record("1", "Bra!"), a_record("2", "Bra!"), a_record("3", "Bra!"))) == {
        "stored": 3,
        "undated": 3,
    }


def test_what_was_erased_does_not_come_back(works: Works) -> None:
    works.end(a_record("1", "Bra"))
    works.store.forget([one.mention.id for one in works.store.export(Everything())])
    assert counted(works.end(a_record("1", "Bra, nu igen"))) == {"filtered": 1}
    assert works.texts() == []


def test_what_a_refused_person_sends_is_filtered_even_where_it_cannot_be_read(
    works: Works, secret: Secret, quarantine: Quarantine
) -> None:
    works.store.refuse([Person(author=secret.pseudonym("suite", "kim"))])
    unreadable = a_record("2", "Sen", author="kim", published_at="när?")
    assert counted(works.end(a_record("1", "Bra", author="kim"), unreadable, a_record("3", "Bra", author="alva"))) == {
        "filtered": 2,
        "stored": 1,
        "undated": 1,
    }
    assert quarantine.count() == 0


def test_what_is_erased_while_it_is_analysed_leaves_no_sketch_behind(database: Database, intake: Intake) -> None:
    works = Works(database, intake)
    works.store = ForgettingStore(LEMMAS)  # type: ignore[assignment]
    works.job = Job(works.inbox, NearCopies(database), works.pipeline, works.store, holder="w")
    assert counted(works.end(a_record("1", f"{LONG} hemligt"))) == {"filtered": 1}
    assert counted(works.end(a_record("2", LONG))) == {"stored": 1, "undated": 1}, "a near copy of nothing"


def test_what_the_store_will_never_take_is_set_aside_and_the_rest_is_stored(
    works: Works, quarantine: Quarantine, database: Database
) -> None:
    works.store = PickyStore(LEMMAS)  # type: ignore[assignment]
    works.job = Job(works.inbox, NearCopies(database), works.pipeline, works.store, holder="w")
    records = [a_record("1", "Fin"), a_record("2", "endless"), a_record("3", "Snabb")]
    assert counted(works.end(*records)) == {"stored": 2, "quarantined": 1, "undated": 2}
    assert [record.reason for record in quarantine.list()] == ["field too long"]


@pytest.mark.parametrize(
    ("poison", "reason"),
    [("killer", "the worker that analysed it died or ran out of time (5 attempts)"), ("bad", "component x failed")],
)
def test_a_poison_record_harms_only_itself(works: Works, quarantine: Quarantine, poison: str, reason: str) -> None:
    records = [a_record(str(number), poison if number == 17 else f"Text {number}") for number in range(50)]
    assert counted(works.end(*records)) == {"stored": 49, "quarantined": 1, "undated": 49}
    [record] = quarantine.list()
    assert (record.place, record.reason, record.can_retry) == ("line 17", reason, True)
    assert len(works.pipeline.documents) <= 50 + 50 + MOST_ATTEMPTS


def test_a_poison_record_may_be_tried_again_when_its_cause_is_mended(works: Works, quarantine: Quarantine) -> None:
    report = works.end(a_record("1", "bad"))
    works.pipeline.fails_on = "nothing"
    quarantine.retry(quarantine.list()[0].number)
    works.work()
    assert counted(works.runs.report(report.run)) == {"stored": 1, "undated": 1}


def test_a_store_that_is_away_costs_no_attempt(works: Works) -> None:
    run = works.take(*(a_record(str(number), f"Text {number}") for number in range(5)))
    works.store.failures = 2 * MOST_ATTEMPTS
    for _ in range(2 * MOST_ATTEMPTS):
        with pytest.raises(StoreUnavailableError):
            works.job.work_once()
    assert works.job.work_once() == 5
    assert works.job.work_once() == 0
    assert counted(works.runs.report(run)) == {"stored": 5, "undated": 5}


def test_a_worker_that_dies_between_store_and_inbox_changes_nothing(works: Works, database: Database) -> None:
    run = works.take(a_record("1", LONG), a_record("2", "Sen"))
    inbox = DyingInbox(database)
    doomed = Job(inbox, NearCopies(database), works.pipeline, works.store, holder="w", clock=lambda: works.now)
    with pytest.raises(WorkerDied):
        doomed.work_once()
    assert len(works.texts()) == 2
    works.inbox.expire_leases(holder="w")
    works.work()
    assert counted(works.runs.report(run)) == {"stored": 2, "undated": 2}
    assert len(works.texts()) == 2


def test_the_pipeline_is_told_what_the_source_says(works: Works) -> None:
    asked = {"question": "Hur gick leveransen?"}
    works.end(a_record("1", "Bra", language="no", kind="survey_answer", asked=asked))
    assert works.pipeline.documents == [
        Document(text="Bra", language="nb", kind="survey_answer", context="Hur gick leveransen?")
    ]
