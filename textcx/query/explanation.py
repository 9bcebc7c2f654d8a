"""Explanation: how a measure is made, in plain words, put together from the measure itself.

`textcx explain`, `GET /v1/measures` and the dashboard show it, so that what they say is what is reckoned.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from textcx.query.estimates import SMALLEST_READABLE_N
from textcx.query.measure import EVERY_DIMENSION, Measure
from textcx.query.methods import ComparisonMethod, IntervalMethod
from textcx.query.tally import Needs


class Formula(NamedTuple):
    """A formula of an interval: what it does, and who found it."""

    words: str
    source: str


INTERVALS: Mapping[IntervalMethod, Formula] = MappingProxyType(
    {
        "none": Formula("Everything that was found is counted, and no sample drawn.", ""),
        "adjusted Wald": Formula(
            "Three answers are added, three quarters of one at each extreme; the variance is that of plus less minus.",
            'Rocks 2016, "Interval Estimation for the Net Promoter Score", The American Statistician 70',
        ),
        "Wilson": Formula(
            "All shares under which what was found would be no surprise; right also near 0 and 1.",
            'Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference"',
        ),
        "t": Formula(
            "Student's t of the mean, cut at the ends of the scale; none where all values are equal.",
            'Student 1908, "The Probable Error of a Mean", Biometrika 6',
        ),
        "t of logarithms": Formula(
            "Student's t of the mean of the logarithms, turned back; none where all values are equal.",
            'Student 1908, "The Probable Error of a Mean", Biometrika 6',
        ),
        "Q profile": Formula(
            "All spreads under which the distances between the groups would be no surprise; none where the groups are "
            "more alike than chance makes them.",
            'Viechtbauer 2007, "Confidence Intervals for the Amount of Heterogeneity in Meta-Analysis", Statistics in '
            "Medicine 26",
        ),
    }
)
"""Formulas of the 95 % intervals of values."""

COMPARISONS: Mapping[ComparisonMethod, Formula] = MappingProxyType(
    {
        "none": Formula("A difference has no interval, as the values have none.", ""),
        "adjusted Wald": Formula(
            "The adjusted values and their variances are taken, as for one value; the p follows from them.",
            'Sauro and Lewis 2021, "How to Statistically Compare Two Net Promoter Scores", MeasuringU',
        ),
        "Newcombe": Formula(
            "Recovered from the Wilson intervals of both shares; the p is Pearson's chi-square, not corrected.",
            'Newcombe 1998, "Interval Estimation for the Difference between Independent Proportions", Statistics in '
            "Medicine 17",
        ),
        "Welch": Formula(
            "Student's t without supposing that both spread alike; the p follows from it.",
            "Welch 1947, \"The Generalization of 'Student's' Problem\", Biometrika 34",
        ),
        "recovered": Formula(
            "Recovered from the intervals of both values; of logarithms, the p is Welch's.",
            'Zou and Donner 2008, "Construction of Confidence Limits about Effect Measures", Statistics in Medicine 27',
        ),
    }
)
"""Formulas of the 95 % intervals of differences."""

_UNITS = MappingProxyType(
    {
        "mentions": "mentions",
        "points": "points",
        "share": "a share, 0 to 1, shown in per cent",
        "stars": "stars on the scale asked",
        "score": "points of the scale asked",
        "index": "an index, 0 to 100",
        "hours": "hours",
        "interactions": "interactions a mention",
    }
)
_BETTER = MappingProxyType(
    {"higher": "Higher is better.", "lower": "Lower is better.", None: "Whether more is better depends."}
)
_COUNTED = MappingProxyType(
    {
        "sentiment": "its sentiment (positive, negative, neutral or mixed)",
        "feeling": "whether it expresses an emotion",
        "nps_group": "the group of its answer (promoter, passive or detractor)",
        "csat_box": "the box of its answer (top or rest)",
        "answered": "whether the brand answered it",
        "rating_text": "whether its rating contradicts its text",
    }
)
_AVERAGED = MappingProxyType(
    {
        "stars": "its stars",
        "ces": "its answer about effort",
        "nki": "its index, where all three items were answered",
        "reply_log_hours": "the logarithm of the hours to its first reply",
        "engagement": "its likes, replies and reposts together",
    }
)


def explain(measure: Measure) -> Mapping[str, str]:
    """Return how a measure is made: a heading and a paragraph for each thing one must know.

    Example:
        >>> from textcx.query.measures import VOLUME
        >>> explain(VOLUME)["how it adds up"]
        'Each mention counts once.'
    """
    interval, comparison = INTERVALS[measure.interval], COMPARISONS[measure.comparison]
    paragraphs = {
        "what it is": f"{measure.label}: {_UNITS[measure.unit]}. {_BETTER[measure.better]}",
        "formula": f"{measure.formula_id}: {measure.formula}.",
        "source": _sentence(measure.source),
        "who is counted": "Mentions by customers, prospects and unknown voices, unless the query names voice:.",
        "how it adds up": _adds_up(measure.needs),
        "by touchpoint or stage": _by_touchpoint(measure),
        "95 % interval": _method(measure.interval, interval),
        "comparing two": _method(measure.comparison, comparison),
        "read with care": " ".join(part for part in (measure.note, _care(measure)) if part),
    }
    return {heading: paragraph for heading, paragraph in paragraphs.items() if paragraph}


def _adds_up(needs: Needs) -> str:
    if needs.counts is not None:
        return f"Each mention is counted by {_COUNTED[needs.counts]}; one where that is not known is left out."
    if needs.moments is None:
        return "Each mention counts once."
    scale = ", for each rating scale," if needs.scale else ""
    words = f"Of each mention {_AVERAGED[needs.moments]}: number, sum and sum of squares{scale} are added up"
    return f"{words}; one where that is not known is left out."


def _by_touchpoint(measure: Measure) -> str:
    if measure.counts_judgements:
        return (
            "Judgements about that touchpoint are counted instead of mentions: a text that praises the product and "
            "scolds the delivery counts once for each."
        )
    if measure.whole_by == EVERY_DIMENSION:
        return "The share of mentions that speak of it."
    return "Mentions that speak of it are counted, whatever they say of it."


def _method(name: str, formula: Formula) -> str:
    return " ".join((f"{name}: {formula.words}", _sentence(formula.source))).rstrip()


def _care(measure: Measure) -> str:
    if measure.interval == "none":
        return ""
    return (
        f"With n under {SMALLEST_READABLE_N} a value is too small to read. The interval covers sampling: how far "
        "another sample of the same customers might lie. It does not cover the errors of the model, nor that people "
        "who write are not all customers."
    )


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}." if words else ""
