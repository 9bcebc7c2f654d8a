"""The 95 % intervals of the measures, as pure functions of counts and moments.

They cover sampling alone: how far another sample of the same customers might lie. Errors of a model are not in them.
"""

from math import atan, cos, exp, inf, lgamma, log, log1p, pi, sin, sqrt
from statistics import NormalDist

from textcx.query.tally import Moments

Ends = tuple[float, float]
"""Lower and upper end of an interval."""

CONFIDENCE = 0.95
SMALLEST_READABLE_N = 10
"""Under this n an estimate is marked as too small to read."""

_Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
# From here on the expansion of the t quantile is closer than 1e-10; its error falls with the fifth power.
_MANY_DEGREES = 100
# Sums of squares carry a rounding error of this order; a spread below it is none.
_ROUNDING = 1e-12


def wilson(hits: int, n: int) -> Ends:
    """Return the interval of a share, 0 to 1: Wilson's score interval without continuity correction.

    It keeps its promise near 0 and 1, where the textbook interval shrinks to nothing (Wilson 1927, "Probable
    Inference, the Law of Succession, and Statistical Inference"; recommended by Brown, Cai, DasGupta 2001).

    Args:
        hits: How many of the n have it.
        n: At least 1.

    Example:
        >>> [round(end, 4) for end in wilson(8, 10)]
        [0.4902, 0.9433]
    """
    share = hits / n
    weight = _Z * _Z / n
    centre = (share + weight / 2) / (1 + weight)
    half = _Z * sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
    return _around(share, centre, half, lowest=0.0, highest=1.0)


def adjusted_wald(plus: int, minus: int, n: int) -> Ends:
    """Return the interval of a difference of two shares of the same n, -1 to 1.

    Adds 3 to n and 3/4 to each extreme, then takes the variance of a trinomial mean, p+ + p- - (p+ - p-)^2: the best
    of the intervals for NPS that Rocks compared (2016, "Interval Estimation for the Net Promoter Score", The American
    Statistician 70; computing steps after Lewis and Sauro, MeasuringU 2021). The added answers pull the centre towards
    0 but not the value itself; only a single answer at an extreme (n = 1) would fall outside, and there the interval
    is widened to hold it.

    Args:
        plus: How many of the n are at the upper extreme.
        minus: How many are at the lower extreme.
        n: At least 1.

    Example:
        >>> [round(end, 4) for end in adjusted_wald(20, 10, 40)]
        [-0.0136, 0.4788]
    """
    total = n + 3
    upper, lower = (plus + 0.75) / total, (minus + 0.75) / total
    centre = upper - lower
    half = _Z * sqrt((upper + lower - centre * centre) / total)
    return _around((plus - minus) / n, centre, half, lowest=-1.0, highest=1.0)


def t_interval(moments: Moments, *, lowest: float, highest: float) -> Ends | None:
    """Return Student's t interval of a mean, cut at the ends of its scale, or None where the spread is unknown.

    One value has no spread. Neither have values that are all equal: an interval without width would claim to know
    the mean exactly, and three answers of 5 do not say that.

    Example:
        >>> ends = t_interval(Moments(count=4, total=16.0, squares=66.0), lowest=1.0, highest=5.0)
        >>> [round(end, 4) for end in ends]
        [2.7008, 5.0]
        >>> t_interval(Moments(count=3, total=15.0, squares=75.0), lowest=1, highest=5) is None
        True
    """
    n = moments.count
    if n < 2:
        return None
    mean = moments.total / n
    deviations = moments.squares - moments.total * mean
    if deviations <= _ROUNDING * moments.squares:
        return None
    half = t_critical(n - 1) * sqrt(deviations / (n - 1) / n)
    return _around(mean, mean, half, lowest=lowest, highest=highest)


def t_critical(degrees: int) -> float:
    """Return the t that a Student variable stays within, on both sides, with 95 % probability.

    Own code because the core does without scipy. The expansion around the normal quantile (Abramowitz and Stegun
    1964, 26.7.5), under 100 degrees made exact by Newton's method on the finite series for whole degrees (26.7.3 and
    26.7.4). Relative error under 1e-10.

    Args:
        degrees: Degrees of freedom, at least 1.

    Example:
        >>> round(t_critical(4), 4), round(t_critical(1), 4)
        (2.7764, 12.7062)
    """
    value = _t_expansion(_Z, degrees)
    if degrees >= _MANY_DEGREES:
        return value
    step = inf
    while abs(step) > 1e-12 * value:
        step = (CONFIDENCE - _t_within(value, degrees)) / (2 * _t_density(value, degrees))
        value += step
    return value


def rescale(moments: Moments, *, source: Ends, target: Ends) -> Moments:
    """Return the moments that the same answers have when each is moved linearly from one scale to another.

    Example:
        >>> rescale(Moments(count=2, total=15.0, squares=125.0), source=(0, 10), target=(1, 5))
        Moments(count=2, total=8.0, squares=34.0)
    """
    factor = (target[1] - target[0]) / (source[1] - source[0])
    offset = target[0] - factor * source[0]
    return Moments(
        count=moments.count,
        total=moments.count * offset + factor * moments.total,
        squares=moments.count * offset**2 + 2 * offset * factor * moments.total + factor**2 * moments.squares,
    )


def _around(value: float, centre: float, half: float, *, lowest: float, highest: float) -> Ends:
    """Return centre -+ half, widened to hold the value and cut at the ends of the scale."""
    low, high = min(value, centre - half), max(value, centre + half)
    return max(lowest, min(low, highest)), min(highest, max(high, lowest))


def _t_expansion(x: float, degrees: int) -> float:
    first = (x**3 + x) / 4
    second = (5 * x**5 + 16 * x**3 + 3 * x) / 96
    third = (3 * x**7 + 19 * x**5 + 17 * x**3 - 15 * x) / 384
    fourth = (79 * x**9 + 776 * x**7 + 1482 * x**5 - 1920 * x**3 - 945 * x) / 92160
    return x + (first + (second + (third + fourth / degrees) / degrees) / degrees) / degrees


def _t_within(value: float, degrees: int) -> float:
    """Return the probability that a Student variable lies within -+ value."""
    angle = atan(value / sqrt(degrees))
    is_odd = degrees % 2 == 1
    term = cos(angle) if is_odd else 1.0
    total = 0.0
    for power in range(3 if is_odd else 2, degrees + 1, 2):
        total += term
        term *= (power - 1) / power * cos(angle) ** 2
    return 2 / pi * (angle + sin(angle) * total) if is_odd else sin(angle) * total


def _t_density(value: float, degrees: int) -> float:
    half = (degrees + 1) / 2
    scale = lgamma(half) - lgamma(degrees / 2) - log(degrees * pi) / 2
    return exp(scale - half * log1p(value * value / degrees))
