"""The component that tells a text's topic: one at a time or in a batch, while the registry changes under it."""

from pathlib import Path

from textcx.components.topics import TopicsComponent
from textcx.testing import ConceptEmbedding
from textcx.topics.changes import Birth, Change, written
from textcx.topics.registry_file import RegistryFile

EMBEDDING = ConceptEmbedding({"lift": ("hissen", "lift"), "price": ("priset", "price")})
TEXTS = ["Hissen står still", "Priset steg", "God jul", ""]


def born(folder: Path, number: int, phrase: str) -> None:
    (vector,) = EMBEDDING.vectors([phrase])
    birth = Birth(
        id=f"t{number}",
        label=phrase,
        origin="seed",
        embedding=EMBEDDING.version,
        centroid=written(vector),
        limit=0.5,
    )
    RegistryFile(folder).add(lambda _registry: Change(kind="born", births=(birth,)))


def test_a_batch_is_judged_as_each_text_alone_and_a_new_topic_counts_at_once(tmp_path: Path) -> None:
    component = TopicsComponent(tmp_path, lambda: EMBEDDING)
    assert [component.judge(text, {}) for text in TEXTS] == [None] * 4, "without topics nothing is judged"
    born(tmp_path, 1, "hissen")
    alone = [component.judge(text, {}) for text in TEXTS]
    component.prepare(TEXTS)
    assert [component.judge(text, {}) for text in TEXTS] == alone
    assert [[tag["id"] for tag in found] for found in alone] == [["t1"], [], [], []]
    born(tmp_path, 2, "priset")
    assert [tag["id"] for tag in component.judge("Priset steg", {})] == ["t2"], "though prepared before"


def test_topics_of_another_embedding_are_not_judged(tmp_path: Path) -> None:
    born(tmp_path, 1, "hissen")
    other = ConceptEmbedding({"lift": ("hissen",)})
    other.version = "other-1"
    assert TopicsComponent(tmp_path, lambda: other).judge("Hissen", {}) is None
