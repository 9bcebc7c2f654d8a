"""ElasticStore: the engine for more than one machine: indices behind an alias, and a ledger in the data folder.

Processes of one machine put and forget, over one ledger; one of them, which holds the indexer's lock, follows replies.
Machines with a ledger of their own that never wrote may only ask.
"""

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from textcx.annotation import AnnotatedMention, Storable
from textcx.errors import StoreUnavailableError
from textcx.mention import Mention, is_mention_id
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
from textcx.store.elastic.access import Access
from textcx.store.elastic.aggregate import Aggregator, facet_requests, facets
from textcx.store.elastic.bulk import Write, Written
from textcx.store.elastic.clauses import Clauses
from textcx.store.elastic.connection import Connection
from textcx.store.elastic.documents import read_source
from textcx.store.elastic.indices import Division, Indices
from textcx.store.elastic.ledger import Ledger, open_ledger_file
from textcx.store.elastic.migration import Migration, findings
from textcx.store.elastic.nearness import nearest_request, nearness
from textcx.store.elastic.requests import Searcher
from textcx.store.elastic.texts import Texts
from textcx.store.elastic.writer import Writer
from textcx.store.embedded.tokens import Tokens
from textcx.store.embedded.truth import Tombstones
from textcx.store.highlights import highlights
from textcx.store.vectors import OpenEmbedding, eight_bits, opened
from textcx.words import Lemmas

_POLL_SECONDS = 0.02
_MOST_INDICES = 5_000


