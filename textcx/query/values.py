"""Values: what stands after the colon of a field, read by the field's type and checked against what is known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import get_args
from unicodedata import normalize

from textcx.annotation import Polarity
from textcx.errors import QueryFault, QuerySyntaxError
from textcx.query.fields import SAVED_QUERY, FieldOfQuery, find_field
from textcx.query.lexer import DASHES, Token
from textcx.query.names import named_among, one_of, shown
from textcx.query.ranges import read_dates, read_numbers
from textcx.query.tree import DateRange, Keyword, NumberRange

POLARITIES = get_args(Polarity)
WITH_POLARITY = ("touchpoint", "stage")
"""Fields whose values may carry a polarity: `touchpoint:delivery/negative`."""
_COMPARING = tuple("<>=≤≥")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a query may name beside the fields.

    Attributes:
        touchpoints: Ids of the touchpoints.
        stages: Names of the stages.
        timezone: In which dates are meant.
        saved: Texts of the saved queries, by name.
        topics: Ids and labels of the topics, those first that a message lists; empty where any may be named.
    """

    touchpoints: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    timezone: tzinfo = UTC
    saved: Mapping[str, str] = field(default_factory=dict)
    topics: tuple[str, ...] = ()

    def values_of(self, asked: FieldOfQuery) -> tuple[str, ...]:
        """Return the only values that a field may have, polarities aside; empty where any may occur."""
        named = {"touchpoint": self.touchpoints, "stage": self.stages, "topic": self.topics}
        return named.get(asked.name, asked.values)


def read_value(asked: FieldOfQuery, token: Token, vocabulary: Vocabulary) -> Keyword | NumberRange | DateRange:
    """Return the condition that a value of a field stands for.

    Args:
        asked: A field that holds no text.
        token: Of kind `value` or `quoted`.
        vocabulary: What is known.

    Raises:
        QuerySyntaxError: The field cannot have this value; says what it can.
    """
    if asked.type == "number":
        return read_numbers(asked, token)
    if asked.type == "date":
        return read_dates(asked, token, vocabulary.timezone)
    if token.kind == "value":
        _check_bare(asked, token)
    written, position = normalize("NFC", token.text), token.start + (token.kind == "quoted")
    if not written.strip():
        message = f"{asked.name} has an empty value"
        expected = f"a value of {asked.name}"
        raise QuerySyntaxError(message, position=position, expected=expected, kind="missing_value", field=asked.name)
    known = vocabulary.values_of(asked)
    if asked.name in WITH_POLARITY:
        return Keyword(asked.name, _with_polarity(asked, written, position, known))
    return Keyword(asked.name, _known(asked.name, written, position, known) if known else written)


def _check_bare(asked: FieldOfQuery, token: Token) -> None:
    """Refuse what other fields take for an operator: as part of a value it stands in quotes."""
    kind: QueryFault
    if token.text[0] in DASHES:
        kind = "minus"
        message, expected = (
            "A value cannot begin with a minus",
            f"the minus before {asked.name}: or the value in quotes",
        )
    elif token.text.startswith(_COMPARING):
        kind = "no_order"
        message, expected = f"{asked.name} has no order", f"a value of {asked.name}; in quotes if this is one"
    elif "*" in token.text:
        kind = "no_prefix"
        message, expected = (
            f"{asked.name} is compared whole",
            f"a value without *, or one of several: {asked.name}:(a OR b)",
        )
    elif _names_field(token.text):
        kind = "field_in_field"
        message, expected = (
            f"No field can stand inside {asked.name}:",
            f"a value of {asked.name}; in quotes if this is one",
        )
    else:
        return
    raise QuerySyntaxError(message, position=token.start, expected=expected, kind=kind, field=asked.name)


def _names_field(written: str) -> bool:
    name, colon, _ = written.partition(":")
    return bool(colon) and (name.lower() == SAVED_QUERY or find_field(name) is not None)


def _with_polarity(asked: FieldOfQuery, written: str, position: int, known: tuple[str, ...]) -> str:
    if "/" not in written:
        return _known(asked.name, written, position, known)
    name, _, polarity = written.rpartition("/")
    name = _known(asked.name, name, position, known)
    return f"{name}/{_known('polarity', polarity, position + len(name) + 1, POLARITIES)}"


def _known(kind: str, written: str, position: int, known: tuple[str, ...]) -> str:
    found = next((name for name in known if name.casefold() == written.casefold()), None)
    if found is None:
        message = f"There is no {kind} {shown(written)}"
        named = named_among(known, written)
        expected = one_of(known, written)
        raise QuerySyntaxError(message, position=position, expected=expected, kind="unknown_value", field=kind, **named)
    return found
