"""The measures: what each one counts, how its value comes about, and its interval.

To add one: make an object here (or in a module of your own) and put it into MEASURES. Stores, API and dashboard
read the table; nothing else names a measure. `textcx/query/MEASURES.md` explains them to people.
"""

from collections.abc import Mapping
from types import MappingProxyType

from textcx.errors import UnknownNameError
from textcx.query.means import MeanOfMoments, MeanOnScaleAsked, TypicalOfLogarithms
from textcx.query.measure import EVERY_DIMENSION, Measure
from textcx.query.methods import DifferenceOfCounts, MentionCount, ShareOfCounts, ShareOfMentions, SpreadOfGroups
from textcx.query.tally import Needs

_OURS = "our own definition"
_SENTIMENT = Needs(counts="sentiment", judgements=True)
_NET_SENTIMENT = DifferenceOfCounts(plus="positive", minus="negative")

VOLUME = Measure(
    id="volume",
    label="Mentions",
    unit="mentions",
    formula="number of mentions",
    formula_id="volume-1",
    source=_OURS,
    needs=Needs(),
    method=MentionCount(),
)
SHARE_OF_VOICE = Measure(
    id="share_of_voice",
    label="Share of voice",
    unit="share",
    formula="mentions with this value of the dimension / all mentions the question is about",
    formula_id="share-of-voice-1",
    source="the usual one of media analysis, for any dimension: brand, source, touchpoint",
    needs=Needs(),
    method=ShareOfMentions(),
    note="n is the whole. A mention without a value counts in the whole and in no share; one with several in each.",
    whole_by=EVERY_DIMENSION,
)
NET_SENTIMENT = Measure(
    id="net_sentiment",
    label="Net sentiment",
    unit="points",
    formula="100 x (positive - negative) / all judged, neutral and mixed included",
    formula_id="net-sentiment-1",
    source="the usual one of media analysis; neutral and mixed texts stay in the whole",
    needs=_SENTIMENT,
    method=_NET_SENTIMENT,
    better="higher",
)
POSITIVE_SHARE = Measure(
    id="positive_share",
    label="Share positive",
    unit="share",
    formula="positive / all judged, neutral and mixed included",
    formula_id="positive-share-1",
    source=_OURS,
    needs=_SENTIMENT,
    method=ShareOfCounts(of="positive"),
    better="higher",
)
NEGATIVE_SHARE = Measure(
    id="negative_share",
    label="Share negative",
    unit="share",
    formula="negative / all judged, neutral and mixed included",
    formula_id="negative-share-1",
    source=_OURS,
    needs=_SENTIMENT,
    method=ShareOfCounts(of="negative"),
    better="lower",
)
EMOTION_SHARE = Measure(
    id="emotion_share",
    label="Share with emotion",
    unit="share",
    formula="mentions that express an emotion / all judged; by emotion, mentions that express that one / all judged",
    formula_id="emotion-share-1",
    source='our own definition, of the six emotions of Ekman 1992, "An Argument for Basic Emotions"',
    needs=Needs(counts="feeling"),
    method=ShareOfCounts(of="expressed"),
    note="By emotion, n is all judged mentions, and the shares may add up to more than the whole: a text may be both "
    "angry and sad.",
    whole_by="emotion",
)
AVERAGE_STARS = Measure(
    id="average_stars",
    label="Average stars",
    unit="stars",
    formula="mean of the stars on the scale asked; several scales are moved linearly to the most frequent one",
    formula_id="average-stars-1",
    source=_OURS,
    needs=Needs(moments="stars", scale="stars_scale"),
    method=MeanOnScaleAsked(),
    better="higher",
)
NPS = Measure(
    id="nps",
    label="Net Promoter Score",
    unit="points",
    formula="100 x (promoters, 9 and 10 - detractors, 0 to 6) / all answers from 0 to 10",
    formula_id="nps-1",
    source='Reichheld 2003, "The One Number You Need to Grow", Harvard Business Review',
    needs=Needs(counts="nps_group"),
    method=DifferenceOfCounts(plus="promoter", minus="detractor"),
    better="higher",
)
CSAT = Measure(
    id="csat",
    label="Satisfied customers (CSAT)",
    unit="share",
    formula="answers in the two highest of 5, 7 or 10 points, or the highest of 3 / all answers on such a scale",
    formula_id="csat-1",
    source="top boxes as survey tools report them; MEASURES.md names them",
    needs=Needs(counts="csat_box"),
    method=ShareOfCounts(of="top"),
    better="higher",
)
CES = Measure(
    id="ces",
    label="Customer Effort Score",
    unit="score",
    formula="mean of the answers on the scale asked; several scales are moved linearly to the most frequent one",
    formula_id="ces-1",
    source='Dixon, Freeman and Toman 2010, "Stop Trying to Delight Your Customers", Harvard Business Review',
    needs=Needs(moments="ces", scale="ces_scale"),
    method=MeanOnScaleAsked(),
    note='Whether high is good depends on the question: in "it was made easy for me" it is, in "how much effort did '
    'it take" it is not. Questions of both kinds must not be averaged: ask for one source or survey at a time.',
)
NKI = Measure(
    id="nki",
    label="Customer satisfaction index (NKI)",
    unit="index",
    formula="mean over answers of the mean of satisfaction, expectation and ideal, each rescaled to 0 to 100",
    formula_id="nki-1",
    source='Fornell 1992, "A National Customer Satisfaction Barometer", Journal of Marketing; equal weights',
    needs=Needs(moments="nki"),
    method=MeanOfMoments(lowest=0.0, highest=100.0),
    better="higher",
)
CONSISTENCY = Measure(
    id="consistency",
    label="Consistency (spread of net sentiment)",
    unit="points",
    formula="standard deviation of net sentiment between periods (a breakdown) or places (a trend), beyond chance",
    formula_id="consistency-1",
    source='Paule and Mandel 1982, "Consensus Values and Weighting Factors"; random effects, pooled variance within',
    needs=_SENTIMENT,
    method=SpreadOfGroups(within=_NET_SENTIMENT),
    better="lower",
    note="0 means no more spread than chance makes: the lower, the more consistent. A breakdown takes the spread "
    "between the intervals of each value (months, unless asked otherwise), a trend the spread between the values of "
    "its dimension in each interval. Two groups are needed, and few groups give a wide interval.",
    is_spread=True,
)
REPLY_RATE = Measure(
    id="reply_rate",
    label="Share answered",
    unit="share",
    formula="mentions with a reply of the brand / all that can be answered: reviews, posts, comments, replies, tickets",
    formula_id="reply-rate-1",
    source=_OURS,
    needs=Needs(counts="answered"),
    method=ShareOfCounts(of="yes"),
    better="higher",
    note="A reply is a stored mention with voice brand that replies to the mention or, replying to none, stands in the "
    "thread it began. Only sources in which the brand was heard count: elsewhere no reply seen is not no reply given.",
    heard="brand",
)
REPLY_TIME = Measure(
    id="reply_time",
    label="Typical time to the first reply",
    unit="hours",
    formula="geometric mean of the hours from an answered mention to the first reply of the brand",
    formula_id="reply-time-1",
    source="our own definition; waiting times are log-normal in the usual case, and their geometric mean is the median",
    needs=Needs(moments="reply_log_hours"),
    method=TypicalOfLogarithms(),
    better="lower",
    note="Mentions without a reply do not count: read it beside reply_rate. Times under a minute count as a minute; "
    "times known to the day only do not count.",
    heard="brand",
)
RATING_TEXT_MISMATCH = Measure(
    id="rating_text_mismatch",
    label="Rating contradicts text",
    unit="share",
    formula="rating in the lowest quarter of its scale with a positive text, or in the highest quarter with a negative "
    "text / all with a rating and a judged text",
    formula_id="rating-text-mismatch-1",
    source='our own definition; after Mudambi, Schuff and Zhang 2014, "Why Aren\'t the Stars Aligned?", HICSS 47',
    needs=Needs(counts="rating_text"),
    method=ShareOfCounts(of="mismatch"),
    better="lower",
    note="The rating is the stars, else satisfaction, else likelihood to recommend. A high share tells of irony, of "
    "scales read the wrong way round, or of errors of the model: read some of the mentions.",
)
ENGAGEMENT = Measure(
    id="engagement",
    label="Interactions per mention",
    unit="interactions",
    formula="mean of likes, replies and reposts together, over mentions whose source gives any of these numbers",
    formula_id="engagement-1",
    source=_OURS,
    needs=Needs(moments="engagement"),
    method=MeanOfMoments(lowest=0.0),
    note="A number that the source does not give is absent, not 0, and views are no interaction. One mention that "
    "spreads widely moves the mean, and the interval shows it.",
)

MEASURES = (
    VOLUME,
    SHARE_OF_VOICE,
    NET_SENTIMENT,
    POSITIVE_SHARE,
    NEGATIVE_SHARE,
    EMOTION_SHARE,
    AVERAGE_STARS,
    NPS,
    CSAT,
    CES,
    NKI,
    CONSISTENCY,
    REPLY_RATE,
    REPLY_TIME,
    RATING_TEXT_MISMATCH,
    ENGAGEMENT,
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
