"""Topics by BERTopic: the sets on which its own defaults fail among them."""

import numpy as np
import pytest

from textcx.errors import MissingExtraError
from textcx.topics.bertopic_fit import Engine, check_installed, fit_groups
from textcx.topics.grouping import GroupingRules
from textcx.topics.likeness import Vectors

RULES = GroupingRules()


def cloud(*sizes: int) -> Vectors:
    chance = np.random.default_rng(1)
    found = np.concatenate([np.eye(24)[[at] * size] for at, size in enumerate(sizes)])
    found = found + chance.normal(0, 0.04, found.shape)
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@pytest.mark.slow
@pytest.mark.models
@pytest.mark.parametrize("engine", ["centroids", "density"])
def test_bertopic_finds_what_belongs_together_and_survives_small_sets_and_copies(engine: Engine) -> None:
    vectors = cloud(150, 100)
    groups = fit_groups(vectors, engine=engine, rules=RULES)
    assert [int(group.centroid.argmax()) for group in groups][:2] == [0, 1]
    assert sum(len(group.rows) for group in groups) > 200
    for count in (0, 3, 25, 50):
        fit_groups(cloud(count), engine=engine, rules=RULES)
    copies = np.repeat(cloud(1), 60, axis=0)
    assert len(fit_groups(copies, engine=engine, rules=RULES)) <= 1
    assert fit_groups(np.zeros((60, 24), np.float32), engine=engine, rules=RULES) == []


def test_without_bertopic_the_message_names_the_extra_and_the_way_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textcx.topics.bertopic_fit.find_spec", lambda _name: None)
    with pytest.raises(MissingExtraError, match=r"textcx\[models\].*--engine plain"):
        check_installed()
