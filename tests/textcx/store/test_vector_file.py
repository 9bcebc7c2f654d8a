"""Vectors beside the embedded index: what a crash leaves, another embedding, and the two ways to the nearest."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from textcx.embedding.base import Embedding
from textcx.errors import ConfigError, IndexVersionError
from textcx.query.tree import Everything, Exact
from textcx.store.embedded.clauses import Clauses
from textcx.store.embedded.neighbours import nearest_of
from textcx.store.embedded.snapshots import Snapshots
from textcx.store.embedded.store import EmbeddedStore
from textcx.store.embedded.tokens import Tokens
from textcx.store.embedded.truth import Truth, open_truth_file
from textcx.store.embedded.vector_file import VectorFile, VectorWriter
from textcx.store.vectors import eight_bits
from textcx.testing import ConceptEmbedding, a_mention, annotated, id_of
from textcx.testing.store_suite import SUITE_EMBEDDING
from textcx.words import Lemmas


class Other(ConceptEmbedding):
    version = "concepts-2"


@contextmanager
def opened(folder: Path, lemmas: Lemmas, embedding: Embedding | None = SUITE_EMBEDDING) -> Iterator[EmbeddedStore]:
    chosen = None if embedding is None else (lambda: embedding)
    with closing(EmbeddedStore.open(folder, lemmas=lemmas, embedding=chosen)) as store:
        store.attach_indexer()
        yield store


def vector_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("vectors.bin"))


def test_rows_that_a_crash_left_are_overwritten(tmp_path: Path, lemmas: Lemmas) -> None:
    with opened(tmp_path, lemmas) as store:
        store.put([annotated(a_mention("leverans", name="a"))])
        store.refresh()
    (generation,) = (tmp_path / "index").iterdir()
    VectorWriter(generation, SUITE_EMBEDDING).append([id_of("lost")], ["pris"])  # and died before the commit
    assert bytes.fromhex(id_of("lost")) in vector_bytes(tmp_path)
    with opened(tmp_path, lemmas) as store:
        store.put([annotated(a_mention("appen", name="b"))])
        store.refresh()
        assert len(store.nearest(Everything(), "leverans pris", limit=9)) == 2
    assert bytes.fromhex(id_of("lost")) not in vector_bytes(tmp_path)


@pytest.mark.parametrize("way", ["forget", "change", "rebuild"])
def test_no_vector_outlives_its_text(tmp_path: Path, lemmas: Lemmas, way: str) -> None:
    with opened(tmp_path, lemmas) as store:
        store.put([annotated(a_mention("leverans sen", name="a")), annotated(a_mention("pris", name="b"))])
        store.refresh()
        before = vector_bytes(tmp_path)
        if way == "change":
            store.put([annotated(a_mention("", name="a", version=2))])
        else:
            store.forget([id_of("a")])
        _ = store.rebuild() if way == "rebuild" else store.refresh()
    assert bytes.fromhex(id_of("a")) in before
    assert bytes.fromhex(id_of("a")) not in vector_bytes(tmp_path)
    assert bytes.fromhex(id_of("b")) in vector_bytes(tmp_path)


def test_another_embedding_needs_a_rebuild_and_words_go_on(tmp_path: Path, lemmas: Lemmas) -> None:
    with opened(tmp_path, lemmas) as store:
        store.put([annotated(a_mention("leverans", name="a"))])
        store.refresh()
    with opened(tmp_path, lemmas, Other({"delivery": ("leverans", "toimitus")})) as store:
        store.put([annotated(a_mention("leverans", name="b"))])
        store.refresh()
        assert store.count(Exact("leverans")) == 2
        with pytest.raises(IndexVersionError, match="store rebuild"):
            store.nearest(Everything(), "toimitus", limit=5)
        store.rebuild()
        assert len(store.nearest(Everything(), "toimitus", limit=5)) == 2


def test_without_an_embedding_there_is_no_meaning(tmp_path: Path, lemmas: Lemmas) -> None:
    with opened(tmp_path, lemmas, None) as store:
        store.put([annotated(a_mention("leverans"))])
        store.refresh()
        assert store.count(Everything()) == 1
        with pytest.raises(ConfigError, match="without an embedding"):
            store.nearest(Everything(), "toimitus", limit=5)


def test_both_ways_to_the_nearest_are_exact(tmp_path: Path, lemmas: Lemmas) -> None:
    texts = ("leverans", "leverans sen", "pris", "appen pris", "sen", "hinta kallis", "toimitus okänt")
    with opened(tmp_path, lemmas) as store:
        store.put([annotated(a_mention(texts[at % 7] + f" x{at}", name=f"{at}")) for at in range(300)])
        store.refresh()
    truth = Truth(open_truth_file(tmp_path))
    snapshots = Snapshots(tmp_path / "index", truth)
    clauses = Clauses(Tokens(lemmas), snapshots.searcher())
    folder = snapshots.folder_in_force()
    assert folder is not None
    vectors, sought = VectorFile(folder, SUITE_EMBEDDING), eight_bits(SUITE_EMBEDDING.vectors(["late delivery"]))[0]
    for query in (Everything(), Exact("pris"), Exact("sen")):
        compiled = clauses.compile(query)
        one, other = (nearest_of(clauses.searcher, compiled, vectors, sought, limit=10, few=few) for few in (5, 10_000))
        assert [hit.score for hit in one] == [hit.score for hit in other]
        assert len(one) == 10
    truth.close()
