"""Bluesky's service: a session for an app password, searches newest first, in pages by a number as the cursor."""

from datetime import datetime
from typing import Any, ClassVar

import orjson

from ingest.testing.source_server import Reply, Request
from ingest.testing.stage import CREDENTIAL, KEY, Entry, WebStage

_PAGE = 5
_LOGIN, _SEARCH = "/xrpc/com.atproto.server.createSession", "/xrpc/app.bsky.feed.searchPosts"


class Stage(WebStage):
    """The posts that one search finds."""

    connector = "bluesky"
    deletes = "listing"
    lacks: ClassVar = {}

    def settings(self) -> dict[str, Any]:
        """Return the least settings."""
        return {
            "base_url": self.url,
            "account": "acme.example",
            "password": CREDENTIAL,
            "searches": ["acme"],
            "full_every_days": 0,
            "page_size": _PAGE,
        }

    def answer(self, request: Request) -> Reply:
        """Answer with a session or a page of posts."""
        if request.path == _LOGIN:
            asked = orjson.loads(request.body or b"{}")
            if asked.get("identifier") == "acme.example" and asked.get("password") == KEY:
                return Reply({"accessJwt": "jwt-1", "refreshJwt": "jwt-2", "did": "did:plc:acme"})
            return Reply({"error": "AuthenticationRequired"}, status=401)
        if request.headers.get("authorization") != "Bearer jwt-1":
            return Reply({"error": "AuthMissing"}, status=401)
        if request.path != _SEARCH or request.query.get("q") != "acme":
            return Reply({"error": "NotFound"}, status=404)
        since = datetime.fromisoformat(request.query.get("since", "2000-01-01T00:00:00+00:00"))
        until = datetime.fromisoformat(request.query.get("until", "2100-01-01T00:00:00+00:00"))
        found = [one for one in self.world.present if since <= one.published_at < until]
        at, size = int(request.query.get("cursor", "0")), min(int(request.query["limit"]), _PAGE)
        page: dict[str, Any] = {"posts": [_post(one) for one in found[at : at + size]], "hitsTotal": len(found)}
        if at + size < len(found):
            page["cursor"] = str(at + size)
        return Reply(page)


def _post(one: Entry) -> dict[str, Any]:
    at = one.published_at.isoformat()
    return {
        "uri": f"at://did:plc:{one.author}/app.bsky.feed.post/{one.id}",
        "cid": f"cid-{one.id}-{one.edited_at and one.edited_at.timestamp()}",
        "author": {"did": f"did:plc:{one.author}", "handle": f"{one.author}.example", "displayName": "Sample Person"},
        "record": {"$type": "app.bsky.feed.post", "text": one.text, "langs": ["sv"], "createdAt": at},
        "indexedAt": at,
        "likeCount": one.likes,
        "replyCount": 0,
        "repostCount": 0,
    }
