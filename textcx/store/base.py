"""MentionStore: what every engine does, with the values it gives back.

The conformance suite in `textcx.testing.store_suite` says what "does" means; an engine passes it or is none.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from textcx.annotation import AnnotatedMention, Storable
from textcx.mention import Mention, Reference
from textcx.query.tally import Needs, Tally
from textcx.query.tree import Query

Sort = Literal["newest", "oldest", "relevance"]
LARGEST_PAGE = 200


@dataclass(frozen=True, slots=True)
class Hit:
    """A stored mention that a query found.

    Attributes:
        annotated: The mention with its annotations.
        score: Relevance under `relevance`, else None. Not comparable between engines.
        highlights: Where the query's words stand, as (start, end) code points, for `text` and `title`.
    """

    annotated: AnnotatedMention
    score: float | None = None
    highlights: Mapping[str, tuple[tuple[int, int], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a field and how many of the hits have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of hits.

    Attributes:
        total: All hits of the query, exact.
        hits: The hits of this page.
        facets: For each field asked: values with counts over all hits, most frequent first.
        next_cursor: Give it back to get the next page; None at the end.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: Mapping[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    next_cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """One interval of a trend: its mentions, and what a measure needs of each series.

    Attributes:
        tallies: For each value of the dimension ("" without one) what was added up.
        sources: Mentions of the interval by source.
        models: Mentions of the interval by the model version that judged them.
    """

    tallies: Mapping[str, Tally]
    sources: Mapping[str, int] = field(default_factory=dict)
    models: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrendTallies:
    """What a trend rests on: a bucket per interval, and how many mentions no interval holds.

    Attributes:
        buckets: One per interval asked, in order, empty ones too.
        undated: Mentions of the query without a date.
    """

    buckets: tuple[Bucket, ...]
    undated: int


@dataclass(frozen=True, slots=True)
class BreakdownTallies:
    """What a breakdown rests on.

    Attributes:
        rows: For each value of the dimension what was added up; all values, in no order. None without a dimension.
        total: The same over all mentions of the query, each counted once.
        missing: Mentions of the query that have no value of the dimension.
    """

    rows: Mapping[str, Tally]
    total: Tally
    missing: int


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose mentions are meant, by one of the two names we may have for them.

    Attributes:
        author: A pseudonym.
        reference: A key of the company's own system.
    """

    author: str | None = None
    reference: Reference | None = None

    @property
    def is_somebody(self) -> bool:
        """Say whether it has a name at all."""
        return bool(self.author) or self.reference is not None


class MentionStore(Protocol):
    """Where annotated mentions live.

    `search`, `count`, `trend`, `breakdown` and `export` see what was searchable when they began; `get` sees
    every `put` at once. Queries are taken as they are: who may speak (`voice`) is decided by the caller. Times compare
    by whole seconds: a mention counts as published at the second it was published in.

    Whether a mention was answered, and how soon, is a fact of that mention, told by its stored replies
    (`textcx.store.replies`): it follows them when they come, before or after it, when they change and when they go.

    Every question raises RequestError where `textcx.store.bounds` refuses it, or where its answer would hold more
    values than the engine adds up exactly: no store ever gives a part as the whole. It raises StoreUnavailableError
    where the engine does not answer.
    """

    def put(self, mentions: Sequence[Storable]) -> int:
        """Keep the mentions durably; a mention whose stored version is the same or newer is left alone.

        Returns how many were kept. An erased mention is never brought back, whatever its version, and nothing is kept
        of people that are refused.

        Raises:
            StoreUnavailableError: Not all of the batch was kept; put all of it again, which changes nothing twice.
            RefusedMentionsError: The engine will never take some of them; all others were kept.
        """
        ...

    def get(self, identifier: str) -> AnnotatedMention | None:
        """Return the stored mention, or None."""
        ...

    def search(
        self,
        query: Query,
        *,
        sort: Sort = "newest",
        limit: int = 20,
        cursor: str | None = None,
        facets: Sequence[str] = (),
    ) -> Page:
        """Return a page of hits with the exact total.

        Under `newest` and `oldest` hits stand by paging key (`textcx.store.facts`), equal ones by id, and what is
        written between two pages moves none from one to another. Under `relevance` engines may differ in order.

        Args:
            query: Which mentions.
            sort: The order of hits.
            limit: How many hits, 0 to LARGEST_PAGE.
            cursor: `next_cursor` of the page before, of the same query and sort.
            facets: Dimensions of `textcx.query.fields`.

        Raises:
            QuerySyntaxError: The cursor is none of ours.
        """
        ...

    def nearest(self, query: Query, text: str, *, limit: int) -> tuple[Hit, ...]:
        """Return those of the query's mentions that mean most nearly what a text means, nearest first.

        A hit's score is the cosine of the two texts' vectors in eight bits (`textcx.store.vectors`), the same in every
        engine. Mentions without words are near nothing. Which of several equally near ones come first, engines may
        see differently.

        Args:
            query: Which mentions may be.
            text: In any of our languages.
            limit: How many, 1 to `textcx.store.bounds.DEEPEST_NEAREST`.

        Raises:
            IndexVersionError: The vectors are of another embedding than the one that is set up.
            ConfigError: The store was opened without an embedding.
        """
        ...

    def count(self, query: Query) -> int:
        """Return how many mentions the query finds, exactly."""
        ...

    def trend(self, query: Query, needs: Needs, *, borders: Sequence[datetime], by: str | None = None) -> TrendTallies:
        """Add up what a measure needs, per interval and value of the dimension `by`.

        Args:
            query: Which mentions.
            needs: What to add up.
            borders: n + 1 aware times for n intervals, ascending; start closed, end open.
            by: A dimension of `textcx.query.fields`, or None.
        """
        ...

    def breakdown(self, query: Query, needs: Needs, *, by: str | None = None) -> BreakdownTallies:
        """Add up what a measure needs over all mentions of the query, and for each value of the dimension `by`."""
        ...

    def published_range(self, query: Query) -> tuple[datetime, datetime] | None:
        """Return the earliest and latest `published_at` of the query's mentions, or None if none is dated."""
        ...

    def export(self, query: Query) -> Iterator[AnnotatedMention]:
        """Give all hits, newest first, without holding them in memory."""
        ...

    def forget(self, identifiers: Sequence[str]) -> int:
        """Erase these mentions for good, and refuse them for ever, stored or not; return how many were stored."""
        ...

    def mentions_of(self, person: Person) -> list[str]:
        """Return the ids of a person's stored mentions, those too that cannot be searched yet."""
        ...

    def refuse(self, people: Sequence[Person]) -> None:
        """Keep nothing of these people from now on, for ever; what is stored of them stays until it is forgotten.

        `mentions_of` after this names all there will ever be.
        """
        ...

    def refused(self, mentions: Sequence[Mention]) -> frozenset[str]:
        """Return the ids of those that `put` would not keep: erased themselves, or of people that are refused."""
        ...

    def refresh(self, *, timeout_seconds: float = 60.0) -> None:
        """Return when everything put before is searchable.

        Raises:
            StoreUnavailableError: It did not become searchable in time.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections."""
        ...
