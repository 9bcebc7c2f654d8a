"""Elasticsearch, the real server: the conformance suite, random queries, and what only this engine has."""

import os
import threading
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from textcx.annotation import AnnotatedMention
from textcx.errors import ConfigError, IndexVersionError, RefusedMentionsError, StoreUnavailableError
from textcx.query.tree import Everything, Exact, Keyword
from textcx.store.elastic.access import Access
from textcx.store.elastic.store import ElasticStore
from textcx.store.elastic.transfer import copy_into
from textcx.store.embedded.truth import Truth, open_truth_file
from textcx.testing import a_mention, annotated, id_of
from textcx.testing.elastic_server import ElasticServer
from textcx.testing.store_suite import CHECKS, SUITE_EMBEDDING, Check, Stores, answers_random_queries
from textcx.words import Lemmas

RANDOM_QUERIES = int(os.environ.get("TEXTCX_ELASTIC_QUERIES", "300"))
FIRST_SEED = 20_000

pytestmark = pytest.mark.elastic

Open = Callable[..., ElasticStore]


@pytest.fixture(scope="module")
def stores(elastic_server: ElasticServer, tmp_path_factory: pytest.TempPathFactory, lemmas: Lemmas) -> Iterator[Stores]:
    def open_empty() -> ElasticStore:
        folder = tmp_path_factory.mktemp("ledger")
        access = Access(elastic_server.urls)
        more = {"refresh_interval": "-1"}
        store = ElasticStore.open(
            folder,
            access,
            lemmas=lemmas,
            alias=f"s{uuid4().hex[:12]}",
            more=more,
            embedding=lambda: SUITE_EMBEDDING,
        )
        store.setup()
        store.attach_indexer()
        return store

    with Stores(open_empty, lemmas) as stores:
        yield stores
    elastic_server.delete_indices()  # hundreds, and the next tests restart the server


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_it_is_a_store(check: Check, stores: Stores) -> None:
    check.run(stores)


def test_random_queries_are_answered_as_by_the_witness(stores: Stores) -> None:
    answers_random_queries(stores, queries=RANDOM_QUERIES, seed=FIRST_SEED)


def some(count: int, *, version: int = 1, prefix: str = "") -> list[AnnotatedMention]:
    return [
        annotated(
            a_mention(
                "leverans",
                name=f"{prefix}{at}",
                version=version,
                published_at=datetime(2020 + at % 4, 5, 6, tzinfo=UTC),
            )
        )
        for at in range(count)
    ]


def ids(store: ElasticStore) -> list[str]:
    return sorted(one.mention.id for one in store.export(Everything()))


def test_a_mention_stays_in_its_index_when_its_date_changes(open_elastic: Open) -> None:
    store = open_elastic()
    for version, year in ((1, 2021), (2, 2024), (3, None)):
        at = datetime(year, 1, 1, tzinfo=UTC) if year else None
        store.put([annotated(a_mention(version=version, published_at=at))])
    store.refresh()
    assert store.count(Everything()) == 1
    assert [count for index, count in store.sizes().items() if index.endswith("-2021")] == [1]
    assert store.verify() == []


def test_odd_dates_make_no_index_each(open_elastic: Open) -> None:
    store = open_elastic()
    years = (1, 1066, 1969, 2200, 9999)
    store.put([annotated(a_mention(name=f"{y}", published_at=datetime(y, 6, 1, tzinfo=UTC))) for y in years])
    store.refresh()
    assert sorted(index.split("-")[-1] for index in store.sizes()) == ["earlier", "later", "undated"]
    assert store.count(Everything()) == len(years)


def test_all_indices_are_made_anew_while_writes_go_on(open_elastic: Open) -> None:
    store, writer = open_elastic(alias="moving"), open_elastic(alias="moving")
    store.put(some(3000))
    store.forget([id_of("2999")])
    is_over = threading.Event()
    rounds: list[int] = []

    def write() -> None:
        while not is_over.is_set() and len(rounds) < 500:
            at = len(rounds)
            writer.put([annotated(a_mention("nytt", name=f"new{at}", published_at=datetime(2025, 1, 1, tzinfo=UTC)))])
            writer.put([annotated(a_mention("ändrad", name=f"{at}", version=5))])
            writer.forget([id_of(f"{1000 + at}")])
            rounds.append(at)

    writing = threading.Thread(target=write)
    writing.start()
    store.migrate()
    is_over.set()
    writing.join()
    store.refresh()
    changes = len(rounds)
    assert changes >= 2
    assert len(ids(store)) == len(set(ids(store))) == 2999
    assert store.count(Exact("ändrad")) == store.count(Exact("nytt")) == changes
    assert {index.split("-")[1] for index in store.sizes()} == {"g2"}
    assert store.verify() == writer.verify() == []
    assert store.get(id_of("0")) is not None
    assert store.get(id_of("1000")) is None


