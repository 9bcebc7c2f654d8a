import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcx.errors import IndexVersionError
from textcx.query.scores import csat_box, nki_index, nps_group, scale_ends, scale_name


def test_every_answer_from_0_to_10_has_its_nps_group() -> None:
    groups = [nps_group(value, 0, 10) for value in range(11)]
    assert groups == ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2


@pytest.mark.parametrize(("value", "lowest", "highest"), [(9, 1, 10), (5, 1, 5), (90, 0, 100), (8.5, 0, 10)])
def test_an_answer_off_the_nps_scale_belongs_to_no_group(value: float, lowest: float, highest: float) -> None:
    assert nps_group(value, lowest, highest) is None


@pytest.mark.parametrize(
    ("lowest", "highest", "top"),
    [(1, 3, {3}), (1, 5, {4, 5}), (1, 7, {6, 7}), (1, 10, {9, 10}), (-1, 1, {1}), (-2, 2, {1, 2}), (0, 4, {3, 4})],
)
def test_the_top_boxes_follow_the_number_of_points(lowest: int, highest: int, top: set[int]) -> None:
    found = {value for value in range(lowest, highest + 1) if csat_box(value, lowest, highest) == "top"}
    rest = {value for value in range(lowest, highest + 1) if csat_box(value, lowest, highest) == "rest"}
    assert found == top
    assert found | rest == set(range(lowest, highest + 1))


@pytest.mark.parametrize(
    ("value", "lowest", "highest"),
    [(2, 1, 2), (4, 1, 4), (6, 1, 6), (10, 0, 10), (99, 0, 100), (4.5, 1, 5), (1, 0, 2.5)],
)
def test_an_answer_without_a_rule_is_in_no_box(value: float, lowest: float, highest: float) -> None:
    assert csat_box(value, lowest, highest) is None


def test_the_nki_is_the_mean_of_three_rescaled_items() -> None:
    # 9 of 1..10 is 800/9, 3 of 1..5 is 50, 6 of 1..10 is 500/9
    assert nki_index((9, 1, 10), (3, 1, 5), (6, 1, 10)) == pytest.approx((800 / 9 + 50 + 500 / 9) / 3)
    assert nki_index((1, 1, 10), (1, 1, 10), (1, 1, 10)) == 0
    assert nki_index((10, 1, 10), (10, 1, 10), (10, 1, 10)) == 100


@pytest.mark.parametrize("missing", [0, 1, 2])
def test_without_all_three_items_there_is_no_nki(missing: int) -> None:
    items: list[tuple[float, float, float] | None] = [(8, 1, 10)] * 3
    items[missing] = None
    assert nki_index(*items) is None


@given(st.floats(-1e9, 1e9).map(lambda x: round(x, 3)), st.floats(0.001, 1e9).map(lambda x: round(x, 3)))
def test_a_scale_is_read_back_from_its_name(lowest: float, width: float) -> None:
    highest = round(lowest + max(width, 0.001), 3)
    assert scale_ends(scale_name(lowest, highest)) == (lowest, highest)


def test_the_usual_scales_have_plain_names() -> None:
    assert [scale_name(1, 5), scale_name(0.0, 10.0), scale_name(-0.0, 1)] == ["1-5", "0-10", "0-1"]


@pytest.mark.parametrize("name", ["", "5", "5-1", "3-3", "1-5-9", "one-five", "1 - 5"])
def test_a_name_that_is_no_scale_asks_for_a_rebuild(name: str) -> None:
    with pytest.raises(IndexVersionError, match="textcx store rebuild"):
        scale_ends(name)
