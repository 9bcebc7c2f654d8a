"""The whole query language on thousands of mentions: the engine, and plain lists that are looked at one by one."""

import os
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from random import Random

import pytest

from ingest.connectors.demo import read_demo
from ingest.normalize import normalize
from ingest.raw import RawRecord
from ingest.redact import redact
from ingest.secret import open_secret
from textcx.annotation import AnnotatedMention, Annotations
from textcx.configs import configs_folder
from textcx.document import Document
from textcx.errors import RequestError
from textcx.pipeline import build_pipeline
from textcx.query.grammar import parse
from textcx.query.measures import find_measure
from textcx.query.tree import AnyOf, Everything, Exact, Near, Prefix, Query
from textcx.settings import Settings
from textcx.store.embedded.store import EmbeddedStore
from textcx.testing import ListStore
from textcx.testing.builders import NOON, a_mention, a_rating, annotated
from textcx.testing.evaluator import Evaluator
from textcx.testing.random_mentions import random_mentions
from textcx.testing.random_queries import random_query
from textcx.words import Lemmas, split_words

OpenStore = Callable[[], EmbeddedStore]
QUERIES = int(os.environ.get("TEXTCX_RANDOM_QUERIES", "1000"))
MENTIONS = 5_000
PAGE = 20
FIRST_SEED = 1_000_000
NEAR_QUERIES = (configs_folder() / "bench" / "near.txt").read_text(encoding="utf-8").splitlines()


