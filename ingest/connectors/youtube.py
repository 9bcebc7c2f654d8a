"""YouTube connector: comments under videos, or under all videos of a channel, with their replies."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import Field

from ingest.connector import ConnectorSettings, Cursor, Event, Gap, Place, Spec, Terms, Upsert, Window
from ingest.credential import Credential
from ingest.fetch import Answer, Rate
from ingest.item import Item, counts, items_of, read_item
from ingest.listing import Listing, plan_listing
from ingest.pages import Page, follow_pages
from ingest.rate_limit import asked_wait_seconds
from ingest.raw import RawRecord
from textcx.errors import RateLimitedError, SourceRefusedError

_SCOPE = "comments"
_PAGE = 100
_FORBIDDEN, _NOT_FOUND = 403, 404
_GONE = {
    "commentsDisabled": "comments are turned off",
    "videoNotFound": "the video is gone",
    "channelNotFound": "the channel is gone",
}
"""Reasons of an error that concern one video or channel and nothing else."""


class YoutubeSettings(ConnectorSettings):
    """Which videos."""

    base_url: str = "https://www.googleapis.com"
    key: Annotated[Credential, Field(description="Where the API key lies")]
    videos: Annotated[tuple[str, ...], Field(description="Ids of videos")] = ()
    channels: Annotated[tuple[str, ...], Field(description="Ids of channels, UC..., all of whose videos are read")] = ()
    own_channels: Annotated[
        tuple[str, ...], Field(description="Ids of your own channels: what they write is yours")
    ] = ()
    full_every_days: Annotated[
        int, Field(ge=0, le=30, description="After how many days all comments are listed, to find those that are gone")
    ] = 7


class Youtube:
    """Reads comment threads, newest first; one page of a hundred costs one of 10,000 units a day."""

    spec: ClassVar = Spec(
        name="youtube",
        title="YouTube comments",
        settings=YoutubeSettings,
        terms=Terms(
            stored="text, author as a pseudonym, likes, thread",
            page="YouTube API Services developer policies, read 2026-11",
            refresh_days=30,
            shown="a link to the comment on YouTube",
        ),
        rates=(Rate(60, 60.0), Rate(9_500, 86_400.0)),
        reread=timedelta(days=14),
        every=timedelta(hours=6),
    )

    def __init__(self, place: Place) -> None:
        self._settings: YoutubeSettings = place.settings
        self._fetcher = place.fetcher
        self._now = place.now

    def check(self) -> None:
        """Ask for one thread of each video and channel."""
        for asked in self._asked():
            self._ask("commentThreads", {"part": "id", "maxResults": 1, **asked})

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:
        """Give threads with replies back to the window's beginning, and now and then all of them."""
        every = timedelta(days=self._settings.full_every_days)
        listing = plan_listing(cursor, window, every=every, now=self._now())
        for asked in self._asked():
            yield from self._threads(asked, listing)
        yield from listing.end(_SCOPE)

    def _asked(self) -> Iterator[dict[str, str]]:
        yield from ({"videoId": video} for video in self._settings.videos)
        yield from ({"allThreadsRelatedToChannelId": channel} for channel in self._settings.channels)

    def _threads(self, asked: dict[str, str], listing: Listing) -> Iterator[Event]:
        def ask(token: str | None) -> Page[list[Item] | Gap]:
            params = {"part": "snippet,replies", "order": "time", "maxResults": _PAGE, "pageToken": token, **asked}
            page = self._ask("commentThreads", params)
            if isinstance(page, Gap):
                return Page(page, None)
            threads = items_of(page, "items")
            path = ("snippet", "topLevelComment", "snippet", "publishedAt")
            times = [at for thread in threads if (at := thread.time(*path)) is not None]
            return Page(threads, None if listing.is_past(times) else page.get("nextPageToken"))

        for threads in follow_pages(ask):
            if isinstance(threads, Gap):
                yield threads
                return
            for thread in threads:
                yield from read_item(thread, self._top_comment, place=f"comment {thread.get('id')}")
                for reply in self._replies(thread):
                    place = f"comment {reply.get('id')}"
                    yield from read_item(reply, lambda one: [self._comment(one, replies=None)], place=place)

    def _replies(self, thread: Item) -> Iterator[Item]:
        """Give the replies of a thread: it holds five at most, the others are asked for."""
        found = thread.items("replies", "comments")
        if len(found) >= (thread.get("snippet", "totalReplyCount") or 0):
            yield from found
            return

        def ask(token: str | None) -> Page[list[Item]]:
            params = {"part": "snippet", "maxResults": _PAGE, "parentId": thread.need_id("id"), "pageToken": token}
            page = self._ask("comments", params)
            return Page([], None) if isinstance(page, Gap) else Page(items_of(page, "items"), page.get("nextPageToken"))

        for replies in follow_pages(ask):
            yield from replies

    def _ask(self, what: str, params: dict[str, Any]) -> Any:
        """Return a page, or a gap where comments are turned off or the video is gone."""
        sent = {name: value for name, value in params.items() if value is not None} | {"textFormat": "plainText"}
        answer = self._fetcher.get(
            f"{self._settings.base_url}/youtube/v3/{what}",
            params={**sent, "key": self._settings.key.reveal()},
            accepts=(_FORBIDDEN, _NOT_FOUND),
            expects_json=True,
        )
        if answer.status in (_FORBIDDEN, _NOT_FOUND):
            return self._refused(answer)
        return orjson.loads(answer.body)

    def _refused(self, answer: Answer) -> Gap:
        wait = asked_wait_seconds(answer.status, answer.headers, answer.body, self._now())
        if wait is not None:
            raise RateLimitedError("YouTube's quota for the day is used up.", retry_after_seconds=wait)
        for reason, words in _GONE.items():
            if f'"{reason}"'.encode() in answer.body:
                return Gap(words)
        raise SourceRefusedError(f"YouTube answers {answer.status}: the key is wrong, or may not read comments.")

    def _top_comment(self, thread: Item) -> Iterator[Upsert]:
        comment = Item(thread.get("snippet", "topLevelComment"))
        yield self._comment(comment, replies=thread.get("snippet", "totalReplyCount"))

    def _comment(self, comment: Item, *, replies: Any) -> Upsert:
        native_id = comment.need_id("id")
        parent = comment.text("snippet", "parentId")
        author = comment.text("snippet", "authorChannelId", "value")
        own = {*self._settings.own_channels}
        video = comment.text("snippet", "videoId")
        fields = {
            "kind": "reply" if parent else "comment",
            "text": comment.text("snippet", "textOriginal") or comment.need("snippet", "textDisplay"),
            "author": author or comment.text("snippet", "authorDisplayName"),
            "voice": "brand" if author in own else "unknown",
            "published_at": comment.text("snippet", "publishedAt"),
            "reply_to": parent,
            "thread": parent or native_id,
            "engagement": counts(likes=comment.get("snippet", "likeCount"), replies=replies),
            "url": f"https://www.youtube.com/watch?v={video}&lc={native_id}" if video else None,
        }
        return Upsert(
            RawRecord(
                source_kind="youtube",
                scope=_SCOPE,
                native_id=native_id,
                place=f"comment {native_id}",
                fields=fields,
                collected_at=self._now(),
            )
        )
