"""Exports: stored mentions as JSON Lines or CSV, in pieces, so that memory does not grow with what is exported.

Keys of the company's own systems are never in one. Both forms can be read again by `textcx ingest`.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Literal

from ingest.inert_cells import inert
from ingest.times import write_time
from textcx.annotation import AnnotatedMention, Annotations
from textcx.mention import Engagement, Mention, Rating, Subject

ExportFormat = Literal["jsonl", "csv"]
MEDIA_TYPES: dict[ExportFormat, str] = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}
COLUMNS = (
    "id", "published_at", "source", "brand", "kind", "voice", "language", "title", "text", "stars", "out_of", "nps",
    "ratings", "author", "country", "product", "location", "app_version", "likes", "replies", "reposts", "views", "url",
    "reply_to", "thread", "repost_of", "copy_of", "attributes", "lang", "sentiment", "emotions", "signals",
    "touchpoints", "topics",
)  # fmt: skip
"""Of a CSV export. `language` is what the source declared, `lang` what was judged; `stars` stand alone where their
scale begins at 1 and ends at `out_of`, `nps` on its own; `ratings` has all scores with their scales."""
_MENTIONS_A_PIECE = 100


def export_pieces(
    mentions: Iterable[AnnotatedMention], form: ExportFormat, *, for_excel: bool = False
) -> Iterator[bytes]:
    """Give the mentions as bytes in pieces of some hundred mentions.

    Args:
        mentions: What to export; read as the pieces are asked for.
        form: JSON Lines, one mention a line with its `annotations` among its fields, or CSV.
        for_excel: CSV with a byte order mark and semicolons, as Excel reads it in the Nordic countries.
    """
    remaining = iter(mentions)
    if form == "csv":
        yield from _csv_pieces(remaining, ";" if for_excel else ",", "\ufeff" if for_excel else "")
        return
    while some := list(islice(remaining, _MENTIONS_A_PIECE)):
        yield b"".join(map(_line, some))


def _line(one: AnnotatedMention) -> bytes:
    mention = one.mention.model_dump_json(exclude={"reference"}, exclude_none=True)
    annotations = one.annotations.model_dump_json(exclude_none=True)
    return f'{mention[:-1]},"annotations":{annotations}}}\n'.encode()


def _csv_pieces(mentions: Iterator[AnnotatedMention], delimiter: str, beginning: str) -> Iterator[bytes]:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\r\n")
    file.write(beginning)
    writer.writerow(COLUMNS)
    while some := list(islice(mentions, _MENTIONS_A_PIECE)):
        for one in some:
            writer.writerow([inert(cell, delimiter=delimiter) for cell in _cells(one.mention, one.annotations)])
        yield file.getvalue().encode()
        file.seek(0)
        file.truncate()
    if file.tell():
        yield file.getvalue().encode()


def _cells(mention: Mention, annotations: Annotations) -> Iterator[str]:
    subject, engagement = mention.subject or Subject(), mention.engagement or Engagement()
    stars = next((one for one in mention.ratings if one.measure == "stars" and one.lowest == 1), None)
    nps = next((one for one in mention.ratings if one.measure == "nps" and (one.lowest, one.highest) == (0, 10)), None)
    values = (
        mention.id,
        mention.published_at and write_time(mention.published_at, mention.published_at_precision or "second"),
        mention.source,
        mention.brand,
        mention.kind,
        mention.voice,
        mention.language,
        mention.title,
        mention.text,
        stars and f"{stars.value:g}",
        stars and f"{stars.highest:g}",
        nps and f"{nps.value:g}",
        _listed(map(_rating, mention.ratings)),
        mention.author,
        subject.country,
        subject.product,
        subject.location,
        subject.app_version,
        engagement.likes,
        engagement.replies,
        engagement.reposts,
        engagement.views,
        mention.url,
        mention.reply_to,
        mention.thread,
        mention.repost_of,
        mention.copy_of,
        _listed(f"{name}={value}" for name, value in mention.attributes.items()),
        annotations.language.code,
        annotations.sentiment and annotations.sentiment.polarity,
        _listed(one.name for one in annotations.emotions),
        _listed(one.name for one in annotations.signals),
        _listed(f"{one.id}/{one.polarity}" for one in annotations.touchpoints),
        _listed(one.label for one in annotations.topics),
    )
    return ("" if value is None else str(value) for value in values)


def _rating(rating: Rating) -> str:
    return f"{rating.measure} {rating.value:g} of {rating.lowest:g} to {rating.highest:g}"


def _listed(values: Iterable[str]) -> str:
    return " | ".join(values)
