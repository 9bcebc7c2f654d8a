"""JSON documents: the objects of one list in them, or of several values one after another, streamed."""

import codecs
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import ijson

from ingest.formats.row import DEEPEST, RECORD_KEYS, Row
from ingest.raw import Unreadable
from ingest.text_lines import LONGEST_LINE_BYTES, Encoding, open_unpacked
from textcx.errors import SourceUnreadableError

WHOLE = "."
"""Names the list that the document itself is (or its values one after another), as in jq."""
_BUFFER_BYTES = 64 * 2**10
_EVENTS_LOOKED_AT = 200_000
_CLEARLY_MORE = 3
"""A list with so many times the letters of the next one is the one meant."""
_ITEM = "item"


def find_lists(path: Path, encoding: Encoding | None) -> list[str]:
    """Return the paths of the lists of objects that may be meant, the longest first; one if it is clear.

    Raises:
        SourceUnreadableError: It holds no list of objects, or is not valid JSON from the start.
    """
    letters: Counter[str] = Counter()
    with closing(_events(path, encoding)) as events:
        try:
            for prefix, event, value in islice(events, _EVENTS_LOOKED_AT):
                if event == "map_key" and prefix == "" and value in RECORD_KEYS:
                    return [WHOLE]
                if (place := _list_around(prefix)) is None:
                    continue
                if event == "start_map" and prefix == _element(place):
                    letters[place] += 1
                elif event == "string" and prefix.startswith(_element(place) + "."):
                    letters[place] += len(value)
        except SourceUnreadableError:
            if not letters:
                raise
    if not letters:
        return [WHOLE]
    ranked = [place for place, _ in letters.most_common()]
    if len(ranked) > 1 and letters[ranked[0]] >= _CLEARLY_MORE * letters[ranked[1]]:
        return ranked[:1]
    return ranked


def read_list(path: Path, encoding: Encoding | None, place: str) -> Iterator[Row | Unreadable]:
    """Give the objects of one list.

    Raises:
        SourceUnreadableError: The document breaks off, is not valid JSON from some place on, or has no such list.
    """
    number = 0
    with closing(_events(path, encoding)) as events:
        try:
            for prefix, event, value in events:
                if _is_element(prefix, event, place):
                    row = _row(f"item {number + 1}", event, value, events)
                    number += 1
                    yield row
        except SourceUnreadableError as error:
            raise SourceUnreadableError(f"{error} {number:,} of its records came before.") from error
    if number == 0:
        raise SourceUnreadableError(f"{path.name} has no list of objects at {place!r}.")


def _is_element(prefix: str, event: str, place: str) -> bool:
    if event in ("end_map", "end_array", "map_key"):
        return False
    if place != WHOLE:
        # One entry alone may stand without a list around it, as the App Store's feed has it.
        return prefix == f"{place}.{_ITEM}" or (prefix == place and event == "start_map")
    return prefix == _ITEM or (prefix == "" and event == "start_map")


def _row(place: str, event: str, value: Any, events: Iterator[tuple[str, str, Any]]) -> Row | Unreadable:
    """Return the value that starts with an event, taking its other events."""
    if event != "start_map":
        depth = int(event == "start_array")
        while depth:
            depth += _step(next(events)[1])
        return Unreadable(place, f"{place} is no JSON object", str(value))
    builder = ijson.ObjectBuilder()
    builder.event(event, value)
    depth = deepest = 1
    size = 0
    while depth:
        _, event, value = next(events)
        depth += _step(event)
        deepest = max(deepest, depth)
        size += len(value) + 1 if isinstance(value, str) else 1
        if size <= LONGEST_LINE_BYTES and deepest <= DEEPEST:
            builder.event(event, float(value) if isinstance(value, Decimal) else value)
    if deepest > DEEPEST:
        return Unreadable(place, f"{place} is nested more than {DEEPEST} deep", "")
    if size > LONGEST_LINE_BYTES:
        return Unreadable(place, f"{place} is longer than {LONGEST_LINE_BYTES} bytes", "")
    return Row(place, builder.value)


def _step(event: str) -> int:
    return 1 if event.startswith("start_") else -1 if event.startswith("end_") else 0


def _element(place: str) -> str:
    return _ITEM if place == WHOLE else f"{place}.{_ITEM}"


def _list_around(prefix: str) -> str | None:
    """Return the path of the outermost list that an event lies in."""
    if prefix == _ITEM or prefix.startswith(f"{_ITEM}."):
        return WHOLE
    place, item, _ = f"{prefix}.".partition(f".{_ITEM}.")
    return place if item else None


class _Bounded:
    """Bytes of a document as UTF-8, given as long as events come out of them: no value may fill the memory."""

    def __init__(self, file: BinaryIO, encoding: Encoding | None, name: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding or "cp1252")("replace")
        self._is_plain = encoding == "utf-8"
        self._name = name
        self._is_first = True
        self.waiting = 0

    def read(self, size: int = -1) -> bytes:
        """Return some bytes; none at the end."""
        if size == 0:
            return b""
        chunk = self._file.read(_BUFFER_BYTES)
        self.waiting += len(chunk)
        if self.waiting > LONGEST_LINE_BYTES + _BUFFER_BYTES:
            raise SourceUnreadableError(f"{self._name} holds a value longer than {LONGEST_LINE_BYTES} bytes.")
        if self._is_first:
            chunk, self._is_first = chunk.removeprefix(codecs.BOM_UTF8), False
        if self._is_plain or not chunk:
            return chunk
        return self._decoder.decode(chunk).removeprefix("\ufeff").encode("utf-8", "replace") or self.read(size)


def _events(path: Path, encoding: Encoding | None) -> Generator[tuple[str, str, Any], None, None]:
    with open_unpacked(path) as file:
        source = _Bounded(file, encoding, path.name)
        try:
            for event in ijson.parse(source, multiple_values=True, buf_size=_BUFFER_BYTES):
                source.waiting = 0
                yield event
        except ijson.JSONError as error:
            reason = "ends too early" if isinstance(error, ijson.IncompleteJSONError) else "is no valid JSON"
            raise SourceUnreadableError(f"{path.name} {reason} from some place on.") from error
