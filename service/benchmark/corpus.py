"""Corpus of the benchmark: as many different mentions as wanted, composed from the demonstration's sentences.

Repeating whole texts would flatter every cache, so sentences of one language are shuffled into new texts; the
words and lengths stay those of real reviews. The same seed gives the same file everywhere.
"""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import regex

from ingest.connectors.demo import read_demo
from ingest.raw import RawRecord

_SENTENCE_END = regex.compile(r"(?<=[.!?])\s+")
_FIRST_DAY = datetime(2018, 1, 1, tzinfo=UTC)
_DAYS = 8 * 365
_HEADER = ("id", "text", "rating", "date", "brand", "lang", "source", "author")


@dataclass(frozen=True, slots=True)
class Piece:
    """Sentences of one demonstration mention, and whose it is."""

    language: str
    brand: str
    source: str
    sentences: tuple[str, ...]


def pieces(demo_folder: Path) -> dict[str, list[Piece]]:
    """Return the demonstration's sentences by language."""
    found: dict[str, list[Piece]] = {}
    for record in read_demo(demo_folder):
        if isinstance(record, RawRecord) and record.fields.get("text"):
            fields = record.fields
            sentences = tuple(_SENTENCE_END.split(str(fields["text"])))
            piece = Piece(str(fields["language"]), str(fields["brand"]), str(fields["source"]), sentences)
            found.setdefault(piece.language, []).append(piece)
    return found


def compose(demo_folder: Path, count: int, *, seed: int) -> Iterator[tuple[str, ...]]:
    """Give `count` rows of a CSV file: id, text, rating, date, brand, lang, source, author."""
    generator = random.Random(seed)
    by_language = pieces(demo_folder)
    languages = list(by_language)
    weights = [len(by_language[language]) for language in languages]
    for number in range(count):
        language = generator.choices(languages, weights)[0]
        chosen = generator.choices(by_language[language], k=generator.choice((1, 2, 2, 3, 4)))
        text = " ".join(generator.choice(piece.sentences) for piece in chosen for _ in range(2))
        day = _FIRST_DAY + timedelta(days=generator.randrange(_DAYS), seconds=generator.randrange(86_400))
        author = f"u{generator.randrange(count)}"
        rating = str(generator.randint(1, 5))
        yield str(number), text, rating, day.isoformat(), chosen[0].brand, language, chosen[0].source, author


def write_corpus(path: Path, demo_folder: Path, *, count: int | None = None, size_bytes: int | None = None) -> int:
    """Write the corpus as CSV, up to a number of rows or of bytes, and return its rows."""
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADER)
        for row in islice(compose(demo_folder, count or 10**9, seed=20261101), count):
            writer.writerow(row)
            written += 1
            if size_bytes is not None and written % 100 == 0 and file.tell() >= size_bytes:
                break
    return written
