"""Mastodon stream connector: public posts under hashtags as one server gets them, with edits and deletions."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, ClassVar
from urllib.parse import quote

import orjson
from pydantic import Field

from ingest.connector import Cursor, Delete, Event, Place, Spec, State, Window
from ingest.connectors.mastodon import RATES, SOURCE, TERMS, Mastodon, MastodonSettings, headers_of
from ingest.credential import Credential
from ingest.item import Item
from ingest.raw import Unreadable
from ingest.server_sent import ServerSent

_MOST_TAGS = 8
"""Each has a connection of its own."""
_OVERLAP = timedelta(minutes=5)
_LONGEST_CONTENT = 10_000


class MastodonStreamSettings(MastodonSettings):
    """Which hashtags, on which server, and as whom."""

    tags: Annotated[
        tuple[Annotated[str, Field(pattern=r"^\w{1,100}$")], ...],
        Field(min_length=1, max_length=_MOST_TAGS, description="Hashtags without #, such as [acme, acmeservice]"),
    ]
    token: Annotated[Credential, Field(description="Where an access token lies (Development, right read:statuses)")]


class MastodonStream:
    """Listens to tags. What was missed is read from their timelines, at first and whenever the stream broke off."""

    spec: ClassVar = Spec(
        name="mastodon_stream",
        title="Mastodon posts with a hashtag as they are written",
        settings=MastodonStreamSettings,
        terms=TERMS,
        rates=RATES,
        reread=timedelta(days=1),
        every=timedelta(minutes=15),
        can_backfill=True,
        is_stream=True,
    )

    def __init__(self, place: Place) -> None:
        self._settings: MastodonStreamSettings = place.settings
        self._fetcher = place.fetcher
        self._now = place.now
        self._timelines = Mastodon(place)

    def check(self) -> None:
        """Ask for one post of each tag, and open the stream."""
        self._timelines.check()
        with self._fetcher.events(self._urls(), headers=headers_of(self._settings.token)):
            pass

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:
        """Give the posts of each tag back to the window's beginning, and then what happens; older time, that alone."""
        if window.until is not None:
            yield from self._timelines.read(cursor, window)
            return
        missed = window

        def listen() -> Iterator[Event]:
            nonlocal cursor, missed
            with self._fetcher.events(self._urls(), headers=headers_of(self._settings.token)) as listening:
                for event in self._timelines.read(cursor, missed):
                    cursor = event.cursor if isinstance(event, State) else cursor
                    yield event
                yield State(cursor or {})
                missed = Window(self._now() - _OVERLAP)
                for message in listening:
                    if message is not None:
                        yield from self._happening(message)
                    if listening.is_position_due():
                        missed = Window(self._now() - _OVERLAP)
                        yield State(cursor or {})

        yield from self._fetcher.keep_listening(listen)

    def _urls(self) -> list[str]:
        return [f"{self._settings.base_url}/api/v1/streaming/hashtag?tag={quote(tag)}" for tag in self._settings.tags]

    def _happening(self, happening: ServerSent) -> Iterator[Event]:
        if happening.kind == "delete":
            yield Delete(self._timelines.server, happening.data, source_kind=SOURCE)
        if happening.kind not in ("update", "status.update"):
            return
        try:
            post = Item(orjson.loads(happening.data))
        except orjson.JSONDecodeError:
            yield Unreadable("event", "it is no JSON", happening.data[:_LONGEST_CONTENT])
            return
        yield from self._timelines.given(post)
