"""Bluesky connector: posts that a search finds, by an app password."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import Field

from ingest.connector import Cursor, Event, Gap, Place, Terms, Upsert, Window
from ingest.connectors.posts import ListedPostSettings, listed_posts
from ingest.credential import Credential
from ingest.fetch import Rate
from ingest.item import Item, counts, items_of, read_item
from ingest.listing import Listing
from ingest.pages import Page, follow_pages
from ingest.raw import RawRecord
from textcx.errors import SourceUnavailableError

SOURCE = "bluesky"
SCOPE = "posts"
"""An at-uri names a post in all of the network, so the search and the stream mean the same by one."""
_PAGE = 100
_MOST_FOUND = 9_900
"""A search stops answering near ten thousand posts."""
_SESSION = timedelta(minutes=90)
Wants = Callable[[Item, str], bool]


class BlueskySettings(ListedPostSettings):
    """What is searched for, and by whom."""

    base_url: str = "https://bsky.social"
    account: Annotated[str, Field(min_length=1, description="Your handle, such as acme.example")]
    password: Annotated[Credential, Field(description="Where an app password lies (Settings, App passwords)")]
    searches: Annotated[
        tuple[str, ...],
        Field(min_length=1, description='What is searched for: words, "a phrase", #tags, domain:acme.example'),
    ]
    page_size: Annotated[int, Field(ge=1, le=_PAGE, description="Posts on a page")] = _PAGE


class Bluesky:
    """Reads searches, newest posts first. A post's time is when the network saw it: its author may write any other.

    Args:
        place: See there.
        wants: Says of a post that was found, and its author's DID, whether it is given.
    """

    spec: ClassVar = listed_posts(
        SOURCE,
        "Bluesky posts that a search finds",
        BlueskySettings,
        terms=Terms(
            stored="text, author as a pseudonym, language, counts, thread",
            page="Bluesky developer guidelines, read 2026-11: deletions are to be followed",
            refresh_days=30,
            shown="a link to the post",
        ),
        rates=(Rate(2_500, 300.0),),
    )

    def __init__(self, place: Place, *, wants: Wants = lambda _post, _author: True) -> None:
        self._wants = wants
        self._settings: BlueskySettings = place.settings
        self._fetcher = place.fetcher
        self._now = place.now
        self._token = ""
        self._until = place.now()

    def check(self) -> None:
        """Ask for one post of each search."""
        for search in self._settings.searches:
            self._ask(search, Window(), None, size=1)

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:
        """Give what the searches find back to the window's beginning, and now and then all of it."""
        listing = self._settings.listing(cursor, window, now=self._now())
        is_whole = True
        for search in self._settings.searches:
            found = 0
            for posts in follow_pages(lambda token, search=search: self._page(search, token, listing)):  # type: ignore[misc]
                for post in posts:
                    yield from read_item(post, self._post, place="post")
                found += len(posts)
            if found >= _MOST_FOUND:
                is_whole = False
                yield Gap("a search finds more than Bluesky lists; narrow it, or begin later", listing.window.since)
        if is_whole:
            yield from listing.end(SCOPE)

    def _page(self, search: str, token: str | None, listing: Listing) -> Page[list[Item]]:
        page = self._ask(search, listing.window, token, size=self._settings.page_size)
        posts = items_of(page, "posts")
        times = [at for post in posts if (at := post.time("indexedAt")) is not None]
        following = page.get("cursor")
        is_last = not posts or not following or listing.is_past(times) or int(token or 0) >= _MOST_FOUND
        return Page(posts, None if is_last else str(following))

    def _ask(self, search: str, window: Window, token: str | None, *, size: int) -> Any:
        params: dict[str, Any] = {"q": search, "sort": "latest", "limit": size}
        if token:
            params["cursor"] = token
        if window.since is not None:
            params["since"] = window.since.isoformat()
        if window.until is not None:
            params["until"] = window.until.isoformat()
        if len(self._settings.languages) == 1:
            params["lang"] = self._settings.languages[0]
        url = f"{self._settings.base_url}/xrpc/app.bsky.feed.searchPosts"
        return self._fetcher.get_json(url, params=params, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        if not self._token or self._now() >= self._until:
            answer = self._fetcher.post(
                f"{self._settings.base_url}/xrpc/com.atproto.server.createSession",
                json={"identifier": self._settings.account, "password": self._settings.password.reveal()},
            )
            try:
                self._token = str(orjson.loads(answer.body)["accessJwt"])
            except (orjson.JSONDecodeError, KeyError, TypeError):
                raise SourceUnavailableError("Bluesky opened no session.") from None
            self._until = self._now() + _SESSION
        return {"Authorization": f"Bearer {self._token}"}

    def _post(self, post: Item) -> Iterator[Upsert]:
        uri, record = post.need_id("uri"), Item(post.get("record"))
        author, handle = post.need("author", "did"), post.text("author", "handle")
        if not self._settings.wants_language(languages_of(record)) or not self._wants(record, author):
            return
        fields = fields_of(uri, record, author=author, published_at=post.text("indexedAt"))
        fields["voice"] = "brand" if {author, handle} & set(self._settings.own_accounts) else None
        fields["engagement"] = counts(
            likes=post.get("likeCount"), replies=post.get("replyCount"), reposts=post.get("repostCount")
        )
        revision = post.text("cid")
        yield Upsert(RawRecord(SOURCE, SCOPE, uri, "post", fields, self._now(), source_revision=revision))


def fields_of(uri: str, record: Item, *, author: str, published_at: str | None) -> dict[str, Any]:
    """Return what a post says by itself.

    Args:
        uri: Its at-uri.
        record: As its author's server has it.
        author: The author's DID.
        published_at: When the network saw it.

    Raises:
        UnreadableRecordError: It has no text.
    """
    languages = languages_of(record)
    parent, root = record.text("reply", "parent", "uri"), record.text("reply", "root", "uri")
    return {
        "source": SOURCE,
        "kind": "comment" if parent else "post",
        "text": record.need("text"),
        "language": languages[0] if len(languages) == 1 else None,
        "author": author,
        "published_at": published_at,
        "reply_to": parent,
        "thread": root or uri,
        "url": f"https://bsky.app/profile/{author}/post/{uri.rpartition('/')[2]}",
    }


def languages_of(record: Item) -> list[str]:
    """Return which languages a post is declared to be in; anybody may have written anything there."""
    found = record.get("langs")
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
