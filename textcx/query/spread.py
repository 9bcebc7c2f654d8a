"""Spread: how far periods or places lie apart in a measure, beyond what chance alone would make of it.

Months of ten answers each differ although nothing happened. What is shown here is the spread that is left when that
much is taken off, with an interval of its own. Pure functions of counts.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from textcx.query.comparison import Counted
from textcx.query.distributions import CONFIDENCE, chi_square_quantile
from textcx.query.estimates import Ends

_LARGEST = 1.0
"""Standard deviation of values from -1 to 1 of which half lie at either end."""
_PRECISE = 1e-12


class _Group(NamedTuple):
    """Value of a group, and the variance that chance gives it."""

    value: float
    variance: float


def spread_between(groups: Sequence[Counted]) -> tuple[float, Ends | None] | None:
    """Return the standard deviation between groups of values such as NPS / 100, 0 to 1, with its interval.

    A random-effects model: each group has a true value of its own; its answers, -1, 0 or 1, vary around it. The
    variance between the true values is the one under which the weighted squares of the groups' distances add up to
    what chance leads one to expect (Paule and Mandel 1982, "Consensus Values and Weighting Factors"); its interval
    holds all variances under which they are no surprise (Viechtbauer 2007, "Confidence Intervals for the Amount of
    Heterogeneity in Meta-Analysis", Statistics in Medicine 26: the Q profile). The variance within groups is pooled
    over all, so that a group of one answer does no harm.

    None with fewer than two groups, or with as many groups as answers: nothing tells spread from chance then. There
    is a value without an interval where the groups are more alike than chance makes them, or all answers are equal.

    Args:
        groups: Those with n of 0 are passed over.

    Example:
        >>> value, ends = spread_between([Counted(30, 50, 10), Counted(10, 50, 30), Counted(20, 50, 20)])
        >>> round(value, 4), [round(end, 4) for end in ends]
        (0.3819, [0.171, 1.0])
    """
    counted = [one for one in groups if one.n > 0]
    answers = sum(one.n for one in counted)
    if len(counted) < 2 or answers == len(counted):
        return None
    within = sum(one.plus + one.minus - (one.plus - one.minus) ** 2 / one.n for one in counted)
    pooled = within / (answers - len(counted))
    alike = [_Group((one.plus - one.minus) / one.n, pooled / one.n) for one in counted]
    degrees = len(counted) - 1
    value = _deviation_at(degrees, alike)
    high = _deviation_at(chi_square_quantile((1 - CONFIDENCE) / 2, degrees), alike)
    if high == 0:
        return value, None
    return value, (_deviation_at(chi_square_quantile((1 + CONFIDENCE) / 2, degrees), alike), high)


def _deviation_at(target: float, groups: Sequence[_Group]) -> float:
    """Return the standard deviation between groups under which their weighted squares add up to this."""
    return _falling_to(target, lambda deviation: _weighted_squares(groups, deviation * deviation))


def _weighted_squares(groups: Sequence[_Group], between: float) -> float:
    weights = [1 / (group.variance + between) for group in groups]
    centre = sum(weight * group.value for weight, group in zip(weights, groups, strict=True)) / sum(weights)
    return sum(weight * (group.value - centre) ** 2 for weight, group in zip(weights, groups, strict=True))


def _falling_to(target: float, function: Callable[[float], float]) -> float:
    """Return where a falling function comes down to a value, between 0 and the largest spread, by halving."""
    low, high = 0.0, _LARGEST
    if function(high) >= target:
        return high
    while high - low > _PRECISE:
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > target else (low, middle)
    return 0.0 if low == 0 else (low + high) / 2
