"""Sources: what the embedding learns from: texts, lines that say the same in several languages, words that mean it."""

import csv
import gzip
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from textcx.errors import ConfigError

_LONGEST_TEXT = 240
"""Characters of a text that are learned from: a sentence or two, which are about one thing more often than many are."""

Line = dict[str, str]
"""Texts that mean the same, by language."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text and its language."""

    text: str
    language: str


def read_lines(path: Path) -> list[Line]:
    """Return the lines of a table with a column per language.

    Raises:
        ConfigError: It cannot be read.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
            return [{language: text for language, text in row.items() if language and text} for row in rows]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigError(f"{path.name} cannot be read: {error}") from error


def read_texts(
    folders: Iterable[Path], *, most: int, languages: Sequence[str], random: np.random.Generator
) -> list[Text]:
    """Return texts of all files of JSON Lines in folders (`text`, `lang`), some of each language, each text once.

    Args:
        folders: Files may be packed (`.gz`) and lie in folders of their own.
        most: How many texts of a language are wanted.
        languages: Which; `no` is read as `nb`.
        random: Says which texts are taken.

    Raises:
        ConfigError: A file is no JSON Lines.
    """
    gathered: dict[str, dict[str, None]] = {language: {} for language in languages}
    for path in (path for folder in folders for path in sorted(folder.rglob("*.jsonl*"))):
        for row in _rows(path):
            language = {"no": "nb"}.get(row.get("lang", ""), row.get("lang", ""))
            if language in gathered and isinstance(row.get("text"), str):
                gathered[language][_shortened(row["text"])] = None
    found = []
    for language, texts in gathered.items():
        given = list(texts)
        found += [Text(given[place], language) for place in random.permutation(len(given))[:most]]
    return found


def _shortened(text: str) -> str:
    """Return the beginning of a text, up to the end of a word."""
    plain = " ".join(text[: 2 * _LONGEST_TEXT].split())
    return plain if len(plain) <= _LONGEST_TEXT else plain[:_LONGEST_TEXT].rpartition(" ")[0]


def _rows(path: Path) -> Iterator[dict[str, str]]:
    try:
        with path.open("rb") as packed, gzip.open(packed) if path.suffix == ".gz" else packed as file:
            for line in file:
                yield json.loads(line)
    except (OSError, ValueError, EOFError) as error:
        raise ConfigError(f"{path.name} is no file of JSON Lines: {error}.") from error
