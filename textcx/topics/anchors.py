"""Anchors: the centroids of all topics as one matrix, and the topic of a text by the nearest of them.

Every centroid stays, also of a topic that was merged or retired: what it stands for is told by the lineage, so a text
that comes today is treated as one that came before the change. The pieces of a topic that was split compete only for
what that topic would have taken, and a topic that was found later only for what those found before leave: so finding
again moves nothing. A topic that somebody seeded competes with all.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from textcx.topics.registry import Registry

Vectors = NDArray[np.float32]
_NONE = -1
_LATER = np.iinfo(np.int64).max
_AT_ONCE = 8_192


@dataclass(frozen=True, slots=True)
class Assigned:
    """Where texts belong.

    Attributes:
        places: For each text the place of its anchor, or -1 where it has no topic.
        scores: For each text the cosine to the anchor that it belongs to, or else to the nearest one; 0 to 1.
    """

    places: NDArray[np.int64]
    scores: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Anchors:
    """The centroids of a registry that vectors of one embedding may be compared with.

    Attributes:
        ids: The topic of each.
        labels: Its label.
        matrix: The centroids.
        limits: For each the least cosine of what belongs to it.
        pieces: By place of a topic that was split, the places of its pieces.
        generations: For each the change that it was born by; 0 where it competes with those of every generation.
        is_top: For each whether it competes for all texts, and not for those of a topic that was split.
    """

    ids: tuple[str, ...]
    labels: tuple[str, ...]
    matrix: Vectors
    limits: NDArray[np.float32]
    pieces: dict[int, list[int]]
    generations: NDArray[np.int64]
    is_top: NDArray[np.bool_]

    @classmethod
    def of(cls, registry: Registry, *, embedding: str) -> Self:
        """Return the anchors of a registry for the vectors of this version of an embedding."""
        found = [(topic, birth) for topic in registry.topics.values() if (birth := topic.within(embedding))]
        topics, births = [topic for topic, _ in found], [birth for _, birth in found]
        place_of = {topic.id: place for place, topic in enumerate(topics)}
        pieces: dict[int, list[int]] = {}
        for place, topic in enumerate(topics):
            if topic.parent in place_of:
                pieces.setdefault(place_of[topic.parent], []).append(place)
        return cls(
            ids=tuple(topic.id for topic in topics),
            labels=tuple(topic.label for topic in topics),
            matrix=np.stack([birth.vector for birth in births]) if births else np.empty((0, 0), np.float32),
            limits=np.array([birth.limit for birth in births], np.float32),
            pieces=pieces,
            generations=np.array(
                [0 if topic.birth.origin == "seed" else topic.lineage[0].number for topic in topics], np.int64
            ),
            is_top=np.array([topic.parent not in place_of for topic in topics], bool),
        )

    def assign(self, vectors: Vectors) -> Assigned:
        """Return where texts belong: to the nearest of the anchors whose limit they keep, or nowhere."""
        if not self.ids or not len(vectors):
            return Assigned(np.full(len(vectors), _NONE, np.int64), np.zeros(len(vectors), np.float32))
        some = [self._assign(vectors[first : first + _AT_ONCE]) for first in range(0, len(vectors), _AT_ONCE)]
        return Assigned(np.concatenate([one.places for one in some]), np.concatenate([one.scores for one in some]))

    def _assign(self, vectors: Vectors) -> Assigned:
        cosines = vectors @ self.matrix.T
        is_near = (cosines >= self.limits) & self.is_top
        if (self.generations != self.generations[0]).any():
            first = np.where(is_near & (self.generations > 0), self.generations, _LATER).min(axis=1, keepdims=True)
            is_near &= (self.generations == 0) | (self.generations == first)
        kept = np.where(is_near, cosines, -np.inf)
        places = kept.argmax(axis=1)
        rows = np.arange(len(vectors))
        is_kept = np.isfinite(kept[rows, places])
        open_rows = np.flatnonzero(is_kept)
        while self.pieces and len(open_rows):  # down the pieces of split topics
            open_rows = np.array([row for row in open_rows if int(places[row]) in self.pieces], np.int64)
            for row in open_rows:
                below = self.pieces[int(places[row])]
                places[row] = below[int(cosines[row, below].argmax())]
        nearest = np.where(is_kept, cosines[rows, places], cosines.max(axis=1))
        return Assigned(np.where(is_kept, places, _NONE), np.clip(nearest, 0, 1).astype(np.float32))
