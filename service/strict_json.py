"""Strict JSON: what every reader of it understands alike.

NaN, Infinity and numbers like 1e999, halves of surrogate pairs, bytes that are no UTF-8, and objects with a key
twice are refused: what one program reads as the last of two values another reads as the first.
"""

import json
from typing import Any

import orjson

from textcx.errors import UnreadableRecordError

_LONGEST_SHOWN_KEY = 40


def read_json(content: bytes) -> Any:
    """Return the values of a JSON text.

    Raises:
        UnreadableRecordError: It is none; the message says where it breaks off, without its words.

    Example:
        >>> read_json(b'{"text": "Bra!"}')
        {'text': 'Bra!'}
    """
    try:
        values = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        where = f"column {error.colno}" if error.lineno == 1 else f"line {error.lineno} column {error.colno}"
        raise UnreadableRecordError(f"not JSON: {error.msg} at {where}") from None
    try:
        json.loads(content, object_pairs_hook=_once, parse_int=_nothing, parse_float=_nothing)
    except RecursionError:
        raise UnreadableRecordError("the JSON is nested too deeply") from None
    return values


def _once(pairs: list[tuple[str, Any]]) -> None:
    """Refuse an object with a key twice; its values do not matter here."""
    if len(pairs) > 1 and len({name for name, _ in pairs}) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise UnreadableRecordError(f"the key {twice[:_LONGEST_SHOWN_KEY]!r} stands twice in one JSON object")


def _nothing(_number: str) -> None:
    """Leave a number unread: Python takes quadratic time over long ones."""
