"""The fields one can ask for, as one table: grammar, help text, stores and completion all read it."""

from dataclasses import dataclass
from typing import Literal, get_args

from textcx.annotation import EmotionName, Polarity, SignalName
from textcx.mention import Kind, Voice

FieldType = Literal["keyword", "number", "date", "text"]
ATTRIBUTE_PREFIX = "attr."
SAVED_QUERY = "query"
"""What stands before the colon where a saved query is named: no field of a mention."""


@dataclass(frozen=True, slots=True)
class FieldOfQuery:
    """A field of the query language.

    Attributes:
        name: As written before the colon.
        type: How its value is read and compared.
        help: What it means, for people.
        example: A query that uses it.
        values: The only values there are; empty where any may occur.
        divides: It may be the dimension of a breakdown, a trend's `by`, or a facet.
    """

    name: str
    type: FieldType
    help: str
    example: str
    values: tuple[str, ...] = ()
    divides: bool = False


FIELDS = (
    FieldOfQuery("brand", "keyword", "the brand the mention is about", "brand:Hyllbo", divides=True),
    FieldOfQuery("source", "keyword", "the place it was found in", "source:reviewsite", divides=True),
    FieldOfQuery("kind", "keyword", "what kind of text it is", "kind:review", get_args(Kind), divides=True),
    FieldOfQuery("voice", "keyword", "who speaks", "voice:brand", get_args(Voice), divides=True),
    FieldOfQuery(
        "lang",
        "keyword",
        "language of the text; no means nb or nn",
        "lang:fi",
        ("sv", "da", "nb", "nn", "fi", "en", "und", "no"),
        divides=True,
    ),
    FieldOfQuery(
        "sentiment", "keyword", "polarity of the whole text", "sentiment:negative", get_args(Polarity), divides=True
    ),
    FieldOfQuery("emotion", "keyword", "an emotion it expresses", "emotion:anger", get_args(EmotionName), divides=True),
    FieldOfQuery(
        "signal", "keyword", "what the writer will do or asks", "signal:leaves", get_args(SignalName), divides=True
    ),
    FieldOfQuery(
        "touchpoint", "keyword", "a touchpoint, also with a polarity", "touchpoint:delivery/negative", divides=True
    ),
    FieldOfQuery("stage", "keyword", "a stage of the customer journey", "stage:support", divides=True),
    FieldOfQuery("topic", "keyword", "a topic of the registry", "topic:t17", divides=True),
    FieldOfQuery("country", "keyword", "country of the subject", "country:FI", divides=True),
    FieldOfQuery("author", "keyword", "pseudonym of the author", "author:a2kx7", divides=True),
    FieldOfQuery("thread", "keyword", "a mention, what answers it, and what stands in its thread", "thread:ID"),
    FieldOfQuery("stars", "number", "stars, on the scale asked", "stars:<=2"),
    FieldOfQuery("nps", "number", "likelihood to recommend, 0 to 10", "nps:9..10"),
    FieldOfQuery("csat", "number", "satisfaction, on the scale asked", "csat:>=4"),
    FieldOfQuery("ces", "number", "customer effort, on the scale asked", "ces:<=2"),
    FieldOfQuery("nki", "number", "customer satisfaction index, 0 to 100", "nki:<50"),
    FieldOfQuery("published", "date", "when it was published", "published:2026-01..2026-03"),
    FieldOfQuery("text", "text", "words of the text alone", "text:leverans"),
    FieldOfQuery("title", "text", "words of the title alone", 'title:"never again"'),
)
"""All fields but `attr.NAME` (keyword, one per attribute) and `query:NAME` (a saved query)."""

FIELD_BY_NAME = {field.name: field for field in FIELDS}


def find_field(name: str) -> FieldOfQuery | None:
    """Return the field of this name, in whatever case it is written, or None if there is none.

    Example:
        >>> find_field("Brand").name, find_field("attr.region").type, find_field("mood")
        ('brand', 'keyword', None)
    """
    known = FIELD_BY_NAME.get(name.lower())
    if known is not None:
        return known
    prefix, attribute = name[: len(ATTRIBUTE_PREFIX)], name[len(ATTRIBUTE_PREFIX) :]
    if prefix.lower() != ATTRIBUTE_PREFIX or not attribute:
        return None
    example = f"{ATTRIBUTE_PREFIX}{attribute}:value"
    return FieldOfQuery(
        f"{ATTRIBUTE_PREFIX}{attribute}", "keyword", "an attribute of your own data", example, divides=True
    )


def is_dimension(name: str) -> bool:
    """Say whether a breakdown, a trend or a facet may be asked by this field.

    Example:
        >>> is_dimension("brand"), is_dimension("attr.region"), is_dimension("stars")
        (True, True, False)
    """
    if name.startswith(ATTRIBUTE_PREFIX):
        return len(name) > len(ATTRIBUTE_PREFIX)
    return name in FIELD_BY_NAME and FIELD_BY_NAME[name].divides