def test_indices_of_another_version_are_refused_until_they_are_migrated(
    open_elastic: Open, elastic_server: ElasticServer
) -> None:
    store = open_elastic(alias="older")
    store.put(some(3))
    request = urllib.request.Request(
        f"{elastic_server.urls[0]}/older-g1-*/_mapping",
        data=b'{"_meta": {"textcx": "0"}}',
        headers={"content-type": "application/json"},
        method="PUT",
    )
    urllib.request.urlopen(request).close()
    with pytest.raises(IndexVersionError, match="textcx store migrate"):
        store.count(Everything())
    store.migrate()
    assert store.count(Everything()) == 3


def test_without_setup_it_says_what_to_run(elastic_server: ElasticServer, tmp_path: Path, lemmas: Lemmas) -> None:
    store = ElasticStore.open(tmp_path, Access(elastic_server.urls), lemmas=lemmas, alias="nothing")
    for ask in (lambda: store.count(Everything()), lambda: store.put(some(1))):
        with pytest.raises(ConfigError, match="textcx store setup"):
            ask()
    store.close()


def test_one_document_that_does_not_fit_is_refused_and_the_others_are_kept(open_elastic: Open) -> None:
    store = open_elastic()
    mentions = some(500)
    odd = mentions[250].annotations.model_copy(update={"said_by": {"sentiment": "hemligt" * 10_000}})
    mentions[250] = mentions[250].model_copy(update={"annotations": odd})  # longer than any term may be
    with pytest.raises(RefusedMentionsError) as refused:
        store.put(mentions)
    assert list(refused.value.reasons) == [id_of("250")]
    assert "illegal_argument_exception" in str(refused.value) or "document_parsing_exception" in str(refused.value)
    assert "hemligt" not in str(refused.value)
    store.refresh()
    assert store.count(Everything()) == 499


def test_an_embedded_store_is_copied_with_what_was_erased(open_elastic: Open, tmp_path: Path) -> None:
    truth = Truth(open_truth_file(tmp_path / "embedded"))
    truth.put(some(1100))
    truth.forget([id_of("3"), id_of("never")])
    store = open_elastic()
    copied: list[int] = []
    assert copy_into(store, truth, progress=copied.append) == []
    assert sum(copied) >= 1100
    assert store.count(Everything()) == 1099
    assert store.put(some(4, version=9)) == 3
    truth.put(some(2, prefix="later"))
    (finding,) = copy_into(store, truth, progress=copied.append)
    assert finding.startswith("3 mentions are in the index in another version")
    assert store.count(Keyword("brand", "Hyllbo")) == store.count(Everything())
    truth.close()


def test_a_machine_that_only_asks_finds_what_another_wrote(open_elastic: Open, tmp_path: Path) -> None:
    store = open_elastic(alias="shared")
    store.put(some(5))
    store.refresh()
    reader = open_elastic(tmp_path / "reader", alias="shared")
    assert reader.count(Everything()) == 5
    assert reader.get(id_of("4")) == store.get(id_of("4")) != None  # noqa: E711
    assert reader.get(id_of("none")) is None


def test_a_server_that_does_not_answer_is_unavailable_in_words_without_its_address(
    tmp_path: Path, lemmas: Lemmas
) -> None:
    access = Access(("http://127.0.0.1:9",), basic_auth=("textcx", "very secret"), timeout_seconds=0.5)
    store = ElasticStore.open(tmp_path, access, lemmas=lemmas)
    assert "very secret" not in repr(access)
    with pytest.raises(StoreUnavailableError) as unavailable:
        store.count(Everything())
    assert "127.0.0.1" not in str(unavailable.value)
    assert "secret" not in str(unavailable.value)
    store.close()
