"""Messages: what the process that asks sites and the one that keeps records tell each other, one line of JSON each.

They go through pipes, so that nothing that a person wrote touches a disk before it is redacted.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict

from crawlers.frontier import Visit, Waiting
from crawlers.link import Link
from ingest.raw import RawRecord, Unreadable

LONGEST_LINE = 64 * 2**20


class Order(BaseModel):
    """What the asking process is started with.

    Attributes:
        spider: Its name.
        settings: Of the crawl.
        allows_private: Whether machines of private networks may be asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    spider: str
    settings: Mapping[str, Any]
    allows_private: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the asking process says of a page: how the visit ended, what it brought, or how long the site wants rest."""

    visit: Visit
    records: tuple[RawRecord | Unreadable, ...] = ()
    wait_seconds: float | None = None


def write_ask(waiting: Waiting) -> bytes:
    """Return the line that asks for a page."""
    return orjson.dumps(asdict(waiting)) + b"\n"


def read_ask(line: bytes) -> Waiting:
    """Return what `write_ask` wrote."""
    found = orjson.loads(line)
    return Waiting(Link(**found["link"]), found["validators"])


def write_told(told: Told) -> bytes:
    """Return the line that tells of a page."""
    visit = {**asdict(told.visit), "ids": sorted(told.visit.ids)}
    records = [_written(record) for record in told.records]
    return orjson.dumps({"visit": visit, "records": records, "wait_seconds": told.wait_seconds}) + b"\n"


def read_told(line: bytes) -> Told:
    """Return what `write_told` wrote."""
    found = orjson.loads(line)
    visit = found["visit"]
    links = tuple(Link(**link) for link in visit["links"])
    ids = frozenset((scope, native_id) for scope, native_id in visit["ids"])
    gone = tuple((scope, native_id) for scope, native_id in visit["gone"])
    records = tuple(_read(record) for record in found["records"])
    return Told(Visit(**{**visit, "links": links, "ids": ids, "gone": gone}), records, found["wait_seconds"])


def _written(record: RawRecord | Unreadable) -> dict[str, Any]:
    values = {name: getattr(record, name) for name in record.__dataclass_fields__}
    if isinstance(record, RawRecord):
        values["content"] = record.content.hex()
        values["parent"] = _written(record.parent) if record.parent else None
    return values


def _read(values: dict[str, Any]) -> RawRecord | Unreadable:
    if "reason" in values:
        return Unreadable(**values)
    parent = values["parent"]
    read = {
        "content": bytes.fromhex(values["content"]),
        "collected_at": datetime.fromisoformat(values["collected_at"]),
        "parent": _read(parent) if parent else None,
    }
    return RawRecord(**{**values, **read})
