"""Erasure: mentions, or all that a person wrote, forgotten for good, wherever the data folder knows of them.

The store comes first: what it refuses no worker can bring back. Then the inbox, the quarantine, and what is remembered
for finding repeats. The words leave the index's files when it is next made anew.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from ingest.lock import IndexerLock
from ingest.people import Named
from ingest.traces import Traces
from service.assembly import Workshop
from textcx.errors import StoreUnavailableError
from textcx.store.base import MentionStore

_IDS_AT_ONCE = 500
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was, or would be, erased.

    Attributes:
        mentions: Stored mentions.
        records: Records that waited for analysis or were set aside.
    """

    mentions: int = 0
    records: int = 0


class Erasure:
    """Forgets for good.

    Args:
        store: Where the mentions live.
        traces: What the inbox's file knows of them.
    """

    def __init__(self, store: MentionStore, traces: Traces) -> None:
        self._store = store
        self._traces = traces

    def forget(self, identifiers: Iterable[str]) -> Erased:
        """Erase mentions and refuse them for ever, stored or not.

        Raises:
            StoreUnavailableError: The disk refused; what was erased so far stays so.
        """
        mentions = records = 0
        remaining = iter(identifiers)
        while some := list(islice(remaining, _IDS_AT_ONCE)):
            mentions += self._store.forget(some)
            records += self._traces.forget(some)
        return Erased(mentions, records)

    def concerned(self, people: Sequence[Named]) -> Erased:
        """Return how much `forget_people` would erase, sealed records aside."""
        stored = {one for named in people for one in self._store.mentions_of(named.person)}
        known = {one for named in people for one in self._traces.mentions_of(named.person)}
        return Erased(len(stored), len(known))

    def forget_people(self, people: Sequence[Named]) -> Erased:
        """Erase all that people wrote, and refuse what comes of them from now on.

        Raises:
            StoreUnavailableError: The disk refused; nothing comes back of what was erased so far.
        """
        self._store.refuse([named.person for named in people])
        erased = Erased()
        for named in people:
            more = self.forget([*self._store.mentions_of(named.person), *self._traces.mentions_of(named.person)])
            sealed = self._traces.forget_sealed(named.name)
            erased = Erased(erased.mentions + more.mentions, erased.records + more.records + sealed)
        return erased


def follow(workshop: Workshop) -> None:
    """Let searches see what was erased: by whoever holds the indexer's lock, or by us where nobody does.

    Raises:
        StoreUnavailableError: Whoever holds the lock did not do it in time.
    """
    with IndexerLock(workshop.settings.data) as lock:
        if not lock.take():
            workshop.store.refresh()
            return
        workshop.store.attach_indexer()
        try:
            workshop.store.refresh()
        finally:
            workshop.store.detach_indexer()


def clear_words(workshop: Workshop, *, timeout_seconds: float = 600.0) -> None:
    """Let no file of the data folder hold a word of what was erased.

    The index is made anew, by the process that holds the indexer's lock or by us, and the databases are compacted.

    Raises:
        StoreUnavailableError: The lock's holder did not do it in time, or a reader was in the way; try again.
    """
    store = workshop.store
    store.want_cleared()
    deadline = time.monotonic() + timeout_seconds
    with IndexerLock(workshop.settings.data) as lock:
        while store.holds_erased_words():
            if lock.take():
                try:
                    store.rebuild()
                finally:
                    store.detach_indexer()
            elif time.monotonic() > deadline:
                message = (
                    "Another textcx works on this data folder and has not made the index anew. What was erased is "
                    "found no more; its words leave the index's files within a day, or run forget --now again."
                )
                raise StoreUnavailableError(message)
            else:
                time.sleep(_POLL_SECONDS)
    if not all([store.compact(), workshop.traces.compact()]):
        message = "A reader is in the way of emptying the databases' logs. Run forget --now again."
        raise StoreUnavailableError(message)
