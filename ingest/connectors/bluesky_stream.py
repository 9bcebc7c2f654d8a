"""Bluesky stream connector: posts with wanted words as they are written, and what is deleted there.

Jetstream sends all posts of the network; the wanted ones are picked here.
"""

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from ingest.connector import Cursor, Delete, Event, Gap, Place, Spec, State, Terms, Upsert, Window
from ingest.connectors.bluesky import SCOPE, SOURCE, Bluesky, BlueskySettings, fields_of, languages_of
from ingest.connectors.jetstream import KEPT, POSTS, Happening, microseconds, read_happening, time_of
from ingest.connectors.posts import PostSettings
from ingest.credential import Credential
from ingest.fetch import Rate
from ingest.item import Item, read_item
from ingest.raw import RawRecord, Unreadable
from ingest.wish import as_search, check_wish, read_wish
from textcx.errors import SourceUnreadableError, UnreadableRecordError

_REWIND = timedelta(seconds=5)
"""Servers differ a little in their clocks; what comes twice is known."""
_LATE, _LATE_AT_FIRST = timedelta(minutes=1), timedelta(hours=1)
"""A server that begins so much later than asked has not kept what came before; at first it may have been quiet."""
_NEAR = timedelta(minutes=1)
_DAY = timedelta(days=1)
_LARGEST_BYTES = 1_000_000
_LONGEST_CONTENT = 10_000
_LEAST_POSTS, _SHAPELESS_SHARE = 5, 0.5


class BlueskyStreamSettings(PostSettings):
    """Which posts are wanted."""

    base_url: Annotated[str, Field(pattern="^wss?://")] = "wss://jetstream2.us-east.bsky.network"
    searches: Annotated[
        tuple[Annotated[str, AfterValidator(check_wish)], ...],
        Field(min_length=1, description='Which posts: words, acme*, "a phrase", #tags, domain:acme.example'),
    ]
    directory_url: Annotated[str, Field(description="Where is asked which account has a handle")] = (
        "https://public.api.bsky.app"
    )
    account: Annotated[str, Field(description="For older posts, which a search finds: your handle")] = ""
    password: Annotated[
        Credential | None, Field(description="For older posts: where an app password lies (Settings, App passwords)")
    ] = None
    search_url: Annotated[str, Field(description="Where older posts are searched for")] = "https://bsky.social"

    @property
    def lacks_for_backfill(self) -> str:
        """See `ConnectorSettings`."""
        return "" if self.account and self.password else "the stream has no older posts; set account and password too"


