"""Completion: what could stand at a place of a query, for whoever is writing one.

It reads the same tables as the grammar, and the tokens before the place; what is wrong elsewhere does not matter.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

from textcx.query.fields import ATTRIBUTE_PREFIX, FIELD_BY_NAME, FIELDS, SAVED_QUERY, FieldOfQuery, find_field
from textcx.query.lexer import DASHES, TokenKind, tokenize
from textcx.query.limits import LONGEST_QUERY
from textcx.query.operators import OPERATORS, Place
from textcx.query.text import value_text
from textcx.query.values import POLARITIES, WITH_POLARITY, Vocabulary

MOST_COMPLETIONS = 50
_BEGUN: tuple[TokenKind, ...] = ("word", "value", "unclosed", "and", "or", "near", "onear", "not")


@dataclass(frozen=True, slots=True)
class Completion:
    """Something that could stand at a place.

    Attributes:
        text: What to write, instead of the query from `start` to `end`.
        kind: What it is.
        help: What it means, for people.
        about: Which field it is or is a value of ("attr" for any attribute), which operator, or "query" for a saved
            query: by that others find help in their own language.
        start: Where what was begun begins, in code points.
        end: The place itself.
    """

    text: str
    kind: Literal["field", "value", "operator", "saved"]
    help: str
    about: str
    start: int
    end: int


class _Spot(NamedTuple):
    """What the tokens before a place say about it.

    Attributes:
        field: Name of the field whose values stand there, or empty.
        begun: What was begun there.
        start: Where that begins.
        follows: It follows an operand, so that an operator may stand there.
        is_direct: It follows the colon of a field.
    """

    field: str
    begun: str
    start: int
    follows: bool
    is_direct: bool


_Found = tuple[str, Literal["field", "value", "operator", "saved"], str, str]


def complete(
    query: str,
    position: int | None = None,
    *,
    touchpoints: Iterable[str] = (),
    stages: Iterable[str] = (),
    saved: Iterable[str] = (),
    values: Mapping[str, Sequence[str]] | None = None,
) -> tuple[Completion, ...]:
    """Return what could stand at a position of a query, at most fifty things.

    Args:
        query: The query as far as it is written; it need not be a whole one.
        position: In code points; the end if left out.
        touchpoints: Ids of the touchpoints.
        stages: Names of the stages.
        saved: Names of the saved queries.
        values: Known values of fields that may have any, such as `brand`, and of attributes, such as `attr.region`.

    Example:
        >>> [one.text for one in complete("leverans sent")]
        ['sentiment:']
        >>> [one.text for one in complete("-kind:re")]
        ['review', 'reply']
    """
    before = query[:position]
    if len(before) > LONGEST_QUERY:
        return ()
    spot = _spot(before)
    if spot is None:
        return ()
    known = Vocabulary(tuple(touchpoints), tuple(stages), saved=dict.fromkeys(saved, ""))
    found = _of_field(spot, known, values or {}) if spot.field else _of_any(spot, known, values or {})
    return tuple(Completion(*one, spot.start, len(before)) for one in islice(found, MOST_COMPLETIONS))


def _spot(before: str) -> _Spot | None:
    """Return the place after this text, or None where nothing known can stand."""
    groups: list[str] = []
    field, follows, end = "", False, 0
    for token in tokenize(before):
        if token.kind == "end" or (token.end == len(before) and token.kind in _BEGUN and token.text not in DASHES):
            break
        follows = token.kind in ("word", "value", "quoted", "close") and token.text not in DASHES
        if token.kind == "open":
            groups.append(field or (groups[-1] if groups else ""))
        elif token.kind == "close" and groups:
            groups.pop()
        field = token.text if token.kind == "field" else ""
        end = token.end
    asked = field or (groups[-1] if groups else "")
    if token.kind == "end":
        # After an operand a blank comes first.
        return None if follows and end == len(before) else _Spot(asked, "", len(before), follows, bool(field))
    if token.kind == "unclosed" and not asked:
        return None
    return _Spot(asked, token.text, token.start, follows, bool(field))


def _of_field(spot: _Spot, known: Vocabulary, values: Mapping[str, Sequence[str]]) -> Iterator[_Found]:
    field = find_field(spot.field)
    if not spot.is_direct:
        is_text = field is not None and field.type == "text"
        yield from _operators(spot, "between", "before", *(("between words",) if is_text else ()))
    if spot.field.lower() == SAVED_QUERY:
        yield from (
            (value_text(name), "saved", "a saved query", SAVED_QUERY) for name in known.saved if _begins(name, spot)
        )
    elif field is not None and field.type in ("number", "date"):
        yield from _operators(spot, "value")
    elif field is not None:
        names = known.values_of(field) or tuple(values.get(field.name, ()))
        if field.name in WITH_POLARITY and "/" in spot.begun:
            names = tuple(f"{name}/{polarity}" for name in names for polarity in POLARITIES)
        yield from ((value_text(name), "value", field.help, _about(field)) for name in names if _begins(name, spot))


def _of_any(spot: _Spot, known: Vocabulary, values: Mapping[str, Sequence[str]]) -> Iterator[_Found]:
    yield from _operators(spot, "between", "between words", "before")
    attributes = (find_field(name) for name in values if name.startswith(ATTRIBUTE_PREFIX))
    for field in (*FIELDS, *attributes):
        if field is not None and _begins(field.name, spot):
            yield f"{field.name}:", "field", field.help, _about(field)
    if known.saved and _begins(SAVED_QUERY, spot):
        yield f"{SAVED_QUERY}:", "field", "a saved query", SAVED_QUERY


def _operators(spot: _Spot, *places: Place) -> Iterator[_Found]:
    """Give the operators of these places; as words they are begun in upper case."""
    for operator in OPERATORS:
        is_possible = operator.place in places and (spot.follows or not operator.place.startswith("between"))
        if is_possible and operator.inserted and operator.inserted.startswith(spot.begun):
            yield operator.inserted, "operator", operator.help, operator.inserted.strip()


def _about(field: FieldOfQuery) -> str:
    return field.name if field.name in FIELD_BY_NAME else ATTRIBUTE_PREFIX.rstrip(".")


def _begins(name: str, spot: _Spot) -> bool:
    return name.lower().startswith(spot.begun.lower())
