"""Check: one thing that every store must do, and the stores it is tried on.

A check is a function of `Stores`; it raises AssertionError, with what was asked and what came, where an engine
does something else.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from textcx.annotation import AnnotatedMention
from textcx.query.tree import Query
from textcx.store.base import MentionStore
from textcx.testing.builders import id_of
from textcx.testing.concept_embedding import ConceptEmbedding
from textcx.testing.list_store import ListStore
from textcx.words import Lemmas

SUITE_EMBEDDING = ConceptEmbedding(
    {
        "delivery": ("leverans", "levering", "toimitus", "delivery", "paket", "paketti"),
        "late": ("sen", "forsinket", "myöhässä", "late"),
        "price": ("pris", "priset", "hinta", "price", "dyr", "kallis"),
        "app": ("appen", "sovellus", "app"),
    }
)
"""What stores that are tried must be opened with."""
Scene = Callable[[], Mapping[str, AnnotatedMention]]
"""Mentions by the names they were built with; a function, so that importing a suite makes none."""


class Stores:
    """Opens stores of one engine for checks, and closes them.

    Args:
        open_store: Opens an empty store of the engine, whose `refresh` brings what was put before the eyes of queries.
        lemmas: Lemmas and compound parts, for the witness.
    """

    def __init__(self, open_store: Callable[[], MentionStore], lemmas: Lemmas) -> None:
        self._open_store = open_store
        self._lemmas = lemmas
        self._opened: list[MentionStore] = []
        self._filled: dict[Scene, tuple[MentionStore, ListStore]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for store in self._opened:
            store.close()
        self._opened.clear()
        self._filled.clear()

    def holding(self, mentions: Sequence[AnnotatedMention] = ()) -> MentionStore:
        """Return a store of its own for a check, which may write to it; the mentions can be searched."""
        store = self._open_store()
        self._opened.append(store)
        store.put(mentions)
        store.refresh()
        return store

    def showing(self, scene: Scene) -> MentionStore:
        """Return the store that holds a scene; all checks that only ask share it."""
        return self._both(scene)[0]

    def witness_of(self, scene: Scene) -> ListStore:
        """Return a ListStore that holds the same."""
        return self._both(scene)[1]

    def _both(self, scene: Scene) -> tuple[MentionStore, ListStore]:
        if scene not in self._filled:
            mentions = list(scene().values())
            witness = ListStore(self._lemmas, embedding=lambda: SUITE_EMBEDDING)
            witness.put(mentions)
            self._filled[scene] = (self.holding(mentions), witness)
        return self._filled[scene]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that every store must do.

    Attributes:
        name: What it does, in words.
        run: Raises AssertionError where a store does something else.
    """

    name: str
    run: Callable[[Stores], None]

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class QueryCase:
    """A query and what it finds.

    Attributes:
        name: What it shows, in words.
        query: The query.
        finds: Names of the mentions it finds, with blanks between them, in any order.
    """

    name: str
    query: Query
    finds: str


def same(found: object, expected: object, about: str) -> None:
    """Say what differs, if something does.

    Raises:
        AssertionError: It does.
    """
    if found != expected:
        message = f"{about}: {found!r} came, and {expected!r} was expected"
        raise AssertionError(message)


def finds(store: MentionStore, query: Query, names: str, scene: Mapping[str, AnnotatedMention]) -> None:
    """Check that a query finds these mentions of a scene and no others, by all ways of asking.

    Raises:
        AssertionError: It finds others.
    """
    name_of = {id_of(name): name for name in scene}
    page = store.search(query, limit=200)
    found = sorted(name_of[hit.annotated.mention.id] for hit in page.hits)
    same(found, sorted(names.split()), f"search of {query}")
    same(page.total, len(found), f"total of {query}")
    same(store.count(query), len(found), f"count of {query}")


def fails(ask: Callable[[], object], error: type[Exception], about: str) -> None:
    """Check that a question is refused in the way the interface says.

    Raises:
        AssertionError: It is answered.
    """
    try:
        answer = ask()
    except error:
        return
    message = f"{about}: {answer!r} came, and {error.__name__} was expected"
    raise AssertionError(message)
