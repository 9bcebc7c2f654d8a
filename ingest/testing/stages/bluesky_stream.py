"""Jetstream: all that happens on Bluesky as it happens, from a time in microseconds on, for 36 hours."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar

import orjson

from ingest.connectors.jetstream import KEPT, POSTS, microseconds
from ingest.testing.socket_server import SocketServer
from ingest.testing.source_server import Request
from ingest.testing.stage import Entry, ServedStage


class Stage(ServedStage):
    """The posts of all the world, of which the ones by these people are about us."""

    connector = "bluesky_stream"
    deletes = "event"
    lacks: ClassVar = {
        "engagement": "Jetstream tells of each like by itself, and we do not ask for them.",
        "expired credential": "Jetstream asks for none.",
    }

    def __init__(self) -> None:
        super().__init__(SocketServer(self.talk, drift=(b'"text"', b'"words_v2"')))

    def settings(self) -> dict[str, Any]:
        """Return the least settings."""
        return {**super().settings(), "searches": ["kund*", "jag"]}

    def talk(self, request: Request) -> Iterator[str | None]:
        """Say what has changed since the cursor, and then what changes."""
        assert request.path == "/subscribe", request.path
        assert request.query["wantedCollections"] == POSTS, request.query
        asked = int(request.query.get("cursor", microseconds(self.world.now)))
        asked = max(asked, microseconds(self.world.now - KEPT))
        told = 0
        while True:
            for one in [one for one in self.world.history if one.changed > told]:
                told = one.changed
                if microseconds(one.changed_at) >= asked:
                    yield from (orjson.dumps(event).decode() for event in events_of(one))
            yield None


def events_of(one: Entry) -> list[dict[str, Any]]:
    """Return what the stream says of an entry's last change, and of somebody else at the same moment."""
    return [commit_of(one), *_noise(one.changed_at)]


def commit_of(one: Entry) -> dict[str, Any]:
    """Return an entry's last change as the stream says it."""
    commit: dict[str, Any] = {"rev": f"rev-{one.changed}", "collection": POSTS, "rkey": one.id}
    if one.is_deleted:
        commit["operation"] = "delete"
    else:
        at = one.published_at.isoformat()
        commit |= {
            "operation": "update" if one.edited_at else "create",
            "cid": f"cid-{one.id}-{one.edited_at and one.edited_at.timestamp()}",
            "record": {"$type": POSTS, "text": one.text, "langs": ["sv"], "createdAt": at},
        }
    return {"did": f"did:plc:{one.author}", "time_us": microseconds(one.changed_at), "kind": "commit", "commit": commit}


def _noise(at: datetime) -> list[dict[str, Any]]:
    """Return what strangers do: of no interest, and of a kind that nobody here knows."""
    stranger, moment = "did:plc:stranger", microseconds(at + timedelta(microseconds=1))
    return [
        {"did": stranger, "time_us": moment, "kind": "identity", "identity": {"did": stranger}},
        {"did": stranger, "time_us": moment, "kind": "account", "account": {"active": True, "did": stranger}},
        {"did": stranger, "time_us": moment, "kind": "weather", "weather": "rain"},
    ]
