"""Item: one thing in a source's answer, read so that what must be there is there, or its absence is told."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

import orjson

from ingest.raw import Unreadable
from ingest.time_numbers import time_of_number
from ingest.times import read_time
from textcx.errors import SourceUnreadableError, UnreadableRecordError

T = TypeVar("T")
_ABSENT = object()
_LONGEST_PLACE = 100


class Item:
    """A JSON object of a source.

    Args:
        value: What the source gave; anything but an object has no fields.

    Example:
        >>> item = Item({"author": {"name": "Anna"}, "stars": 4, "title": None})
        >>> item.need("author", "name"), item.need("stars"), item.need("title"), item.get("likes")
        ('Anna', '4', '', None)
    """

    def __init__(self, value: Any) -> None:
        self.value = value

    def need(self, *path: str) -> str:
        """Return the text or number at a path as text; what is there but null is empty.

        Raises:
            UnreadableRecordError: There is no such field, or it holds something else.
        """
        found = self._find(path)
        if found is _ABSENT:
            raise UnreadableRecordError(f"no field {'.'.join(path)!r}")
        if found is None:
            return ""
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            raise UnreadableRecordError(f"field {'.'.join(path)!r} is no text")
        return str(found)

    def need_id(self, *path: str) -> str:
        """Return an id, which may not be empty.

        Raises:
            UnreadableRecordError: There is none.
        """
        if not (found := self.need(*path)):
            raise UnreadableRecordError(f"field {'.'.join(path)!r} is empty")
        return found

    def get(self, *path: str) -> Any:
        """Return whatever is at a path, or None."""
        found = self._find(path)
        return None if found is _ABSENT else found

    def text(self, *path: str) -> str | None:
        """Return a text or number that may be missing, as text."""
        found = self.get(*path)
        if isinstance(found, bool) or not isinstance(found, str | int | float):
            return None
        return str(found) or None

    def time_text(self, *path: str) -> str | None:
        """Return a time that may be missing as `published_at` wants it; a number counts (milli)seconds since 1970."""
        found = self.get(*path)
        counted = None if isinstance(found, str) else time_of_number(found)
        return counted or self.text(*path)

    def time(self, *path: str) -> datetime | None:
        """Return a time that may be missing, or be none that can be read; numbers as in `time_text`."""
        try:
            return read_time(self.time_text(*path) or "")[0]
        except UnreadableRecordError:
            return None

    def items(self, *path: str) -> "list[Item]":
        """Return the objects of a list that may be missing."""
        found = self.get(*path)
        return [Item(one) for one in found] if isinstance(found, list) else []

    def _find(self, path: Iterable[str]) -> Any:
        value = self.value
        for name in path:
            if not isinstance(value, Mapping) or name not in value:
                return _ABSENT
            value = value[name]
        return value


def items_of(page: Any, name: str) -> list[Item]:
    """Return the objects that a page lists under a name.

    Raises:
        SourceUnreadableError: The page has no such list: the source has changed its shape.
    """
    found = page.get(name) if isinstance(page, Mapping) else None
    if not isinstance(found, list):
        raise SourceUnreadableError(f"The source's page has no list {name!r}; it seems to have changed its shape.")
    return [Item(one) for one in found]


def read_item(item: Item, read: Callable[[Item], Iterable[T]], *, place: str) -> Iterator[T | Unreadable]:
    """Give what is read of an item, or the item as unreadable, whole, with the reason."""
    try:
        found = list(read(item))
    except UnreadableRecordError as error:
        content = orjson.dumps(item.value, default=repr).decode("utf-8", "replace")
        yield Unreadable(place[:_LONGEST_PLACE], str(error), content)
    else:
        yield from found


def counts(**given: Any) -> dict[str, int]:
    """Return those engagement counts that a source gives; absent is not 0.

    Example:
        >>> counts(likes="3", replies=None, views=-1)
        {'likes': 3}
    """
    found = {}
    for name, value in given.items():
        try:
            number = int(value)
        except (TypeError, ValueError):
            continue
        if number >= 0:
            found[name] = number
    return found
