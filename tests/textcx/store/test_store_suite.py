"""The conformance suite: on our engine, on the witness it is measured against, and on stores that are wrong."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from textcx.annotation import Storable, modelled
from textcx.query.tally import Needs, Tally
from textcx.query.tree import Not, Query
from textcx.store.base import BreakdownTallies, MentionStore, Page, TrendTallies
from textcx.store.embedded.store import EmbeddedStore
from textcx.testing import ListStore
from textcx.testing.store_suite import CHECKS, SUITE_EMBEDDING, WRITTEN_CHECKS, Check, Stores, answers_random_queries
from textcx.words import Lemmas

MORE_RANDOM_QUERIES = int(os.environ.get("TEXTCX_RANDOM_QUERIES", "0"))
FIRST_SEED = 10_000


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory, lemmas: Lemmas) -> Iterator[Stores]:
    def open_empty() -> EmbeddedStore:
        store = EmbeddedStore.open(tmp_path_factory.mktemp("store"), lemmas=lemmas, embedding=lambda: SUITE_EMBEDDING)
        store.attach_indexer()
        return store

    with Stores(open_empty, lemmas) as stores:
        yield stores


@pytest.fixture(scope="module")
def witness(lemmas: Lemmas) -> Iterator[Stores]:
    with Stores(lambda: ListStore(lemmas, embedding=lambda: SUITE_EMBEDDING), lemmas) as stores:
        yield stores


@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_the_embedded_engine(check: Check, embedded: Stores) -> None:
    check.run(embedded)


@pytest.mark.parametrize("check", WRITTEN_CHECKS, ids=str)
def test_the_witness(check: Check, witness: Stores) -> None:
    check.run(witness)


def test_as_many_more_random_queries_as_are_asked_for(embedded: Stores) -> None:
    answers_random_queries(embedded, queries=MORE_RANDOM_QUERIES or 5, seed=FIRST_SEED)


def test_there_are_checks_enough_and_each_has_a_name_of_its_own() -> None:
    names = [check.name for check in CHECKS]
    assert len(names) >= 150
    assert len(set(names)) == len(names)


class TakesAnyVersion(ListStore):
    calls = 0

    def put(self, mentions: Sequence[Storable]) -> int:
        self.calls += 1
        return super().put(
            [
                one.model_copy(update={"mention": one.mention.model_copy(update={"version": 100 + self.calls})})
                for one in map(modelled, mentions)
            ]
        )


class KeepsErasedOnes(ListStore):
    def forget(self, identifiers: Sequence[str]) -> int:
        return sum(self.get(identifier) is not None for identifier in dict.fromkeys(identifiers))


class CountsOneTooMany(ListStore):
    def count(self, query: Query) -> int:
        return super().count(query) + 1


class TakesExclusionsForNothing(ListStore):
    def search(self, query: Query, **asked: object) -> Page:  # type: ignore[override]
        return super().search(query.child if isinstance(query, Not) else query, **asked)  # type: ignore[arg-type]


class LosesTheLastPage(ListStore):
    def search(self, query: Query, **asked: object) -> Page:  # type: ignore[override]
        page = super().search(query, **asked)  # type: ignore[arg-type]
        return replace(page, next_cursor=None) if len(page.hits) > 1 else page


class ForgetsUndatedOnes(ListStore):
    def trend(self, query: Query, needs: Needs, **asked: object) -> TrendTallies:  # type: ignore[override]
        return replace(super().trend(query, needs, **asked), undated=0)  # type: ignore[arg-type]


class CountsMentionsForJudgements(ListStore):
    def breakdown(self, query: Query, needs: Needs, *, by: str | None = None) -> BreakdownTallies:
        return super().breakdown(query, replace(needs, judgements=False), by=by)


class MarksNothing(ListStore):
    def search(self, query: Query, **asked: object) -> Page:  # type: ignore[override]
        page = super().search(query, **asked)  # type: ignore[arg-type]
        return replace(page, hits=tuple(replace(hit, highlights={}) for hit in page.hits))


class AddsUpOverAll(ListStore):
    def breakdown(self, query: Query, needs: Needs, *, by: str | None = None) -> BreakdownTallies:
        found = super().breakdown(query, needs, by=by)
        return replace(found, total=Tally(sum(row.mentions for row in found.rows.values())))


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (TakesAnyVersion, "leaves the same version alone"),
        (KeepsErasedOnes, "erases for good, whatever is delivered later"),
        (CountsOneTooMany, "words: everything"),
        (TakesExclusionsForNothing, "words: all but this"),
        (LosesTheLastPage, "gives pages by time, complete and in order"),
        (ForgetsUndatedOnes, "leaves out what no interval holds, and counts the undated"),
        (CountsMentionsForJudgements, "counts judgements by stage, each of several"),
        (MarksNothing, "marks the words of a query"),
        (AddsUpOverAll, "counts judgements by touchpoint"),
    ],
)
def test_a_store_that_is_wrong_is_found_out(wrong: Callable[[Lemmas], MentionStore], name: str, lemmas: Lemmas) -> None:
    (check,) = (check for check in CHECKS if check.name == name)
    with Stores(lambda: wrong(lemmas), lemmas) as stores, pytest.raises(AssertionError):
        check.run(stores)
