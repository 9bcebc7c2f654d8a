"""Facts: what a search engine keeps of an annotated mention beside its words, the same for every engine.

Keyword fields hold each value once and as written; they are compared by what `folded` makes of them. Numbers hold
the first rating of a measure, times are whole seconds. So two engines that index these facts count alike. All facts
are the mention's own but two: whether it was answered, and how soon, which its replies say.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from textcx.annotation import AnnotatedMention, Annotations, TouchpointJudgement
from textcx.mention import Engagement, Mention, Rating, paging_key
from textcx.query.scores import Answer, csat_box, nki_index, nps_group, rating_and_text, scale_name
from textcx.store.replies import reply_facts
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


def facts_of(annotated: AnnotatedMention, replies: Iterable[Mention] = ()) -> Facts:
    """Return the facts of a mention.

    Args:
        annotated: The mention.
        replies: The stored mentions that answer it: those whose `answered_id` it is.
    """
    mention = annotated.mention
    ratings = _first_ratings(mention.ratings)
    answered, reply_log_hours = reply_facts(mention, replies)
    single = _one_of_each(mention, annotated.annotations, ratings) | {"answered": answered}
    several = _several_of_each(mention, annotated.annotations)
    return Facts(
        id=mention.id,
        version=mention.version,
        key=min(paging_key(mention.published_at, mention.id), LARGEST_KEY),
        seconds=None if mention.published_at is None else math.floor(mention.published_at.timestamp()),
        keywords={field: (value,) for field, value in single.items() if value}
        | {field: tuple(dict.fromkeys(values)) for field, values in several.items() if values},
        numbers=_numbers(ratings, mention.engagement, reply_log_hours),
    )


def text_language(annotations: Annotations) -> str:
    """Return the language whose lemmas a text is indexed by; `und` where we have none for it."""
    code = annotations.language.code
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


def judgement_token(judgement: TouchpointJudgement) -> str:
    """Return what the field `judgement` holds for a touchpoint: its stage, id and polarity.

    Counted by touchpoint or by stage, each judgement counts once: two touchpoints of a stage are two judgements.
    """
    return f"{_escaped(judgement.stage)}:{_escaped(judgement.id)}/{judgement.polarity}"


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


def _one_of_each(mention: Mention, annotations: Annotations, ratings: Mapping[str, Answer]) -> dict[str, str | None]:
    """Return the keywords of which a mention has one at most."""
    stars, nps, csat, ces = (ratings.get(measure) for measure in RATINGS)
    return {
        "brand": mention.brand,
        "source": mention.source,
        "kind": mention.kind,
        "voice": mention.voice,
        "country": mention.subject.country if mention.subject else None,
        "author": mention.author,
        "lang": annotations.language.code,
        "sentiment": annotations.sentiment.polarity if annotations.sentiment else None,
        "feeling": _feeling(annotations),
        "model": "; ".join(sorted(set(annotations.said_by.values()))),
        "nps_group": nps_group(*nps) if nps else None,
        "csat_box": csat_box(*csat) if csat else None,
        "stars_scale": scale_name(stars[1], stars[2]) if stars else None,
        "ces_scale": scale_name(ces[1], ces[2]) if ces else None,
        "rating_text": _rating_text(ratings, annotations),
    }


def _several_of_each(mention: Mention, annotations: Annotations) -> dict[str, Sequence[str]]:
    """Return the keywords of which a mention may have several."""
    # One value a name: names that differ in case alone are one, and its mention would count twice.
    attributes = {folded(name): value for name, value in reversed(list(mention.attributes.items()))}
    # One judgement a touchpoint: a repeated one would count its mention twice.
    judgements = {judgement.id: judgement for judgement in reversed(annotations.touchpoints)}.values()
    return {
        "thread": [one for one in (mention.thread, mention.reply_to) if one],
        "attr": [attribute_token(name, value) for name, value in attributes.items()],
        "emotion": [emotion.name for emotion in annotations.emotions],
        "signal": [signal.name for signal in annotations.signals],
        "touchpoint": [judgement.id for judgement in judgements],
        "stage": [judgement.stage for judgement in judgements],
        "touchpoint_polarity": [f"{judgement.id}/{judgement.polarity}" for judgement in judgements],
        "stage_polarity": [f"{judgement.stage}/{judgement.polarity}" for judgement in judgements],
        "judgement": [judgement_token(judgement) for judgement in judgements],
        "topic": [topic.id for topic in annotations.topics],
    }


def _feeling(annotations: Annotations) -> str | None:
    """Return whether a text expresses an emotion; None where it was not judged, as told by its sentiment."""
    if annotations.emotions:
        return "expressed"
    return "none" if annotations.sentiment else None


def _rating_text(ratings: Mapping[str, Answer], annotations: Annotations) -> str | None:
    rating = ratings.get("stars") or ratings.get("csat") or ratings.get("nps")
    return rating_and_text(rating, annotations.sentiment.polarity) if rating and annotations.sentiment else None


def _first_ratings(ratings: Iterable[Rating]) -> dict[str, Answer]:
    """Return the ratings by measure: of several the first counts."""
    first: dict[str, Answer] = {}
    for rating in ratings:
        first.setdefault(rating.measure, (rating.value, rating.lowest, rating.highest))
    return first


def _numbers(
    ratings: Mapping[str, Answer], engagement: Engagement | None, reply_log_hours: float | None
) -> dict[str, float]:
    numbers: dict[str, float | None] = {field: ratings[field][0] for field in RATINGS if field in ratings}
    numbers["nki"] = nki_index(*(ratings.get(f"nki_{item}") for item in ("satisfaction", "expectation", "ideal")))
    numbers["engagement"] = _interactions(engagement) if engagement else None
    numbers["reply_log_hours"] = reply_log_hours
    # + 0.0 makes -0.0 the 0 it is: engines order it below 0.
    return {field: value + 0.0 for field, value in numbers.items() if value is not None and math.isfinite(value)}


def _interactions(engagement: Engagement) -> float | None:
    """Return likes, replies and reposts together; None where the source gives none of them."""
    given = [one for one in (engagement.likes, engagement.replies, engagement.reposts) if one is not None]
    return float(sum(given)) if given else None
