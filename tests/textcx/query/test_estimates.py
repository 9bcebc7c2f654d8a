from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from textcx.query.estimates import adjusted_wald, rescale, t_interval, wilson
from textcx.query.tally import Moments

# Detractor, passive, promoter: from a loved brand to a disliked one.
NPS_ANSWERS = ((0.10, 0.35, 0.55), (0.20, 0.35, 0.45), (0.30, 0.35, 0.35), (0.45, 0.30, 0.25), (0.05, 0.20, 0.75))
# Negative, neutral or mixed, positive: reviews, complaints, news, posts.
SENTIMENTS = ((0.20, 0.25, 0.55), (0.35, 0.20, 0.45), (0.50, 0.25, 0.25), (0.10, 0.60, 0.30), (0.30, 0.50, 0.20))
# One to five stars: J-shaped, U-shaped, mostly bad, good, in the middle, almost only fives.
STARS = (
    (0.08, 0.04, 0.08, 0.20, 0.60),
    (0.25, 0.08, 0.07, 0.15, 0.45),
    (0.50, 0.15, 0.10, 0.10, 0.15),
    (0.03, 0.03, 0.09, 0.35, 0.50),
    (0.10, 0.15, 0.30, 0.30, 0.15),
    (0.02, 0.02, 0.04, 0.12, 0.80),
)


def all_samples(n: int, kinds: int) -> NDArray[np.int64]:
    """Every way in which n answers can fall on so many kinds."""
    grid = np.indices((n + 1,) * (kinds - 1)).reshape(kinds - 1, -1).T
    grid = grid[grid.sum(axis=1) <= n]
    return np.column_stack([grid, n - grid.sum(axis=1)])


