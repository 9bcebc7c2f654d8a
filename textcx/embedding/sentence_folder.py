"""Sentence folder: a static embedding as a folder that `SentenceTransformer` loads where textcx is installed.

Its module is ours: newer versions want `SentenceTransformer(path, trust_remote_code=True)`. Lost: their own module of
static embeddings, which knows a list of words and no pieces, so that new compounds and forms would mean nothing.
"""

import json
import shutil
from importlib.metadata import version
from pathlib import Path

from textcx.embedding.static import ABOUT_FILE, TABLE_FILE, StaticEmbedding

_MODULE = "textcx.embedding.sentence_module.StaticModule"
_FOLDER = "0_StaticModule"


def write_sentence_folder(folder: Path, target: Path) -> None:
    """Write the embedding of a folder as a SentenceTransformer.

    Args:
        folder: As `textcx.embedding.learning.train.write` makes it.
        target: Is made if absent.

    Raises:
        ConfigError: The folder holds no embedding.
    """
    embedding = StaticEmbedding(folder)
    inside = target / _FOLDER
    inside.mkdir(parents=True, exist_ok=True)
    for name in (TABLE_FILE, ABOUT_FILE):
        shutil.copyfile(folder / name, inside / name)
    _write(target / "modules.json", [{"idx": 0, "name": "0", "path": _FOLDER, "type": _MODULE}])
    about = {"__version__": {"textcx": version("textcx")}, "similarity_fn_name": "cosine", "prompts": {}}
    _write(target / "config_sentence_transformers.json", about)
    _write(inside / "config.json", {"dimensions": embedding.dimensions})


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", encoding="utf-8")
