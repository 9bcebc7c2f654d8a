"""Facts: what a search engine keeps of an annotated mention beside its words, the same for every engine.

Keyword fields hold each value once and as written; they are compared by what `folded` makes of them. Numbers hold
the first rating of a measure, times are whole seconds. So two engines that index these facts count alike. All facts
are the mention's own but two: whether it was answered, and how soon, which its replies say.

Facts are read off the plain values that a mention is stored as: to make its models first takes longer than all else.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from textcx.annotation import AnnotatedMention, AnnotatedValues, Annotations, Polarity, Storable, without_absent
from textcx.mention import Mention, paging_key
from textcx.query.scores import Answer, csat_box, nki_index, nps_group, rating_and_text, scale_name
from textcx.store.replies import is_answerable, reply_facts
from textcx.words import LANGUAGES, UNKNOWN_LANGUAGE

KEYWORDS = (
    "brand",
    "source",
    "kind",
    "voice",
    "lang",
    "sentiment",
    "emotion",
    "signal",
    "touchpoint",
    "stage",
    "topic",
    "country",
    "author",
    "thread",
    "touchpoint_polarity",
    "stage_polarity",
    "judgement",
    "attr",
    "nps_group",
    "csat_box",
    "stars_scale",
    "ces_scale",
    "feeling",
    "answered",
    "rating_text",
    "model",
)
"""Keyword fields: those of the query language, and those that only stores know."""
RATINGS = ("stars", "nps", "csat", "ces")
NUMBERS = (*RATINGS, "nki", "engagement", "reply_log_hours")
"""Number fields: ratings on the scale asked, and those that only stores know beside `nki`."""
LARGEST_KEY = 2**63 - 1
"""The paging key of a mention from after January 2106, whose seconds no longer fit beside 31 bits of its id."""
_VOICE: str = Mention.model_fields["voice"].default
_NKI = ("nki_satisfaction", "nki_expectation", "nki_ideal")
_NAMED = (("emotion", "emotions", "name"), ("signal", "signals", "name"), ("topic", "topics", "id"))
_ESCAPES = str.maketrans({"%": "%25", "=": "%3D", ":": "%3A", "/": "%2F"})


@dataclass(frozen=True, slots=True)
class Facts:
    """What an engine indexes of a mention beside its words.

    Attributes:
        id: Its id.
        version: Its version.
        key: Its paging key, in a signed 64-bit number.
        seconds: When it was published, in whole seconds since 1970 (rounded down), or None.
        keywords: For each field of KEYWORDS that has any: its values, each once, as written.
        numbers: For each field of NUMBERS that was given: the number.
    """

    id: str
    version: int
    key: int
    seconds: int | None
    keywords: Mapping[str, tuple[str, ...]]
    numbers: Mapping[str, float]


Values = Mapping[str, Any]
"""Plain values, as JSON has them."""


def values_of(annotated: Storable) -> dict[str, Any]:
    """Return a mention as the plain values that stores keep; what is absent is left out."""
    if isinstance(annotated, AnnotatedValues):
        mention = annotated.mention.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
        return {"mention": mention, "annotations": without_absent(annotated.annotations)}
    return annotated.model_dump(mode="json", exclude_defaults=True, exclude_none=True)


def facts_of(annotated: AnnotatedMention, replies: Sequence[Mention] = ()) -> Facts:
    """Return the facts of a mention.

    Args:
        annotated: The mention.
        replies: The stored mentions that answer it: those whose `answered_id` it is.
    """
    return facts_of_values(values_of(annotated), replies)


def facts_of_values(annotated: Values, replies: Sequence[Mention] = ()) -> Facts:
    """Return the same of what `values_of` gave."""
    mention, said = annotated["mention"], annotated["annotations"]
    ratings = _first_ratings(mention.get("ratings", ()))
    answered, reply_log_hours = _reply_facts(mention, replies)
    published_at = _time(mention.get("published_at"))
    keywords = _one_of_each(mention, said, ratings)
    keywords["answered"] = answered
    return Facts(
        id=mention["id"],
        version=mention.get("version", 0),
        key=min(paging_key(published_at, mention["id"]), LARGEST_KEY),
        seconds=None if published_at is None else math.floor(published_at.timestamp()),
        keywords={field: (value,) for field, value in keywords.items() if value} | _several_of_each(mention, said),
        numbers=_numbers(ratings, mention.get("engagement"), reply_log_hours),
    )


def text_language(annotations: Annotations) -> str:
    """Return the language whose lemmas a text is indexed by; `und` where we have none for it."""
    return language_of_words(annotations.language.code)


def language_of_words(code: str) -> str:
    """Return the same of a language's code."""
    return code if code in LANGUAGES else UNKNOWN_LANGUAGE


