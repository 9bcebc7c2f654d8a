"""Comparison: the difference between two samples with its 95 % interval and its p, and q where many are shown.

Always the second less the first: from before to after, what was gained. Pure functions of counts and moments.
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

from textcx.query.distributions import Z, normal_p, t_critical, t_p
from textcx.query.estimates import Ends, adjusted, variance_of, wilson
from textcx.query.tally import Difference, Moments


class Counted(NamedTuple):
    """A sample whose answers were counted.

    Attributes:
        plus: How many are what is asked for, or at the upper extreme.
        n: Of how many.
        minus: How many are at the lower extreme.
    """

    plus: int
    n: int
    minus: int = 0


def shares_differ(first: Counted, second: Counted) -> Difference:
    """Return the difference of two shares, -1 to 1.

    The interval is recovered from Wilson's of each share (Newcombe 1998, "Interval Estimation for the Difference
    between Independent Proportions", Statistics in Medicine 17, method 10). The p is that of the score test, which
    is Pearson's chi-square without continuity correction.

    Args:
        first: With n of at least 1.
        second: Likewise.

    Example:
        >>> found = shares_differ(Counted(48, 80), Counted(56, 70))  # Newcombe's first example
        >>> [round(number, 4) for number in (found.value, found.low, found.high)]
        [0.2, 0.0524, 0.3339]
    """
    before, after = first.plus / first.n, second.plus / second.n
    low, high = recovered(before, wilson(first.plus, first.n), after, wilson(second.plus, second.n))
    pooled = (first.plus + second.plus) / (first.n + second.n)
    error = sqrt(pooled * (1 - pooled) * (1 / first.n + 1 / second.n))
    return Difference(after - before, low, high, p=normal_p((after - before) / error) if error else 1.0)


def extremes_differ(first: Counted, second: Counted) -> Difference:
    """Return the difference of two values that are themselves plus less minus, such as NPS / 100: -2 to 2.

    Interval and test by the adjusted values and their variances: 3 is added to each n and 3/4 to each extreme, as
    for the interval of one value (Sauro and Lewis 2021, "How to Statistically Compare Two Net Promoter Scores",
    MeasuringU). As there, the interval is widened where it would not hold the difference as it was counted.

    Args:
        first: With n of at least 1.
        second: Likewise.

    Example:
        >>> found = extremes_differ(Counted(20, 40, 10), Counted(30, 40, 5))
        >>> [round(number, 4) for number in (found.value, found.low, found.high, found.p)]
        [0.375, 0.0229, 0.6748, 0.0359]
    """
    value = (second.plus - second.minus) / second.n - (first.plus - first.minus) / first.n
    before, its_variance = adjusted(first.plus, first.minus, first.n)
    after, other_variance = adjusted(second.plus, second.minus, second.n)
    centre, error = after - before, sqrt(its_variance + other_variance)
    low, high = max(-2.0, centre - Z * error), min(2.0, centre + Z * error)
    return Difference(value, min(low, value), max(high, value), p=normal_p(centre / error))


def means_differ(first: Moments, second: Moments, *, width: float) -> Difference:
    """Return the difference of two means whose spreads may differ.

    Interval and test by Welch (1947, "The Generalization of 'Student's' Problem", Biometrika 34). Neither is given
    where a sample has a single value, or where no value differs from its sample's others: nothing is known then
    about the spread.

    Args:
        first: Of at least one value.
        second: Likewise.
        width: From the lowest to the highest point of the scale: no difference is larger.

    Example:
        >>> found = means_differ(Moments(4, 12, 40), Moments(4, 16, 66), width=4)
        >>> [round(number, 4) for number in (found.value, found.low, found.high, found.p)]
        [1.0, -0.7779, 2.7779, 0.2123]
    """
    value = second.total / second.count - first.total / first.count
    variances = variance_of(first), variance_of(second)
    if variances[0] is None or variances[1] is None or not any(variances):
        return Difference(value)
    its_part, other_part = variances[0] / first.count, variances[1] / second.count
    error = sqrt(its_part + other_part)
    # Welch and Satterthwaite; as shares of the whole, so that tiny variances do not vanish when they are squared.
    its_share, other_share = its_part / (its_part + other_part), other_part / (its_part + other_part)
    degrees = 1 / (its_share**2 / (first.count - 1) + other_share**2 / (second.count - 1))
    half = t_critical(degrees) * error
    return Difference(value, max(-width, value - half), min(width, value + half), p=t_p(value / error, degrees))


def recovered(first: float, its_ends: Ends, second: float, other_ends: Ends) -> Ends:
    """Return the interval of a difference from the intervals of both values.

    Zou and Donner 2008, "Construction of Confidence Limits about Effect Measures", Statistics in Medicine 27: what
    Newcombe does for shares holds for any two values with good intervals of their own, also lopsided ones.

    Example:
        >>> recovered(0.0, (-3.0, 3.0), 1.0, (-3.0, 5.0))
        (-4.0, 6.0)
    """
    difference = second - first
    below = sqrt((second - other_ends[0]) ** 2 + (its_ends[1] - first) ** 2)
    above = sqrt((other_ends[1] - second) ** 2 + (first - its_ends[0]) ** 2)
    return difference - below, difference + above


def false_discovery(p_values: Sequence[float | None]) -> list[float | None]:
    """Return for each p its q: among all differences with a q of at most 0.05, one in twenty is expected to be chance.

    Benjamini and Hochberg 1995, "Controlling the False Discovery Rate", Journal of the Royal Statistical Society B 57.
    Who looks at forty differences finds two under p = 0.05 where nothing differs at all; q allows for that.

    Args:
        p_values: Of all differences that are shown together; None where there is none.

    Example:
        >>> false_discovery([0.01, None, 0.04, 0.03])
        [0.03, None, 0.04, 0.04]
    """
    ordered = sorted(((p, place) for place, p in enumerate(p_values) if p is not None), reverse=True)
    found: list[float | None] = [None] * len(p_values)
    least = 1.0
    for rank, (p, place) in zip(range(len(ordered), 0, -1), ordered, strict=True):
        least = min(least, p * len(ordered) / rank)
        found[place] = least
    return found
