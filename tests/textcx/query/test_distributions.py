import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcx.query.distributions import chi_square_below, chi_square_quantile, normal_p, t_critical, t_p


@pytest.mark.parametrize("degrees", [*range(1, 130), 1.3, 2.5, 9.99, 99.5, 200, 365, 1_000, 10_000, 1_000_000])
def test_the_t_quantile_is_that_of_scipy(degrees: float) -> None:
    from scipy import stats

    assert t_critical(degrees) == pytest.approx(stats.t.ppf(0.975, degrees), rel=1e-10)


@given(st.floats(-60, 60), st.floats(0.5, 100_000))
def test_the_p_of_a_t_is_that_of_scipy(t: float, degrees: float) -> None:
    from scipy import stats

    assert t_p(t, degrees) == pytest.approx(2 * stats.t.sf(abs(t), degrees), rel=1e-7, abs=1e-300)


@given(st.floats(-37, 37))
def test_the_p_of_a_z_is_that_of_scipy(z: float) -> None:
    from scipy import stats

    assert normal_p(z) == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-12)


@given(st.integers(1, 800), st.floats(0.001, 0.999))
def test_the_chi_square_quantile_is_that_of_scipy(degrees: int, probability: float) -> None:
    from scipy import stats

    value = chi_square_quantile(probability, degrees)
    assert value == pytest.approx(stats.chi2.ppf(probability, degrees), rel=1e-9)
    assert chi_square_below(value, degrees) == pytest.approx(probability, abs=1e-11)


def test_nothing_lies_below_nought_and_all_below_a_large_value() -> None:
    assert chi_square_below(0, 3) == 0
    assert chi_square_below(10_000, 3) == 1
    assert t_p(0, 5) == 1
