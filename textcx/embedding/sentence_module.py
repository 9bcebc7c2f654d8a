"""StaticModule: the static embedding as a module of sentence-transformers; imported by it alone (extra `models`)."""

import shutil
from pathlib import Path
from typing import Any

import torch

from textcx.embedding.static import ABOUT_FILE, TABLE_FILE, StaticEmbedding


class StaticModule(torch.nn.Module):  # type: ignore[misc, unused-ignore]  # torch may not be installed
    """Gives texts the vectors that StaticEmbedding gives them.

    Args:
        folder: Holds the table.
    """

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = Path(folder)
        self._embedding = StaticEmbedding(self._folder)

    def tokenize(self, texts: list[str], **_: Any) -> dict[str, Any]:
        """Return the texts' vectors: all of the work is done here."""
        return {"sentence_embedding": torch.from_numpy(self._embedding.vectors(texts))}

    preprocess = tokenize

    def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Return what `tokenize` made."""
        return features

    def get_sentence_embedding_dimension(self) -> int:
        """Return the length of a vector."""
        return self._embedding.dimensions

    get_embedding_dimension = get_sentence_embedding_dimension

    def save(self, output_path: str, *_: Any, **__: Any) -> None:
        """Write the table to another folder."""
        for name in (TABLE_FILE, ABOUT_FILE):
            shutil.copyfile(self._folder / name, Path(output_path) / name)

    @classmethod
    def load(cls, model_name_or_path: str, *_: Any, subfolder: str = "", **__: Any) -> "StaticModule":
        """Read the table of a folder."""
        return cls(str(Path(model_name_or_path) / subfolder))
