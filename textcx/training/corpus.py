"""Corpus: all texts that training reads, as runs of words, with word vectors learned from all of them."""

import gzip
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from textcx.model.ngrams import tokens_of
from textcx.training.features import Lexis, Run
from textcx.training.labels import FOLDER, labelled_rows, read_labels
from textcx.training.rows import Row
from textcx.training.solver import Matrix
from textcx.training.sources import (
    EMOTIONS,
    LANGUAGES,
    RESTAURANTS,
    SENTIMENT,
    TOUCHPOINTS,
    UNLABELLED,
    DataSets,
    Source,
    own_rows,
)
from textcx.training.vectors import lexicon_columns, word_vectors

LONGEST_TEXT = 20_000
OWN = Source("own", None, "A")
OTHERS = Source("own in other languages", None, "A")
"""They say nothing but what language they are in."""
LABELLED = Source("own labels", None, "C")
"""Texts of the sets that have labels of our own."""
CUSTOMERS = (TOUCHPOINTS, OWN, LABELLED)
"""What customers wrote, labelled with touchpoints, signals, emotions and overall sentiment."""
ALL = (*SENTIMENT, *EMOTIONS, LANGUAGES, RESTAURANTS, TOUCHPOINTS, *UNLABELLED)
_LEXICONS = (
    ("afinn.jsonl.gz", 3.0, "A"), ("danish-dds.jsonl.gz", 3.0, "A"), ("vader.jsonl.gz", 2.0, "A"),
    ("norsentlex.jsonl.gz", 1.0, "B"),
)  # fmt: skip
"""File, the score of a strong word, and the licence class."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Texts to train on.

    Attributes:
        rows: The labelled rows of each source; texts of development parts are left out.
        runs: Their words, in the same order.
        lexis: All words.
        vectors: A row for each word: its vector, and what lexicons say of it.
    """

    rows: dict[str, list[Row]]
    runs: dict[str, list[Run]]
    lexis: Lexis
    vectors: Matrix


def read_corpus(data: Path, own: Path, *, open_only: bool, seed: int = 0) -> Corpus:
    """Read all sources of a folder.

    Args:
        data: Holds the data sets, a folder each; those that are missing are left out.
        own: Holds the texts written for this project, and our labels of texts of the sets.
        open_only: Leave out what is neither class A nor free for models.
        seed: Of the word vectors.

    Raises:
        ConfigError: A file holds what is no labelled text.
    """
    rows = training_rows(data, own, DataSets(data, open_only=open_only))
    lexis = Lexis()
    runs = {name: [lexis.read(row.text[:LONGEST_TEXT]) for row in some] for name, some in rows.items()}
    once: dict[str, Run] = {}
    for name, some in rows.items():
        for row, run in zip(some, runs[name], strict=True):
            once.setdefault(row.text, run)
    vectors = word_vectors(list(once.values()), len(lexis.words), seed=seed)
    lexicons = _lexicons(data / "lexicons", open_only=open_only)
    return Corpus(rows, runs, lexis, np.hstack([vectors, lexicon_columns(lexis.words, lexicons)]).astype(np.float32))


def training_rows(data: Path, own: Path, sets: DataSets) -> dict[str, list[Row]]:
    """Return the rows of each source that may be learned from; a text of a development part never is.

    Args:
        data: Holds the data sets.
        own: As in `read_corpus`.
        sets: Reads those that are wanted.

    Raises:
        ConfigError: A file holds what is no labelled text.
    """
    held_out = {row.text for source in ALL for row in DataSets(data).read(source, "dev")}
    rows = {source.name: sets.read(source, "train") for source in ALL}
    written = own_rows(own)
    rows[OWN.name] = [row for row in written if row.sentiment is not None]
    rows[OTHERS.name] = [row for row in written if row.sentiment is None]
    rows[LABELLED.name] = labelled_rows(read_labels(own / FOLDER), sets)
    return {name: [row for row in some if row.text not in held_out] for name, some in rows.items()}


def _lexicons(folder: Path, *, open_only: bool) -> list[dict[str, float]]:
    """Return the scores of single words, -1 to 1, a dictionary for each lexicon and language."""
    found: list[dict[str, float]] = []
    for name, strong, licence in _LEXICONS:
        path = folder / name
        if not path.is_file() or (open_only and licence != "A"):
            continue
        by_language: dict[str, dict[str, float]] = defaultdict(dict)
        with gzip.open(path, "rb") as file:
            for line in map(orjson.loads, file):
                for term in (line["term"], *(line.get("forms") or ())):
                    words = tokens_of(term).words
                    if len(words) == 1:
                        by_language[line.get("lang", "")][words[0]] = line["score"] / strong
        found += by_language.values()
    return found
