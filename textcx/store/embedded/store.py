"""EmbeddedStore: the default engine, one folder on one machine.

Any number of processes may read and `put`; one, which holds the indexer's lock, brings the search index after.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

import tantivy

from textcx.annotation import AnnotatedMention, Storable
from textcx.errors import IndexVersionError, StoreUnavailableError
from textcx.mention import Mention
from textcx.query.tally import Needs
from textcx.query.tree import Query
from textcx.store.base import BreakdownTallies, Hit, Page, Person, Sort, TrendTallies
from textcx.store.bounds import check_nearest, check_page
from textcx.store.cursor import (
    DEEPEST_RELEVANCE,
    After,
    read_relevance_cursor,
    read_time_cursor,
    relevance_cursor,
    time_cursor,
)
from textcx.store.embedded.aggregate import Aggregator
from textcx.store.embedded.calls import count
from textcx.store.embedded.clauses import Clauses
from textcx.store.embedded.pages import Found, Pager, Slice
from textcx.store.embedded.snapshots import Snapshots
from textcx.store.embedded.tokens import Tokens
from textcx.store.embedded.truth import Tombstones, Truth, open_truth_file
from textcx.store.embedded.verification import differences
from textcx.store.highlights import highlights
from textcx.words import Lemmas

if TYPE_CHECKING:  # what needs numpy is loaded by what needs it: most commands search words alone
    from textcx.embedding.base import Embedding
    from textcx.store.embedded.follower import Follower
    from textcx.store.embedded.vector_file import VectorFile
    from textcx.store.vectors import OpenEmbedding

_POLL_SECONDS = 0.02
_EXPORTED_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page begins, and how its hits are ordered."""

    sort: Sort
    after: After | None = None
    offset: int = 0


