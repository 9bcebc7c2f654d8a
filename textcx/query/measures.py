"""The measures: what each one counts, how its value comes about, and its interval.

To add one: make an object here (or in a module of your own) and put it into MEASURES. Stores, API and dashboard
read the table; nothing else names a measure. `textcx/query/MEASURES.md` explains them to people.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from textcx.errors import UnknownNameError
from textcx.query.methods import (
    DifferenceOfCounts,
    IntervalMethod,
    MeanOfMoments,
    MeanOnScaleAsked,
    MentionCount,
    Method,
    ShareOfCounts,
    most_frequent_scale,
    on_scale,
)
from textcx.query.tally import Estimate, Needs, Tally

Unit = Literal["mentions", "points", "share", "stars", "index"]


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
        needs: What a store adds up for it.
        method: Makes the value and its interval.
    """

    id: str
    label: str
    unit: Unit
    formula: str
    formula_id: str
    needs: Needs
    method: Method

    @property
    def interval(self) -> IntervalMethod:
        """Name of the formula of the 95 % interval."""
        return self.method.interval

    @property
    def counts_judgements(self) -> bool:
        """By touchpoint or stage, it counts the judgements about that one instead of mentions."""
        return self.needs.judgements

    def estimate(self, tally: Tally, *, scale: str | None = None) -> Estimate:
        """Return the value with n and interval; of a bucket where nothing was judged, an Estimate without value.

        Args:
            tally: What was added up.
            scale: Rating scale to give the value on. Who compares buckets takes `scale_of` all of them, else each
                would stand on its own most frequent scale. Means nothing to a measure with one fixed scale.

        Raises:
            IndexVersionError: A scale of the tally has no name of ours.
        """
        if scale is not None and self.needs.scale is not None:
            tally = on_scale(tally, scale)
        return self.method.estimate(tally)

    def scale_of(self, *tallies: Tally) -> str | None:
        """Return the rating scale most ratings of these buckets were given on ("1-5").

        None for a measure with one fixed scale, and where nothing was rated.

        Raises:
            IndexVersionError: A scale of a tally has no name of ours.
        """
        return most_frequent_scale(tallies) if self.needs.scale is not None else None


_SENTIMENT = Needs(counts="sentiment", judgements=True)

VOLUME = Measure(
    id="volume",
    label="Mentions",
    unit="mentions",
    formula="number of mentions",
    formula_id="volume-1",
    needs=Needs(),
    method=MentionCount(),
)
NET_SENTIMENT = Measure(
    id="net_sentiment",
    label="Net sentiment",
    unit="points",
    formula="100 x (positive - negative) / all judged, neutral and mixed included",
    formula_id="net-sentiment-1",
    needs=_SENTIMENT,
    method=DifferenceOfCounts(plus="positive", minus="negative"),
)
POSITIVE_SHARE = Measure(
    id="positive_share",
    label="Share positive",
    unit="share",
    formula="positive / all judged, neutral and mixed included",
    formula_id="positive-share-1",
    needs=_SENTIMENT,
    method=ShareOfCounts(of="positive"),
)
NEGATIVE_SHARE = Measure(
    id="negative_share",
    label="Share negative",
    unit="share",
    formula="negative / all judged, neutral and mixed included",
    formula_id="negative-share-1",
    needs=_SENTIMENT,
    method=ShareOfCounts(of="negative"),
)
AVERAGE_STARS = Measure(
    id="average_stars",
    label="Average stars",
    unit="stars",
    formula="mean of the stars on the scale asked; several scales are moved linearly to the most frequent one",
    formula_id="average-stars-1",
    needs=Needs(moments="stars", scale="stars_scale"),
    method=MeanOnScaleAsked(),
)
NPS = Measure(
    id="nps",
    label="Net Promoter Score",
    unit="points",
    formula="100 x (promoters, 9 and 10 - detractors, 0 to 6) / all answers from 0 to 10",
    formula_id="nps-1",
    needs=Needs(counts="nps_group"),
    method=DifferenceOfCounts(plus="promoter", minus="detractor"),
)
CSAT = Measure(
    id="csat",
    label="Satisfied customers (CSAT)",
    unit="share",
    formula="answers in the two highest of 5, 7 or 10 points, or the highest of 3 / all answers on such a scale",
    formula_id="csat-1",
    needs=Needs(counts="csat_box"),
    method=ShareOfCounts(of="top"),
)
NKI = Measure(
    id="nki",
    label="Customer satisfaction index (NKI)",
    unit="index",
    formula="mean over answers of the mean of satisfaction, expectation and ideal, each rescaled to 0 to 100",
    formula_id="nki-1",
    needs=Needs(moments="nki"),
    method=MeanOfMoments(lowest=0.0, highest=100.0),
)

MEASURES = (
    VOLUME,
    NET_SENTIMENT,
    POSITIVE_SHARE,
    NEGATIVE_SHARE,
    AVERAGE_STARS,
    NPS,
    CSAT,
    NKI,
)
"""All measures, in the order people read them."""

MEASURE_BY_ID: Mapping[str, Measure] = MappingProxyType({measure.id: measure for measure in MEASURES})


def find_measure(identifier: str) -> Measure:
    """Return the measure of this id.

    Raises:
        UnknownNameError: There is none; the message lists those there are.

    Example:
        >>> find_measure("nps").unit
        'points'
    """
    try:
        return MEASURE_BY_ID[identifier]
    except KeyError:
        raise UnknownNameError("measure", identifier, MEASURE_BY_ID) from None
