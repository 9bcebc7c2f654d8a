"""Elasticsearch, the real server, while it and the network fail: nothing acknowledged is lost or doubled.

The short form runs in CI; `make elastic-faults` runs the long one.
"""

import json
import os
import threading
import time
import urllib.request
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from textcx.annotation import AnnotatedMention
from textcx.errors import StoreUnavailableError
from textcx.query.tree import Everything
from textcx.store.elastic.access import Access
from textcx.store.elastic.store import ElasticStore
from textcx.testing import a_mention, annotated, id_of
from textcx.testing.elastic_server import ElasticServer
from textcx.testing.faulty_proxy import Fault, FaultyProxy
from textcx.words import Lemmas

KILLS = int(os.environ.get("TEXTCX_ELASTIC_KILLS", "3"))
ROUNDS = int(os.environ.get("TEXTCX_ELASTIC_ROUNDS", "1"))
NODE_KILLS = int(os.environ.get("TEXTCX_ELASTIC_NODE_KILLS", "0"))
BATCH = 40
PROGRESS_MENTIONS = 200
PATIENCE_SECONDS = 120
PAUSE_SECONDS = 0.1
COPIES_LAG_SECONDS = 10.0

pytestmark = pytest.mark.elastic
Open = Callable[..., ElasticStore]