class EmbeddedStore:
    """A MentionStore in a data folder: `mentions.db` is the truth, `index/` is made from it.

    Use `EmbeddedStore.open`. Safe to use from many threads.
    """

    def __init__(
        self, truth: Truth, snapshots: Snapshots, lemmas: Lemmas, *, embedding: "OpenEmbedding | None" = None
    ) -> None:
        self._truth = truth
        self._embedding = embedding
        self._snapshots = snapshots
        self._lemmas = lemmas
        self._tokens = Tokens(lemmas)
        self._follower: Follower | None = None

    @classmethod
    def open(cls, folder: Path, *, lemmas: Lemmas, key: bytes = b"", embedding: "OpenEmbedding | None" = None) -> Self:
        """Open the store of a data folder, which is made if absent.

        Args:
            folder: The data folder.
            lemmas: Lemmas and compound parts.
            key: Of the hashes that stand for people; the same at every opening.
            embedding: Makes the vectors for `nearest`; without it there are none.

        Raises:
            StoreUnavailableError: The folder cannot be read or written.
            ConfigError: Another version of textcx wrote it.
        """
        truth = Truth(open_truth_file(folder), key=key)
        return cls(truth, Snapshots(folder / "index", truth), lemmas, embedding=embedding)

    def put(self, mentions: Sequence[Storable]) -> int:
        """See MentionStore."""
        return self._truth.put(mentions)

    def get(self, identifier: str) -> AnnotatedMention | None:
        """See MentionStore."""
        return self._truth.get(identifier)

    def forget(self, identifiers: Sequence[str]) -> int:
        """See MentionStore. The words leave the index's files with its next `rebuild`."""
        return self._truth.forget(identifiers)

    def mentions_of(self, person: Person) -> list[str]:
        """See MentionStore."""
        return self._truth.mentions_of(person)

    def refuse(self, people: Sequence[Person]) -> None:
        """See MentionStore."""
        self._truth.refuse(people)

    def refused(self, mentions: Sequence[Mention]) -> frozenset[str]:
        """See MentionStore."""
        return self._truth.refused(mentions)

    def refuses(self, person: Person) -> bool:
        """Say whether nothing more is kept of a person."""
        return self._truth.refuses(person)

    def tombstones(self) -> Tombstones:
        """Return all that was erased for good."""
        return self._truth.tombstones()

    def apply(self, tombstones: Tombstones) -> int:
        """Erase and refuse what was erased in another store of the same key; return how many mentions went."""
        return self._truth.apply(tombstones)

    def search(
        self,
        query: Query,
        *,
        sort: Sort = "newest",
        limit: int = 20,
        cursor: str | None = None,
        facets: Sequence[str] = (),
    ) -> Page:
        """See MentionStore. A mention erased since the index last followed is counted, but not shown."""
        check_page(sort, limit)
        place = _place(sort, cursor)
        clauses = self._clauses()
        compiled = clauses.compile(query)
        aggregator = Aggregator(clauses)
        beginning = _slice(Pager(clauses), compiled, place, limit + 1) if limit else Slice([], None)
        shown = beginning.found[:limit]
        return Page(
            total=count(clauses.searcher, compiled) if beginning.total is None else beginning.total,
            hits=self._hits(query, shown),
            facets={field: aggregator.facet(compiled, field) for field in facets},
            next_cursor=_next_cursor(place, shown) if len(beginning.found) > limit else None,
        )

    def nearest(self, query: Query, text: str, *, limit: int) -> tuple[Hit, ...]:
        """See MentionStore."""
        from textcx.store.embedded.neighbours import nearest_of
        from textcx.store.vectors import eight_bits, opened

        check_nearest(limit)
        embedding = opened(self._embedding)
        sought = eight_bits(embedding.vectors([text]))[0]
        clauses, vectors = self._clauses_with_vectors(embedding)
        compiled = clauses.compile(query)
        if vectors is None or not sought.any():
            return ()
        found = nearest_of(clauses.searcher, compiled, vectors, sought, limit=limit)
        return self._hits(query, [Found(one.id, 0, one.score) for one in found])

    def count(self, query: Query) -> int:
        """See MentionStore."""
        clauses = self._clauses()
        return count(clauses.searcher, clauses.compile(query))

    def trend(self, query: Query, needs: Needs, *, borders: Sequence[datetime], by: str | None = None) -> TrendTallies:
        """See MentionStore. Times compare by whole seconds."""
        clauses = self._clauses()
        return Aggregator(clauses).trend(clauses.compile(query), needs, borders, by)

    def breakdown(self, query: Query, needs: Needs, *, by: str | None = None) -> BreakdownTallies:
        """See MentionStore."""
        clauses = self._clauses()
        return Aggregator(clauses).breakdown(clauses.compile(query), needs, by)

    def published_range(self, query: Query) -> tuple[datetime, datetime] | None:
        """See MentionStore. In whole seconds, rounded down."""
        clauses = self._clauses()
        return Aggregator(clauses).published_range(clauses.compile(query))

    def export(self, query: Query) -> Iterator[AnnotatedMention]:
        """See MentionStore."""
        clauses = self._clauses()
        return self._export(Pager(clauses), clauses.compile(query))

    def refresh(self, *, timeout_seconds: float = 60.0) -> None:
        """See MentionStore."""
        wanted = self._truth.last_seq()
        deadline = time.monotonic() + timeout_seconds
        while self._truth.index_state().indexed_seq < wanted:
            if time.monotonic() > deadline:
                message = (
                    f"The search index is not abreast after {timeout_seconds:g} seconds. Is an indexer running "
                    "(`textcx serve`)? What was stored is safe."
                )
                raise StoreUnavailableError(message)
            if self._follower is None:
                time.sleep(_POLL_SECONDS)
            else:
                self._follower.follow()

    def attach_indexer(self) -> None:
        """Make this store the one that writes the search index; the caller holds the indexer's lock."""
        from textcx.store.embedded.follower import Follower

        if self._follower is None:
            self._follower = Follower(self._truth, self._snapshots, self._tokens, embedding=self._embedding)

    def detach_indexer(self) -> None:
        """Let go of the search index, before the caller gives up the indexer's lock."""
        if self._follower is not None:
            self._follower.close()
            self._follower = None

    def index_pending(self, *, coming: int = 0) -> int:
        """Bring what was written last into the search index; return how many changes, 0 when it is abreast.

        Args:
            coming: How many more are on their way: with some it may take a few seconds until searches find these.

        Raises:
            StoreUnavailableError: The disk refused, or this store is not the indexer.
            IndexVersionError: The index was written by another version of textcx: `rebuild` it.
        """
        return self._writing().follow(coming=coming)

    def rebuild(self) -> int:
        """Make the search index anew from the truth; searches see the old one until it is done.

        Returns how many mentions it holds. This also clears erased words out of the index's files. The caller holds
        the indexer's lock, and this store is the indexer from then on.

        Raises:
            StoreUnavailableError: The disk refused, or another process writes the index.
        """
        self.attach_indexer()
        return self._writing().rebuild()

    def holds_erased_words(self) -> bool:
        """Say whether words of erased mentions may still be in the index's files, where no search finds them."""
        return self._truth.erased_seq() > self._truth.index_state().cleared_seq

    def index_age_seconds(self) -> float:
        """Return how long ago the index was begun anew."""
        return time.time() - self._truth.index_state().made_at

    def want_cleared(self) -> None:
        """Ask the indexer, whichever process that is, for an index without the words erased so far."""
        self._truth.want_cleared()

    def compact(self) -> bool:
        """Write `mentions.db` anew without a trace of what was erased; say whether its log could be emptied too.

        Raises:
            StoreUnavailableError: The disk is full, or another writer held the file too long.
        """
        return self._truth.compact()

    def largest_version(self) -> int:
        """Return the largest version of a stored mention; reads them all."""
        return self._truth.largest_version()

    def verify(self) -> list[str]:
        """Check the truth's file, and compare the search index with it, mention by mention.

        Returns a sentence for each thing that is wrong; none where all is well. What the index has not come to yet
        is not wrong.

        Raises:
            IndexVersionError: The index was written by another version of textcx, or is gone.
            StoreUnavailableError: The index, or the file, is too damaged to be read at all.
        """
        damage = self._truth.damage()
        state = self._truth.index_state()  # before the searcher, which may hold more and never less
        indexed = Pager(self._clauses()).versions()
        return damage + differences(self._truth.versions(), indexed, up_to=state.indexed_seq)

    def close(self) -> None:
        """See MentionStore."""
        self.detach_indexer()
        self._snapshots.close()
        self._truth.close()

    def _clauses(self) -> Clauses:
        return Clauses(self._tokens, self._snapshots.searcher())

    def _clauses_with_vectors(self, embedding: "Embedding") -> "tuple[Clauses, VectorFile | None]":
        """Return the index and the vectors that its rows mean: of one generation, though a rebuild may just end."""
        from textcx.store.embedded.vector_file import VectorFile

        while True:
            folder = self._snapshots.folder_in_force()
            clauses = self._clauses()
            if folder is None:
                return clauses, None
            try:
                vectors = VectorFile(folder, embedding)
            except (IndexVersionError, StoreUnavailableError):
                if folder == self._snapshots.folder_in_force():
                    raise
                continue
            if folder == self._snapshots.folder_in_force():
                return clauses, vectors

    def _writing(self) -> "Follower":
        if self._follower is None:
            raise StoreUnavailableError("The search index is written by its indexer alone: attach_indexer first.")
        return self._follower

    def _hits(self, query: Query, found: Sequence[Found]) -> tuple[Hit, ...]:
        stored = self._truth.get_many(hit.id for hit in found)
        return tuple(
            Hit(stored[hit.id], hit.score, highlights(query, stored[hit.id], self._lemmas))
            for hit in found
            if hit.id in stored
        )

    def _export(self, pager: Pager, query: tantivy.Query) -> Iterator[AnnotatedMention]:
        identifiers = pager.all_ids(query)
        while some := list(islice(identifiers, _EXPORTED_AT_ONCE)):
            stored = self._truth.get_many(some)
            yield from (stored[identifier] for identifier in some if identifier in stored)


def _place(sort: Sort, cursor: str | None) -> _Place:
    if sort == "relevance":
        return _Place(sort, offset=read_relevance_cursor(cursor))
    return _Place(sort, after=read_time_cursor(cursor, sort))


def _slice(pager: Pager, query: tantivy.Query, place: _Place, limit: int) -> Slice:
    if place.sort == "relevance":
        return pager.by_relevance(query, offset=place.offset, limit=limit)
    return pager.by_time(query, newest_first=place.sort == "newest", after=place.after, limit=limit)


def _next_cursor(place: _Place, shown: Sequence[Found]) -> str | None:
    if place.sort != "relevance":
        return time_cursor(place.sort, After(shown[-1].key, shown[-1].id))
    offset = place.offset + len(shown)
    return relevance_cursor(offset) if offset < DEEPEST_RELEVANCE else None
