"""Choice: the embedding that a setting names."""

from pathlib import Path

from textcx.embedding.base import Embedding
from textcx.errors import ConfigError

STATIC = "static"
_FOREIGN = "sentence-transformers"


def open_embedding(name: str = STATIC) -> Embedding:
    """Return an embedding by its name.

    Args:
        name: `static` for ours, `static:FOLDER` for one that `textcx train embedding` wrote, or
            `sentence-transformers:MODEL` for a model of a hub or a folder.

    Raises:
        ConfigError: There is none of this name, or what it needs is not installed.
    """
    kind, _, which = name.partition(":")
    if kind == STATIC:
        from textcx.embedding.static import WEIGHTS, StaticEmbedding

        return StaticEmbedding(Path(which) if which else WEIGHTS)
    if kind == _FOREIGN and which:
        from textcx.embedding.sentence_model import SentenceModelEmbedding

        return SentenceModelEmbedding(which)
    message = f"embedding {name!r} is not known; it is static, static:FOLDER or {_FOREIGN}:MODEL."
    raise ConfigError(message)
