"""SentenceModelEmbedding: any sentence-transformers model, by the name of a hub or a folder (extra `models`)."""

import threading
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from textcx.embedding.base import Vectors
from textcx.errors import ConfigError

_TEXTS_AT_ONCE = 64
_SIGN_WORD = "delivery"
"""A model's version is told by where it puts this word: a folder may be written anew under the same name."""
_SIGN_DECIMALS = 2


class SentenceModelEmbedding:
    """An Embedding by a sentence-transformers model; a GPU is used where there is one.

    Args:
        model: Name on the hub, or a folder.

    Raises:
        ConfigError: The package is not installed, or there is no such model.
    """

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            message = f"The embedding {model!r} needs sentence-transformers: pip install textcx[models]."
            raise ConfigError(message) from error
        try:
            self._model: Any = SentenceTransformer(model)
        except (OSError, ValueError) as error:
            raise ConfigError(f"The embedding {model!r} cannot be loaded: {error}") from error
        self._guard = threading.Lock()
        self.name = Path(model).name
        sign = self._encoded([_SIGN_WORD])
        self.dimensions: int = sign.shape[1]
        digest = sha256(np.round(sign, _SIGN_DECIMALS).tobytes()).hexdigest()
        self.version = f"{self.name}-{digest[:8]}"

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """See Embedding."""
        found = np.zeros((len(texts), self.dimensions), np.float32)
        spoken = [place for place, text in enumerate(texts) if text.strip()]
        if spoken:
            found[spoken] = self._encoded([texts[place] for place in spoken])
        return found

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        with self._guard:
            found = self._model.encode(
                list(texts), batch_size=_TEXTS_AT_ONCE, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(found, np.float32)
