"""Bounds: what every store refuses to answer, in the same words whatever the engine.

A store calls these before it asks its engine, so that a wrong question is the caller's mistake everywhere and
never an engine's odd answer.
"""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import get_args

from textcx.errors import RequestError
from textcx.query.fields import ATTRIBUTE_PREFIX, FIELD_BY_NAME, FieldType, is_dimension
from textcx.query.tally import Needs
from textcx.query.tree import And, DateRange, InField, Keyword, Not, NumberRange, Or, Query
from textcx.store.base import LARGEST_PAGE, Sort
from textcx.store.facts import KEYWORDS, NUMBERS, whole_second
from textcx.store.operands import TEXT_FIELDS

DEEPEST_NEAREST = 1_000
"""Mentions that can be asked for by nearness; what lies beyond is near nothing."""


class TooMuchError(RequestError):
    """The answer would have more values than the engine adds up exactly."""

    def __init__(self) -> None:
        super().__init__("The answer has more values than can be counted exactly: narrow the query.")


def check_query(query: Query) -> None:
    """Refuse a query by fields that cannot be asked so.

    Raises:
        RequestError: It asks by such a field, or by a number that is none.
    """
    match query:
        case And(children) | Or(children):
            for child in children:
                check_query(child)
        case Not(child):
            check_query(child)
        case InField(field, _) if field not in TEXT_FIELDS:
            raise RequestError(f"The words of {field!r} cannot be searched; those of text and title can.")
        case Keyword(field, _) if not (field.startswith(ATTRIBUTE_PREFIX) or _is(field, "keyword")):
            raise RequestError(f"A store cannot be asked by {field!r} with a word.")
        case NumberRange(field, low, high):
            if not _is(field, "number"):
                raise RequestError(f"A store cannot be asked by {field!r} with a number.")
            if any(bound is not None and not math.isfinite(bound) for bound in (low, high)):
                raise RequestError(f"A bound of {field!r} is no finite number.")
        case DateRange(field, _, _) if not _is(field, "date"):
            raise RequestError(f"A store cannot be asked by {field!r} with a date.")
        case _:
            return


def check_page(sort: str, limit: int) -> None:
    """Refuse an order or a size of page that there is not.

    Raises:
        RequestError: It is such a one.
    """
    if sort not in get_args(Sort):
        raise RequestError(f"Hits are sorted by {', '.join(get_args(Sort))}, not by {sort!r}.")
    if not 0 <= limit <= LARGEST_PAGE:
        raise RequestError(f"A page has 0 to {LARGEST_PAGE} hits, and {limit} were asked.")


def check_nearest(limit: int) -> None:
    """Refuse to name more of the nearest than there are of use.

    Raises:
        RequestError: More are asked.
    """
    if not 1 <= limit <= DEEPEST_NEAREST:
        raise RequestError(f"The nearest 1 to {DEEPEST_NEAREST:,} can be asked for, and {limit} were asked.")


def check_dimension(name: str) -> None:
    """Refuse what mentions cannot be divided by.

    Raises:
        RequestError: It is no dimension.
    """
    if not is_dimension(name) or any("\ud800" <= character <= "\udfff" for character in name):
        raise RequestError(f"Mentions cannot be divided by {name!r}.")


def check_needs(needs: Needs) -> None:
    """Refuse what no store adds up.

    Raises:
        RequestError: A field of `textcx.store.facts` is named that there is not.
    """
    for name, known in ((needs.counts, KEYWORDS), (needs.moments, NUMBERS), (needs.scale, KEYWORDS)):
        if name is not None and name not in known:
            raise RequestError(f"A store does not add up {name!r}; it knows {', '.join(known)}.")


def border_seconds(borders: Sequence[datetime]) -> list[int]:
    """Return the borders of a trend as whole seconds since 1970.

    Raises:
        RequestError: They are fewer than two, or do not ascend by a second or more.
    """
    seconds = [whole_second(border) for border in borders]
    if len(seconds) < 2 or any(end <= start for start, end in zip(seconds, seconds[1:], strict=False)):
        raise RequestError("The borders of a trend must be two or more, each at least a second after the last.")
    return seconds


def _is(field: str, wanted: FieldType) -> bool:
    return field in FIELD_BY_NAME and FIELD_BY_NAME[field].type == wanted
