"""Calls: searching and adding up by tantivy, with its errors turned into ours."""

from typing import Any

import tantivy

from textcx.errors import RequestError, StoreUnavailableError

_TOO_MUCH = ("bucket limit", "memory limit", "max expansions")


class TooMuchError(RequestError):
    """The answer would be larger than the engine adds up exactly."""


def find(
    searcher: tantivy.Searcher, query: tantivy.Query, *, limit: int, **order: Any
) -> tuple[int, list[tuple[Any, tantivy.DocAddress]]]:
    """Return how many mentions a query finds, and the first of them with what they are ordered by."""
    try:
        result = searcher.search(query, limit=max(1, limit), **order)
    except ValueError as error:
        raise _ours(error) from error
    total: int = result.count  # type: ignore[attr-defined]  # missing in tantivy's own stubs
    return total, result.hits[:limit]


def count(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    """Return how many mentions a query finds."""
    return find(searcher, query, limit=0, order_by_field="key")[0]


def aggregate(searcher: tantivy.Searcher, query: tantivy.Query, request: dict[str, Any]) -> dict[str, Any]:
    """Return what tantivy adds up over a query's mentions.

    Raises:
        TooMuchError: There are more values than it adds up exactly.
    """
    if not request:
        return {}
    try:
        return searcher.aggregate(query, request)
    except ValueError as error:
        raise _ours(error) from error


def _ours(error: ValueError) -> RequestError | StoreUnavailableError:
    message = str(error)
    if any(limit in message.lower() for limit in _TOO_MUCH):
        return TooMuchError("The answer has more values than can be counted exactly: narrow the query.")
    return StoreUnavailableError(f"The search index did not answer: {message}. Run `textcx store verify`.")
