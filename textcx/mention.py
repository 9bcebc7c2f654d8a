"""Mention: one text by a customer about a brand, in one place, as it is stored.

A mention is made by `ingest.normalize` from a redacted raw record, and never changed: a newer
`version` replaces it. Every field is explained in `textcx/README.md`.
"""

import string
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

Kind = Literal["review", "post", "comment", "reply", "survey_answer", "ticket", "article"]
Voice = Literal["customer", "prospect", "brand", "employee", "press", "unknown"]
RatingMeasure = Literal["stars", "nps", "csat", "ces", "nki_satisfaction", "nki_expectation", "nki_ideal", "other"]
Precision = Literal["second", "minute", "day", "month", "year"]
Occasion = Literal["transaction", "relation"]

ShortText = Annotated[str, Field(min_length=1, max_length=200)]
WholeText = Annotated[str, Field(min_length=0)]  # where a bound is given, pydantic refuses lone surrogates
_ID_DIGITS = 64
MentionId = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Frozen(BaseModel):
    """What crosses disk or wire: frozen, and a field nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rating(Frozen):
    """A score the customer gave, on the scale the question offered."""

    measure: RatingMeasure
    value: Annotated[float, Field(allow_inf_nan=False)]
    lowest: Annotated[float, Field(allow_inf_nan=False)]
    highest: Annotated[float, Field(allow_inf_nan=False)]

    @model_validator(mode="after")
    def _lies_on_its_scale(self) -> Self:
        if not self.lowest < self.highest:
            message = f"the scale {self.lowest:g} to {self.highest:g} is empty"
            raise ValueError(message)
        if not self.lowest <= self.value <= self.highest:
            message = f"{self.value:g} lies outside the scale {self.lowest:g} to {self.highest:g}"
            raise ValueError(message)
        return self


class Asked(Frozen):
    """The question a survey answer replies to."""

    question: Annotated[str, Field(max_length=1000)] | None = None
    touchpoint: ShortText | None = None
    occasion: Occasion | None = None


class Reference(Frozen):
    """A key of the company's own system: opaque, never indexed, exported or logged."""

    system: ShortText
    id: ShortText


class Subject(Frozen):
    """What the mention is about, as the source states it."""

    product: ShortText | None = None
    location: ShortText | None = None
    country: ShortText | None = None
    app_version: ShortText | None = None


class Engagement(Frozen):
    """How people reacted. A number that the source does not give is absent, not 0."""

    likes: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    replies: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    reposts: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    views: Annotated[int, Field(ge=0, lt=2**53)] | None = None


class Redaction(Frozen):
    """A place in `text` where something personal was replaced by `[kind]`, in code points."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    kind: ShortText


class Mention(Frozen):
    """One text by a customer about a brand, in one place."""

    id: MentionId
    revision: Annotated[str, Field(min_length=1, max_length=64)]
    version: Annotated[int, Field(ge=0, lt=2**63)] = 0
    kind: Kind
    source: ShortText
    brand: ShortText | None = None
    title: Annotated[str, Field(max_length=1000)] | None = None
    text: WholeText = ""
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] | None = None
    ratings: tuple[Rating, ...] = ()
    published_at: AwareDatetime | None = None
    published_at_precision: Precision | None = None
    collected_at: AwareDatetime
    author: Annotated[str, Field(max_length=64)] | None = None
    voice: Voice = "unknown"
    asked: Asked | None = None
    reference: Reference | None = None
    subject: Subject | None = None
    attributes: Mapping[ShortText, ShortText] = Field(default_factory=dict)
    reply_to: MentionId | None = None
    thread: MentionId | None = None
    repost_of: MentionId | None = None
    copy_of: MentionId | None = None
    engagement: Engagement | None = None
    url: Annotated[str, Field(max_length=2000)] | None = None
    redactions: tuple[Redaction, ...] = ()


def mention_id(kind: str, scope: str, native_id: str) -> str:
    """Return the id of a mention: hex of sha256 over source kind, scope and native id.

    The parts are joined by NUL, which occurs in none of them, so that no two triples collide.

    Example:
        >>> mention_id("file", "reviews", "17")[:12]
        '2a9a63f7f1d4'
    """
    return sha256("\0".join((kind, scope, native_id)).encode("utf-8", "surrogatepass")).hexdigest()


def is_mention_id(written: str) -> bool:
    """Say whether this is the id of a mention, stored or not.

    Example:
        >>> is_mention_id("0f" * 32), is_mention_id("0F" * 32), is_mention_id("17")
        (True, False, False)
    """
    return len(written) == _ID_DIGITS and not written.strip(string.digits + "abcdef")


def paging_key(published_at: datetime | None, identifier: str) -> int:
    """Return the key that orders mentions by time: `(epoch seconds << 31) | first 31 bits of the id`.

    One long in every engine. A mention without a date (or from before 1970) sorts as the oldest.

    Example:
        >>> paging_key(None, "f" * 64) == 2**31 - 1
        True
    """
    seconds = max(0, int(published_at.timestamp())) if published_at else 0
    return (seconds << 31) | (int(identifier[:8], 16) >> 1)
