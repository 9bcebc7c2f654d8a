"""Methods: the few ways in which a measure makes a value and its interval from what was added up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, Protocol

from textcx.query.estimates import SMALLEST_READABLE_N, Ends, adjusted_wald, rescale, t_interval, wilson
from textcx.query.scores import scale_ends
from textcx.query.tally import Estimate, Moments, Tally

IntervalMethod = Literal["none", "adjusted Wald", "Wilson", "t"]

_NO_MOMENTS = Moments(count=0, total=0.0, squares=0.0)


class Method(Protocol):
    """How a measure makes its value and interval from what was added up."""

    @property
    def interval(self) -> IntervalMethod:
        """Name of the formula of the 95 % interval."""
        ...

    def estimate(self, tally: Tally) -> Estimate:
        """Return value and interval."""
        ...


@dataclass(frozen=True, slots=True)
class MentionCount:
    """How many mentions there are.

    There is no interval: every mention found is counted, none is drawn as a sample of them, so there is nothing to
    be unsure of. For the same reason no mentions is a value, 0, and not a missing one.
    """

    interval: IntervalMethod = field(default="none", init=False)

    def estimate(self, tally: Tally) -> Estimate:
        """Return the number of mentions."""
        return _estimate(tally, n=tally.mentions, value=float(tally.mentions), ends=None)


@dataclass(frozen=True, slots=True)
class ShareOfCounts:
    """The share, 0 to 1, that one value has of all that were counted."""

    of: str
    interval: IntervalMethod = field(default="Wilson", init=False)

    def estimate(self, tally: Tally) -> Estimate:
        """Return the share with Wilson's interval."""
        hits, n = tally.counts.get(self.of, 0), sum(tally.counts.values())
        if n == 0:
            return _estimate(tally, n=0, value=None, ends=None)
        return _estimate(tally, n=n, value=hits / n, ends=wilson(hits, n))


@dataclass(frozen=True, slots=True)
class DifferenceOfCounts:
    """100 x (one value - another) / all that were counted: -100 to 100."""

    plus: str
    minus: str
    interval: IntervalMethod = field(default="adjusted Wald", init=False)

    def estimate(self, tally: Tally) -> Estimate:
        """Return the difference in points with the adjusted Wald interval."""
        plus, minus = tally.counts.get(self.plus, 0), tally.counts.get(self.minus, 0)
        n = sum(tally.counts.values())
        if n == 0:
            return _estimate(tally, n=0, value=None, ends=None)
        low, high = adjusted_wald(plus, minus, n)
        return _estimate(tally, n=n, value=100 * ((plus - minus) / n), ends=(100 * low, 100 * high))


@dataclass(frozen=True, slots=True)
class MeanOfMoments:
    """The mean of numbers that all lie on one scale."""

    lowest: float
    highest: float
    interval: IntervalMethod = field(default="t", init=False)

    def estimate(self, tally: Tally) -> Estimate:
        """Return the mean with the t interval."""
        return _mean(tally, tally.moments.get("", _NO_MOMENTS), scale=(self.lowest, self.highest))


@dataclass(frozen=True, slots=True)
class MeanOnScaleAsked:
    """The mean of ratings on the scale that the question offered.

    Where several scales occur, all ratings are moved linearly to the most frequent one. So who asks for 1 to 5 stars
    reads 1 to 5, and ten-point ratings from elsewhere join in.
    """

    interval: IntervalMethod = field(default="t", init=False)

    def estimate(self, tally: Tally) -> Estimate:
        """Return the mean on the most frequent scale, with the t interval.

        Raises:
            IndexVersionError: A scale of the tally has no name of ours.
        """
        name = most_frequent_scale([tally])
        if name is None:
            return _estimate(tally, n=0, value=None, ends=None)
        return _mean(tally, on_scale(tally, name).moments[name], scale=scale_ends(name))


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


def _mean(tally: Tally, moments: Moments, *, scale: Ends) -> Estimate:
    if moments.count == 0:
        return _estimate(tally, n=0, value=None, ends=None)
    lowest, highest = scale
    # The sum of many equal ratings may pass the end of the scale by a rounding error.
    value = min(highest, max(lowest, moments.total / moments.count))
    return _estimate(tally, n=moments.count, value=value, ends=t_interval(moments, lowest=lowest, highest=highest))


def _estimate(tally: Tally, *, n: int, value: float | None, ends: Ends | None) -> Estimate:
    low, high = ends if ends is not None else (None, None)
    is_small = n < SMALLEST_READABLE_N
    return Estimate(value=value, low=low, high=high, n=n, mentions=tally.mentions, is_small=is_small)