class PlainLists:
    """Mentions in the order in which a store gives them, newest first."""

    def __init__(self, mentions: Sequence[AnnotatedMention], lemmas: Lemmas) -> None:
        self._evaluator = Evaluator(lemmas)
        self._mentions = [self._evaluator.read(one) for one in mentions]
        self._mentions.sort(key=lambda one: (-one.facts.key, one.facts.id))

    def found(self, query: Query) -> list[str]:
        matches = self._evaluator.matcher(query)
        return [one.facts.id for one in self._mentions if matches(one)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> list[AnnotatedMention]:
    """The demonstration as the real pipeline judges it."""
    secret = open_secret(tmp_path_factory.mktemp("secret"))
    records = [one for one in read_demo(configs_folder() / "demo") if isinstance(one, RawRecord)]
    mentions = [normalize(redact(record, secret), version=1) for record in records]
    judged = build_pipeline(Settings()).annotate([Document(one.text, language=one.language) for one in mentions])
    return [
        AnnotatedMention(mention=mention, annotations=annotations)
        for mention, annotations in zip(mentions, judged, strict=True)
        if isinstance(annotations, Annotations)
    ]


@pytest.fixture(scope="module")
def mentions(demo: list[AnnotatedMention]) -> list[AnnotatedMention]:
    return demo + random_mentions(MENTIONS - len(demo), seed=5)


@pytest.fixture(scope="module")
def lists(mentions: list[AnnotatedMention], lemmas: Lemmas) -> PlainLists:
    return PlainLists(mentions, lemmas)


@pytest.fixture(scope="module")
def store(mentions: list[AnnotatedMention], tmp_path_factory: pytest.TempPathFactory, lemmas: Lemmas) -> EmbeddedStore:
    opened = EmbeddedStore.open(tmp_path_factory.mktemp("store"), lemmas=lemmas)
    opened.attach_indexer()
    opened.put(mentions)
    opened.refresh()
    return opened


def check_alike(store: EmbeddedStore, lists: PlainLists, query: Query, about: str) -> int:
    """Compare count, and the ids of the first two pages, with the plain lists; return how many were found."""
    expected = lists.found(query)
    assert store.count(query) == len(expected), about
    cursor = None
    for first in (0, PAGE):
        page = store.search(query, limit=PAGE, cursor=cursor)
        assert page.total == len(expected), about
        assert [hit.annotated.mention.id for hit in page.hits] == expected[first : first + PAGE], about
        cursor = page.next_cursor
        assert (cursor is not None) == (first + PAGE < len(expected)), about
        if cursor is None:
            break
    return len(expected)


def test_random_queries_find_what_plain_lists_find(
    store: EmbeddedStore, lists: PlainLists, demo: list[AnnotatedMention]
) -> None:
    runs = [run for one in demo if (run := [word.surface for word in split_words(one.mention.text)])]
    began = time.process_time()
    found = []
    for number in range(FIRST_SEED, FIRST_SEED + QUERIES):
        chance = Random(number)
        query = random_query(chance, runs=runs) if number % 2 else random_query(chance)
        found.append(check_alike(store, lists, query, f"random query {number}: {query}"))
    some = sum(0 < count < MENTIONS for count in found)
    seconds = time.process_time() - began
    report = f"{QUERIES:,} random queries over {MENTIONS:,} mentions agree; {some:,} found some; {seconds:.0f} s CPU"
    print(report)  # noqa: T201
    assert some > QUERIES / 2


@pytest.mark.parametrize("line", NEAR_QUERIES)
def test_the_near_queries_of_the_benchmark_find_what_plain_lists_find(
    line: str, store: EmbeddedStore, lists: PlainLists
) -> None:
    query = parse(line, touchpoints=(), stages=())
    check_alike(store, lists, query, line)


def test_the_near_queries_of_the_benchmark_are_forty_with_a_prefix_inside() -> None:
    assert len(NEAR_QUERIES) == len(set(NEAR_QUERIES)) == 40
    assert [line for line in NEAR_QUERIES if not has_prefix_inside_near(line)] == []


def has_prefix_inside_near(line: str) -> bool:
    return any(isinstance(one, Prefix) for near in nears(parse(line, touchpoints=(), stages=())) for one in sides(near))


def nears(node: object) -> list[Near]:
    if isinstance(node, Near):
        return [node]
    inner = [*getattr(node, "children", ()), getattr(node, "child", None), getattr(node, "operand", None)]
    return [near for one in inner if one is not None for near in nears(one)]


def sides(near: Near) -> list[object]:
    return [one for side in (near.left, near.right) for one in (side.operands if isinstance(side, AnyOf) else (side,))]


def test_near_takes_long_words_and_refuses_too_many_of_them(open_store: OpenStore) -> None:
    words = [chr(0x20000 + at) * 95 + f"{at:05}" for at in range(105)]
    store = open_store()
    store.put([annotated(a_mention(" ".join(words[at : at + 3]), name=str(at))) for at in range(0, len(words), 3)])
    store.refresh()
    firsts, lasts = ([Prefix(word[:98]) for word in words[at::3]] for at in (0, 2))
    middle = [Exact(word) for word in words[1::3]]
    assert store.count(Near(AnyOf(tuple(firsts[:4])), AnyOf(tuple(lasts)), 1, ordered=True)) == 4
    assert store.count(Near(AnyOf(tuple(firsts)), AnyOf(tuple(lasts[:4])), 0, ordered=False)) == 0
    assert store.count(Near(AnyOf(tuple(middle)), AnyOf(tuple(firsts[:4])), 0, ordered=False)) == 4
    assert store.count(Near(AnyOf(tuple(middle)), AnyOf(tuple(firsts[:4])), 10, ordered=True)) == 0
    with pytest.raises(RequestError, match="too many phrases"):
        store.count(Near(AnyOf(tuple(firsts)), AnyOf(tuple(lasts)), 0, ordered=True))


@pytest.mark.parametrize("scales", [(5,), (5, 10)], ids=["one scale", "two scales"])
def test_ratings_add_up_alike_on_one_scale_and_on_several(
    scales: tuple[int, ...], open_store: OpenStore, lemmas: Lemmas
) -> None:
    rated = [
        annotated(
            a_mention(
                name=f"{at}-{highest}", brand=f"brand{at % 2}", ratings=[a_rating("stars", at + 1, highest=highest)]
            )
        )
        for at in range(4)
        for highest in scales
    ]
    store, witness = open_store(), ListStore(lemmas)
    for one in (store, witness):
        one.put([*rated, annotated(a_mention(name="unrated"))])
        one.refresh()
    needs = find_measure("average_stars").needs
    expected = witness.breakdown(Everything(), needs, by="brand")
    assert set(expected.total.moments) == {f"1-{highest}" for highest in scales}
    assert store.breakdown(Everything(), needs, by="brand") == expected
    borders = (NOON, NOON + timedelta(hours=1))
    assert store.trend(Everything(), needs, borders=borders) == witness.trend(Everything(), needs, borders=borders)
