"""Annotations: what the pipeline says about a mention, with the evidence for each statement.

Lists name only what was found present. `None` means "not judged" (empty text, unsupported language):
absent is not neutral. Offsets are Unicode code points of the mention's `text`, end exclusive.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import Field

from textcx.mention import Frozen, Mention

Polarity = Literal["negative", "neutral", "positive", "mixed"]
EmotionName = Literal["joy", "anger", "sadness", "fear", "disgust", "surprise"]
SignalName = Literal[
    "recommends",
    "warns_against",
    "will_return",
    "leaves",
    "expectation_exceeded",
    "expectation_met",
    "expectation_missed",
    "effort_easy",
    "effort_hard",
    "asks_for_answer",
    "suggests",
]
Share = Annotated[float, Field(ge=0, le=1)]
Offset = Annotated[int, Field(ge=0)]


class Span(Frozen):
    """A stretch of the text, in code points, end exclusive."""

    start: Offset
    end: Offset


class LanguageTag(Frozen):
    """The language of the text: sv, da, nb, nn, fi, en, or `und` where it cannot be told."""

    code: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    confidence: Share


class Sentiment(Frozen):
    """The polarity of the whole text; `score` runs from -1 (negative) to 1 (positive)."""

    polarity: Polarity
    score: Annotated[float, Field(ge=-1, le=1)]
    confidence: Share
    evidence: tuple[Span, ...] = ()


class Emotion(Frozen):
    """An emotion the text expresses; several may hold at once."""

    name: EmotionName
    score: Share
    evidence: tuple[Span, ...] = ()
    touchpoint: str | None = None


class Signal(Frozen):
    """What the writer will do, expected, had to do, or asks."""

    name: SignalName
    score: Share
    evidence: tuple[Span, ...] = ()


class TouchpointJudgement(Frozen):
    """A touchpoint the text speaks of, and what it says of it; `score` runs from -1 to 1."""

    id: str
    stage: str
    polarity: Polarity
    score: Annotated[float, Field(ge=-1, le=1)]
    evidence: tuple[Span, ...] = ()


class Opinion(Frozen):
    """An aspect in the text's own words, and the polarity of what is said of it."""

    aspect: str
    polarity: Polarity
    start: Offset
    end: Offset


class TopicTag(Frozen):
    """A topic of the frozen registry that the text belongs to."""

    id: str
    label: str
    score: Share


class Annotations(Frozen):
    """All that the pipeline says about one text.

    `said_by` maps each field that was judged to the component and version that judged it,
    for example `{"sentiment": "textcx_sentiment lexicon-1"}`.
    """

    language: LanguageTag
    sentiment: Sentiment | None = None
    emotions: tuple[Emotion, ...] = ()
    signals: tuple[Signal, ...] = ()
    touchpoints: tuple[TouchpointJudgement, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    topics: tuple[TopicTag, ...] = ()
    said_by: Mapping[str, str] = Field(default_factory=dict)
    truncated: bool = False


class AnnotatedMention(Frozen):
    """A mention with its annotations: what a store keeps and gives back."""

    mention: Mention
    annotations: Annotations


Values = dict[str, Any]
"""Annotations as plain values: what `Annotations.model_dump(mode="json")` gives, with every field."""


class AnnotatedValues(NamedTuple):
    """A mention with its annotations as plain values, for those who write them down at once.

    To make models and take them apart again would cost a tenth of all the work on a mention.
    """

    mention: Mention
    annotations: Values


Storable = AnnotatedMention | AnnotatedValues
"""What a store takes: it keeps the same of both."""


def modelled(one: Storable) -> AnnotatedMention:
    """Return a mention with its annotations as models."""
    if isinstance(one, AnnotatedMention):
        return one
    return AnnotatedMention(mention=one.mention, annotations=Annotations.model_validate(one.annotations))


def without_absent(values: Values) -> Values:
    """Return annotations without what is absent, as stores keep them: no None, no empty list, not `truncated`."""
    present = {name: value for name, value in values.items() if value}
    if sentiment := present.get("sentiment"):
        present["sentiment"] = _present(sentiment)
    for name in _JUDGEMENTS & present.keys():
        present[name] = [_present(one) for one in present[name]]
    return present


_JUDGEMENTS = frozenset({"emotions", "signals", "touchpoints"})
"""What may lack evidence or a touchpoint, as the sentiment may; the other parts are whole wherever they are."""


def _present(judgement: Values) -> Values:
    return {name: one for name, one in judgement.items() if one is not None and one != []}
