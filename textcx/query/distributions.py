"""Distributions: probabilities and quantiles of the normal, Student's t and chi-square distribution.

Own code because the core does without scipy: two continued fractions and a series, all by Lentz's method as in
Press et al. 2007, "Numerical Recipes", sections 6.2 and 6.4. Tests hold them to scipy.
"""

from functools import lru_cache
from math import erfc, exp, inf, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
"""Of every interval we show."""
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
"""What a standard normal variable stays within, on both sides, with this probability."""

# From here on the expansion of the t quantile is closer than 1e-10; its error falls with the fifth power.
_MANY_DEGREES = 100
_TINY = 1e-300
_PRECISE = 1e-16
_MOST_STEPS = 10_000


def normal_p(z: float) -> float:
    """Return the probability that a standard normal variable lies as far from 0 as this or farther, on both sides.

    Example:
        >>> round(normal_p(1.96), 4)
        0.05
    """
    return erfc(abs(z) / sqrt(2))


def t_p(t: float, degrees: float) -> float:
    """Return the probability that a Student variable lies as far from 0 as this or farther, on both sides.

    Args:
        t: The value.
        degrees: Degrees of freedom, above 0 and not only whole ones: Welch's are none.

    Example:
        >>> round(t_p(2.7764, 4), 4)
        0.05
    """
    square = t * t
    return _beta_share(degrees / (degrees + square), square / (degrees + square), degrees / 2, 0.5)


@lru_cache(maxsize=10_000)  # a trend asks for the same few hundred times
def t_critical(degrees: float) -> float:
    """Return the t that a Student variable stays within, on both sides, with 95 % probability.

    The expansion around the normal quantile (Abramowitz and Stegun 1964, 26.7.5), under 100 degrees made exact by
    Newton's method. Relative error under 1e-10.

    Args:
        degrees: Degrees of freedom, at least 1.

    Example:
        >>> round(t_critical(4), 4), round(t_critical(1), 4)
        (2.7764, 12.7062)
    """
    value = _t_expansion(Z, degrees)
    if degrees >= _MANY_DEGREES:
        return value
    step = inf
    while abs(step) > 1e-12 * value:
        step = (t_p(value, degrees) - (1 - CONFIDENCE)) / (2 * _t_density(value, degrees))
        value += step
    return value


def chi_square_below(value: float, degrees: float) -> float:
    """Return the probability that a chi-square variable lies below a value.

    Example:
        >>> round(chi_square_below(3.8415, 1), 4)
        0.95
    """
    return _gamma_share(degrees / 2, value / 2) if value > 0 else 0.0


def chi_square_quantile(probability: float, degrees: float) -> float:
    """Return the value that a chi-square variable lies below with a probability, by halving.

    Example:
        >>> round(chi_square_quantile(0.95, 1), 4)
        3.8415
    """
    low, high = 0.0, degrees + 1
    while chi_square_below(high, degrees) < probability:
        low, high = high, 2 * high
    while high - low > 1e-14 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if chi_square_below(middle, degrees) < probability else (low, middle)
    return (low + high) / 2


def _t_expansion(x: float, degrees: float) -> float:
    first = (x**3 + x) / 4
    second = (5 * x**5 + 16 * x**3 + 3 * x) / 96
    third = (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384
    fourth = (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160
    return x + (first + (second + (third + fourth / degrees) / degrees) / degrees) / degrees


def _t_density(value: float, degrees: float) -> float:
    half = (degrees + 1) / 2
    scale = lgamma(half) - lgamma(degrees / 2) - log(degrees * pi) / 2
    return exp(scale - half * log1p(value * value / degrees))


def _beta_share(x: float, rest: float, a: float, b: float) -> float:
    """Return the regularized incomplete beta function of x = 1 - rest; both are given, so that neither is rounded."""
    if x <= 0 or rest <= 0:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(rest))
    if x < (a + 1) / (a + b + 2):
        return front * _beta_fraction(x, a, b) / a
    return 1 - front * _beta_fraction(rest, b, a) / b


def _beta_fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, _MOST_STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        before = value
        for term in (even, odd):
            d = 1 / _off_zero(1 + term * d)
            c = _off_zero(1 + term / c)
            value *= c * d
        if abs(value - before) <= _PRECISE * abs(value):
            break
    return value


def _gamma_share(a: float, x: float) -> float:
    """Return the regularized lower incomplete gamma function."""
    front = exp(a * log(x) - x - lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        while term > _PRECISE * total:
            a += 1
            term *= x / a
            total += term
        return front * total
    b = x + 1 - a
    c, d = 1 / _TINY, 1 / b
    value = d
    for step in range(1, _MOST_STEPS):
        b += 2
        term = step * (a - step)
        d = 1 / _off_zero(term * d + b)
        c = _off_zero(b + term / c)
        before, value = value, value * c * d
        if abs(value - before) <= _PRECISE * abs(value):
            break
    return 1 - front * value


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
