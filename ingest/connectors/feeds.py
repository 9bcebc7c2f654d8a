"""Feeds connector: what RSS and Atom feeds say themselves; the pages behind them are read by the spider `web_pages`."""

from calendar import timegm
from collections.abc import Generator, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urljoin, urlsplit

import feedparser
from pydantic import Field, model_validator

from ingest.connector import ConnectorSettings, Cursor, Event, Gap, Place, Spec, State, Terms, Upsert, Window
from ingest.fetch import Answer, Rate
from ingest.item import Item, counts, read_item
from ingest.pages import Page, follow_pages
from ingest.raw import RawRecord, Unreadable
from textcx.errors import SourceRefusedError, SourceUnavailableError, UnreadableRecordError

_NOT_FOUND, _GONE = 404, 410
_ACCEPT = "application/atom+xml,application/rss+xml,application/xml;q=0.9,*/*;q=0.5"
_ATTEMPTS = 3


class FeedsSettings(ConnectorSettings):
    """Which feeds, and whose words they hold."""

    feeds: Annotated[
        tuple[str, ...], Field(min_length=1, description="Addresses of feeds, or what follows base_url in them")
    ]
    about: Annotated[
        tuple[str, ...], Field(description="Only entries that name one of these, such as your brand; by default all")
    ] = ()
    kind: Annotated[
        Literal["article", "post", "comment", "review"],
        Field(description="What an entry is: article, post, comment or review"),
    ] = "article"
    voice: Annotated[
        Literal["press", "customer", "brand", "unknown"],
        Field(description="Whose the feeds are: press, customer, brand or unknown"),
    ] = "press"
    most_pages: Annotated[
        int, Field(ge=1, le=1_000, description="How many pages of a feed are read, where it leads to older ones")
    ] = 20

    @model_validator(mode="after")
    def _all_are_addresses(self) -> "FeedsSettings":
        for feed in self.addresses:
            if urlsplit(feed).scheme not in ("http", "https") or not urlsplit(feed).netloc:
                raise ValueError("a feed is an address that begins with https://")
            if "@" in urlsplit(feed).netloc:
                raise ValueError("a feed's address may hold no name and password")
        return self

    @property
    def addresses(self) -> tuple[str, ...]:
        """The whole addresses of all feeds."""
        return tuple(urljoin(self.base_url, feed) for feed in self.feeds)


