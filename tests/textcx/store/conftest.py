"""An embedded store over a temporary folder, one on a real Elasticsearch, and lemmas for all: they load slowly."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from textcx.store.elastic.access import Access
from textcx.store.elastic.store import ElasticStore
from textcx.store.embedded.store import EmbeddedStore
from textcx.testing.elastic_server import ElasticServer, ElasticUnavailableError
from textcx.words import Lemmas


@pytest.fixture(scope="session")
def lemmas() -> Lemmas:
    return Lemmas()


@pytest.fixture
def open_store(tmp_path: Path, lemmas: Lemmas) -> Iterator[Callable[..., EmbeddedStore]]:
    """Open the store of a folder, as the one that writes its index unless it is said to be a reader."""
    opened: list[EmbeddedStore] = []

    def open_one(folder: Path = tmp_path / "data", *, is_indexer: bool = True) -> EmbeddedStore:
        store = EmbeddedStore.open(folder, lemmas=lemmas)
        opened.append(store)
        if is_indexer:
            store.attach_indexer()
        return store

    yield open_one
    for store in opened:
        store.close()


@pytest.fixture(scope="session")
def elastic_server() -> Iterator[ElasticServer]:
    """A real server of our own; where none can be started, CI fails and a developer's machine skips."""
    try:
        server = ElasticServer()
    except ElasticUnavailableError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no Elasticsearch: {error}")
    with server:
        yield server


@pytest.fixture
def open_elastic(
    elastic_server: ElasticServer, tmp_path: Path, lemmas: Lemmas
) -> Iterator[Callable[..., ElasticStore]]:
    """Open the store of a folder on indices of its own, set up, as the one that follows replies."""
    opened: list[ElasticStore] = []

    def open_one(
        folder: Path | None = None, *, alias: str = f"t{uuid4().hex[:12]}", url: str = "", timeout_seconds: float = 30.0
    ) -> ElasticStore:
        access = Access((url or elastic_server.urls[0],), timeout_seconds=timeout_seconds)
        store = ElasticStore.open(folder or tmp_path / "data", access, lemmas=lemmas, alias=alias)
        opened.append(store)
        store.setup()
        store.attach_indexer()
        return store

    yield open_one
    for store in opened:
        store.close()
