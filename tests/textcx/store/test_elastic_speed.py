"""Elasticsearch, the real server: our bulk loop beside the client's own, and trends beside the server's `took`."""

import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from elasticsearch import Elasticsearch, OrjsonSerializer, helpers

from textcx.query.measures import NET_SENTIMENT
from textcx.query.tree import Everything
from textcx.store.elastic.bulk import Write
from textcx.store.elastic.documents import document
from textcx.store.elastic.store import ElasticStore
from textcx.store.embedded.tokens import Tokens
from textcx.testing.elastic_server import ElasticServer
from textcx.testing.random_mentions import random_mentions
from textcx.words import Lemmas

MENTIONS = 4_000
ROUNDS = 5
TRENDS = 40
WARMING_UP = 200
"""The server's own code is compiled while it runs; what it takes before says nothing of a server in use."""
LEAST_SHARE = 0.8
MOST_ADDED_MILLISECONDS = 5.0
BORDERS = [datetime(2024 + month // 12, 1 + month % 12, 1, tzinfo=UTC) for month in range(37)]

pytestmark = [pytest.mark.elastic, pytest.mark.slow]
Open = Callable[..., ElasticStore]


def test_our_bulk_loop_is_nearly_as_fast_as_a_bare_one(
    elastic_server: ElasticServer, open_elastic: Open, lemmas: Lemmas
) -> None:
    tokens = Tokens(lemmas)
    documents = [
        (one.mention.id, one.mention.version, document(one, (), tokens)) for one in random_mentions(MENTIONS, seed=3)
    ]
    client = Elasticsearch(elastic_server.urls, serializer=OrjsonSerializer(), request_timeout=60)
    ours: list[float] = []
    bare: list[float] = []
    for at in range(ROUNDS):  # by turns, so that both meet the same server
        for name, times, load in (("ours", ours, by_our_loop), ("bare", bare, by_helpers)):
            store = open_elastic(alias=f"speed{name}{at}")
            index = next(iter(store.sizes()))
            began = time.perf_counter()
            load(store, client, index, documents)
            times.append(time.perf_counter() - began)
            store.refresh()
            assert store.count(Everything()) == MENTIONS
    client.close()
    share = min(bare) / min(ours)
    speeds = f"ours {MENTIONS / min(ours):,.0f}, helpers.bulk {MENTIONS / min(bare):,.0f} documents a second"
    print(f"bulk: {speeds}: {share:.2f}")  # noqa: T201
    assert share >= LEAST_SHARE


def by_our_loop(store: ElasticStore, client: Elasticsearch, index: str, documents: Sequence[Any]) -> None:
    store.write([Write(index, identifier, version, source) for identifier, version, source in documents])


def by_helpers(store: ElasticStore, client: Elasticsearch, index: str, documents: Sequence[Any]) -> None:
    helpers.bulk(client, ({"_index": index, "_id": one, "_source": source} for one, _, source in documents))


def test_a_trend_adds_little_to_the_servers_own_time(open_elastic: Open) -> None:
    store = open_elastic(alias="trends")
    store.put(random_mentions(MENTIONS, seed=3))
    store.refresh()
    took: list[int] = []
    search = store.searcher.search

    def timed(body: Any) -> dict[str, Any]:
        answer = search(body)
        took.append(answer["took"])
        return answer

    store.searcher.search = timed  # type: ignore[method-assign]
    added = []
    for at in range(WARMING_UP + TRENDS):
        took.clear()
        began = time.perf_counter()
        if at % 2:
            store.trend(Everything(), NET_SENTIMENT.needs, borders=BORDERS, by="brand")
        else:
            store.breakdown(Everything(), NET_SENTIMENT.needs, by="touchpoint")
        added.append((time.perf_counter() - began) * 1000 - sum(took))
    print(f"trends and breakdowns: {statistics.median(added[WARMING_UP:]):.1f} ms (p50) beside the server's own time")  # noqa: T201
    assert statistics.median(added[WARMING_UP:]) < MOST_ADDED_MILLISECONDS
