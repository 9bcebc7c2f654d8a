"""Demonstration connector: made-up mentions of three invented brands, as they ship with textcx.

All texts, people and companies in them are invented, and each mention says so: `attr.made_up:yes` finds them all.
They are written in our own field names, so that the connector shows the least that one has to do: open, read, name
the ids.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson

from ingest.raw import RawRecord, Unreadable
from textcx.errors import SourceUnreadableError

SOURCE_KIND = "demo"
MARK = ("made_up", "yes")
"""The attribute that every mention of the demonstration carries, so that none is ever taken for a customer's."""


def read_demo(folder: Path) -> Iterator[RawRecord | Unreadable]:
    """Give the demonstration's records, brand by brand.

    Raises:
        SourceUnreadableError: The folder holds none.
    """
    files = sorted(folder.glob("*.jsonl"))
    if not files:
        raise SourceUnreadableError("The demonstration data is not there: configs/demo holds no file.")
    for file in files:
        for number, line in enumerate(file.read_bytes().splitlines(), start=1):
            fields = orjson.loads(line)
            fields["attributes"] = {**fields.get("attributes", {}), MARK[0]: MARK[1]}
            yield RawRecord(
                source_kind=SOURCE_KIND,
                scope=file.stem,
                native_id=fields.pop("id"),
                place=f"{file.name} line {number}",
                fields=fields,
                collected_at=datetime.now(UTC),
            )
