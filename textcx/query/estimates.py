"""The 95 % intervals of the measures, as pure functions of counts and moments.

They cover sampling alone: how far another sample of the same customers might lie. Errors of a model are not in them.
"""

from math import sqrt

from textcx.query.distributions import Z, t_critical
from textcx.query.tally import Moments

Ends = tuple[float, float]
"""Lower and upper end of an interval."""

SMALLEST_READABLE_N = 10
"""Under this n an estimate is marked as too small to read."""

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
    weight = Z * Z / n
    centre = (share + weight / 2) / (1 + weight)
    half = Z * sqrt(share * (1 - share) / n + weight / (4 * n)) / (1 + weight)
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
    centre, variance = adjusted(plus, minus, n)
    return _around((plus - minus) / n, centre, Z * sqrt(variance), lowest=-1.0, highest=1.0)


def adjusted(plus: int, minus: int, n: int) -> tuple[float, float]:
    """Return the adjusted difference of two shares, and its variance: see `adjusted_wald`."""
    total = n + 3
    upper, lower = (plus + 0.75) / total, (minus + 0.75) / total
    centre = upper - lower
    return centre, (upper + lower - centre * centre) / total


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
    variance = variance_of(moments)
    if not variance:
        return None
    n, mean = moments.count, moments.total / moments.count
    return _around(mean, mean, t_critical(n - 1) * sqrt(variance / n), lowest=lowest, highest=highest)


def variance_of(moments: Moments) -> float | None:
    """Return the variance of a sample (divided by n - 1), 0 where all values are equal, or None of fewer than two.

    Example:
        >>> variance_of(Moments(count=4, total=16.0, squares=66.0))
        0.6666666666666666
    """
    n = moments.count
    if n < 2:
        return None
    deviations = moments.squares - moments.total * (moments.total / n)
    return deviations / (n - 1) if deviations > _ROUNDING * moments.squares else 0.0


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
