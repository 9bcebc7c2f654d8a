"""Methods: the few ways in which a measure makes a value and its interval from what was added up.

Those here count; `textcx/query/means.py` has those that average.
"""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from textcx.query.comparison import Counted, extremes_differ, recovered, shares_differ
from textcx.query.estimates import SMALLEST_READABLE_N, Ends, adjusted_wald, wilson
from textcx.query.spread import spread_between
from textcx.query.tally import Difference, Estimate, Tally

IntervalMethod = Literal["none", "adjusted Wald", "Wilson", "t", "t of logarithms", "Q profile"]
ComparisonMethod = Literal["none", "adjusted Wald", "Newcombe", "Welch", "recovered"]


class Method(Protocol):
    """How a measure makes its value and interval from what was added up, and compares two of them."""

    @property
    def interval(self) -> IntervalMethod:
        """Name of the formula of the 95 % interval."""
        ...

    @property
    def comparison(self) -> ComparisonMethod:
        """Name of the formula of the 95 % interval of a difference."""
        ...

    def estimate(self, tally: Tally) -> Estimate:
        """Return value and interval."""
        ...

    def difference(self, first: Tally, second: Tally) -> Difference:
        """Return the second value less the first, with interval and p; without value where one of them has none."""
        ...


@dataclass(frozen=True, slots=True)
class MentionCount:
    """How many mentions there are.

    There is no interval: every mention found is counted, none is drawn as a sample of them, so there is nothing to
    be unsure of. For the same reason no mentions is a value, 0, and not a missing one.
    """

    interval: IntervalMethod = field(default="none", init=False)
    comparison: ComparisonMethod = field(default="none", init=False)

    def estimate(self, tally: Tally) -> Estimate:
        """Return the number of mentions."""
        return estimate_of(tally, n=tally.mentions, value=float(tally.mentions), ends=None)

    def difference(self, first: Tally, second: Tally) -> Difference:
        """Return how many mentions more there are, without interval."""
        return Difference(float(second.mentions - first.mentions))


@dataclass(frozen=True, slots=True)
class ShareOfCounts:
    """The share, 0 to 1, that one value has of all that were counted, in the bucket or in the whole it is part of."""

    of: str
    interval: IntervalMethod = field(default="Wilson", init=False)
    comparison: ComparisonMethod = field(default="Newcombe", init=False)

    def estimate(self, tally: Tally) -> Estimate:
        """Return the share with Wilson's interval."""
        return _share(tally, self._counted(tally))

    def difference(self, first: Tally, second: Tally) -> Difference:
        """Return the difference of the shares with Newcombe's interval."""
        return _shares(self._counted(first), self._counted(second))

    def _counted(self, tally: Tally) -> Counted:
        return Counted(tally.counts.get(self.of, 0), sum((tally.whole or tally).counts.values()))


@dataclass(frozen=True, slots=True)
class ShareOfMentions:
    """The share, 0 to 1, that the bucket's mentions are of all mentions of the whole."""

    interval: IntervalMethod = field(default="Wilson", init=False)
    comparison: ComparisonMethod = field(default="Newcombe", init=False)

    def estimate(self, tally: Tally) -> Estimate:
        """Return the share with Wilson's interval."""
        return _share(tally, self._counted(tally))

    def difference(self, first: Tally, second: Tally) -> Difference:
        """Return the difference of the shares with Newcombe's interval."""
        return _shares(self._counted(first), self._counted(second))

    def _counted(self, tally: Tally) -> Counted:
        return Counted(tally.mentions, (tally.whole or tally).mentions)


@dataclass(frozen=True, slots=True)
class DifferenceOfCounts:
    """100 x (one value - another) / all that were counted: -100 to 100."""

    plus: str
    minus: str
    interval: IntervalMethod = field(default="adjusted Wald", init=False)
    comparison: ComparisonMethod = field(default="adjusted Wald", init=False)

    def estimate(self, tally: Tally) -> Estimate:
        """Return the difference in points with the adjusted Wald interval."""
        plus, n, minus = self.counted(tally)
        if n == 0:
            return estimate_of(tally, n=0, value=None, ends=None)
        low, high = adjusted_wald(plus, minus, n)
        return estimate_of(tally, n=n, value=100 * ((plus - minus) / n), ends=(100 * low, 100 * high))

    def difference(self, first: Tally, second: Tally) -> Difference:
        """Return by how many points they differ, with the adjusted Wald interval."""
        its, other = self.counted(first), self.counted(second)
        return _times_100(extremes_differ(its, other)) if its.n and other.n else Difference(None)

    def counted(self, tally: Tally) -> Counted:
        """Return how many are at each extreme, of how many."""
        plus, minus = tally.counts.get(self.plus, 0), tally.counts.get(self.minus, 0)
        return Counted(plus, sum(tally.counts.values()), minus)


@dataclass(frozen=True, slots=True)
class SpreadOfGroups:
    """How far a tally's groups lie apart beyond chance: the standard deviation between their true values, 0 to 100."""

    within: DifferenceOfCounts
    interval: IntervalMethod = field(default="Q profile", init=False)
    comparison: ComparisonMethod = field(default="recovered", init=False)

    def estimate(self, tally: Tally) -> Estimate:
        """Return the spread in points with the interval of the Q profile."""
        groups = [self.within.counted(group) for group in tally.groups]
        n, found = sum(group.n for group in groups), spread_between(groups)
        if found is None:
            return estimate_of(tally, n=n, value=None, ends=None)
        value, ends = found
        return estimate_of(tally, n=n, value=100 * value, ends=(100 * ends[0], 100 * ends[1]) if ends else None)

    def difference(self, first: Tally, second: Tally) -> Difference:
        """Return by how many points the spreads differ, with an interval where both have one."""
        return recovered_difference(self.estimate(first), self.estimate(second))


def estimate_of(tally: Tally, *, n: int, value: float | None, ends: Ends | None) -> Estimate:
    """Return an estimate of what was added up."""
    low, high = ends if ends is not None else (None, None)
    is_small = n < SMALLEST_READABLE_N
    return Estimate(value=value, low=low, high=high, n=n, mentions=tally.mentions, is_small=is_small)


def recovered_difference(first: Estimate, second: Estimate, *, p: float | None = None) -> Difference:
    """Return the difference of two estimates, its interval recovered from theirs."""
    if first.value is None or second.value is None:
        return Difference(None)
    value = second.value - first.value
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return Difference(value)
    low, high = recovered(first.value, (first.low, first.high), second.value, (second.low, second.high))
    return Difference(value, low, high, p)


def _share(tally: Tally, counted: Counted) -> Estimate:
    hits, n, _ = counted
    if n == 0:
        return estimate_of(tally, n=0, value=None, ends=None)
    return estimate_of(tally, n=n, value=hits / n, ends=wilson(hits, n))


def _shares(first: Counted, second: Counted) -> Difference:
    return shares_differ(first, second) if first.n and second.n else Difference(None)


def _times_100(found: Difference) -> Difference:
    value, low, high = (None if one is None else 100 * one for one in (found.value, found.low, found.high))
    return Difference(value, low, high, found.p)