@cache
def wald_ends(n: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    samples = all_samples(n, 3)
    return samples, np.array([adjusted_wald(int(plus), int(minus), n) for minus, _, plus in samples])


def wald_coverage(distribution: tuple[float, ...], n: int) -> float:
    """The exact probability that the interval holds the true difference: no simulation, all samples weighed."""
    from scipy import stats

    samples, ends = wald_ends(n)
    truth = distribution[2] - distribution[0]
    holds = (ends[:, 0] <= truth) & (truth <= ends[:, 1])
    return float(np.sum(stats.multinomial.pmf(samples, n, distribution), where=holds))


def moments(*values: float) -> Moments:
    return Moments(count=len(values), total=sum(values), squares=sum(value * value for value in values))


@given(st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_wilson_interval_is_that_of_scipy(sample: tuple[int, int]) -> None:
    from scipy import stats

    hits, n = sample
    expected = stats.binomtest(hits, n).proportion_ci(confidence_level=0.95, method="wilson")
    assert wilson(hits, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(st.lists(st.integers(1, 5), min_size=2, max_size=300).filter(lambda values: len(set(values)) > 1))
def test_the_t_interval_is_that_of_scipy_cut_at_the_scale(values: list[int]) -> None:
    from scipy import stats

    low, high = stats.t.interval(0.95, len(values) - 1, loc=np.mean(values), scale=stats.sem(values))
    expected = (max(1.0, low), min(5.0, high))
    assert t_interval(moments(*values), lowest=1, highest=5) == pytest.approx(expected, abs=1e-9)


def test_the_adjusted_wald_interval_of_a_sample_worked_by_hand() -> None:
    # 20 promoters, 10 passives, 10 detractors: 20.75/43 - 10.75/43 = 0.232558;
    # variance 0.482558 + 0.25 - 0.232558 ** 2 = 0.678475; 1.959964 x sqrt(0.678475 / 43) = 0.246196
    assert adjusted_wald(20, 10, 40) == pytest.approx((0.232558 - 0.246196, 0.232558 + 0.246196), abs=1e-5)


@pytest.mark.parametrize("n", [10, 30, 100])
@pytest.mark.parametrize("distributions", [NPS_ANSWERS, SENTIMENTS], ids=["nps", "net_sentiment"])
def test_adjusted_wald_keeps_its_promise_of_95_percent(distributions: tuple[tuple[float, ...], ...], n: int) -> None:
    covered = [wald_coverage(distribution, n) for distribution in distributions]
    assert 0.94 < float(np.mean(covered)) < 0.96
    assert min(covered) > 0.93
    assert max(covered) < 0.97


@pytest.mark.parametrize("n", [10, 30, 100])
@pytest.mark.parametrize("distributions", [NPS_ANSWERS, SENTIMENTS], ids=["nps", "net_sentiment"])
def test_of_samples_drawn_at_random_95_in_100_hold_the_truth(
    distributions: tuple[tuple[float, ...], ...], n: int
) -> None:
    chance = np.random.default_rng(n)
    for distribution in distributions:
        truth = distribution[2] - distribution[0]
        samples, times = np.unique(chance.multinomial(n, distribution, size=20_000), axis=0, return_counts=True)
        ends = np.array([adjusted_wald(int(plus), int(minus), n) for minus, _, plus in samples])
        held = times[(ends[:, 0] <= truth) & (truth <= ends[:, 1])].sum() / times.sum()
        assert 0.93 < held < 0.97


@pytest.mark.parametrize(("n", "floor"), [(10, 0.90), (30, 0.925)])
def test_the_t_interval_of_stars_covers_what_its_page_says(n: int, floor: float) -> None:
    from scipy import stats

    samples, points = all_samples(n, 5), np.arange(1, 6)
    ends = [
        t_interval(Moments(n, float(total), float(squares)), lowest=1, highest=5)
        for total, squares in zip(samples @ points, samples @ points**2, strict=True)
    ]
    given_at_all = np.array([end is not None for end in ends])
    low, high = np.array([end or (np.nan, np.nan) for end in ends]).T
    covered = []
    for distribution in STARS:
        chance = stats.multinomial.pmf(samples, n, distribution)
        truth = points @ np.array(distribution)
        holds = (low <= truth) & (truth <= high)
        covered.append(np.sum(chance, where=holds) / np.sum(chance, where=given_at_all))
    assert floor < float(np.mean(covered)) < 0.95


def test_every_interval_holds_its_value_and_stays_on_its_scale() -> None:
    for n in [*range(1, 25), 60, 5_000]:
        for plus in {*range(min(n, 24) + 1), n}:
            low, high = wilson(plus, n)
            assert 0 <= low <= plus / n <= high <= 1
            for minus in {0, (n - plus) // 2, n - plus}:
                low, high = adjusted_wald(plus, minus, n)
                assert -1 <= low <= (plus - minus) / n <= high <= 1


def test_only_a_single_extreme_answer_needs_the_interval_widened() -> None:
    assert adjusted_wald(1, 0, 1)[1] == 1.0
    centre, half = 1 / 4, 1.959964 * (((1.75 + 0.75) / 4 - 1 / 16) / 4) ** 0.5
    assert centre + half < 1
    assert adjusted_wald(1, 0, 1)[0] == pytest.approx(centre - half, abs=1e-6)


def test_one_value_or_equal_values_have_no_t_interval() -> None:
    assert t_interval(moments(4), lowest=1, highest=5) is None
    assert t_interval(moments(5, 5, 5, 5), lowest=1, highest=5) is None
    # 0.1 is no binary number: the sums differ from zero spread by rounding alone
    assert t_interval(moments(*[66.1] * 7), lowest=0, highest=100) is None


@given(st.lists(st.integers(0, 10), min_size=1, max_size=50))
def test_rescaled_moments_are_the_moments_of_rescaled_values(values: list[int]) -> None:
    moved = rescale(moments(*values), source=(0, 10), target=(1, 5))
    expected = moments(*(1 + value * 0.4 for value in values))
    assert moved.count == expected.count
    assert (moved.total, moved.squares) == pytest.approx((expected.total, expected.squares))
