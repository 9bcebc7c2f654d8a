"""Transfer: an embedded store copied to Elasticsearch, going on where it was cut off, then held against it."""

from collections.abc import Callable

from textcx.errors import RefusedMentionsError
from textcx.store.elastic.store import ElasticStore
from textcx.store.embedded.packing import unpack
from textcx.store.embedded.truth import Truth
from textcx.store.embedded.verification import differences

_COPIED_AT_ONCE = 500


def copy_into(store: ElasticStore, truth: Truth, *, progress: Callable[[int], None]) -> list[str]:
    """Copy all mentions, and all that was erased or refused; return a sentence for each thing that differs.

    Args:
        store: Set up; the caller holds the indexer's lock, and nothing writes to the embedded store meanwhile.
        truth: The embedded store's.
        progress: Called with how many writes were copied.

    Raises:
        StoreUnavailableError: The cluster did not answer; run it again, it goes on where it was.
    """
    store.attach_indexer()
    store.apply(truth.tombstones())
    findings = []
    seq = store.ledger.copied_seq()
    while changes := truth.changes_after(seq, limit=_COPIED_AT_ONCE):
        try:
            store.put([unpack(change.body) for change in changes if change.body is not None])
        except RefusedMentionsError as error:
            findings += [f"{identifier}: {reason}" for identifier, reason in error.reasons.items()]
        seq = changes[-1].seq
        store.ledger.note_copied(seq)
        progress(len(changes))
    store.refresh()
    return findings + differences(truth.versions(), store.versions(), up_to=truth.last_seq())