class Feeds:
    """Reads feeds, and their older pages where a feed leads to them. What has left a feed was not deleted."""

    spec: ClassVar = Spec(
        name="feeds",
        title="RSS and Atom feeds",
        settings=FeedsSettings,
        terms=Terms(
            stored="what the feed itself holds: title, text or summary, author as a pseudonym, link",
            page="each site's own; a feed is published to be read by programs",
            shown="a link to the entry",
        ),
        rates=(Rate(30, 60.0),),
        reread=timedelta(days=14),
        every=timedelta(hours=1),
    )

    def __init__(self, place: Place) -> None:
        self._settings: FeedsSettings = place.settings
        self._fetcher = place.fetcher
        self._now = place.now

    def check(self) -> None:
        """Ask for the first page of each feed."""
        for feed in self._settings.addresses:
            self._ask(feed, {})

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:
        """Give the entries of each feed that has changed since the last reading."""
        known: Mapping[str, Mapping[str, str]] = cursor["feeds"] if cursor else {}
        seen: dict[str, Mapping[str, str]] = {feed: known.get(feed, {}) for feed in self._settings.addresses}
        for feed in self._settings.addresses:
            validators = yield from self._feed(feed, seen[feed], window)
            if validators is not None:
                seen[feed] = validators
            yield State({"v": 1, "feeds": {one: dict(found) for one, found in seen.items()}})

    def _feed(
        self, feed: str, known: Mapping[str, str], window: Window
    ) -> Generator[Event, None, Mapping[str, str] | None]:
        """Give a feed's entries; return what to ask it with the next time, or None where that stays as it was."""
        answer, parsed = self._ask(feed, known, accepts=(_NOT_FOUND, _GONE))
        if answer.status in (_NOT_FOUND, _GONE):
            yield Gap(f"there is no feed any more at {urlsplit(feed).netloc}{urlsplit(feed).path}")
            return None
        if answer.is_unchanged:
            return None
        are_all_read = not parsed.bozo  # what breaks off may hold more the next time, unchanged or not
        for entries in self._pages(feed, parsed, window):
            for entry in entries:
                for event in self._entry(entry, feed, window):
                    are_all_read = are_all_read and not isinstance(event, Unreadable)
                    yield event
        return answer.validators if are_all_read else {}

    def _pages(self, feed: str, first: Any, window: Window) -> Iterator[list[Item]]:
        """Give page after page, by the links of RFC 5005, back to the window's beginning."""
        read = 0

        def ask(url: str | None) -> Page[list[Item]]:
            nonlocal read
            read += 1
            parsed = first if url is None else self._ask(url, {})[1]
            entries = [Item(dict(entry)) for entry in parsed.entries]
            times = [at for entry in entries if (at := _changed_at(entry)) is not None]
            is_past = bool(times) and window.since is not None and max(times) < window.since
            following = _link(parsed.feed.get("links", []), "next")
            is_last = is_past or not entries or not following or read >= self._settings.most_pages
            return Page(entries, None if is_last or not following else urljoin(url or feed, following))

        return follow_pages(ask)

    def _ask(self, url: str, validators: Mapping[str, str], accepts: tuple[int, ...] = ()) -> tuple[Answer, Any]:
        """Return an answer and the feed in it; what is no feed counts as an answer that broke off."""
        for _ in range(_ATTEMPTS):
            answer = self._fetcher.get(url, headers={"Accept": _ACCEPT}, validators=validators, accepts=accepts)
            if answer.status == _GONE and _GONE not in accepts:
                raise SourceRefusedError(f"{urlsplit(url).netloc} says that this feed is gone for good: take it out.")
            if answer.is_unchanged or answer.status in accepts:
                return answer, None
            headers = {name: answer.headers[name] for name in ("content-type",) if name in answer.headers}
            parsed = feedparser.parse(  # from a buffer: it would take bytes that name a file for that file
                BytesIO(answer.body),
                response_headers={**headers, "content-location": answer.url},
                sanitize_html=False,
                resolve_relative_uris=False,
            )
            if parsed.entries or (parsed.version and not parsed.bozo):
                return answer, parsed
        raise SourceUnavailableError(f"{urlsplit(url).netloc}{urlsplit(url).path} does not answer with a feed.")

    def _entry(self, entry: Item, feed: str, window: Window) -> Iterator[Event]:
        if not window.holds(_changed_at(entry)):
            return
        yield from read_item(entry, lambda one: self._read(one, feed), place=f"entry of {urlsplit(feed).netloc}")

    def _read(self, entry: Item, feed: str) -> Iterator[Upsert]:
        title, text = entry.text("title"), _text(entry)
        if not title and not any(entry.get(name) is not None for name in ("content", "summary")):
            raise UnreadableRecordError("an entry has neither title nor text")
        words = f"{title or ''}\n{text or ''}".casefold()
        if self._settings.about and not any(one.casefold() in words for one in self._settings.about):
            return
        published = _time(entry, "published_parsed") or _time(entry, "updated_parsed")
        native_id, parent = _id(entry), entry.text("thr_in-reply-to", "ref")
        site = urlsplit(feed).netloc
        fields = {
            "kind": "reply" if parent else self._settings.kind,
            "title": title if text else None,
            "text": text or title,
            "author": entry.text("author_detail", "href") or entry.text("author"),
            "voice": self._settings.voice,
            "published_at": published.isoformat() if published else None,
            "attributes": {"site": site},
            "reply_to": parent,
            "thread": parent or native_id,
            "engagement": counts(replies=entry.get("slash_comments") or entry.get("thr_total")) or None,
            "url": entry.text("link"),
        }
        yield Upsert(RawRecord("feeds", site, native_id, f"entry of {site}", fields, collected_at=self._now()))


def _text(entry: Item) -> str | None:
    """Return the longest of what an entry holds of its text: many have a summary and the whole."""
    found = [one.text("value") or "" for one in entry.items("content")]
    return max([*found, entry.text("summary") or ""], key=len) or None


def _id(entry: Item) -> str:
    """Return the id, else the link, else a digest of title and day."""
    if found := entry.text("id") or entry.text("link"):
        return found
    written = f"{entry.text('title')}\n{entry.text('published')}\n{_text(entry) if not entry.text('title') else ''}"
    return sha256(written.encode("utf-8", "replace")).hexdigest()


def _time(entry: Item, name: str) -> datetime | None:
    found = entry.get(name)
    try:
        return datetime.fromtimestamp(timegm(found), UTC) if found else None
    except (ValueError, OverflowError, TypeError, OSError):
        return None


def _changed_at(entry: Item) -> datetime | None:
    return _time(entry, "updated_parsed") or _time(entry, "published_parsed")


def _link(links: Any, rel: str) -> str | None:
    return next((str(one["href"]) for one in links if one.get("rel") == rel and one.get("href")), None)
