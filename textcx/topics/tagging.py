"""Tagging: what an annotation says of a text's topic, for texts that come and for those that are stored."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textcx.annotation import TopicTag
from textcx.topics.registry import Registry

if TYPE_CHECKING:
    from textcx.embedding.base import Embedding
    from textcx.topics.anchors import Anchors

VERSION = "anchors-1"
"""Of assigning topics: what changes in the registry is told by its lineage, and each topic names its embedding."""
SAID_BY = f"textcx_topics {VERSION}"
"""What annotations say of who found their topics."""


def tags(anchors: "Anchors", embedding: "Embedding", texts: Sequence[str]) -> list[tuple[TopicTag, ...]]:
    """Return the topic of each text, if it has one, by the id that is stored: that of the nearest centroid's birth.

    A text has one topic at most, so the shares of all topics and of none add up to the whole.
    """
    found = anchors.assign(embedding.vectors(texts))
    return [
        (TopicTag(id=anchors.ids[place], label=anchors.labels[place], score=float(score)),) if place >= 0 else ()
        for place, score in zip(found.places, found.scores, strict=True)
    ]


def today(registry: Registry, topics: Sequence[TopicTag]) -> tuple[TopicTag, ...]:
    """Return stored topics as what they stand for today, with today's labels."""
    found = []
    for topic in topics:
        if not registry.knows(topic.id):
            found.append(topic)  # of another registry: the data was moved without it
            continue
        identifier = registry.resolve(topic.id)
        if identifier is not None:
            label = registry.topics[identifier].label
            found.append(topic.model_copy(update={"id": identifier, "label": label}))
    return tuple(found)
