import numpy as np
import pytest

from textcx.query.comparison import Counted
from textcx.query.spread import spread_between

# Groups as (plus, n, minus), and the root of tau2 that statsmodels 0.15 gives for their values and pooled variances:
# combine_effects(values, variances, method_re="iterated", atol=1e-14).
PAULE_MANDEL = [
    ([(30, 50, 10), (10, 50, 30), (20, 50, 20)], 0.3819035744),
    ([(8, 10, 1), (20, 60, 25), (5, 30, 15), (40, 80, 10), (3, 12, 6)], 0.3930305023),
    ([(12, 40, 14), (80, 120, 10), (5, 9, 0), (33, 70, 30)], 0.3031618334),
    ([(5, 20, 5), (6, 20, 4), (5, 20, 6)], 0.0),
]


@pytest.mark.parametrize(("groups", "expected"), PAULE_MANDEL)
def test_the_spread_is_that_of_statsmodels(groups: list[tuple[int, int, int]], expected: float) -> None:
    found = spread_between([Counted(*group) for group in groups])
    assert found is not None
    assert found[0] == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("groups", "_"), PAULE_MANDEL)
def test_the_interval_is_where_the_q_profile_meets_the_chi_square_quantiles(
    groups: list[tuple[int, int, int]], _: float
) -> None:
    from scipy import optimize, stats

    plus, n, minus = (np.array(column, dtype=float) for column in zip(*groups, strict=True))
    values = (plus - minus) / n
    variances = np.sum(plus + minus - (plus - minus) ** 2 / n) / (n.sum() - len(n)) / n

    def weighted_squares(deviation: float) -> float:
        weights = 1 / (variances + deviation**2)
        return float(np.sum(weights * (values - np.average(values, weights=weights)) ** 2))

    def meets(target: float) -> float:
        if weighted_squares(0) <= target:
            return 0.0
        if weighted_squares(1) >= target:
            return 1.0
        return float(optimize.brentq(lambda deviation: weighted_squares(deviation) - target, 0, 1, xtol=1e-13))

    expected = [meets(stats.chi2.ppf(quantile, len(n) - 1)) for quantile in (0.975, 0.025)]
    found = spread_between([Counted(*group) for group in groups])
    assert found is not None
    assert found[1] == pytest.approx(expected, abs=1e-9)


def test_what_tells_nothing_apart_has_no_spread() -> None:
    assert spread_between([]) is None
    assert spread_between([Counted(3, 5, 1), Counted(0, 0)]) is None, "one group"
    assert spread_between([Counted(1, 1), Counted(0, 1, 1), Counted(1, 1)]) is None, "one answer a group"


def test_groups_that_are_all_alike_have_no_spread_and_no_interval() -> None:
    assert spread_between([Counted(10, 10)] * 4) == (0.0, None)
    assert spread_between([Counted(5, 10, 5)] * 4) == (0.0, None)


def test_groups_at_both_ends_have_the_largest_spread() -> None:
    found = spread_between([Counted(10, 10), Counted(0, 10, 10)])
    assert found is not None
    assert found[0] == pytest.approx(1.0)
    assert found[1] is not None
    assert found[1][1] == 1.0


def test_an_empty_group_changes_nothing() -> None:
    groups = [Counted(30, 50, 10), Counted(10, 50, 30)]
    assert spread_between([*groups, Counted(0, 0)]) == spread_between(groups)


@pytest.mark.parametrize(("spread", "groups", "answers"), [(0.0, 6, 30), (0.2, 12, 30), (0.3, 6, 100)])
def test_the_interval_holds_the_spread_in_about_95_of_100_samples(spread: float, groups: int, answers: int) -> None:
    chance = np.random.default_rng(3)
    held = []
    for _ in range(250):
        shifts = np.clip(chance.normal(0.1, spread, size=groups), -0.7, 0.7)
        samples = [chance.multinomial(answers, (0.35 - shift / 2, 0.3, 0.35 + shift / 2)) for shift in shifts]
        found = spread_between([Counted(int(plus), answers, int(minus)) for minus, _, plus in samples])
        assert found is not None
        if found[1] is not None:
            held.append(found[1][0] <= spread <= found[1][1])
    assert 0.92 < float(np.mean(held)) <= 0.995
