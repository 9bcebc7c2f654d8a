"""An embedded store over a temporary folder; lemmas for all, since their dictionaries take seconds to load."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from textcx.store.embedded.store import EmbeddedStore
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
