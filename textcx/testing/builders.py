"""Builders: mentions with sensible defaults, so that a test names only what it is about."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import get_args

from textcx.annotation import (
    AnnotatedMention,
    Annotations,
    Emotion,
    EmotionName,
    LanguageTag,
    Polarity,
    Sentiment,
    Signal,
    SignalName,
    TopicTag,
    TouchpointJudgement,
)
from textcx.mention import Engagement, Kind, Mention, Rating, RatingMeasure, Subject, Voice, mention_id

NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)
"""When a mention of ours was published, unless it says otherwise."""
_SCORES: Mapping[Polarity, float] = {"negative": -0.5, "neutral": 0.0, "positive": 0.5, "mixed": 0.0}


def id_of(name: str) -> str:
    """Return the id of the mention that `a_mention` makes under this name."""
    return mention_id("test", "suite", name)


def a_mention(
    text: str = "",
    *,
    name: str = "a",
    identifier: str | None = None,
    version: int = 1,
    title: str | None = None,
    kind: Kind = "review",
    source: str = "reviewsite",
    brand: str | None = "Hyllbo",
    voice: Voice = "customer",
    author: str | None = None,
    country: str | None = None,
    published_at: datetime | None = NOON,
    ratings: Sequence[Rating] = (),
    attributes: Mapping[str, str] | None = None,
    reply_to: str | None = None,
    thread: str | None = None,
    engagement: Engagement | None = None,
) -> Mention:
    """Return a mention; two of them differ by their name, or by an identifier given.

    `reply_to` and `thread` are names of other mentions.
    """
    return Mention(
        id=identifier or id_of(name),
        revision="1",
        version=version,
        kind=kind,
        source=source,
        brand=brand,
        title=title,
        text=text,
        ratings=tuple(ratings),
        published_at=published_at,
        collected_at=NOON,
        author=author,
        voice=voice,
        subject=Subject(country=country) if country else None,
        attributes=attributes or {},
        reply_to=id_of(reply_to) if reply_to else None,
        thread=id_of(thread) if thread else None,
        engagement=engagement,
    )


def annotated(
    mention: Mention,
    *,
    language: str = "sv",
    sentiment: Polarity | None = None,
    emotions: Sequence[EmotionName] = (),
    signals: Sequence[SignalName] = (),
    touchpoints: Sequence[str] = (),
    topics: Sequence[str] = (),
    said_by: Mapping[str, str] | None = None,
) -> AnnotatedMention:
    """Return the mention with annotations.

    Args:
        mention: As `a_mention` makes it.
        language: Code of its language.
        sentiment: Polarity of the whole text, or None where it was not judged.
        emotions: Names of the emotions found.
        signals: Names of the signals found.
        touchpoints: Judgements such as `purchase:delivery/negative`: stage, touchpoint, polarity.
        topics: Ids of topics.
        said_by: Which component judged which field.
    """
    return AnnotatedMention(
        mention=mention,
        annotations=Annotations(
            language=LanguageTag(code=language, confidence=0.9),
            sentiment=Sentiment(polarity=sentiment, score=_SCORES[sentiment], confidence=0.9) if sentiment else None,
            emotions=tuple(Emotion(name=name, score=0.8) for name in emotions),
            signals=tuple(Signal(name=name, score=0.8) for name in signals),
            touchpoints=tuple(a_judgement(written) for written in touchpoints),
            topics=tuple(TopicTag(id=topic, label=topic, score=0.7) for topic in topics),
            said_by=said_by or {},
        ),
    )


def a_judgement(written: str) -> TouchpointJudgement:
    """Return a judgement written as `stage:touchpoint/polarity`.

    Example:
        >>> a_judgement("purchase:delivery/negative").stage
        'purchase'
    """
    stage, _, rest = written.partition(":")
    touchpoint, _, name = rest.rpartition("/")
    polarity: Polarity = next(known for known in get_args(Polarity) if known == name)
    return TouchpointJudgement(id=touchpoint, stage=stage, polarity=polarity, score=_SCORES[polarity])


def a_rating(measure: RatingMeasure, value: float, *, lowest: float = 1, highest: float = 5) -> Rating:
    """Return a rating, on a scale from 1 to 5 unless it says otherwise."""
    return Rating(measure=measure, value=value, lowest=lowest, highest=highest)
