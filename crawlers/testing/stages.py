"""Stages: for each spider a small site of its kind, as the conformance suite of connectors wants it."""

import html
from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from typing import Any, ClassVar

import orjson

from ingest.testing.source_server import Reply, Request
from ingest.testing.stage import Entry, Stage, WebStage

_PAGE = 5
_ROBOTS = Reply(b"User-agent: *\nDisallow: /account/\n", headers={"Content-Type": "text/plain"})
_NO_ROBOTS = Reply(b"none", status=404, headers={"Content-Type": "text/plain"})
_HTML = {"Content-Type": "text/html; charset=utf-8"}
_XML = {"Content-Type": "application/xml"}


class _Site(WebStage):
    """What all sites have: the least settings, and a pace that does not make tests slow."""

    deletes = "listing"
    first: ClassVar[str] = "/"

    def settings(self) -> dict[str, Any]:
        """Return the least settings, at a quick pace."""
        start = [f"{self.url}{self.first}"]
        return {"start": start, "contact": "crawl@hyllbo.example", "pages_per_second": 100, "at_once": 4}


class ReviewSiteStage(_Site):
    """A product's page with its reviews, five a page."""

    connector = "review_site"
    drift = (b'"reviewBody"', b'"words_v2"')
    first = "/soffa"

    def answer(self, request: Request) -> Reply:
        """Answer with a page."""
        if request.path == "/robots.txt":
            return _ROBOTS
        if request.path != self.first:
            return Reply(b"no such page", status=404, headers=_HTML)
        number = int(request.query.get("page", "1"))
        found = self.world.present
        shown = found[_PAGE * (number - 1) :][:_PAGE]
        more = f'<a rel="next" href="/soffa?page={number + 1}">more</a>' if _PAGE * number < len(found) else ""
        product = {"@context": "https://schema.org", "@type": "Product", "name": "Soffa"}
        data = orjson.dumps({**product, "review": [_review(one) for one in shown]}).decode()
        page = f'<html lang="sv"><script type="application/ld+json">{data}</script>{more}</html>'
        return Reply(page.encode(), headers=_HTML)


class WebPagesStage(_Site):
    """A feed, and a page for each of its entries."""

    connector = "web_pages"
    drift = (b'"articleBody"', b'"words_v2"')
    first = "/feed.xml"
    lacks = {"engagement": "articles say nothing of likes"}

    def answer(self, request: Request) -> Reply:
        """Answer with the feed or a page."""
        entries = {f"/news/{one.id}": one for one in self.world.present}
        if request.path == "/robots.txt":
            return _NO_ROBOTS
        if request.path == self.first:
            items = "".join(
                f"<entry><id>{path}</id><link href='{path}'/><updated>{_changed(one)}</updated></entry>"
                for path, one in entries.items()
            )
            return Reply(f'<feed xmlns="http://www.w3.org/2005/Atom">{items}</feed>'.encode(), headers=_XML)
        if request.path not in entries:
            return Reply(b"no such page", status=404, headers=_HTML)
        one = entries[request.path]
        author = {"@type": "Person", "name": one.author}
        published = {"datePublished": one.published_at.isoformat()}
        values = {"headline": "Nytt", "articleBody": one.text, "author": author} | published
        data = orjson.dumps({"@context": "https://schema.org", "@type": "NewsArticle", **values}).decode()
        return Reply(
            f'<html lang="sv"><script type="application/ld+json">{data}</script></html>'.encode(), headers=_HTML
        )


class DiscourseStage(_Site):
    """A forum with five posts a topic and two topics a page."""

    connector = "discourse"
    drift = (b'"cooked"', b'"words_v2"')

    def answer(self, request: Request) -> Reply:
        """Answer with a list of topics, or a topic."""
        topics = {
            number: list(posts)
            for number, posts in groupby(sorted(self.world.present, key=lambda one: int(one.id)), key=_topic_of)
        }
        if request.path == "/robots.txt":
            return _ROBOTS
        if request.path == "/latest.json":
            at = int(request.query.get("page", "0"))
            listed = sorted(topics.items(), key=lambda one: _bumped(one[1]), reverse=True)[2 * at :]
            found: dict[str, Any] = {"per_page": 2, "topics": [_listed(*one) for one in listed[:2]]}
            if len(listed) > len(found["topics"]):
                found["more_topics_url"] = f"/latest?no_definitions=true&page={at + 1}"
            return Reply({"users": [], "topic_list": found})
        for number, posts in topics.items():
            if request.path == f"/t/{number}.json":
                stream = {"posts": [_post(one) for one in posts], "stream": [int(one.id) for one in posts]}
                return Reply({"id": number, "title": "Om Hyllbo", "slug": "om-hyllbo", "post_stream": stream})
        return Reply({"errors": ["not found"], "error_type": "not_found"}, status=404)


STAGES: Mapping[str, type[Stage]] = {
    "review_site": ReviewSiteStage,
    "web_pages": WebPagesStage,
    "discourse": DiscourseStage,
}
"""By name of the spider; a test holds it to `SPIDERS`."""


def _review(one: Entry) -> dict[str, Any]:
    return {
        "@type": "Review",
        "@id": f"/reviews/{one.id}",
        "reviewBody": one.text,
        "author": {"@type": "Person", "name": one.author},
        "datePublished": one.published_at.isoformat(),
        "reviewRating": {"@type": "Rating", "ratingValue": one.rating, "bestRating": 5},
        "upvoteCount": one.likes,
    }


def _changed(one: Entry) -> str:
    return (one.edited_at or one.published_at).isoformat()


def _topic_of(one: Entry) -> int:
    return (int(one.id) - 1) // _PAGE + 1


def _bumped(posts: list[Entry]) -> datetime:
    return max(one.edited_at or one.published_at for one in posts)


def _listed(number: int, posts: list[Entry]) -> dict[str, Any]:
    return {
        "id": number,
        "title": "Om Hyllbo",
        "posts_count": len(posts),
        "bumped_at": _bumped(posts).isoformat(),
        "like_count": sum(one.likes for one in posts),
    }


def _post(one: Entry) -> dict[str, Any]:
    return {
        "id": int(one.id),
        "post_number": int(one.id) - _PAGE * (_topic_of(one) - 1),
        "post_type": 1,
        "username": one.author,
        "cooked": f"<p>{html.escape(one.text)}</p>",
        "created_at": one.published_at.isoformat(),
        "version": 2 if one.edited_at else 1,
        "actions_summary": [{"id": 2, "count": one.likes}] if one.likes else [],
    }