class BlueskyStream:
    """Listens to all posts. Ids are those of the `bluesky` search, which is asked for older posts."""

    spec: ClassVar = Spec(
        name="bluesky_stream",
        title="Bluesky posts as they are written",
        settings=BlueskyStreamSettings,
        terms=Terms(
            stored="text, author as a pseudonym, language, thread",
            page="Bluesky developer guidelines, read 2026-11: deletions are to be followed, and are, as they happen",
            shown="a link to the post",
        ),
        rates=(Rate(30, 300.0),),
        every=timedelta(minutes=10),
        can_backfill=True,
        is_stream=True,
    )

    def __init__(self, place: Place) -> None:
        self._place = place
        self._settings: BlueskyStreamSettings = place.settings
        self._fetcher = place.fetcher
        self._now = place.now
        self._wishes = [read_wish(search) for search in self._settings.searches]
        self._own: frozenset[str] = frozenset()
        self._position = place.now() - KEPT
        self._late: timedelta | None = None
        self._is_met, self._is_first = False, True
        self._posts = self._shapeless = 0

    def check(self) -> None:
        """Ask who the own accounts are, and open the stream; and search, where older posts can be searched for."""
        self._find_own()
        if not self._settings.lacks_for_backfill:
            self._search().check()
        with self._fetcher.messages(f"{self._settings.base_url}/subscribe", params={"wantedCollections": POSTS}):
            pass

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:
        """Give what has happened since the cursor, or the window's beginning, and what happens from now on.

        Older time is searched for, and of what is found that is given which the stream would have given.
        """
        self._find_own()
        if window.until is not None:
            yield from self._search().read(None, window)
            return
        if cursor is not None:
            self._position, self._is_met = time_of(cursor["time_us"]), cursor["met"]
            self._late = _LATE if self._is_met else _LATE_AT_FIRST
        elif window.since is not None:
            self._position, self._late = window.since, _LATE_AT_FIRST
        yield from self._fetcher.keep_listening(self._listen)

    def _search(self) -> Bluesky:
        """Return the search for the same posts; answers to the brand without any of its words it cannot find."""
        own = self._settings
        by_own = (f"from:{account.lstrip('@')}" for account in own.own_accounts)
        settings = BlueskySettings.model_validate(
            {
                "base_url": own.search_url,
                "account": own.account,
                "password": own.password,
                "searches": (*map(as_search, own.searches), *by_own),
                "own_accounts": (*own.own_accounts, *self._own),
                "languages": own.languages,
            }
        )
        return Bluesky(replace(self._place, settings=settings), wants=self._is_wanted)

    def _find_own(self) -> None:
        """Find the accounts behind the brand's handles, since the stream has no handles."""
        own = self._settings.own_accounts
        url = f"{self._settings.directory_url}/xrpc/com.atproto.identity.resolveHandle"
        handles = [account.lstrip("@") for account in own if not account.startswith("did:")]
        found = [Item(self._fetcher.get_json(url, params={"handle": handle})).text("did") for handle in handles]
        self._own = frozenset(account for account in (*own, *found) if account)

    def _listen(self) -> Iterator[Event]:
        """Connect, and give what comes from the position on."""
        params = {
            "wantedCollections": POSTS,
            "maxMessageSizeBytes": _LARGEST_BYTES,
            "cursor": microseconds(self._position - _REWIND),
        }
        unknown = Counter[str]()
        self._is_first = True
        with self._fetcher.messages(f"{self._settings.base_url}/subscribe", params=params) as listening:
            try:
                for message in listening:
                    if message is not None:
                        yield from self._read(message, unknown)
                    if listening.is_position_due():
                        self._refuse_another_shape()
                        is_near = message is None and abs(self._now() - self._position) < _NEAR
                        yield self._state(is_current=listening.is_quiet or is_near)
            finally:
                if unknown:
                    logging.getLogger(__name__).info("events of unknown kinds passed over: %s", dict(unknown))

    def _state(self, *, is_current: bool) -> State:
        cursor = {"v": 1, "time_us": microseconds(self._position), "met": self._is_met}
        return State(cursor, is_current=is_current)

    def _read(self, message: str, unknown: Counter[str]) -> Iterator[Event]:
        try:
            happening = read_happening(message, latest=self._now() + _DAY)
        except UnreadableRecordError as error:
            yield Unreadable("event", str(error), message[:_LONGEST_CONTENT])
            return
        if self._is_first and self._late is not None and happening.at - self._position > self._late:
            reason = "the stream begins later than was asked for: what came before is not kept"
            yield Gap(reason, self._position, happening.at)
        self._position, self._late = max(self._position, happening.at), _LATE
        self._is_first, self._is_met = False, True
        match happening.kind:
            case "post":
                yield from self._post(happening)
            case "post gone":
                yield Delete(SCOPE, happening.uri, source_kind=SOURCE)
            case "account gone":
                yield Delete(SCOPE, happening.account, of="author", reason="account gone", source=SOURCE)
        if happening.unknown:
            unknown[happening.unknown] += 1

    def _post(self, happening: Happening) -> Iterator[Event]:
        self._posts += 1
        self._shapeless += happening.post.get("text") is None
        is_wanted = self._is_wanted(happening.post, happening.account)
        if is_wanted and self._settings.wants_language(languages_of(happening.post)):
            yield from read_item(happening.post, lambda post: self._record(post, happening), place="post")
        elif happening.is_edit:  # its old words, if they are here, stand nowhere any more
            yield Delete(SCOPE, happening.uri, reason="edited", source_kind=SOURCE)

    def _is_wanted(self, post: Item, author: str) -> bool:
        """Say whether a post is the brand's own, answers the brand, or has what is searched for."""
        answered = [post.text("reply", where, "uri") or "" for where in ("parent", "root")]
        spoken_to = {uri.removeprefix("at://").partition("/")[0] for uri in answered}
        if author in self._own or not spoken_to.isdisjoint(self._own):
            return True
        tags, links = tags_of(post), links_of(post)
        return any(wish.holds(post.text("text") or "", tags=tags, links=links) for wish in self._wishes)

    def _record(self, post: Item, happening: Happening) -> Iterator[Upsert]:
        at, written_at = happening.at, post.time("createdAt")
        if happening.is_edit and written_at is not None and written_at < at:
            at = written_at
        fields = fields_of(happening.uri, post, author=happening.account, published_at=at.isoformat())
        fields["voice"] = "brand" if happening.account in self._own else None
        record = RawRecord(
            SOURCE, SCOPE, happening.uri, "post", fields, self._now(), source_revision=happening.revision
        )
        yield Upsert(record)

    def _refuse_another_shape(self) -> None:
        """Stop where most posts have no text: among all the world's, those that are wanted would be missed in silence.

        Raises:
            SourceUnreadableError: That is so.
        """
        if self._posts < _LEAST_POSTS:
            return
        if self._shapeless > self._posts * _SHAPELESS_SHARE:
            message = (
                f"{self._shapeless} of {self._posts} posts have no text. Jetstream seems to have changed its shape."
            )
            raise SourceUnreadableError(message)
        self._posts = self._shapeless = 0


def tags_of(post: Item) -> frozenset[str]:
    """Return a post's hashtags, in small letters."""
    written = post.get("tags")
    tags = [tag for tag in written if isinstance(tag, str)] if isinstance(written, list) else []
    return frozenset(tag.lower() for tag in (*tags, *_features(post, "tag")))


def links_of(post: Item) -> list[str]:
    """Return the addresses that a post links to, in its text or by its card."""
    cards = [post.text("embed", "external", "uri"), post.text("embed", "media", "external", "uri")]
    return [*_features(post, "uri"), *filter(None, cards)]


def _features(post: Item, name: str) -> list[str]:
    found = [feature.text(name) for facet in post.items("facets") for feature in facet.items("features")]
    return [one for one in found if one]
