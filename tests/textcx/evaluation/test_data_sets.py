"""The model card names every set that training reads, and says rightly what the `open` weights hold."""

from typing import Any

import pytest

from textcx.evaluation.data_sets import DATA_SETS
from textcx.model.table import read_weights
from textcx.model.weight_files import SHIPPED
from textcx.training import sources
from textcx.training.sources import FREE_FOR_MODELS, Source

OF_SEVERAL_LICENCES = {"touchpoints-gold", "nordic-lid"}
OURS = {"configs/training"}
TEACHERS = {"multilingual-e5-small"}


def _sources() -> list[Source]:
    values: list[Any] = [
        value for group in vars(sources).values() for value in (group if isinstance(group, tuple) else (group,))
    ]
    return [value for value in values if isinstance(value, Source)]


def test_what_is_learned_from_is_named_and_nothing_else() -> None:
    assert {one.name.split("/")[0] for one in _sources()} | OURS | TEACHERS == {one.name for one in DATA_SETS}


@pytest.mark.parametrize("name", ["full", "open"])
def test_the_shipped_weights_learned_from_no_other_teacher(name: str) -> None:
    _, card = read_weights(SHIPPED / f"{name}.weights")
    assert {source.split()[1] for source in card["sources"] if source.startswith("teacher ")} == TEACHERS


def test_open_weights_hold_what_is_free() -> None:
    named = {one.name: one.is_open for one in DATA_SETS}
    for source in _sources():
        name = source.name.split("/")[0]
        if name not in OF_SEVERAL_LICENCES:
            assert named[name] == (source.licence == "A" or name in FREE_FOR_MODELS), name
