"""Figures are those of the textbooks, checked by hand on few texts."""

import pytest

from textcx.evaluation.hits import calibration_error, compare, confusion, interval_of, value_of

GOLD = [frozenset([one]) for one in ("a", "a", "a", "b", "b", "c")]
SAID = [frozenset([one]) for one in ("a", "a", "b", "b", "c", "c")]
LABELS = ("a", "b", "c")


def test_figures_of_one_label_a_text() -> None:
    hits = compare(GOLD, SAID, LABELS)
    assert value_of(hits, "accuracy") == pytest.approx(4 / 6)
    assert value_of(hits, "macro_recall") == pytest.approx((2 / 3 + 1 / 2 + 1) / 3)
    assert value_of(hits, "macro_f1") == pytest.approx((4 / 5 + 1 / 2 + 2 / 3) / 3)
    assert value_of(hits, "micro_f1") == pytest.approx(4 / 6)


def test_figures_of_several_labels_a_text() -> None:
    gold = [frozenset("ab"), frozenset("b"), frozenset()]
    said = [frozenset("a"), frozenset("bc"), frozenset("c")]
    assert value_of(compare(gold, said, LABELS), "micro_f1") == pytest.approx(2 * 2 / (2 * 2 + 2 + 1))


def test_labels_that_are_not_asked_about_count_neither_way() -> None:
    hits = compare([frozenset("a")], [frozenset("ax")], LABELS)
    assert value_of(hits, "micro_f1") == 1


def test_a_label_that_was_never_named_counts_as_zero() -> None:
    hits = compare([frozenset("a"), frozenset("b")], [frozenset("a"), frozenset("a")], ("a", "b"))
    assert value_of(hits, "macro_f1") == pytest.approx((2 / 3 + 0) / 2)


@pytest.mark.parametrize("figure", ["accuracy", "macro_f1", "micro_f1", "macro_recall"])
def test_intervals_hold_the_value_narrow_with_more_texts_and_repeat(figure: str) -> None:
    few, many = compare(GOLD * 10, SAID * 10, LABELS), compare(GOLD * 100, SAID * 100, LABELS)
    low, high = interval_of(few, figure)
    assert low < value_of(few, figure) < high
    narrow = interval_of(many, figure)
    assert (high - low) / 4 < narrow[1] - narrow[0] < (high - low) / 2
    assert interval_of(few, figure) == (low, high)


def test_a_confusion_counts_what_was_named_instead_nothing_included() -> None:
    assert confusion([*GOLD, frozenset("c")], [*SAID, frozenset()]) == {
        "a": {"a": 2, "b": 1},
        "b": {"b": 1, "c": 1},
        "c": {"c": 1, "none": 1},
    }


def test_calibration_is_perfect_where_confidence_is_accuracy() -> None:
    assert calibration_error([0.75] * 4, [True, True, True, False]) == pytest.approx(0)
    assert calibration_error([1.0] * 4, [True, True, True, False]) == pytest.approx(0.25)