class ElasticStore:
    """A MentionStore on Elasticsearch. Use `ElasticStore.open`. Safe to use from many threads.

    Args:
        connection: To the cluster.
        indices: The store's indices.
        ledger: The data folder's ledger.
        lemmas: Lemmas and compound parts.
        division: Whether each year or each month has an index of its own.
        embedding: Makes the vectors for `nearest`; without it there are none.

    Attributes:
        ledger: The data folder's ledger.
        searcher: Asks the indices.
    """

    def __init__(
        self,
        connection: Connection,
        indices: Indices,
        ledger: Ledger,
        lemmas: Lemmas,
        *,
        division: Division = "year",
        embedding: OpenEmbedding | None = None,
    ) -> None:
        tokens = Tokens(lemmas)
        self._connection = connection
        self._indices = indices
        self.ledger = ledger
        self._lemmas = lemmas
        self._clauses = Clauses(Texts(tokens))
        self.searcher = Searcher(connection, indices.alias)
        self._aggregator = Aggregator(self.searcher)
        self._embedding = embedding
        self._writer = Writer(connection, indices, ledger, tokens, division=division, embedding=embedding)
        self._migration = Migration(indices, ledger, self._writer, self.searcher)
        self._is_checked = False
        self._are_vectors_checked = False
        self._is_indexer = False

    @classmethod
    def open(
        cls,
        folder: Path,
        access: Access,
        *,
        lemmas: Lemmas,
        key: bytes = b"",
        alias: str = "textcx",
        division: Division = "year",
        embedding: OpenEmbedding | None = None,
        **made: Any,
    ) -> Self:
        """Open the store of a data folder on a cluster, which is asked nothing yet.

        Args:
            folder: The data folder, which is made if absent.
            access: Where the cluster is.
            lemmas: Lemmas and compound parts.
            key: Of the hashes that stand for people; the same at every opening.
            alias: The indices' common name.
            division: Whether each year or each month has an index of its own.
            embedding: Makes the vectors for `nearest`; without it there are none.
            made: `shards` and `more` settings of indices where they are made; see Indices.

        Raises:
            StoreUnavailableError: The folder cannot be read or written.
            ConfigError: Another version of textcx wrote it.
        """
        connection = Connection(access)
        indices = Indices(connection, alias, embedding=embedding, **made)
        ledger = Ledger(open_ledger_file(folder), key=key)
        return cls(connection, indices, ledger, lemmas, division=division, embedding=embedding)

    def setup(self) -> None:
        """Bring the index template up to date, and make the first indices where there are none; may run at every start.

        Raises:
            IndexVersionError: The indices that are there were written by another version of textcx: `migrate`.
        """
        self._migration.setup()

    def migrate(self) -> int:
        """Make all indices anew as this version writes them, while writes go on; return how many mentions they hold.

        Questions are answered from the old ones until the alias moves, all at once. Goes on where it was cut off.

        Raises:
            StoreUnavailableError: The cluster did not answer; run it again.
        """
        count = self._migration.migrate()
        self._is_checked = self._are_vectors_checked = False
        return count

    def put(self, mentions: Sequence[Storable]) -> int:
        """See MentionStore."""
        return self._writer.put(mentions)

    def get(self, identifier: str) -> AnnotatedMention | None:
        """See MentionStore."""
        if not is_mention_id(identifier) or self.ledger.erased([identifier]):
            return None
        home, generation = self.ledger.home(identifier), self.ledger.generations().read
        if home is not None and generation:
            found = self._writer.stored([identifier], {identifier: home}, generation)
        else:  # not written from here
            found = self._writer.read([{"_index": index, "_id": identifier} for index in self._indices.behind_alias()])
        return read_source(found[identifier]["_source"]) if identifier in found else None

    def forget(self, identifiers: Sequence[str]) -> int:
        """See MentionStore. The words leave the indices' files as Elasticsearch merges them."""
        return self._writer.erase(identifiers)

    def mentions_of(self, person: Person) -> list[str]:
        """See MentionStore. After a crash one may be named that was not yet stored."""
        return self.ledger.mentions_of(person)

    def refuse(self, people: Sequence[Person]) -> None:
        """See MentionStore."""
        self.ledger.refuse(people)

    def refused(self, mentions: Sequence[Mention]) -> frozenset[str]:
        """See MentionStore."""
        return self.ledger.refused(mentions)

    def refuses(self, person: Person) -> bool:
        """Say whether nothing more is kept of a person."""
        return self.ledger.refuses(person)

    def largest_version(self) -> int:
        """Return the largest version ever put, 0 before the first."""
        return self.ledger.largest_version()

    def tombstones(self) -> Tombstones:
        """Return all that was erased for good."""
        return self.ledger.tombstones()

    def apply(self, tombstones: Tombstones) -> int:
        """Erase and refuse what was erased in another store of the same key; return how many mentions went."""
        return self._writer.erase([*tombstones.ids, *self.ledger.refuse_marks(tombstones.people)])

    def search(
        self,
        query: Query,
        *,
        sort: Sort = "newest",
        limit: int = 20,
        cursor: str | None = None,
        facets: Sequence[str] = (),
    ) -> Page:
        """See MentionStore."""
        check_page(sort, limit)
        offset = read_relevance_cursor(cursor) if sort == "relevance" else 0
        request = {
            "query": self._compiled(query),
            "size": limit + 1 if limit else 0,
            "track_total_hits": True,
            **(_from(offset) if sort == "relevance" else _by_time(sort, read_time_cursor(cursor, sort))),
        }
        if facets:
            request["aggs"] = facet_requests(facets)
        return self._page(query, self.searcher.search(request), sort, limit, offset, facets)

    def nearest(self, query: Query, text: str, *, limit: int) -> tuple[Hit, ...]:
        """See MentionStore."""
        check_nearest(limit)
        embedding = opened(self._embedding)
        compiled = self._compiled(query)
        if not self._are_vectors_checked:
            self._indices.check_embedding(embedding.version)
            self._are_vectors_checked = True
        sought = eight_bits(embedding.vectors([text]))[0]
        if not sought.any():
            return ()
        found = self.searcher.search(nearest_request(compiled, sought, limit))["hits"]["hits"]
        mentions = [read_source(hit["_source"]) for hit in found]
        return tuple(
            Hit(one, nearness(hit["_score"]), highlights(query, one, self._lemmas))
            for one, hit in zip(mentions, found, strict=True)
        )

    def count(self, query: Query) -> int:
        """See MentionStore."""
        return self.searcher.count(self._compiled(query))

    def trend(self, query: Query, needs: Needs, *, borders: Sequence[datetime], by: str | None = None) -> TrendTallies:
        """See MentionStore. Times compare by whole seconds."""
        return self._aggregator.trend(self._compiled(query), needs, borders, by)

    def breakdown(self, query: Query, needs: Needs, *, by: str | None = None) -> BreakdownTallies:
        """See MentionStore."""
        return self._aggregator.breakdown(self._compiled(query), needs, by)

    def published_range(self, query: Query) -> tuple[datetime, datetime] | None:
        """See MentionStore. In whole seconds, rounded down."""
        return self._aggregator.published_range(self._compiled(query))

    def export(self, query: Query) -> Iterator[AnnotatedMention]:
        """See MentionStore."""
        hits = self.searcher.all_hits(self._compiled(query), more={"_source": ["annotated"]})
        return (read_source(hit["_source"]) for hit in hits)

    def refresh(self, *, timeout_seconds: float = 60.0) -> None:
        """See MentionStore."""
        wanted = self.ledger.newest_pending()
        deadline = time.monotonic() + timeout_seconds
        while (oldest := self.ledger.oldest_pending()) is not None and oldest <= wanted:
            if time.monotonic() > deadline:
                message = (
                    f"Not all replies are indexed after {timeout_seconds:g} seconds. Is an indexer running "
                    "(`textcx serve`)? What was stored is safe."
                )
                raise StoreUnavailableError(message)
            if self._is_indexer:
                self._writer.follow()
            else:
                time.sleep(_POLL_SECONDS)
        self.searcher.refresh()

    def attach_indexer(self) -> None:
        """Make this store the one that follows replies; the caller holds the indexer's lock."""
        self._is_indexer = True

    def detach_indexer(self) -> None:
        """Leave that to others, before the caller gives up the indexer's lock."""
        self._is_indexer = False

    def index_pending(self, *, coming: int = 0) -> int:  # noqa: ARG002 - it gathers by itself
        """Index anew what was answered since, and delete what was erased while the cluster was away; return how many.

        Args:
            coming: Changes nothing: the cluster gathers by itself.

        Raises:
            StoreUnavailableError: The cluster did not answer.
        """
        return self._writer.follow()

    def rebuild(self) -> int:
        """Make all indices anew; see `migrate`."""
        return self.migrate()

    def want_cleared(self) -> None:
        """Let the indices' files lose the words of what was erased, now."""
        self.searcher.expunge()

    def holds_erased_words(self) -> bool:
        """Say whether the indices must be made anew for the sake of erased words: never, they lose them by merging."""
        return False

    def index_age_seconds(self) -> float:
        """Return 0: the indices need not be made anew as they age."""
        return 0.0

    def compact(self) -> bool:
        """Write the ledger anew, without what deleted rows left; say whether its log could be emptied."""
        return self.ledger.compact()

    def verify(self) -> list[str]:
        """Compare the indices with the ledger and with one another, mention by mention.

        Returns a sentence for each thing that is wrong; none where all is well.

        Raises:
            StoreUnavailableError: The cluster did not answer.
            IndexVersionError: The indices were written by another version of textcx.
        """
        self._indices.read_generation()
        return findings(self.searcher, self._indices, self.ledger)

    def sizes(self) -> dict[str, int]:
        """Return how many mentions can be searched in each index."""
        request = {"sizes": {"terms": {"field": "_index", "size": _MOST_INDICES}}}
        _, answer = self.searcher.aggregate({"match_all": {}}, request)
        found = {bucket["key"]: bucket["doc_count"] for bucket in answer["sizes"]["buckets"]}
        return {index: found.get(index, 0) for index in sorted(self._indices.behind_alias())}

    def write(self, writes: Sequence[Write]) -> list[Written]:
        """Carry out writes as they are, past the ledger: for measurements."""
        return self._writer.write(writes)

    def versions(self) -> Iterator[tuple[str, int]]:
        """Give id and version of everything that can be searched."""
        for hit in self.searcher.all_hits({"match_all": {}}, more={"_source": False, "docvalue_fields": ["version"]}):
            yield hit["_id"], int(hit["fields"]["version"][0])

    def close(self) -> None:
        """See MentionStore."""
        self._connection.close()
        self.ledger.close()

    def _compiled(self, query: Query) -> dict[str, Any]:
        compiled = self._clauses.compile(query)
        if not self._is_checked:
            self._indices.read_generation()
            self._is_checked = True
        return compiled

    def _page(
        self, query: Query, answer: dict[str, Any], sort: Sort, limit: int, offset: int, names: Sequence[str]
    ) -> Page:
        found = answer["hits"]["hits"]
        shown = found[:limit]
        mentions = [read_source(hit["_source"]) for hit in shown]
        return Page(
            total=answer["hits"]["total"]["value"],
            hits=tuple(
                Hit(one, hit["_score"] if sort == "relevance" else None, highlights(query, one, self._lemmas))
                for one, hit in zip(mentions, shown, strict=True)
            ),
            facets=facets(names, answer.get("aggregations", {})),
            next_cursor=_next_cursor(sort, shown, offset) if limit and len(found) > limit else None,
        )


def _from(offset: int) -> dict[str, Any]:
    return {"from": offset}


def _by_time(sort: Sort, after: After | None) -> dict[str, Any]:
    order: dict[str, Any] = {"sort": [{"key": "desc" if sort == "newest" else "asc"}, {"id": "asc"}]}
    return order | ({"search_after": [after.key, after.id]} if after else {})


def _next_cursor(sort: Sort, shown: Sequence[dict[str, Any]], offset: int) -> str | None:
    if sort != "relevance":
        return time_cursor(sort, After(*shown[-1]["sort"]))
    offset += len(shown)
    return relevance_cursor(offset) if offset < DEEPEST_RELEVANCE else None
