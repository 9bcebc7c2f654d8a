"""YouTube's data API: threads of one video in pages by token, and the replies of a thread beyond its fifth."""

from typing import Any, ClassVar

from ingest.testing.source_server import Reply, Request
from ingest.testing.stage import CREDENTIAL, Entry, WebStage

_PAGE = 5
_ROOT, _FIRST_REPLIES = "1", ("2", "3", "4", "5", "6", "7")
"""Who writes those replies to the first; all others write to the video."""


class Stage(WebStage):
    """The comments of one video."""

    connector = "youtube"
    deletes = "listing"
    drift = (b'"textDisplay"', b'"words_v2"')
    lacks: ClassVar = {}

    def settings(self) -> dict[str, Any]:
        """Return the least settings."""
        return {"base_url": self.url, "key": CREDENTIAL, "videos": ["v1"], "full_every_days": 0}

    def answer(self, request: Request) -> Reply:
        """Answer with threads or replies."""
        if not request.query.get("key"):
            return Reply({"error": {"code": 403, "errors": [{"reason": "forbidden"}]}}, status=403)
        present = self.world.present
        has_root = any(one.id == _ROOT for one in present)
        replies = [one for one in present if has_root and one.id in _FIRST_REPLIES]
        if request.path == "/youtube/v3/comments":
            return self._page([_comment(one, parent=_ROOT) for one in replies], request)
        if request.query.get("videoId") != "v1":
            return Reply({"error": {"code": 404, "errors": [{"reason": "videoNotFound"}]}}, status=404)
        roots = [one for one in present if one.id not in _FIRST_REPLIES]
        return self._page([_thread(one, replies if one.id == _ROOT else []) for one in roots], request)

    def _page(self, items: list[dict[str, Any]], request: Request) -> Reply:
        at = int(request.query.get("pageToken", "t0")[1:])
        page: dict[str, Any] = {"items": items[at : at + _PAGE], "pageInfo": {"totalResults": len(items)}}
        if at + _PAGE < len(items):
            page["nextPageToken"] = f"t{at + _PAGE}"
        return Reply(page)


def _thread(one: Entry, replies: list[Entry]) -> dict[str, Any]:
    thread: dict[str, Any] = {
        "id": one.id,
        "snippet": {"videoId": "v1", "topLevelComment": _comment(one), "totalReplyCount": len(replies)},
    }
    if replies:
        thread["replies"] = {"comments": [_comment(reply, parent=one.id) for reply in replies[:_PAGE]]}
    return thread


def _comment(one: Entry, *, parent: str | None = None) -> dict[str, Any]:
    snippet = {
        "videoId": "v1",
        "textDisplay": one.text,
        "authorDisplayName": "@sample",
        "authorChannelId": {"value": f"UC{one.author}"},
        "likeCount": one.likes,
        "publishedAt": one.published_at.isoformat(),
        "updatedAt": (one.edited_at or one.published_at).isoformat(),
    }
    return {"id": one.id, "snippet": snippet | ({"parentId": parent} if parent else {})}
