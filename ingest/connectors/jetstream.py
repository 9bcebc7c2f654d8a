"""Jetstream: what Bluesky's stream says has happened, version 1 of it, and where in it one stands."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

import orjson

from ingest.item import Item
from textcx.errors import UnreadableRecordError

POSTS = "app.bsky.feed.post"
"""The collection in which a person's posts lie."""
KEPT = timedelta(hours=36)
"""How far back a server sends again."""
_GONE = frozenset({"deleted", "takendown", "suspended", "deactivated"})
_LONGEST_NAME = 60
_MICROSECOND = timedelta(microseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of the stream.

    Attributes:
        kind: "other" is whatever is no post and no account that is gone.
        at: When the server saw it.
        account: The DID of whoever it is about.
        uri: Of the post.
        post: As its author's server has it now.
        revision: Its mark, which differs after each edit.
        is_edit: The post was there before.
        unknown: What the server calls an event that we do not know, or nothing.
    """

    kind: Literal["post", "post gone", "account gone", "other"]
    at: datetime
    account: str
    uri: str = ""
    post: Item = field(default_factory=lambda: Item(None))
    revision: str | None = None
    is_edit: bool = False
    unknown: str = ""


def read_happening(message: str, *, latest: datetime) -> Happening:
    """Return what a message says.

    Args:
        message: As it came.
        latest: No event can be of a later time; one that says so would lead the position astray.

    Raises:
        UnreadableRecordError: It is no event.
    """
    try:
        event = Item(orjson.loads(message))
    except orjson.JSONDecodeError:
        raise UnreadableRecordError("it is no JSON") from None
    at, account, kind = _time(event, latest), event.need_id("did"), event.need_id("kind")
    if kind == "account":
        is_gone = event.get("account", "active") is False and event.text("account", "status") in _GONE
        return Happening("account gone" if is_gone else "other", at, account)
    if kind != "commit":
        return Happening("other", at, account, unknown="" if kind == "identity" else kind[:_LONGEST_NAME])
    collection, operation = event.need_id("commit", "collection"), event.need_id("commit", "operation")
    if collection != POSTS or operation not in ("create", "update", "delete"):
        return Happening("other", at, account, unknown=f"{operation} {collection}"[:_LONGEST_NAME])
    uri = f"at://{account}/{collection}/{event.need_id('commit', 'rkey')}"
    if operation == "delete":
        return Happening("post gone", at, account, uri)
    post, revision = Item(event.get("commit", "record")), event.text("commit", "cid")
    return Happening("post", at, account, uri, post, revision, is_edit=operation == "update")


def microseconds(at: datetime) -> int:
    """Return a time as the stream counts it.

    Example:
        >>> microseconds(datetime(2026, 7, 4, 14, 38, 8, 94841, UTC))
        1783175888094841
    """
    return max(0, (at - _EPOCH) // _MICROSECOND)


def time_of(counted: int) -> datetime:
    """Return the time that the stream counts so."""
    return _EPOCH + counted * _MICROSECOND


def _time(event: Item, latest: datetime) -> datetime:
    counted = event.get("time_us")
    if not isinstance(counted, int) or not 0 < counted <= microseconds(latest):
        raise UnreadableRecordError("field 'time_us' is no time of the past")
    return time_of(counted)
