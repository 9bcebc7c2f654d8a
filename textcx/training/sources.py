"""Sources: the data sets that training reads, with their licence class and the kind of text that they hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textcx.training.rows import Row, read_rows

FREE_FOR_MODELS = ("norec-sentence", "norec-fine", "norec-docs-sample")
"""Class B, but their licence frees what is learned from them."""


@dataclass(frozen=True, slots=True)
class Source:
    """A data set of one kind of text.

    Attributes:
        name: Folder and file, without part and ending.
        domain: Which kind of text it holds, as `textcx.training.domains` names them; None if several.
        licence: Class A, B or C of the data's README.
        kind: The mention's kind, where all rows have one.
        share: How much its rows count against those of other sets.
        most_rows: More are left out, for time.
    """

    name: str
    domain: str | None
    licence: str
    kind: str | None = None
    share: float = 1.0
    most_rows: int | None = None


KINDS: dict[str, tuple[str, ...]] = {
    "review": ("reviews-sv", "reviews-da", "reviews-en", "reviews-fi", "reviews-nb", "restaurants"),
    "article": ("press",),
    "post": ("airline", "tweets", "reddit", "social"),
    "comment": ("social", "reddit", "tweets"),
}
"""Kinds of mentions and the kinds of text they are; of another kind nothing is known. Who says that a text is a review
wants it judged by the rules for customers, so the freely labelled reviews of services are none of these."""
SENTIMENT = (
    Source("trustpilot-sv/sentiment", "reviews-sv", "C", "review"),
    Source("swedish-sentiment-small/sentiment", "services-sv", "C", "review", share=0.7),
    Source("trustpilot-da/sentiment", "reviews-da", "C", "review"),
    Source("scandisent-mt/sentiment", "reviews-en", "C", "review", share=0.5, most_rows=9000),
    Source("trustpilot-en-petinsurance/reviews", "reviews-en", "C", "review", share=0.5, most_rows=6000),
    Source("skytrax-ba/reviews", "reviews-en", "C", "review"),
    Source("skytrax-lounge-seat/reviews", "reviews-en", "C", "review"),
    Source("norec-sentence/sentiment", "press", "B", "article"),
    Source("us-airline-tweets/sentiment", "airline", "C", "post"),
    Source("tweeteval-sentiment/sentiment", "tweets", "A", "post"),
    Source("vader-icwsm14/sentiment", "tweets", "A", share=0.5),
    Source("xed-polarity/sentiment.fi", "subtitles-fi", "A"),
    Source("xed-polarity/sentiment.en", "subtitles", "A", share=0.5),
    Source("xed-polarity/sentiment.sv", "subtitles", "A"),
    Source("xed-polarity/sentiment.da", "subtitles", "A"),
    Source("xed-polarity/sentiment.no", "subtitles", "A"),
    Source("da-social-political/sentiment", "social", "B", "comment"),
    Source("absabank-imm/sentiment", "social", "A", "comment"),
    Source("swe-sentiment-emoji/sentiment", "social", "C", "comment"),
)
EMOTIONS = (
    Source("goemotions/emotion", "reddit", "A", "comment"),
    Source("brighter-swe/emotion", "mixed-sv", "C"),
    Source("xed-annotated/emotion.en", "subtitles", "A"),
    Source("xed-annotated/emotion.fi", "subtitles-fi", "A"),
    Source("xed-projected/emotion.sv", "subtitles", "A", share=0.5),
    Source("xed-projected/emotion.da", "subtitles", "A", share=0.5),
    Source("xed-projected/emotion.no", "subtitles", "A", share=0.5),
    Source("xed-projected/emotion.fi", "subtitles-fi", "A", share=0.5),
    Source("brighter-eng/emotion", "reddit", "C"),
)
LANGUAGES = Source("nordic-lid/lid", None, "C")
RESTAURANTS = Source("mams-acsa/absa", "restaurants", "A")
TOUCHPOINTS = Source("touchpoints-gold/touchpoints", None, "C")
UNLABELLED = (
    Source("norec-docs-sample/unlabelled", "press", "B"),
    Source("norec-fine/absa", "press", "B"),
    Source("mams-atsa/absa", "restaurants", "A"),
    Source("acos-restaurant/absa", "restaurants", "C"),
    Source("semeval14-restaurants/absa", "restaurants", "C"),
    Source("semeval16-restaurants/absa", "restaurants", "C"),
    Source("fi-ylilauta-topics/mentions", None, "C"),
    Source("da-social-political/mentions", "social", "B"),
    Source("tweeteval-emotion/emotion", "tweets", "C"),
)


class DataSets:
    """Reads the sets of a folder.

    Args:
        folder: Holds a folder for each set.
        open_only: Leave out what is neither class A nor free for models.
    """

    def __init__(self, folder: Path, *, open_only: bool = False) -> None:
        self._folder = folder
        self._open_only = open_only

    def read(self, source: Source, part: str, *, labels: Mapping[str, Mapping[str, Any]] | None = None) -> list[Row]:
        """Return the rows of a part, `train` or `dev`; none where the set is not there or its licence forbids.

        Args:
            source: The set.
            part: Of the set.
            labels: By id; if given, only rows with such an id are read, with these labels instead of their own.

        Raises:
            ConfigError: A file holds what is no labelled text.
        """
        path = self._folder / f"{source.name}.{part}.jsonl.gz"
        if not path.is_file():
            return []
        rows = read_rows(path, licence=source.licence, kind=source.kind, labels=labels)
        if not self._open_only or source.name.split("/")[0] in FREE_FOR_MODELS:
            return rows
        return [row for row in rows if row.licence == "A" or _is_free_language_row(row)]


def _is_free_language_row(row: Row) -> bool:
    """Tell whether a row of nordic-lid is from its free sources; its reviews state no licence."""
    return row.facts.get("domain") in ("news", "web", "mixed", "subtitles")


def own_rows(folder: Path) -> list[Row]:
    """Return the texts written for this project, `configs/training/*.jsonl`."""
    found: list[Row] = []
    for path in sorted(folder.glob("*.jsonl")):
        found += read_rows(path, licence="A")
    return found


def texts_of(sets: Sequence[Sequence[Row]]) -> list[str]:
    """Return the distinct texts of some sets in order."""
    return list(dict.fromkeys(row.text for rows in sets for row in rows))
