"""Carrying: topics taken along to another embedding; ids, labels and lineage stay, each gets a centroid there.

Vectors of two embeddings cannot be compared, so a topic is found again by its mentions: those that are stored with it,
or the phrases it was seeded with.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from service.topics.discovery import nearness_of, seed_limit
from service.topics.gathering import Progress, gather
from textcx.embedding.base import Embedding, Vectors
from textcx.query.tree import Keyword, Or
from textcx.store.base import MentionStore
from textcx.topics.changes import Birth, written
from textcx.topics.grouping import GroupingRules
from textcx.topics.likeness import unit
from textcx.topics.registry import Registry, Topic

_MOST_MENTIONS = 1_000
_FEWEST_MENTIONS = 5


def left_behind(registry: Registry, embedding: str) -> list[Topic]:
    """Return the topics that texts cannot be compared with in this version of an embedding."""
    return [topic for topic in registry.topics.values() if topic.within(embedding) is None]


def carried(registry: Registry, store: MentionStore, embedding: Embedding, *, progress: Progress) -> Iterator[Birth]:
    """Give the topics that were left behind with centroids in an embedding; not those of which nothing is stored."""
    behind = left_behind(registry, embedding.version)
    for number, topic in enumerate(behind, start=1):
        birth = _carried(topic, store, embedding)
        if birth is not None:
            yield birth
        progress("Carrying", number, len(behind))


def _carried(topic: Topic, store: MentionStore, embedding: Embedding) -> Birth | None:
    if topic.birth.phrases:
        vectors = embedding.vectors(topic.birth.phrases)
        return _in(topic, embedding, vectors, limit=seed_limit(vectors)) if vectors.any() else None
    ids = (topic.id, *(topic.into if topic.state == "split" else ()))
    vectors = gather(store, embedding, Or(tuple(Keyword("topic", one) for one in ids)), most=_MOST_MENTIONS).vectors
    vectors = vectors[vectors.any(axis=1)]
    if len(vectors) < _FEWEST_MENTIONS:
        return None
    limit = float(np.quantile(vectors @ unit(vectors.mean(axis=0)), 1 - GroupingRules().kept))
    return _in(topic, embedding, vectors, limit=limit)


def _in(topic: Topic, embedding: Embedding, vectors: Vectors, *, limit: float) -> Birth:
    centroid = unit(vectors.mean(axis=0))
    cosines: Sequence[float] = (vectors @ centroid)[vectors @ centroid >= limit].tolist()
    return topic.birth.model_copy(
        update={
            "embedding": embedding.version,
            "centroid": written(centroid),
            "limit": limit,
            "nearness": nearness_of(cosines),
        }
    )
