"""Groups of vectors, keywords and distinctive words, on sets small enough to see through."""

import numpy as np
import pytest

from textcx.topics.distinctive import distinctions
from textcx.topics.grouping import GroupingRules, groups_of, k_means
from textcx.topics.keywords import Vocabulary, keywords, label_of
from textcx.topics.likeness import Vectors
from textcx.topics.stop_words import stop_words
from textcx.words import Lemmas


def clouds(*sizes: int, noise: float = 0.2, dimensions: int = 24) -> Vectors:
    """Return vectors around as many directions as there are sizes."""
    chance = np.random.default_rng(1)
    found = np.concatenate([np.eye(dimensions)[[at] * size] for at, size in enumerate(sizes)])
    found = found + chance.normal(0, noise / dimensions**0.5, found.shape)
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


def test_what_belongs_together_is_found_and_each_group_once() -> None:
    groups = groups_of(clouds(300, 200, 60, 20), k_means, GroupingRules())
    assert [len(group.rows) for group in groups] == [285, 190, 57, 19], "each keeps 95 in a hundred"
    assert [int(group.centroid.argmax()) for group in groups] == [0, 1, 2, 3]
    again = groups_of(clouds(300, 200, 60, 20), k_means, GroupingRules())
    assert [group.rows.tolist() for group in groups] == [group.rows.tolist() for group in again]


@pytest.mark.parametrize("count", [0, 1, 3, 19, 20, 50, 400])
def test_small_sets_never_fail(count: int) -> None:
    groups = groups_of(clouds(count), k_means, GroupingRules())
    assert len(groups) == (count >= 20)


def test_copies_are_one_group_and_texts_without_words_none() -> None:
    copies = np.repeat(clouds(1), 100, axis=0)
    assert [len(group.rows) for group in groups_of(copies, k_means, GroupingRules())] == [100]
    assert groups_of(np.zeros((100, 24), np.float32), k_means, GroupingRules()) == []
    (group,) = groups_of(np.concatenate([np.zeros((100, 24), np.float32), copies]), k_means, GroupingRules())
    assert group.rows.min() == 100


def test_keywords_are_lemmas_told_for_each_language_by_itself() -> None:
    vocabulary = Vocabulary(Lemmas(), stop_words)
    delivery = [("Leveransen var sen", "sv"), ("leveranserna är alltid sena", "sv"), ("sen leverans igen", "sv")] * 2
    delivery += [("Toimitus myöhässä", "fi"), ("toimitukset myöhässä", "fi"), ("toimituksen kanssa", "fi")]
    price = [("priset är högt", "sv"), ("för höga priser", "sv"), ("vilket pris", "sv"), ("leverans i tid", "sv")]
    found = keywords([vocabulary.read(texts) for texts in (delivery, price * 2)])
    assert {"leverans", "sen"} == set(found[0]["sv"][:2]), "as they were written most"
    assert found[0]["fi"][0] == "toimitus"
    assert found[1]["sv"][0] in ("priset", "pris", "priser")
    assert list(found[0]) == ["sv", "fi"], "the language with most words first"


def test_a_word_of_fewer_than_three_texts_is_no_keyword() -> None:
    texts = [("Pelle leverans", "sv")] * 2 + [("leverans", "sv")]
    vocabulary = Vocabulary(Lemmas(), stop_words)
    assert keywords([vocabulary.read(texts)])[0] == {"sv": ("leverans",)}


def test_a_word_that_is_everywhere_is_no_keyword() -> None:
    vocabulary = Vocabulary(Lemmas(), stop_words)
    fee = [(f"butiken avgift faktura konto {number}", "sv") for number in "abcdef"]
    queue = [(f"butiken trappa hiss dörr {number}", "sv") for number in "abcdef"]
    queue += [("butiken", "sv")] * 20
    found = keywords([vocabulary.read(texts) for texts in (fee, queue)])
    assert set(found[0]["sv"]) == {"avgift", "faktura", "konto"}
    alone = keywords([vocabulary.read(fee)])
    assert len(alone[0]["sv"]) == 3, "where there is nothing else, the most usual words are shown"


def test_a_label_is_nobody_elses() -> None:
    words = {"sv": ("a", "b", "c", "d")}
    assert label_of(words, set()) == "a, b, c"
    assert label_of(words, {"a, b, c"}) == "a, b, c, d"
    assert label_of(words, {"a, b, c", "a, b, c, d"}) == "a, b, c 2"
    assert label_of({}, {"topic"}) == "topic 2"


@pytest.mark.parametrize("language", ["sv", "da", "nb", "nn", "fi", "en"])
def test_every_language_has_stop_words(language: str) -> None:
    assert len(stop_words(language)) > 80
    assert stop_words("und") == frozenset()


def test_a_rare_word_must_differ_more_to_be_believed() -> None:
    first, second = {"fee": 60, "app": 500, "twice": 2}, {"fee": 20, "app": 1000}
    found = {one.word: one for one in distinctions(first, second)}
    assert found["fee"].low > 1
    assert found["twice"].q > 0.05
    assert found["fee"].z > found["twice"].z
    mirrored = {one.word: one for one in distinctions(second, first)}
    assert mirrored["fee"].z == pytest.approx(-found["fee"].z)


def test_nothing_is_distinctive_where_there_is_nothing_to_compare() -> None:
    assert distinctions({}, {"fee": 1}) == []
    assert distinctions({"fee": 1}, {"fee": 2}) == []
    assert all(one.q > 0.5 for one in distinctions({"fee": 10, "app": 20}, {"fee": 10, "app": 20}))
