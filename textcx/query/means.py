"""Means: the methods that average, on one scale, on several, and of logarithms."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import exp, inf

from textcx.query.comparison import means_differ
from textcx.query.estimates import Ends, rescale, t_interval
from textcx.query.methods import ComparisonMethod, IntervalMethod, estimate_of, recovered_difference
from textcx.query.scores import scale_ends
from textcx.query.tally import Difference, Estimate, Moments, Tally

_NO_MOMENTS = Moments(count=0, total=0.0, squares=0.0)


@dataclass(frozen=True, slots=True)
class MeanOfMoments:
    """The mean of numbers that all lie on one scale."""

    lowest: float
    highest: float = inf
    interval: IntervalMethod = field(default="t", init=False)
    comparison: ComparisonMethod = field(default="Welch", init=False)

    def estimate(self, tally: Tally) -> Estimate:
        """Return the mean with the t interval."""
        return _mean(tally, _moments(tally), scale=(self.lowest, self.highest))

    def difference(self, first: Tally, second: Tally) -> Difference:
        """Return the difference of the means with Welch's interval."""
        return _means(_moments(first), _moments(second), scale=(self.lowest, self.highest))


@dataclass(frozen=True, slots=True)
class MeanOnScaleAsked:
    """The mean of ratings on the scale that the question offered.

    Where several scales occur, all ratings are moved linearly to the most frequent one. So who asks for 1 to 5 stars
    reads 1 to 5, and ten-point ratings from elsewhere join in.
    """

    interval: IntervalMethod = field(default="t", init=False)
    comparison: ComparisonMethod = field(default="Welch", init=False)

    def estimate(self, tally: Tally) -> Estimate:
        """Return the mean on the most frequent scale, with the t interval.

        Raises:
            IndexVersionError: A scale of the tally has no name of ours.
        """
        name = most_frequent_scale([tally])
        if name is None:
            return estimate_of(tally, n=0, value=None, ends=None)
        return _mean(tally, on_scale(tally, name).moments[name], scale=scale_ends(name))

    def difference(self, first: Tally, second: Tally) -> Difference:
        """Return the difference of the means on the scale most ratings of both were given on, with Welch's interval.

        Raises:
            IndexVersionError: A scale of a tally has no name of ours.
        """
        name = most_frequent_scale([first, second])
        if name is None:
            return Difference(None)
        its, other = (on_scale(tally, name).moments[name] for tally in (first, second))
        return _means(its, other, scale=scale_ends(name))


@dataclass(frozen=True, slots=True)
class TypicalOfLogarithms:
    """The typical value (geometric mean) of numbers of which the logarithms were added up.

    Times that people wait are lopsided: most are short, a few very long. A mean follows the few; the geometric mean
    lies where half of the times are shorter, as long as they are lopsided in the usual way (log-normal). And an
    interval of logarithms keeps its promise.
    """

    interval: IntervalMethod = field(default="t of logarithms", init=False)
    comparison: ComparisonMethod = field(default="recovered", init=False)

    def estimate(self, tally: Tally) -> Estimate:
        """Return the geometric mean, with the t interval of the logarithms."""
        found = _mean(tally, _moments(tally), scale=(-inf, inf))
        value, low, high = (None if one is None else exp(one) for one in (found.value, found.low, found.high))
        return replace(found, value=value, low=low, high=high)

    def difference(self, first: Tally, second: Tally) -> Difference:
        """Return the difference of the typical values; its interval is recovered, its p is that of the logarithms."""
        p = _means(_moments(first), _moments(second), scale=(-inf, inf)).p
        return recovered_difference(self.estimate(first), self.estimate(second), p=p)


def most_frequent_scale(tallies: Sequence[Tally]) -> str | None:
    """Return the scale most ratings were given on, of equally frequent ones the narrowest; None without ratings.

    Raises:
        IndexVersionError: A scale of a tally has no name of ours.

    Example:
        >>> most_frequent_scale([Tally(3, moments={"1-5": Moments(1, 4.0, 16.0), "0-10": Moments(2, 9.0, 45.0)})])
        '0-10'
    """
    ratings = Counter[str]()
    for tally in tallies:
        ratings.update({name: moments.count for name, moments in tally.moments.items() if moments.count > 0})
    ranks = []
    for name, count in ratings.items():
        lowest, highest = scale_ends(name)
        ranks.append((-count, highest - lowest, lowest, name))
    return min(ranks)[-1] if ranks else None


def on_scale(tally: Tally, name: str) -> Tally:
    """Return the tally with all its ratings moved linearly to the scale of this name.

    Raises:
        IndexVersionError: A scale of the tally, or the one asked for, has no name of ours.

    Example:
        >>> dict(on_scale(Tally(1, moments={"0-10": Moments(1, 5.0, 25.0)}), "1-5").moments)
        {'1-5': Moments(count=1, total=3.0, squares=9.0)}
    """
    target = scale_ends(name)
    parts = [
        moments if other == name else rescale(moments, source=scale_ends(other), target=target)
        for other, moments in sorted(tally.moments.items())
    ]
    together = Moments(
        count=sum(part.count for part in parts),
        total=sum(part.total for part in parts),
        squares=sum(part.squares for part in parts),
    )
    return replace(tally, moments={name: together})


def _moments(tally: Tally) -> Moments:
    return tally.moments.get("", _NO_MOMENTS)


def _mean(tally: Tally, moments: Moments, *, scale: Ends) -> Estimate:
    if moments.count == 0:
        return estimate_of(tally, n=0, value=None, ends=None)
    lowest, highest = scale
    # The sum of many equal ratings may pass the end of the scale by a rounding error.
    value = min(highest, max(lowest, moments.total / moments.count))
    ends = t_interval(moments, lowest=lowest, highest=highest)
    return estimate_of(tally, n=moments.count, value=value, ends=ends)


def _means(first: Moments, second: Moments, *, scale: Ends) -> Difference:
    if not first.count or not second.count:
        return Difference(None)
    return means_differ(first, second, width=scale[1] - scale[0])
