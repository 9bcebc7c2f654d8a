"""Embedding: what turns texts into vectors, whichever model does it."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from textcx.mention import Mention

Vectors = NDArray[np.float32]


class Embedding(Protocol):
    """Turns texts into vectors. Safe to use from many threads; the same text always has the same vector."""

    @property
    def name(self) -> str:
        """Name of the model."""
        ...

    @property
    def version(self) -> str:
        """Word for the model and its weights: vectors of different versions must never be compared."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return a row per text, in order: of length 1, or all 0 where a text has nothing to say (no words).

        So the product of two rows is their cosine, and 0 for a text without words.
        """
        ...


def text_of(mention: Mention) -> str:
    """Return what of a mention is embedded: its title and text."""
    return whole_text(mention.title, mention.text)


def whole_text(title: str | None, text: str) -> str:
    """Return the same of a title and a text."""
    return f"{title}\n{text}" if title else text
