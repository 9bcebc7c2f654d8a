"""Nested values of a row under one name each: `review.body`, `answers.0.text`."""

from collections.abc import Iterator, Mapping
from typing import Any

_MOST_OF_A_LIST = 50


def flat(cells: Mapping[str, Any], *, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the cells, the nested ones under the path to each of their values.

    Args:
        cells: A row's.
        without: Names whose nested values are left out.

    Example:
        >>> flat({"id": 1, "review": {"body": "Bra", "tags": ["a"]}})
        {'id': 1, 'review.body': 'Bra', 'review.tags.0': 'a'}
    """
    plain = {name: value for name, value in cells.items() if not isinstance(value, (dict, list))}
    if len(plain) == len(cells):
        return plain
    for name, value in cells.items():
        if name not in plain and name not in without:
            plain |= {path: one for path, one in _leaves(name, value) if path not in plain}
    return plain


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _leaves(f"{path}.{name}", one)
    elif isinstance(value, list):
        for position, one in enumerate(value[:_MOST_OF_A_LIST]):
            yield from _leaves(f"{path}.{position}", one)
    else:
        yield path, value