class Ingest:
    """Puts mentions without end, each batch again until the store says that it has it; every fifth is put once more."""

    def __init__(self, store: ElasticStore) -> None:
        self._store = store
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.versions: dict[str, int] = {}
        self.failures = 0
        self.error: BaseException | None = None

    def __enter__(self) -> "Ingest":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join(PATIENCE_SECONDS)

    def goes_on(self) -> None:
        """Return when more has been acknowledged."""
        wanted = len(self.versions) + PROGRESS_MENTIONS
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(self.versions) < wanted:
            assert self.error is None, self.error
            assert time.monotonic() < deadline, "nothing is acknowledged any more"
            time.sleep(PAUSE_SECONDS)

    def _run(self) -> None:
        number = 0
        try:
            while not self._is_over.is_set():
                batch = [self._mention(number + at) for at in range(BATCH)]
                while not self._put(batch):
                    time.sleep(PAUSE_SECONDS)
                number += BATCH
        except BaseException as error:  # noqa: BLE001
            self.error = error

    def _mention(self, number: int) -> AnnotatedMention:
        name, version = (number, 1) if number % 5 else (number // 2, number + 2)
        published_at = datetime(2020 + name % 4, 1, 1, tzinfo=UTC)
        return annotated(a_mention("leverans", name=f"{name}", version=version, published_at=published_at))

    def _put(self, batch: list[AnnotatedMention]) -> bool:
        try:
            self._store.put(batch)
        except StoreUnavailableError:
            self.failures += 1
            return False
        for one in batch:
            self.versions[one.mention.id] = max(self.versions.get(one.mention.id, 0), one.mention.version)
        return True


class Reader:
    """Asks without end; an answer is at least what was searchable before, or none.

    Args:
        store: What to ask.
        lag_seconds: How far an answer may lie behind an earlier one: copies of a shard make what is new visible each
            at its own time, and after a loss another copy answers.
    """

    def __init__(self, store: ElasticStore, *, lag_seconds: float = 0.0) -> None:
        self._store = store
        self._lag = lag_seconds
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.answers = self.refusals = 0
        self.error: BaseException | None = None

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join(PATIENCE_SECONDS)
        assert self.error is None, self.error

    def _run(self) -> None:
        seen: deque[tuple[float, int]] = deque()
        least = 0
        try:
            while not self._is_over.is_set():
                asked_at = time.monotonic()
                try:
                    count = self._store.count(Everything())
                except StoreUnavailableError:
                    self.refusals += 1
                else:
                    while seen and seen[0][0] <= asked_at - self._lag:
                        least = max(least, seen.popleft()[1])
                    assert count >= least, f"{count} were found, and {least} before"
                    seen.append((time.monotonic(), count))
                    self.answers += 1
                time.sleep(PAUSE_SECONDS)
        except BaseException as error:  # noqa: BLE001
            self.error = error


def holds_all(store: ElasticStore, ingest: Ingest) -> None:
    """Check that what was acknowledged is there, once, in its last version, and nothing else."""
    assert ingest.error is None, ingest.error
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            store.refresh()
            found = list(store.versions())
            break
        except StoreUnavailableError:
            assert time.monotonic() < deadline, "it never answered again"
            time.sleep(1)
    assert len(found) == len({identifier for identifier, _ in found}), "something is there twice"
    assert dict(found) == ingest.versions
    assert store.count(Everything()) == len(found)
    assert store.verify() == []


@pytest.fixture
def proxy(elastic_server: ElasticServer) -> Iterator[FaultyProxy]:
    with FaultyProxy(urlsplit(elastic_server.urls[0]).port or 0) as one:
        yield one


@pytest.mark.parametrize("fault", ["refuse", "reset", "black hole", "stall", "cut", "busy"])
def test_what_the_network_does_loses_and_doubles_nothing(fault: Fault, proxy: FaultyProxy, open_elastic: Open) -> None:
    alias = f"fault{fault.replace(' ', '')}"
    direct = open_elastic(alias=alias)
    store = open_elastic(alias=alias, url=proxy.url, timeout_seconds=1.0)
    with Ingest(store) as ingest, Reader(store) as reader:
        ingest.goes_on()
        for _ in range(ROUNDS):
            proxy.fault = fault
            time.sleep(2)
            proxy.fault = "none"
            ingest.goes_on()
    assert proxy.met > 0
    assert reader.answers > 0
    holds_all(direct, ingest)


def test_a_full_disk_and_its_end_lose_nothing(elastic_server: ElasticServer, open_elastic: Open) -> None:
    store = open_elastic(alias="full")
    with Ingest(store) as ingest:
        ingest.goes_on()
        # What the server does itself at the flood-stage watermark, and takes back below it.
        set_index(elastic_server, "full", {"index.blocks.read_only_allow_delete": True})
        time.sleep(2)
        acknowledged = len(ingest.versions)
        time.sleep(1)
        assert len(ingest.versions) == acknowledged
        assert store.count(Everything()) >= 0
        set_index(elastic_server, "full", {"index.blocks.read_only_allow_delete": None})
        ingest.goes_on()
    holds_all(store, ingest)


def test_kills_and_restarts_lose_and_double_nothing(elastic_server: ElasticServer, open_elastic: Open) -> None:
    store = open_elastic(alias="kills", timeout_seconds=5.0)
    with Ingest(store) as ingest, Reader(store) as reader:
        for _ in range(KILLS):
            ingest.goes_on()
            elastic_server.kill()
            elastic_server.start()
            elastic_server.wait()
        ingest.goes_on()
    assert reader.refusals > 0
    holds_all(store, ingest)
    print(f"{KILLS} kills: {len(ingest.versions)} mentions, each once; {ingest.failures} batches were put again")  # noqa: T201


def test_what_was_erased_while_the_server_was_away_is_gone_when_it_is_back(
    elastic_server: ElasticServer, open_elastic: Open
) -> None:
    store = open_elastic(alias="away", timeout_seconds=2.0)
    store.put([annotated(a_mention(name=name)) for name in "ab"])
    elastic_server.pause()
    try:
        with pytest.raises(StoreUnavailableError):
            store.forget([id_of("a")])
        assert store.get(id_of("a")) is None
    finally:
        elastic_server.resume()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            if store.index_pending() == 0:
                break
        except StoreUnavailableError:
            time.sleep(0.5)
    store.refresh()
    assert [one.mention.id for one in store.export(Everything())] == [id_of("b")]
    assert store.put([annotated(a_mention(name="a", version=99))]) == 0


@pytest.mark.skipif(NODE_KILLS == 0, reason="three nodes at once: make elastic-faults")
def test_the_loss_of_one_node_of_three_loses_and_doubles_nothing(tmp_path: Path, lemmas: Lemmas) -> None:
    with ElasticServer(nodes=3, heap_mebibytes=400) as cluster:
        store = ElasticStore.open(tmp_path, Access(cluster.urls, timeout_seconds=5.0), lemmas=lemmas)
        store.setup()
        store.attach_indexer()
        with Ingest(store) as ingest, Reader(store, lag_seconds=COPIES_LAG_SECONDS):
            for at in range(NODE_KILLS):
                ingest.goes_on()
                cluster.kill(at % 3)
                ingest.goes_on()
                cluster.start(at % 3)
                cluster.wait(nodes=3, at=at % 3)
                cluster.wait_for_copies(at=at % 3)
            ingest.goes_on()
        holds_all(store, ingest)
        print(f"{NODE_KILLS} nodes lost: {len(ingest.versions)} mentions, each once; {ingest.failures} put again")  # noqa: T201
        store.close()


def set_index(server: ElasticServer, alias: str, settings: dict[str, object]) -> None:
    request = urllib.request.Request(
        f"{server.urls[0]}/{alias}/_settings",
        data=json.dumps(settings).encode(),
        headers={"content-type": "application/json"},
        method="PUT",
    )
    urllib.request.urlopen(request).close()
