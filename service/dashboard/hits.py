"""Hits: mentions as pages show them: the text in marked pieces, and each judgement with the words that say so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.dashboard.marks import Piece, evidence, found, pieces, quotes
from service.dashboard.rendering import name_of, web_address
from service.dashboard.visit import Look


@dataclass(frozen=True, slots=True)
class Judged:
    """Something that is said of a text, for people.

    Attributes:
        field: Field of the query language by which it is found.
        value: Its value there.
        name: Its name in the reader's language.
        polarity: Of touchpoints and the whole text, else empty.
        score: How strong, or how sure.
        quote: The words that say so, or empty.
    """

    field: str
    value: str
    name: str
    polarity: str
    score: float
    quote: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A mention on a page.

    Attributes:
        mention: As answers hold it.
        annotations: Likewise.
        title: In pieces.
        text: In pieces.
        judged: What is said of it.
        when: When it was published, in the reader's zone and form; or empty.
        language: For the attribute `lang`.
        url: Where it stands, if a browser may go there.
    """

    mention: Mapping[str, Any]
    annotations: Mapping[str, Any]
    title: Sequence[Piece]
    text: Sequence[Piece]
    judged: Sequence[Judged]
    when: str
    language: str
    url: str

    @property
    def polarity(self) -> str:
        """Of the whole text; `none` where it was not judged."""
        sentiment = self.annotations["sentiment"]
        return str(sentiment["polarity"]) if sentiment else "none"


def hit_of(visit: Look, answer: Mapping[str, Any], *, with_marks: bool = True) -> Hit:
    """Return a mention of an answer as pages show it."""
    mention, annotations = answer["mention"], answer["annotations"]
    highlights = answer.get("highlights", {})
    text = mention.get("text", "")
    marks = evidence(annotations, _names(visit, annotations)) if with_marks else []
    published = mention.get("published_at")
    return Hit(
        mention,
        annotations,
        title=pieces(mention.get("title", ""), found(highlights, "title")),
        text=pieces(text, [*found(highlights, "text"), *marks]),
        judged=judged(visit, text, annotations),
        when=visit.language.instant(visit.local(published)) if published else "",
        language=annotations["language"]["code"],
        url=web_address(mention.get("url")),
    )


def judged(visit: Look, text: str, annotations: Mapping[str, Any]) -> list[Judged]:
    """Return what is said of a text beside its sentiment: touchpoints, emotions, signals."""
    return [
        Judged(
            field,
            f"{one[key]}/{one['polarity']}" if "polarity" in one else one[key],
            name_of(visit, field, one[key]),
            one.get("polarity", ""),
            one["score"],
            quotes(text, one["evidence"]),
        )
        for part, field, key in (
            ("touchpoints", "touchpoint", "id"),
            ("emotions", "emotion", "name"),
            ("signals", "signal", "name"),
        )
        for one in annotations[part]
    ]


def _names(visit: Look, annotations: Mapping[str, Any]) -> dict[str, str]:
    named = [("touchpoint", one["id"]) for one in annotations["touchpoints"]]
    named += [("emotion", one["name"]) for one in annotations["emotions"]]
    named += [("signal", one["name"]) for one in annotations["signals"]]
    return {value: name_of(visit, field, value) for field, value in named}
