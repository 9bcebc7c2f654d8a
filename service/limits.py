"""Limits: what one request may ask, in one table that the API shows and enforces."""

from dataclasses import asdict, dataclass

from service.questions import MOST_ROWS, MOST_SERIES
from textcx.store.base import LARGEST_PAGE


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest requests that are answered; more is a 413 or a 400 that names the limit."""

    body_bytes: int = 2**20
    enrich_documents: int = 256
    enrich_text_bytes: int = 64 * 2**10
    mentions: int = 1000
    search_page: int = LARGEST_PAGE
    trend_series: int = MOST_SERIES
    breakdown_rows: int = MOST_ROWS
    query_characters: int = 4096
    query_depth: int = 8
    query_clauses: int = 256

    def as_dict(self) -> dict[str, int]:
        """Return the table by name."""
        return asdict(self)