def folded(value: str) -> str:
    """Return a keyword as it is compared: without regard to case.

    Letter by letter, as tantivy does it; Python's own `lower` looks at the neighbours of a Greek sigma. An engine
    whose lower case is another one (Lucene's, for the Turkish dotted capital I) indexes what this returns.

    Example:
        >>> folded("Bjørn ÅS")
        'bjørn ås'
    """
    return "".join([character.lower() for character in value])


def attribute_token(name: str, value: str) -> str:
    """Return what the field `attr` holds for an attribute: its name without regard to case, its value as written.

    Example:
        >>> attribute_token("Region", "North"), attribute_token("a=b", "c=d")
        ('region=North', 'a%3Db=c=d')
    """
    return f"{folded(name).translate(_ESCAPES)}={value}"


def judgement_token(stage: str, touchpoint: str, polarity: str) -> str:
    """Return what the field `judgement` holds for a touchpoint: its stage, id and polarity.

    Counted by touchpoint or by stage, each judgement counts once: two touchpoints of a stage are two judgements.
    """
    return f"{stage.translate(_ESCAPES)}:{touchpoint.translate(_ESCAPES)}/{polarity}"


def read_judgement(token: str) -> tuple[str, str, str]:
    """Return stage, touchpoint and polarity of a judgement's token.

    Example:
        >>> read_judgement("after:support%2Fphone/negative")
        ('after', 'support/phone', 'negative')
    """
    stage, _, rest = token.partition(":")
    touchpoint, _, polarity = rest.rpartition("/")
    return _unescape(stage), _unescape(touchpoint), polarity


def whole_second(time: datetime) -> int:
    """Return the first whole second at or after a border: times compare by whole seconds in every engine."""
    return math.ceil(time.timestamp())


@lru_cache(maxsize=4_096)
def _escaped(part: str) -> str:
    return part.translate(_ESCAPES)


def _unescape(escaped: str) -> str:
    return escaped.replace("%3D", "=").replace("%3A", ":").replace("%2F", "/").replace("%25", "%")


def _one_of_each(mention: Values, said: Values, ratings: Mapping[str, Answer]) -> dict[str, str | None]:
    """Return the keywords of which a mention has one at most."""
    sentiment = said.get("sentiment")
    polarity: Polarity | None = sentiment["polarity"] if sentiment else None
    keywords: dict[str, str | None] = {
        "brand": mention.get("brand"),
        "source": mention["source"],
        "kind": mention["kind"],
        "voice": mention.get("voice", _VOICE),
        "country": mention.get("subject", {}).get("country"),
        "author": mention.get("author"),
        "lang": said["language"]["code"],
        "sentiment": polarity,
        # Whether a text expresses an emotion; unknown where it was not judged, as told by its sentiment.
        "feeling": "expressed" if said.get("emotions") else "none" if polarity else None,
        "model": _models(tuple(said.get("said_by", {}).values())),
    }
    if ratings:
        stars, nps, csat, ces = map(ratings.get, RATINGS)
        keywords |= _rating_keywords(stars, nps, csat, ces, polarity)
    return keywords


