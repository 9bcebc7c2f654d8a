"""ConceptEmbedding: an embedding that knows a few words of any language and what they mean, for tests."""

from collections.abc import Mapping, Sequence

import numpy as np

from textcx.embedding.base import Vectors
from textcx.words import split_words

_NOISE = 0.2


class ConceptEmbedding:
    """Gives each concept a direction; a text is the sum of its words' concepts, and a little of each other word.

    Args:
        concepts: By name, the words that mean it.
    """

    name = "concepts"
    version = "concepts-1"

    def __init__(self, concepts: Mapping[str, Sequence[str]]) -> None:
        self._concepts = {word: place for place, words in enumerate(concepts.values()) for word in words}
        self._count = len(concepts)
        self.dimensions = self._count + 16

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """See Embedding."""
        found = np.zeros((len(texts), self.dimensions), np.float32)
        for row, text in enumerate(texts):
            for word in split_words(text):
                place = self._concepts.get(word.surface)
                if place is not None:
                    found[row, place] += 1
                else:
                    found[row, self._count + sum(word.surface.encode()) % 16] += _NOISE
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return (found / np.where(lengths > 0, lengths, 1)).astype(np.float32)
