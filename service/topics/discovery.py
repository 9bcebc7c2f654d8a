"""Discovery: what is told of groups of mentions to make topics of them: keywords, a label, representatives."""

from collections.abc import Sequence

import numpy as np

from service.topics.gathering import Gathered
from textcx.embedding.base import Embedding, Vectors
from textcx.errors import RequestError
from textcx.topics.changes import Birth, Nearness, Origin, written
from textcx.topics.grouping import Group
from textcx.topics.keywords import Read, StopWords, Vocabulary, covered, keywords, label_of
from textcx.topics.likeness import unit
from textcx.topics.registry import Registry
from textcx.words import Lemmas

MOST_REPRESENTATIVES = 10
FEWEST_PHRASES, MOST_PHRASES = 3, 20
_WORDS_FROM = 400
"""Of how many mentions of a topic its words are read."""
_SEED_LIMIT = 0.5
"""How near to the middle of its phrases a text must be, as a share of how near the phrases themselves are."""


def births_of(
    groups: Sequence[Group],
    gathered: Gathered,
    registry: Registry,
    *,
    origin: Origin,
    embedding: Embedding,
    lemmas: Lemmas,
    stop_words: StopWords,
    prefix: str = "t",
) -> tuple[Birth, ...]:
    """Return the topics that groups of mentions would be."""
    vocabulary = Vocabulary(lemmas, stop_words)
    read = [_read(group, gathered, vocabulary) for group in groups]
    words = keywords(read)
    taken = {topic.label for topic in registry.live()}
    first = registry.next_number() if prefix == "t" else 1
    births = []
    for number, (group, texts, of_group) in enumerate(zip(groups, read, words, strict=True), start=first):
        label = label_of(of_group, taken)
        taken.add(label)
        births.append(
            Birth(
                id=f"{prefix}{number}",
                label=label,
                origin=origin,
                embedding=embedding.version,
                centroid=written(group.centroid),
                limit=group.limit,
                keywords=of_group,
                representatives=_representatives(group, gathered),
                mentions=len(group.rows),
                nearness=nearness_of(group.cosines),
                covered=covered(texts, of_group),
            )
        )
    return tuple(births)


def seeded(label: str, phrases: Sequence[str], registry: Registry, *, embedding: Embedding) -> Birth:
    """Return the topic of a label and some phrases.

    Raises:
        RequestError: There are too few phrases or too many, or they hold no words, or another topic has the label.
    """
    distinct = tuple(dict.fromkeys(phrase.strip() for phrase in phrases if phrase.strip()))
    if not FEWEST_PHRASES <= len(distinct) <= MOST_PHRASES:
        raise RequestError(
            f"A topic is seeded with {FEWEST_PHRASES} to {MOST_PHRASES} different phrases, not {len(distinct)}."
        )
    if any(topic.label.casefold() == label.casefold() for topic in registry.live()):
        raise RequestError(f"There is a topic {label[:80]!r} already.")
    vectors = embedding.vectors(distinct)
    if not vectors.any():
        raise RequestError("The phrases hold no words.")
    centroid = unit(vectors.mean(axis=0))
    cosines = (vectors @ centroid)[vectors.any(axis=1)]
    return Birth(
        id=f"t{registry.next_number()}",
        label=label,
        origin="seed",
        embedding=embedding.version,
        centroid=written(centroid),
        limit=seed_limit(vectors),
        phrases=distinct,
        nearness=nearness_of(cosines),
    )


def seed_limit(vectors: Vectors) -> float:
    """Return the least cosine to the middle of a seed's phrases of a text that belongs."""
    spoken = vectors[vectors.any(axis=1)]
    return float(_SEED_LIMIT * np.median(spoken @ unit(spoken.mean(axis=0))))


def nearness_of(cosines: Sequence[float] | np.ndarray) -> Nearness:
    """Return count, mean and deviation of cosines."""
    values = np.asarray(cosines, np.float64)
    deviation = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return Nearness(count=len(values), mean=float(values.mean()) if len(values) else 0.0, deviation=deviation)


def _read(group: Group, gathered: Gathered, vocabulary: Vocabulary) -> list[Read]:
    step = max(1, len(group.rows) // _WORDS_FROM)
    return vocabulary.read((gathered.texts[row], gathered.languages[row]) for row in group.rows[::step])


def _representatives(group: Group, gathered: Gathered) -> tuple[str, ...]:
    """Return the mentions nearest to the middle, no text twice."""
    found: dict[str, str] = {}
    for row in group.rows:
        found.setdefault(gathered.texts[row], gathered.ids[row])
        if len(found) == MOST_REPRESENTATIVES:
            break
    return tuple(found.values())
