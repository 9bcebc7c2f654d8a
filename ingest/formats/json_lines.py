"""JSON Lines: one object a line."""

from collections.abc import Iterator
from typing import Any

import orjson

from ingest.formats.delimited import too_long
from ingest.formats.row import DEEPEST, Row
from ingest.raw import Unreadable
from ingest.text_lines import NumberedLine


def read_json_lines(lines: Iterator[NumberedLine]) -> Iterator[Row | Unreadable]:
    """Give the objects of a file; a line that is none as `Unreadable`."""
    for number, line in lines:
        place = f"line {number}"
        if line is None:
            yield too_long(number)
            continue
        if not line.strip():
            continue
        try:
            cells = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            yield Unreadable(place, f"{place} is no JSON: {error.msg} at column {error.colno}", line)
            continue
        if not isinstance(cells, dict):
            yield Unreadable(place, f"{place} is no JSON object", line)
        elif line.count("{") + line.count("[") > DEEPEST and _is_deeper(cells, DEEPEST):
            yield Unreadable(place, f"{place} is nested more than {DEEPEST} deep", line)
        else:
            yield Row(place, cells)


def _is_deeper(value: Any, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return inner is not None and (levels == 0 or any(_is_deeper(one, levels - 1) for one in inner))
