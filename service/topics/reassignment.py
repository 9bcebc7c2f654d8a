"""Reassignment: the topics of stored mentions made what they would be if they came today.

Only what a birth moves needs it; every other change is told by the lineage. A mention is written anew where its topic
differs, under a version that is newer than all that was taken in before and older than all that comes after: what a
source changes meanwhile wins.
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol

from service.topics.gathering import Progress, in_batches, nothing_done, topic_text
from textcx.annotation import AnnotatedMention, TopicTag
from textcx.embedding.base import Embedding
from textcx.errors import StoreUnavailableError
from textcx.query.tree import Query
from textcx.store.base import MentionStore
from textcx.topics.anchors import Anchors
from textcx.topics.tagging import SAID_BY, tags

PART = "topics"
_POLL_SECONDS = 0.1


class Versions(Protocol):
    """What a reassignment needs of the inbox."""

    def fresh_version(self) -> int:
        """Return a version newer than all that was taken in."""
        ...

    def waits_before(self, version: int) -> bool:
        """Say whether something older is still to be analysed."""
        ...


def reassign(
    store: MentionStore,
    embedding: Embedding,
    anchors: Anchors,
    versions: Versions,
    query: Query,
    *,
    progress: Progress = nothing_done,
    timeout_seconds: float = 60.0,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Give the mentions of a query the topic they would have today; return how many had another one.

    Cut off, it may be run again: what is done is left alone.

    Raises:
        StoreUnavailableError: What was taken in before was not analysed in time, or the disk refused.
    """
    version = versions.fresh_version()
    deadline = clock() + timeout_seconds
    while versions.waits_before(version):
        if clock() > deadline:
            raise StoreUnavailableError(
                "Records wait for analysis: let `textcx ingest` or `textcx serve` finish first."
            )
        time.sleep(_POLL_SECONDS)
    store.refresh()
    moved, seen, total = 0, 0, store.count(query)
    for batch in in_batches(store.export(query)):
        found = tags(anchors, embedding, [topic_text(one.mention) for one in batch])
        changed = [
            _with_topics(one, topics, version)
            for one, topics in zip(batch, found, strict=True)
            if _ids(one.annotations.topics) != _ids(topics) and one.mention.version < version
        ]
        moved += store.put(changed) if changed else 0
        seen += len(batch)
        progress("Assigning", seen, max(seen, total))
    return moved


def _ids(topics: Sequence[TopicTag]) -> list[str]:
    return [topic.id for topic in topics]


def _with_topics(one: AnnotatedMention, topics: tuple[TopicTag, ...], version: int) -> AnnotatedMention:
    others = {part: who for part, who in one.annotations.said_by.items() if part != PART}
    who = {**others, PART: SAID_BY} if topics else others
    annotations = one.annotations.model_copy(update={"topics": topics, "said_by": who})
    return AnnotatedMention(mention=one.mention.model_copy(update={"version": version}), annotations=annotations)
