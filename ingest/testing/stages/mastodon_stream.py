"""A Mastodon server with streams: the timeline of one tag, and what happens to it while somebody listens."""

import time
from collections.abc import Iterator
from typing import Any, ClassVar

import orjson

from ingest.testing.source_server import Reply, Request
from ingest.testing.stage import CREDENTIAL, KEY, Entry
from ingest.testing.stages.mastodon import Stage as Timeline
from ingest.testing.stages.mastodon import id_of, status_of

_BEATS = 50
_WAIT_SECONDS = 0.02
STREAM = "/api/v1/streaming/hashtag"


class Stage(Timeline):
    """One tag."""

    connector = "mastodon_stream"
    deletes = "listing"
    """While somebody listens it is told at once; in between nobody is told."""
    lacks: ClassVar = {}

    def settings(self) -> dict[str, Any]:
        """Return the least settings."""
        return {**super().settings(), "token": CREDENTIAL}

    def answer(self, request: Request) -> Reply:
        """Answer with a page, or with what happens from now on."""
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return Reply({"error": "The access token is invalid"}, status=401)
        if request.path != STREAM:
            return super().answer(request)
        if request.query.get("tag") != "hyllbo":
            return Reply({"error": "Missing tag name parameter"}, status=400)
        return Reply(self._happenings(), headers={"Content-Type": "text/event-stream"})

    def _happenings(self) -> Iterator[bytes]:
        told, beats = self.world.changes, 0
        yield b":)\n\n"
        while True:
            for one in [one for one in self.world.history if one.changed > told]:
                told = one.changed
                yield event_of(one, self.url)
            beats += 1
            yield b":thump\n\n" if beats % _BEATS == 0 else b""
            time.sleep(_WAIT_SECONDS)


def event_of(one: Entry, url: str) -> bytes:
    """Return an entry's last change as a server sends it."""
    if one.is_deleted:
        return f"event: delete\ndata: {id_of(one)}\n\n".encode()
    kind = b"status.update" if one.edited_at else b"update"
    return b"event: " + kind + b"\ndata: " + orjson.dumps(status_of(one, url)) + b"\n\n"
