"""The registry of topics: what stays, what a change means, and how it is taken back."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from textcx.annotation import TopicTag
from textcx.errors import ConfigError, ConflictError, NotFoundError
from textcx.topics.anchors import Anchors
from textcx.topics.changes import Birth, Change, written
from textcx.topics.registry import Registry
from textcx.topics.registry_file import RegistryFile
from textcx.topics.tagging import today

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
Add = Callable[[Change], Registry]


def a_birth(number: int, *vector: float, limit: float = 0.5, label: str | None = None) -> Birth:
    centroid = written(np.array(vector or (1.0, 0.0), np.float32))
    return Birth(
        id=f"t{number}", label=label or f"topic {number}", origin="fit", embedding="e-1", centroid=centroid, limit=limit
    )


def born(*births: Birth) -> Change:
    return Change(kind="born", births=births)


@pytest.fixture
def file(tmp_path: Path) -> RegistryFile:
    return RegistryFile(tmp_path / "data", clock=lambda: NOW)


@pytest.fixture
def add(file: RegistryFile) -> Add:
    return lambda change: file.add(lambda _registry: change)


def test_a_topic_keeps_its_id_and_its_centroid_whatever_is_done_to_it(file: RegistryFile, add: Add) -> None:
    before = add(born(a_birth(1, 3.0, 4.0)))
    add(Change(kind="renamed", topic="t1", label="Late delivery", reason="clearer"))
    topic = add(Change(kind="pinned", topic="t1")).topics["t1"]
    assert topic.birth.vector.tolist() == before.topics["t1"].birth.vector.tolist() == pytest.approx([0.6, 0.8])
    assert (topic.id, topic.label, topic.is_pinned) == ("t1", "Late delivery", True)
    assert [(one.kind, one.reason, one.at) for one in topic.lineage][1] == ("renamed", "clearer", NOW)


def test_another_process_sees_a_change_at_once(file: RegistryFile, add: Add, tmp_path: Path) -> None:
    other = RegistryFile(tmp_path / "data")
    assert other.registry().topics == {}
    add(born(a_birth(1)))
    assert list(other.registry().topics) == ["t1"]
    assert file.registry() is file.registry()


def test_reading_a_registry_makes_no_folder(tmp_path: Path) -> None:
    assert RegistryFile(tmp_path / "nowhere").registry() == Registry()
    assert not (tmp_path / "nowhere").exists()


def test_a_merged_topics_mentions_are_those_of_the_one_it_went_into_and_undo_gives_them_back(add: Add) -> None:
    add(born(a_birth(1), a_birth(2), a_birth(3)))
    add(Change(kind="merged", topic="t1", into="t2"))
    registry = add(Change(kind="merged", topic="t2", into="t3"))
    assert [registry.resolve(one) for one in ("t1", "t2", "t3")] == ["t3", "t3", "t3"]
    assert registry.stands_for("t3") == ["t3", "t1", "t2"]
    assert [topic.id for topic in registry.live()] == ["t3"]
    registry = add(Change(kind="undone", undoes=registry.last_change().number))
    assert [registry.resolve(one) for one in ("t1", "t2", "t3")] == ["t2", "t2", "t3"]
    assert [one.kind for one in registry.changes] == ["born", "merged", "merged", "undone"]


def test_a_retired_topics_mentions_have_none(add: Add) -> None:
    add(born(a_birth(1), a_birth(2)))
    registry = add(Change(kind="retired", topic="t1"))
    stored = [TopicTag(id=one, label="old", score=0.9) for one in ("t1", "t2", "t99")]
    assert [(one.id, one.label) for one in today(registry, stored)] == [("t2", "topic 2"), ("t99", "old")]


def test_undo_takes_back_one_change_after_the_other_and_says_when_there_is_none(add: Add) -> None:
    add(born(a_birth(1)))
    registry = add(Change(kind="renamed", topic="t1", label="a"))
    for _ in range(2):
        registry = add(Change(kind="undone", undoes=registry.last_change().number))
    assert registry.topics == {}
    assert registry.resolve("t1") is None
    assert registry.next_number() == 2, "an id is never given again"
    with pytest.raises(ConflictError, match="no change"):
        registry.last_change()


def test_a_split_taken_back_gives_the_pieces_mentions_to_the_whole(add: Add) -> None:
    add(born(a_birth(1)))
    split = add(Change(kind="split", topic="t1", births=(a_birth(2), a_birth(3))))
    assert split.topics["t1"].into == ("t2", "t3")
    assert [split.resolve(one) for one in ("t1", "t2")] == ["t1", "t2"]
    back = add(Change(kind="undone", undoes=split.version))
    assert [back.resolve(one) for one in ("t1", "t2", "t3")] == ["t1", "t1", "t1"]


def test_what_is_pinned_or_gone_cannot_be_changed(add: Add) -> None:
    add(born(a_birth(1), a_birth(2)))
    add(Change(kind="pinned", topic="t1"))
    registry = add(Change(kind="merged", topic="t2", into="t1"))
    with pytest.raises(ConflictError, match="pinned"):
        registry.changeable("t1")
    with pytest.raises(ConflictError, match="was merged into t1"):
        registry.changeable("t2")


def test_a_topic_is_found_by_its_label_in_any_case(add: Add) -> None:
    registry = add(born(a_birth(1, label="Late delivery"), a_birth(2)))
    assert registry.find("LATE delivery").id == "t1"
    with pytest.raises(NotFoundError, match="Did you mean 'Late delivery'"):
        registry.find("Late delivry")


def test_a_damaged_file_is_an_error_that_names_it(file: RegistryFile, add: Add, tmp_path: Path) -> None:
    add(born(a_birth(1)))
    (tmp_path / "data" / "topics.json").write_text("{")
    with pytest.raises(ConfigError, match=r"topics\.json"):
        file.registry()


def test_a_text_goes_to_the_nearest_centroid_if_that_is_near_enough(add: Add) -> None:
    registry = add(born(a_birth(1, 1, 0, 0, limit=0.9), a_birth(2, 0, 1, 0, limit=0.5)))
    vectors = np.array([[1, 0, 0], [0.8, 0.6, 0], [0, 0.4, 0.9], [0, 0, 0]], np.float32)
    found = Anchors.of(registry, embedding="e-1").assign(vectors)
    assert found.places.tolist() == [0, 1, -1, -1], "what is too far from the nearest may belong to the next"
    assert found.scores.tolist() == pytest.approx([1.0, 0.6, 0.4, 0.0])
    assert Anchors.of(registry, embedding="e-2").assign(vectors).places.tolist() == [-1] * 4


def test_the_pieces_of_a_split_topic_share_what_it_had_and_nothing_else(add: Add) -> None:
    add(born(a_birth(1, 1, 1, 0, limit=0.9), a_birth(2, 0, 0, 1)))
    registry = add(Change(kind="split", topic="t1", births=(a_birth(3, 1, 0, 0), a_birth(4, 0, 1, 0))))
    anchors = Anchors.of(registry, embedding="e-1")
    vectors = np.array([[0.8, 0.6, 0], [0.6, 0.8, 0], [1, 0, 0], [0, 0, 1]], np.float32)
    ids = [anchors.ids[place] if place >= 0 else None for place in anchors.assign(vectors).places]
    assert ids == ["t3", "t4", None, "t2"]


def test_a_topic_found_later_takes_only_what_is_left_and_a_seeded_one_what_is_nearest(add: Add) -> None:
    vectors = np.array([[1, 0], [0.8, 0.6], [0.5, 0.87]], np.float32)

    def ids(registry: Registry) -> list[str | None]:
        anchors = Anchors.of(registry, embedding="e-1")
        return [anchors.ids[place] if place >= 0 else None for place in anchors.assign(vectors).places]

    assert ids(add(born(a_birth(1, 1, 0, limit=0.7)))) == ["t1", "t1", None]
    assert ids(add(born(a_birth(2, 0.7, 0.7, limit=0.7)))) == ["t1", "t1", "t2"], "though t2 is nearer to the second"
    seed = a_birth(3, 0.7, 0.7, limit=0.7).model_copy(update={"origin": "seed"})
    assert ids(add(born(seed))) == ["t1", "t3", "t2"]
