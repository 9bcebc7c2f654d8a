from typing import get_args

import pytest

from textcx.query.explanation import COMPARISONS, INTERVALS, explain
from textcx.query.measure import Measure
from textcx.query.measures import MEASURES, find_measure
from textcx.query.methods import ComparisonMethod, IntervalMethod


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.id)
def test_every_measure_says_how_it_is_made(measure: Measure) -> None:
    found = explain(measure)
    for heading in ("what it is", "formula", "source", "who is counted", "how it adds up", "95 % interval"):
        assert found[heading].endswith((".", ":.")), heading
    assert measure.formula_id in found["formula"]
    assert measure.formula in found["formula"]
    assert found["95 % interval"].startswith(measure.interval)
    assert found["comparing two"].startswith(measure.comparison)
    assert measure.note in found.get("read with care", "")


def test_every_formula_of_an_interval_has_its_words_and_all_but_none_their_source() -> None:
    assert set(INTERVALS) == set(get_args(IntervalMethod))
    assert set(COMPARISONS) == set(get_args(ComparisonMethod))
    for table in (INTERVALS, COMPARISONS):
        assert [name for name, formula in table.items() if not formula.source] == ["none"]
        assert all(formula.words.endswith(".") for formula in table.values())
    assert {measure.interval for measure in MEASURES} == set(get_args(IntervalMethod))
    assert {measure.comparison for measure in MEASURES} == set(get_args(ComparisonMethod))


def test_only_sentiment_speaks_of_judgements() -> None:
    assert explain(find_measure("net_sentiment"))["by touchpoint or stage"].startswith("Judgements")
    assert explain(find_measure("nps"))["by touchpoint or stage"].startswith("Mentions")