@lru_cache(maxsize=1_024)
def _rating_keywords(
    stars: Answer | None, nps: Answer | None, csat: Answer | None, ces: Answer | None, polarity: Polarity | None
) -> Mapping[str, str | None]:
    """Return the keywords that tell of ratings: the same few come again and again."""
    rating = stars or csat or nps
    return {
        "nps_group": nps_group(*nps) if nps else None,
        "csat_box": csat_box(*csat) if csat else None,
        "stars_scale": scale_name(stars[1], stars[2]) if stars else None,
        "ces_scale": scale_name(ces[1], ces[2]) if ces else None,
        "rating_text": rating_and_text(rating, polarity) if rating and polarity else None,
    }


def _several_of_each(mention: Values, said: Values) -> dict[str, tuple[str, ...]]:
    """Return the keywords of which a mention may have several, each value once."""
    several: dict[str, tuple[str, ...]] = {}
    if threads := [mention[name] for name in ("thread", "reply_to") if name in mention]:
        several["thread"] = _once(threads)
    if attributes := mention.get("attributes"):
        # One value a name: names that differ in case alone are one, and its mention would count twice.
        values = {folded(name): value for name, value in reversed(attributes.items())}
        several["attr"] = _once([attribute_token(name, value) for name, value in values.items()])
    for field, part, name in _NAMED:
        if named := said.get(part):
            several[field] = _once([one[name] for one in named])
    if touchpoints := said.get("touchpoints"):
        # One judgement a touchpoint: a repeated one would count its mention twice.
        judged = {one["id"]: _judged(one["stage"], one["id"], one["polarity"]) for one in reversed(touchpoints)}
        ids, stages, polarities, stage_polarities, tokens = zip(*judged.values(), strict=True)
        several["touchpoint"] = ids
        several["stage"] = _once(stages)
        several["touchpoint_polarity"] = polarities
        several["stage_polarity"] = _once(stage_polarities)
        several["judgement"] = tokens
    return several


def _once(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(values) if len(values) == 1 else tuple(dict.fromkeys(values))


@lru_cache(maxsize=4_096)
def _judged(stage: str, touchpoint: str, polarity: str) -> tuple[str, ...]:
    """Return the touchpoint, the stage, each with the polarity, and the token of a judgement."""
    token = judgement_token(stage, touchpoint, polarity)
    return touchpoint, stage, f"{touchpoint}/{polarity}", f"{stage}/{polarity}", token


@lru_cache(maxsize=1_024)
def _models(said_by: tuple[str, ...]) -> str:
    return "; ".join(sorted(set(said_by)))


def _reply_facts(mention: Values, replies: Sequence[Mention]) -> tuple[str | None, float | None]:
    if not is_answerable(mention.get("voice", _VOICE), mention["kind"]):
        return None, None
    return reply_facts(Mention.model_validate(mention), replies) if replies else ("no", None)


def _time(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)


def _first_ratings(ratings: Iterable[Values]) -> dict[str, Answer]:
    """Return the ratings by measure: of several the first counts."""
    first: dict[str, Answer] = {}
    for rating in ratings:
        first.setdefault(rating["measure"], (rating["value"], rating["lowest"], rating["highest"]))
    return first


def _numbers(
    ratings: Mapping[str, Answer], engagement: Values | None, reply_log_hours: float | None
) -> dict[str, float]:
    numbers: dict[str, float | None] = {field: ratings[field][0] for field in RATINGS if field in ratings}
    numbers["nki"] = nki_index(*map(ratings.get, _NKI)) if ratings else None
    numbers["engagement"] = _interactions(engagement) if engagement else None
    numbers["reply_log_hours"] = reply_log_hours
    # + 0.0 makes -0.0 the 0 it is: engines order it below 0.
    return {field: value + 0.0 for field, value in numbers.items() if value is not None and math.isfinite(value)}


def _interactions(engagement: Values) -> float | None:
    """Return likes, replies and reposts together; None where the source gives none of them."""
    given = [engagement[one] for one in ("likes", "replies", "reposts") if one in engagement]
    return float(sum(given)) if given else None
