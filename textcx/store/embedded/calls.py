"""Calls: searching, adding up and reading by tantivy, with its errors turned into ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import tantivy

from textcx.errors import RequestError, StoreUnavailableError
from textcx.store.bounds import TooMuchError

_TOO_MUCH = ("bucket limit", "memory limit", "max expansions")
_PANIC = "PanicException"
"""What a panic in Rust arrives as: no Exception, and of a type that cannot be imported."""


def find(
    searcher: tantivy.Searcher, query: tantivy.Query, *, limit: int, **order: Any
) -> tuple[int, list[tuple[Any, tantivy.DocAddress]]]:
    """Return how many mentions a query finds, and the first of them with what they are ordered by."""
    with _failing_as_ours():
        result = searcher.search(query, limit=max(1, limit), **order)
    total: int = result.count  # type: ignore[attr-defined]  # missing in tantivy's own stubs
    return total, result.hits[:limit]


def count(searcher: tantivy.Searcher, query: tantivy.Query) -> int:
    """Return how many mentions a query finds."""
    return find(searcher, query, limit=0, order_by_field="key")[0]


def rows_of(searcher: tantivy.Searcher, query: tantivy.Query, *, limit: int) -> list[int]:
    """Return the rows that a query's mentions have in the vector file, those that have one."""
    return [row for row, _ in find(searcher, query, limit=limit, order_by_field="row")[1] if row is not None]


def aggregate(searcher: tantivy.Searcher, query: tantivy.Query, request: dict[str, Any]) -> dict[str, Any]:
    """Return what tantivy adds up over a query's mentions.

    Raises:
        TooMuchError: There are more values than it adds up exactly.
    """
    if not request:
        return {}
    with _failing_as_ours():
        return searcher.aggregate(query, request)


def identifier(searcher: tantivy.Searcher, address: tantivy.DocAddress) -> str:
    """Return the id of the mention at an address."""
    with _failing_as_ours():
        return str(searcher.doc(address).get_first("id"))


def holds(searcher: tantivy.Searcher, field: str, token: str, *, is_prefix: bool) -> bool:
    """Say whether any text holds a token, or one that begins so; one that was just erased may still count."""
    with _failing_as_ours():
        if is_prefix:
            return bool(searcher.terms_with_prefix(field, token, limit=1))
        return searcher.doc_freq(field, token) > 0


@contextmanager
def _failing_as_ours() -> Iterator[None]:
    try:
        yield
    except ValueError as error:  # tantivy has no errors of its own
        raise _ours(error) from error
    except BaseException as error:
        if not is_panic(error):
            raise
        raise StoreUnavailableError("The search index is damaged: run `textcx store rebuild`.") from error


def is_panic(error: BaseException) -> bool:
    """Say whether tantivy came upon what it takes for impossible, as in a damaged file."""
    return type(error).__name__ == _PANIC


def _ours(error: ValueError) -> RequestError | StoreUnavailableError:
    message = str(error)
    if any(limit in message.lower() for limit in _TOO_MUCH):
        return TooMuchError()
    return StoreUnavailableError(f"The search index did not answer: {message}. Run `textcx store verify`.")
