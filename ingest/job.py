"""Job: from the inbox to the store, one leased batch at a time.

The order makes it safe to die anywhere: the store keeps the batch first (a repeat changes nothing, since the
version is the same), then the inbox ends its entries. The one place that decides by the kind of an error.
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from ingest.inbox import Entry, Inbox, Lease
from ingest.near_copies import NearCopies
from ingest.normalize import bare_mention, normalize
from ingest.outcome import Finished, Remark
from textcx.annotation import AnnotatedValues, Values
from textcx.document import Document
from textcx.errors import AnalysisError, RefusedMentionsError, RetryableError, UnreadableRecordError
from textcx.mention import Mention
from textcx.store.base import MentionStore

BATCH_RECORDS = 512
BATCH_SECONDS = 120.0
"""How long a worker may hold a batch; `service.worker` ends itself when it takes longer."""
_ERASED = "erased for good"


class Annotator(Protocol):
    """What a job needs of a pipeline."""

    def annotate_values(self, documents: Sequence[Document]) -> Sequence[Values | AnalysisError]:
        """Return one answer per document, in order, as plain values."""
        ...


class Job:
    """Ends what waits in the inbox.

    Args:
        inbox: Where records wait.
        near_copies: Finds the original of a near copy.
        pipeline: Says what a text holds.
        store: Keeps the result.
        holder: Name of the worker, noted with its leases.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        inbox: Inbox,
        near_copies: NearCopies,
        pipeline: Annotator,
        store: MentionStore,
        *,
        holder: str,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._inbox = inbox
        self._near_copies = near_copies
        self._pipeline = pipeline
        self._store = store
        self._holder = holder
        self._clock = clock

    def work_once(self) -> int:
        """Lease a batch and end it; return how many records were leased, 0 if none waited.

        Raises:
            RetryableError: The store did not answer; the batch went back into the inbox uncounted.
        """
        lease = self._inbox.lease(most=BATCH_RECORDS, now=self._clock(), seconds=BATCH_SECONDS, holder=self._holder)
        if lease is None:
            return 0
        try:
            finished = self._end(lease)
        except RetryableError:
            self._inbox.release(lease)
            raise
        self._inbox.finish(lease, finished, now=self._clock())
        if any(one.reason == _ERASED for one in finished):
            self._inbox.empty_log()  # in which the words of the record still stand
        return len(lease.entries)

    def _end(self, lease: Lease) -> list[Finished]:
        known = self._inbox.known_revisions([entry.record.id for entry in lease.entries])
        read = [_read(entry) for entry in lease.entries]
        refused = self._store.refused(
            [
                bare_mention(entry.record) if isinstance(found, Finished) else found
                for entry, found in zip(lease.entries, read, strict=True)
            ]
        )
        finished, fresh = [], []
        for entry, found in zip(lease.entries, read, strict=True):
            if entry.record.id in refused:
                finished.append(Finished(entry.sequence, "filtered", _ERASED))
            elif (duplicate := _already_known(entry, known)) is not None:
                finished.append(duplicate)
            elif isinstance(found, Finished):
                finished.append(found)
            else:
                fresh.append(found)
        return finished + self._keep(self._near_copies.link(fresh))

    def _keep(self, mentions: Sequence[Mention]) -> list[Finished]:
        answers = self._pipeline.annotate_values([document_of(mention) for mention in mentions])
        finished, keep = [], []
        for mention, answer in zip(mentions, answers, strict=True):
            if isinstance(answer, AnalysisError):
                finished.append(Finished(mention.version, "retry", str(answer)))
            else:
                keep.append(AnnotatedValues(mention, answer))
                finished.append(Finished(mention.version, "stored", remarks=_remarks(mention)))
        try:
            if self._store.put(keep) == len(keep):  # so none of them was erased since we asked before
                return finished
        except RefusedMentionsError as error:
            reasons = {one.mention.version: error.reasons.get(one.mention.id) for one in keep}
            finished = [_set_aside(end, reasons.get(end.sequence)) for end in finished]
            self._near_copies.forget(error.reasons)
        erased = self._store.refused([one.mention for one in keep])
        if not erased:
            return finished
        self._near_copies.forget(erased)
        versions = {one.mention.version for one in keep if one.mention.id in erased}
        return [Finished(one.sequence, "filtered", _ERASED) if one.sequence in versions else one for one in finished]


def _read(entry: Entry) -> Mention | Finished:
    """Return the mention that an entry holds, or how it ends where it holds none."""
    try:
        mention = normalize(entry.record, version=entry.sequence)
    except UnreadableRecordError as error:
        return Finished(entry.sequence, "quarantined", str(error))
    if mention.text or mention.title or mention.ratings:
        return mention
    return Finished(entry.sequence, "filtered", "neither text nor rating")


def _set_aside(end: Finished, reason: str | None) -> Finished:
    return end if reason is None else Finished(end.sequence, "quarantined", reason)


def _already_known(entry: Entry, known: dict[str, tuple[str, int]]) -> Finished | None:
    """Return the end of an entry whose content is stored under another version, or None.

    The same version means that this very entry was stored and its worker died before it could say so.
    """
    revision, version = known.get(entry.record.id, ("", entry.sequence))
    if version == entry.sequence or (revision != entry.record.revision and version < entry.sequence):
        return None
    return Finished(entry.sequence, "duplicate")


def document_of(mention: Mention) -> Document:
    """Return what the pipeline is given of a mention."""
    return Document(
        text=mention.text,
        language=mention.language,
        kind=mention.kind,
        context=mention.asked.question if mention.asked else None,
    )


def _remarks(mention: Mention) -> tuple[Remark, ...]:
    remarks: list[Remark] = []
    if mention.copy_of:
        remarks.append("near_copy")
    if mention.published_at is None:
        remarks.append("undated")
    if mention.redactions:
        remarks.append("redacted")
    return tuple(remarks)
