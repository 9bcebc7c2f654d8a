import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcx.query.comparison import (
    Counted,
    extremes_differ,
    false_discovery,
    means_differ,
    recovered,
    shares_differ,
)
from textcx.query.tally import Difference, Moments

SAMPLES = st.lists(st.integers(1, 5).map(float), min_size=2, max_size=60)


def moments(*values: float) -> Moments:
    return Moments(count=len(values), total=sum(values), squares=sum(value * value for value in values))


# Newcombe 1998, table II, method 10: first share, second share, and the ends for the first less the second.
NEWCOMBE = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((0, 10), (0, 10), -0.2775, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0000),
    ((10, 10), (0, 10), 0.6075, 1.0000),
]


@pytest.mark.parametrize(("first", "second", "low", "high"), NEWCOMBE)
def test_the_difference_of_shares_is_that_of_newcombes_table(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = shares_differ(Counted(*second), Counted(*first))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)
    assert found.value == pytest.approx(first[0] / first[1] - second[0] / second[1])


@given(st.integers(1, 40), st.integers(1, 40), st.integers(41, 200), st.integers(41, 200))
def test_the_p_of_two_shares_is_pearsons(hits: int, other_hits: int, n: int, other_n: int) -> None:
    from scipy import stats

    table = [[hits, n - hits], [other_hits, other_n - other_hits]]
    expected = stats.chi2_contingency(table, correction=False).pvalue
    assert shares_differ(Counted(hits, n), Counted(other_hits, other_n)).p == pytest.approx(expected, rel=1e-9)


def test_shares_that_are_all_or_nothing_on_both_sides_do_not_differ() -> None:
    assert shares_differ(Counted(0, 5), Counted(0, 50)).p == 1.0
    assert shares_differ(Counted(5, 5), Counted(50, 50)).value == 0.0


def test_the_difference_of_two_nps_worked_by_hand() -> None:
    # 20 promoters and 10 detractors of 40: (20.75 - 10.75) / 43 = 0.232558, variance 0.678475 / 43 = 0.0157785
    # 30 and 5 of 40: (30.75 - 5.75) / 43 = 0.581395, variance (0.715116 + 0.133721 - 0.338020) / 43 = 0.0118795
    # 0.348837 -+ 1.959964 x sqrt(0.027658) = 0.325954; z = 2.0976
    found = extremes_differ(Counted(20, 40, 10), Counted(30, 40, 5))
    assert found.value == 0.375
    assert (found.low, found.high) == pytest.approx((0.022883, 0.674791), abs=1e-5)
    assert found.p == pytest.approx(0.03594, abs=1e-4)


@pytest.mark.filterwarnings("ignore:Precision loss")  # scipy's, where all values of one sample are equal
@given(SAMPLES, SAMPLES)
def test_the_difference_of_means_is_welchs(first: list[float], second: list[float]) -> None:
    from scipy import stats

    found = means_differ(moments(*first), moments(*second), width=4)
    if len(set(first)) == len(set(second)) == 1:
        assert found == Difference(second[0] - first[0])
        return
    expected = stats.ttest_ind(second, first, equal_var=False)
    ends = expected.confidence_interval()
    assert found.p == pytest.approx(expected.pvalue, rel=1e-6)
    assert (found.low, found.high) == pytest.approx((max(-4, ends.low), min(4, ends.high)), abs=1e-8)


def test_a_single_value_has_no_spread_to_compare() -> None:
    assert means_differ(moments(4), moments(1, 2, 3), width=4) == Difference(-2.0)


def test_an_interval_recovered_from_lopsided_ones_is_lopsided() -> None:
    low, high = recovered(2.0, (1.5, 4.0), 5.0, (4.0, 8.0))
    assert low == pytest.approx(3 - math.hypot(1, 2))
    assert high == pytest.approx(3 + math.hypot(3, 0.5))


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=40))
def test_q_is_that_of_benjamini_and_hochberg(p_values: list[float | None]) -> None:
    from scipy import stats

    found = false_discovery(p_values)
    given_ones = [p for p in p_values if p is not None]
    expected = iter(stats.false_discovery_control(given_ones)) if given_ones else iter(())
    assert found == [None if p is None else pytest.approx(next(expected)) for p in p_values]


def test_many_differences_that_are_none_are_not_taken_for_any() -> None:
    chance = np.random.default_rng(7)
    alarms = {"p": 0, "q": 0}
    for _ in range(40):
        draws = chance.multinomial(60, (0.3, 0.2, 0.5), size=(20, 2))
        found = [extremes_differ(_counted(pair[0]), _counted(pair[1])).p for pair in draws]
        alarms["p"] += any(p is not None and p < 0.05 for p in found)
        alarms["q"] += any(q is not None and q < 0.05 for q in false_discovery(found))
    assert alarms["p"] > 20, "with p alone, most pages of twenty rows would show something"
    assert alarms["q"] < 6


def _counted(answers: object) -> Counted:
    minus, middle, plus = (int(one) for one in answers)  # type: ignore[attr-defined]
    return Counted(plus, plus + middle + minus, minus)


@cache
def _nps(first: Counted, second: Counted) -> Difference:
    return extremes_differ(first, second)


@pytest.mark.parametrize("n", [10, 30, 100])
def test_the_interval_of_a_difference_of_nps_holds_it_in_95_of_100_samples(n: int) -> None:
    chance = np.random.default_rng(n)
    pairs = [((0.20, 0.35, 0.45), (0.20, 0.35, 0.45)), ((0.10, 0.35, 0.55), (0.30, 0.35, 0.35))]
    for before, after in pairs:
        truth = (after[2] - after[0]) - (before[2] - before[0])
        draws = zip(chance.multinomial(n, before, size=2_500), chance.multinomial(n, after, size=2_500), strict=True)
        found = [_nps(_counted(first), _counted(second)) for first, second in draws]
        assert 0.93 < np.mean([one.low <= truth <= one.high for one in found]) < 0.97  # type: ignore[operator]


@pytest.mark.parametrize("n", [10, 30, 100])
def test_the_interval_of_a_difference_of_shares_holds_it_in_95_of_100_samples(n: int) -> None:
    from scipy import stats

    hits = np.arange(n + 1)
    ends = np.array([[_ends(int(first), int(second), n) for second in hits] for first in hits])
    covered = []
    for before, after in [(0.5, 0.5), (0.3, 0.6), (0.8, 0.9), (0.1, 0.4)]:
        weights = np.outer(stats.binom.pmf(hits, n, before), stats.binom.pmf(hits, n, after))
        holds = (ends[..., 0] <= after - before) & (after - before <= ends[..., 1])
        covered.append(float(np.sum(weights, where=holds)))
    assert min(covered) > 0.93
    assert 0.94 < float(np.mean(covered)) < 0.97


def _ends(first: int, second: int, n: int) -> tuple[float, float]:
    found = shares_differ(Counted(first, n), Counted(second, n))
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high
