"""The App Store's feed of reviews: ten pages, an empty one among them, and one review alone is no list."""

import re
from typing import Any, ClassVar

from ingest.testing.source_server import Reply, Request
from ingest.testing.stage import Entry, WebStage

_PATH = re.compile(r"/se/rss/customerreviews/page=(\d+)/id=4711/sortBy=mostRecent/json")
_PAGE = 5
_EMPTY = 2
_APP = {"im:name": {"label": "Hyllbo"}, "id": {"label": "4711"}, "content": {"label": "The app itself"}}


class Stage(WebStage):
    """The feed of one app in one country."""

    connector = "app_store"
    drift = (b'"content"', b'"words_v2"')
    lacks: ClassVar = {"expired credential": "the feed is public and asks for no credential"}

    def settings(self) -> dict[str, Any]:
        """Return the least settings."""
        return {"base_url": self.url, "app": "4711", "countries": ["se"], "pages": 5}

    def answer(self, request: Request) -> Reply:
        """Answer with a page."""
        if not (match := _PATH.fullmatch(request.path)):
            return Reply({"feed": {"author": {"name": {"label": "iTunes Store"}}}})
        number = int(match[1])
        newest = sorted(self.world.present, key=lambda one: one.edited_at or one.published_at, reverse=True)
        at = _PAGE * (number - 1 - (number > _EMPTY))
        entries: Any = [] if number == _EMPTY else [_entry(one) for one in newest[at : at + _PAGE]]
        if number == 1:
            entries = [_APP, *entries]
        feed: dict[str, Any] = {"author": {"name": {"label": "iTunes Store"}}}
        if entries:
            feed["entry"] = entries if len(entries) > 1 else entries[0]
        return Reply({"feed": feed})


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "author": {"uri": {"label": f"https://itunes.apple.com/se/reviews/id{one.author}"}, "name": {"label": "x"}},
        "updated": {"label": (one.edited_at or one.published_at).isoformat()},
        "im:rating": {"label": str(one.rating)},
        "im:version": {"label": "1.8.0"},
        "id": {"label": one.id},
        "title": {"label": ""},
        "content": {"label": one.text, "attributes": {"type": "text"}},
        "link": {"attributes": {"rel": "related", "href": "https://itunes.apple.com/se/review?id=4711"}},
        "im:voteSum": {"label": str(one.likes)},
        "im:voteCount": {"label": str(one.likes)},
    }
