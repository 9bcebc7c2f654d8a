"""A Mastodon server: the timeline of one tag, led from page to page by the header `Link`, ids that hold the time."""

from typing import Any, ClassVar

from ingest.testing.source_server import Reply, Request
from ingest.testing.stage import Entry, WebStage

_PAGE = 5
_LIMIT = 300


class Stage(WebStage):
    """The timeline of one tag."""

    connector = "mastodon"
    deletes = "listing"
    drift = (b'"content"', b'"words_v2"')
    lacks: ClassVar = {}

    def settings(self) -> dict[str, Any]:
        """Return the least settings."""
        return {"base_url": self.url, "tags": ["hyllbo"], "full_every_days": 0}

    def answer(self, request: Request) -> Reply:
        """Answer with a page."""
        if request.path != "/api/v1/timelines/tag/hyllbo":
            return Reply({"error": "Record not found"}, status=404)
        below = int(request.query.get("max_id", 2**63))
        posts = sorted((one for one in self.world.present if id_of(one) < below), key=id_of, reverse=True)
        page = posts[: min(_PAGE, int(request.query.get("limit", "20")))]
        headers = {
            "X-RateLimit-Limit": str(_LIMIT),
            "X-RateLimit-Remaining": str(_LIMIT - 1),
            "X-RateLimit-Reset": self.world.now.isoformat().replace("+00:00", "Z"),
        }
        if page:
            here = f"{self.url}{request.path}?limit={len(page)}"
            headers["Link"] = (
                f'<{here}&max_id={id_of(page[-1])}>; rel="next", <{here}&min_id={id_of(page[0])}>; rel="prev"'
            )
        return Reply([status_of(one, self.url) for one in page], headers=headers)


def id_of(one: Entry) -> int:
    """Return the server's id of an entry, which holds its time."""
    return (int(one.published_at.timestamp() * 1000) << 16) + int(one.id)


def status_of(one: Entry, url: str) -> dict[str, Any]:
    """Return an entry as the server shows it."""
    return {
        "id": str(id_of(one)),
        "created_at": one.published_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "edited_at": one.edited_at.isoformat() if one.edited_at else None,
        "in_reply_to_id": None,
        "in_reply_to_account_id": None,
        "spoiler_text": "",
        "visibility": "public",
        "language": "sv",
        "uri": f"{url}/users/{one.author}/statuses/{id_of(one)}",
        "url": f"{url}/@{one.author}/{id_of(one)}",
        "replies_count": 0,
        "reblogs_count": 0,
        "favourites_count": one.likes,
        "content": f"<p>{one.text}</p>",
        "reblog": None,
        "account": {"id": "1", "acct": one.author, "bot": False, "noindex": False, "note": "<p>made up</p>"},
        "tags": [{"name": "hyllbo", "url": f"{url}/tags/hyllbo"}],
        "mentions": [],
    }
