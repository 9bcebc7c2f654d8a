"""Mastodon connector: public posts under hashtags, as one server sees them."""

import re
from collections.abc import Iterator
from typing import Annotated, Any, ClassVar
from urllib.parse import quote, urljoin, urlsplit

import orjson
from pydantic import Field

from ingest.connector import Cursor, Event, Place, Terms, Upsert, Window
from ingest.connectors.posts import ListedPostSettings, listed_posts
from ingest.credential import Credential
from ingest.fetch import Answer, Rate
from ingest.item import Item, counts, read_item
from ingest.listing import Listing
from ingest.pages import Page, follow_pages
from ingest.raw import RawRecord
from textcx.errors import SourceUnreadableError

SOURCE = "mastodon"
TERMS = Terms(
    stored="text of public posts, author as a pseudonym, language, counts, thread",
    page="each server's own rules; docs.joinmastodon.org, read 2026-11: deletions are to be followed",
    refresh_days=30,
    shown="a link to the post",
)
RATES = (Rate(280, 300.0),)
_PAGE = 40
_NEXT = re.compile(r'<([^<>]{1,2000})>\s*;\s*rel="?next"?')
_WANTS_NO_READERS = re.compile(r"#(?:<span>)?no(?:bot|index)\b", re.IGNORECASE)
"""How people say in their description that no program should read them."""


class MastodonSettings(ListedPostSettings):
    """Which hashtags, on which server."""

    base_url: Annotated[str, Field(description="Address of the server, such as https://mastodon.social")] = (
        "https://mastodon.social"
    )
    tags: Annotated[
        tuple[Annotated[str, Field(pattern=r"^\w{1,100}$")], ...],
        Field(min_length=1, description="Hashtags without #, such as [acme, acmeservice]"),
    ]
    token: Annotated[
        Credential | None, Field(description="Where an access token lies, if the server shows tags to members only")
    ] = None
    page_size: Annotated[int, Field(ge=1, le=_PAGE, description="Posts on a page")] = _PAGE


class Mastodon:
    """Reads the timelines of tags, newest posts first. Ids are the server's own: they mean nothing on another."""

    spec: ClassVar = listed_posts(SOURCE, "Mastodon posts with a hashtag", MastodonSettings, terms=TERMS, rates=RATES)

    def __init__(self, place: Place) -> None:
        self._settings: MastodonSettings = place.settings
        self._fetcher = place.fetcher
        self._now = place.now
        self.server = urlsplit(self._settings.base_url).netloc

    def check(self) -> None:
        """Ask for one post of each tag."""
        for tag in self._settings.tags:
            self._posts(self._ask(self._first(tag), {"limit": 1}))

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:
        """Give the posts of each tag back to the window's beginning, and now and then all of them."""
        listing = self._settings.listing(cursor, window, now=self._now())
        seen: set[str] = set()
        for tag in self._settings.tags:
            for posts in follow_pages(lambda url, tag=tag: self._page(tag, url, listing)):  # type: ignore[misc]
                for post in posts:
                    identifier = str(post.get("id"))
                    if identifier not in seen and listing.window.holds(post.time("created_at")):
                        seen.add(identifier)
                        yield from self.given(post)
        yield from listing.end(self.server)

    def given(self, post: Item) -> Iterator[Event]:
        """Give a post as the server shows it, if it may be read and is wanted."""
        if self._may_be_read(post):
            yield from read_item(post, self._post, place="post")

    def _page(self, tag: str, url: str | None, listing: Listing) -> Page[list[Item]]:
        answer = self._ask(url or self._first(tag), None if url else {"limit": self._settings.page_size})
        posts = self._posts(answer)
        times = [at for post in posts if (at := post.time("created_at")) is not None]
        following = _NEXT.search(answer.headers.get("link", ""))
        if not posts or not following or listing.is_past(times):
            return Page(posts, None)
        return Page(posts, urljoin(answer.url, following[1]))

    def _first(self, tag: str) -> str:
        return f"{self._settings.base_url}/api/v1/timelines/tag/{quote(tag)}"

    def _ask(self, url: str, params: dict[str, Any] | None) -> Answer:
        if urlsplit(url)[:2] != urlsplit(self._settings.base_url)[:2]:
            raise SourceUnreadableError(f"{self.server} leads to another server for its next page.")
        token = self._settings.token
        return self._fetcher.get(url, params=params, headers=headers_of(token), expects_json=True)

    def _posts(self, answer: Answer) -> list[Item]:
        posts = orjson.loads(answer.body)
        if not isinstance(posts, list):
            raise SourceUnreadableError(f"{self.server} gives no list of posts; it seems to have changed its shape.")
        return [Item(post) for post in posts]

    def _may_be_read(self, post: Item) -> bool:
        """Say whether a post is public, nobody has asked to be left alone, and its language is wanted."""
        if post.get("visibility") not in ("public", None) or post.get("reblog") is not None:
            return False
        if post.get("account", "noindex") or _WANTS_NO_READERS.search(post.text("account", "note") or ""):
            return False
        language = post.text("language")
        return self._settings.wants_language([language] if language else [])

    def _post(self, post: Item) -> Iterator[Upsert]:
        native_id, author = post.need_id("id"), self._handle(post.need_id("account", "acct"))
        parent = post.text("in_reply_to_id")
        language = (post.text("language") or "").partition("-")[0].lower()
        fields = {
            "source": SOURCE,
            "kind": "comment" if parent else "post",
            "title": post.text("spoiler_text"),
            "text": post.need("content"),
            "language": language or None,
            "author": author,
            "voice": "brand" if author in {self._handle(own) for own in self._settings.own_accounts} else None,
            "published_at": post.text("created_at"),
            "reply_to": parent,
            "thread": parent or native_id,
            "engagement": counts(
                likes=post.get("favourites_count"),
                replies=post.get("replies_count"),
                reposts=post.get("reblogs_count"),
            ),
            "url": post.text("url") or post.text("uri"),
        }
        yield Upsert(RawRecord(SOURCE, self.server, native_id, "post", fields, collected_at=self._now()))

    def _handle(self, account: str) -> str:
        """Return a whole handle: the server's own people are given without its name."""
        account = account.lstrip("@").lower()
        return account if "@" in account else f"{account}@{self.server}"


def headers_of(token: Credential | None) -> dict[str, str]:
    """Return what a server is shown."""
    return {"Authorization": f"Bearer {token.reveal()}"} if token else {}
