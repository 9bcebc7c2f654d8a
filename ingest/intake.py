"""Intake: takes a source's records into the inbox, redacted, in batches that are acknowledged when on disk."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ingest.inbox import Inbox, SetAside
from ingest.raw import RawRecord, RedactedRecord, Unreadable
from ingest.redact import redact
from ingest.runs import Runs
from ingest.secret import Secret
from textcx.errors import BacklogFullError, RunError, UnredactableRecordError

BATCH_RECORDS = 500
_MOST_KEPT_OF_UNREADABLE = 10_000
"""Characters of an unreadable record that are sealed for a look."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A batch as it goes into the inbox."""

    records: tuple[RedactedRecord, ...]
    set_aside: tuple[SetAside, ...]


class Intake:
    """Redacts and enqueues.

    Args:
        inbox: Takes the records.
        runs: Counts them.
        secret: Makes pseudonyms, and seals what cannot be redacted.
        sleep: Waits while the inbox is full; the reader is slowed down, nothing is dropped.
    """

    def __init__(
        self, inbox: Inbox, runs: Runs, secret: Secret, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._inbox = inbox
        self._runs = runs
        self._secret = secret
        self._sleep = sleep

    def take(self, run: str, records: Iterable[RawRecord | Unreadable]) -> Iterator[int]:
        """Take in all records of a run, giving the number taken after each batch, and end the run's reading.

        Raises:
            RunError: Reading broke off; the run is marked as failed, and what was read before is taken in.
        """
        taken = 0
        batch: list[RawRecord | Unreadable] = []
        try:
            for record in records:
                batch.append(record)
                if len(batch) >= BATCH_RECORDS:
                    self.enqueue(run, batch)
                    taken += len(batch)
                    batch = []
                    yield taken
        except RunError as error:
            self.enqueue(run, batch)
            self._runs.end(run, state="failed", note=str(error))
            raise
        except BaseException:  # stopped from outside: what was acknowledged stays, the run does not wait for ever
            self._runs.end(run, state="failed", note="reading was stopped")
            raise
        self.enqueue(run, batch)
        self._runs.end(run)
        yield taken + len(batch)

    def take_now(self, run: str, records: Iterable[RawRecord | Unreadable]) -> None:
        """Take in one small batch and end the run's reading; refuse instead of waiting where the inbox is full.

        Raises:
            BacklogFullError: Nothing was taken.
        """
        prepared = self.prepare(records)
        try:
            self._inbox.enqueue(run, prepared.records, set_aside=prepared.set_aside)
        except BacklogFullError:
            self._runs.end(run, state="failed", note="the inbox was full; nothing was taken")
            raise
        self._runs.end(run)

    def enqueue(
        self, run: str, batch: Iterable[RawRecord | Unreadable], *, cursor: tuple[str, str] | None = None
    ) -> None:
        """Take in one batch, with the source's cursor in the same transaction; wait where the inbox is full."""
        prepared = self.prepare(batch)
        while True:
            try:
                self._inbox.enqueue(run, prepared.records, set_aside=prepared.set_aside, cursor=cursor)
            except BacklogFullError as error:
                self._sleep(error.retry_after_seconds / 10)
            else:
                return

    def prepare(self, records: Iterable[RawRecord | Unreadable]) -> Prepared:
        """Return the records as they may be written: redacted or, where that cannot be done, sealed and set aside."""
        redacted, set_aside = [], []
        for record in records:
            if isinstance(record, Unreadable):
                set_aside.append(self._seal(record.place, record.reason, record.content))
                continue
            try:
                redacted.append(redact(record, self._secret))
            except UnredactableRecordError as error:
                set_aside.append(self._seal(record.place, f"cannot be redacted: {error}", repr(dict(record.fields))))
        return Prepared(tuple(redacted), tuple(set_aside))

    def _seal(self, place: str, reason: str, content: str) -> SetAside:
        kept = content[:_MOST_KEPT_OF_UNREADABLE].encode("utf-8", "replace")
        return SetAside(place, reason, self._secret.seal(kept))
