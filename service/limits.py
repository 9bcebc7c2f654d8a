"""Limits: what one caller may ask, in one table that the API shows and enforces."""

from dataclasses import asdict, dataclass

from ingest.normalize import LONGEST_TEXT
from service.enrichment import LONGEST_CONTEXT, LONGEST_ID, LONGEST_LANGUAGE
from service.questions import MOST_ROWS, MOST_SERIES
from textcx.query.limits import DEEPEST, LARGEST_GAP, LONGEST_QUERY, MOST_CLAUSES
from textcx.store.base import LARGEST_PAGE


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest requests that are answered; more is a 4xx that names the limit. Each is explained in the README."""

    body_bytes: int = 2**20
    bodies_bytes: int = 64 * 2**20
    header_bytes: int = 64 * 2**10
    request_seconds: int = 10
    answer_stall_seconds: int = 30
    connections: int = 2000
    requests_per_minute: int = 600
    enrich_documents: int = 256
    enrich_text_bytes: int = 64 * 2**10
    enrich_context_characters: int = LONGEST_CONTEXT
    enrich_id_characters: int = LONGEST_ID
    enrich_language_characters: int = LONGEST_LANGUAGE
    enrich_waiting: int = 64
    mentions: int = 1000
    mention_text_characters: int = LONGEST_TEXT
    mention_waiting: int = 8
    search_page: int = LARGEST_PAGE
    trend_series: int = MOST_SERIES
    breakdown_rows: int = MOST_ROWS
    query_characters: int = LONGEST_QUERY
    query_depth: int = DEEPEST
    query_clauses: int = MOST_CLAUSES
    query_near_words: int = LARGEST_GAP

    def as_dict(self) -> dict[str, int]:
        """Return the table by name."""
        return asdict(self)
