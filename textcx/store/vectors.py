"""Vectors: what stores keep of mentions' vectors: eight bits a number, whatever the length.

How near two texts are is the cosine of two such vectors, worked out exactly, so it is the same in every engine.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from textcx.embedding.base import Embedding, Vectors
from textcx.errors import ConfigError

OpenEmbedding = Callable[[], Embedding]
"""Loads the embedding when it is first needed."""
EightBits = NDArray[np.int8]
_STEPS = 127


def eight_bits(vectors: Vectors) -> EightBits:
    """Return vectors in eight bits a number; each fills the range, so its length says nothing."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    return np.rint(vectors * (_STEPS / np.where(largest > 0, largest, 1))).astype(np.int8)


def lengths(vectors: EightBits) -> Vectors:
    """Return the length of each vector."""
    wide = vectors.astype(np.float32)
    return np.asarray(np.sqrt(np.einsum("ij,ij->i", wide, wide)), np.float32)


def vectors_of(embedding: Embedding, texts: Sequence[str]) -> EightBits:
    """Return the vectors of texts, of mentions those of `text_of`; all 0 where one has nothing to say."""
    return eight_bits(embedding.vectors(texts))


def opened(embedding: OpenEmbedding | None) -> Embedding:
    """Return a store's embedding.

    Raises:
        ConfigError: The store was opened without one.
    """
    if embedding is None:
        raise ConfigError("This store was opened without an embedding, so it cannot be searched by meaning.")
    return embedding()
