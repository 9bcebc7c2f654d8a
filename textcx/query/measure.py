"""Measure: a number that people follow, as one object that knows all one must know to read it."""

from dataclasses import dataclass
from typing import Literal

from textcx.mention import Voice
from textcx.query.means import most_frequent_scale, on_scale
from textcx.query.methods import ComparisonMethod, IntervalMethod, Method
from textcx.query.tally import Difference, Estimate, Needs, Tally

Unit = Literal["mentions", "points", "share", "stars", "score", "index", "hours", "interactions"]
Better = Literal["higher", "lower"]
EVERY_DIMENSION = "*"


@dataclass(frozen=True, slots=True)
class Measure:
    """A number that people follow, with all one must know to read it.

    Attributes:
        id: Its name in queries, API and configuration.
        label: Its name for people.
        unit: What the value counts.
        formula: How the value comes about, in plain words.
        formula_id: Name and version of the formula; a changed formula takes a new one, so that an old figure
            can be told from a new one.
        source: Where the formula comes from.
        needs: What a store adds up for it.
        method: Makes the value and its interval.
        better: Which way is better for the company, or None where that depends.
        note: What one must know to read it rightly, beside what holds for all.
        whole_by: The dimension by which its value is a share of the whole (`*`: every one, and it is never asked
            without one), or None.
        is_spread: It looks at the spread between periods or places.
        heard: It counts mentions of those sources alone in which this voice was heard, or None.
    """

    id: str
    label: str
    unit: Unit
    formula: str
    formula_id: str
    source: str
    needs: Needs
    method: Method
    better: Better | None = None
    note: str = ""
    whole_by: str | None = None
    is_spread: bool = False
    heard: Voice | None = None

    @property
    def interval(self) -> IntervalMethod:
        """Name of the formula of the 95 % interval."""
        return self.method.interval

    @property
    def comparison(self) -> ComparisonMethod:
        """Name of the formula of the 95 % interval of a difference."""
        return self.method.comparison

    @property
    def counts_judgements(self) -> bool:
        """By touchpoint or stage, it counts the judgements about that one instead of mentions."""
        return self.needs.judgements

    def is_part_of_whole(self, by: str | None) -> bool:
        """Say whether, by this dimension, who asks must set `Tally.whole`."""
        return by is not None and self.whole_by in (by, EVERY_DIMENSION)

    def estimate(self, tally: Tally, *, scale: str | None = None) -> Estimate:
        """Return the value with n and interval; of a bucket where nothing was judged, an Estimate without value.

        Args:
            tally: What was added up.
            scale: Rating scale to give the value on. Who compares buckets takes `scale_of` all of them, else each
                would stand on its own most frequent scale. Means nothing to a measure with one fixed scale.

        Raises:
            IndexVersionError: A scale of the tally has no name of ours.
        """
        return self.method.estimate(self._on_scale(tally, scale))

    def difference(self, first: Tally, second: Tally, *, scale: str | None = None) -> Difference:
        """Return the second value less the first, with its interval and p.

        Args:
            first: What was added up in one bucket.
            second: What was added up in the other; a mention of both would make them look more alike than they are.
            scale: As for `estimate`.

        Raises:
            IndexVersionError: A scale of a tally has no name of ours.
        """
        return self.method.difference(self._on_scale(first, scale), self._on_scale(second, scale))

    def scale_of(self, *tallies: Tally) -> str | None:
        """Return the rating scale most ratings of these buckets were given on ("1-5").

        None for a measure with one fixed scale, and where nothing was rated.

        Raises:
            IndexVersionError: A scale of a tally has no name of ours.
        """
        return most_frequent_scale(tallies) if self.needs.scale is not None else None

    def _on_scale(self, tally: Tally, scale: str | None) -> Tally:
        return on_scale(tally, scale) if scale is not None and self.needs.scale is not None else tally
