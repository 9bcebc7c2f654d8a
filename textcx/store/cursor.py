"""Cursor: where the next page of a search begins, as an opaque word, the same for every engine."""

import base64
import binascii
import json
from dataclasses import dataclass

from textcx.errors import QuerySyntaxError
from textcx.store.base import Sort

DEEPEST_RELEVANCE = 10_000
"""Hits that one can page through under `relevance`; by time there is no limit."""


@dataclass(frozen=True, slots=True)
class After:
    """The last hit shown, under `newest` and `oldest`."""

    key: int
    id: str


def time_cursor(sort: Sort, after: After) -> str:
    """Return the cursor that goes on after a hit."""
    return _pack([sort, after.key, after.id])


def relevance_cursor(offset: int, *, kind: str = "relevance") -> str:
    """Return the cursor that goes on after so many hits of a list of this kind."""
    return _pack([kind, offset])


def read_time_cursor(cursor: str | None, sort: Sort) -> After | None:
    """Return the hit to go on after.

    Raises:
        QuerySyntaxError: It is none of ours, or belongs to another sort.
    """
    if cursor is None:
        return None
    match _unpack(cursor):
        case [str(found), int(key), str(identifier)] if found == sort and 0 <= key < 2**63:
            return After(key, identifier)
    raise _foreign()


def read_relevance_cursor(cursor: str | None, *, kind: str = "relevance") -> int:
    """Return how many hits have been shown.

    Raises:
        QuerySyntaxError: It is none of ours, or belongs to another sort or kind.
    """
    if cursor is None:
        return 0
    match _unpack(cursor):
        case [found, int(offset)] if found == kind and 0 <= offset <= DEEPEST_RELEVANCE:
            return offset
    raise _foreign()


def _pack(values: list[str | int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(values, separators=(",", ":")).encode()).decode().rstrip("=")


def _unpack(cursor: str) -> object:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError) as error:
        raise _foreign() from error


def _foreign() -> QuerySyntaxError:
    expected = "the next_cursor of a page with the same sort"
    return QuerySyntaxError("The cursor cannot be read", position=0, expected=expected, kind="cursor")
