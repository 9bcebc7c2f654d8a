"""A site's Atom feed: conditional requests, pages that lead to older ones, what was changed last on top."""

from typing import Any, ClassVar
from xml.sax.saxutils import escape

from ingest.testing.source_server import Reply, Request
from ingest.testing.stage import Entry, WebStage

_PAGE = 5
_TYPE = {"Content-Type": "application/atom+xml; charset=utf-8"}


class Stage(WebStage):
    """The feed of one site."""

    connector = "feeds"
    drift = (b"content", b"words_v2")
    lacks: ClassVar = {"engagement": "a feed says at most how many have answered, never how many like something"}

    def settings(self) -> dict[str, Any]:
        """Return the least settings."""
        return {"base_url": self.url, "feeds": ["/feed.atom"]}

    def answer(self, request: Request) -> Reply:
        """Answer with a page, or with nothing where nothing has changed."""
        if request.path != "/feed.atom":
            return Reply(b"<!doctype html><title>Not found</title>", status=404, headers={"Content-Type": "text/html"})
        mark = {"ETag": f'W/"{self.world.changes}"'}
        if request.headers.get("if-none-match") == mark["ETag"]:
            return Reply(status=304, headers=mark)
        newest = sorted(self.world.present, key=lambda one: one.edited_at or one.published_at, reverse=True)
        number = int(request.query.get("paged", "1"))
        entries = newest[_PAGE * (number - 1) : _PAGE * number]
        following = f'<link rel="next" href="/feed.atom?paged={number + 1}"/>' if newest[_PAGE * number :] else ""
        feed = (
            '<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Hyllbo</title>'
            f'<id>tag:hyllbo.example,2026:feed</id><link rel="self" href="/feed.atom"/>{following}'
            f"{''.join(map(_entry, entries))}</feed>"
        )
        return Reply(feed.encode(), headers={**_TYPE, **mark})


def _entry(one: Entry) -> str:
    return (
        f"<entry><id>tag:hyllbo.example,2026:{one.id}</id><title/>"
        f"<author><name>{escape(one.author)}</name></author>"
        f'<link rel="alternate" href="https://hyllbo.example/{one.id}"/>'
        f"<published>{one.published_at.isoformat()}</published>"
        f"<updated>{(one.edited_at or one.published_at).isoformat()}</updated>"
        f'<content type="html">{escape(f"<p>{escape(one.text)}</p>")}</content></entry>'
    )
