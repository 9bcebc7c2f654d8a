"""Connector: the code that reads one kind of place, what it declares about itself, and what it gives.

A connector gives events and nothing else. It does not redact, count, retry or keep a position: whoever runs it does.
`CONNECTORS` names those that ship; importing this module loads none of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, Literal, Protocol, cast

from pydantic import BaseModel, ConfigDict

from ingest.fetch import Fetcher, Rate
from ingest.raw import RawRecord, Unreadable
from textcx.errors import UnknownNameError

CONNECTORS: Mapping[str, str] = {
    "app_store": "ingest.connectors.app_store:AppStore",
    "bluesky": "ingest.connectors.bluesky:Bluesky",
    "bluesky_stream": "ingest.connectors.bluesky_stream:BlueskyStream",
    "feeds": "ingest.connectors.feeds:Feeds",
    "folder": "ingest.connectors.folder:Folder",
    "google_business": "ingest.connectors.google_business:GoogleBusiness",
    "mastodon": "ingest.connectors.mastodon:Mastodon",
    "mastodon_stream": "ingest.connectors.mastodon_stream:MastodonStream",
    "trustpilot": "ingest.connectors.trustpilot:Trustpilot",
    "youtube": "ingest.connectors.youtube:Youtube",
    "zendesk": "ingest.connectors.zendesk:Zendesk",
}
"""Name of a kind of place -> where its connector is defined."""
SENDERS: Mapping[str, str] = {"webhook": "ingest.connectors.webhook:Webhook"}
"""The same for places that send by themselves."""

Cursor = Mapping[str, Any]
"""A position in a source, as JSON values. Only its connector reads it; `v` in it is for later versions of it."""


@dataclass(frozen=True, slots=True)
class Upsert:
    """A record that is new at the source, has changed there, or is met again: which of them is found out later.

    Attributes:
        record: As it is at the source now.
        part_of: Native id of a record of the same scope that takes this one along when it is gone as a whole.
    """

    record: RawRecord
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Something is gone at the source, and so is to be gone here.

    Attributes:
        scope: As in the `RawRecord` that it was.
        native_id: The source's own id; of an author, the handle as `fields["author"]` held it.
        of: One record; a record with all that was given as part of it; or all that an author wrote.
        reason: Why, as the source says it: "deleted", "account deleted", "not found".
        source: Of an author: as `fields["source"]` held it; without it the connector's name.
        source_kind: As in the `RawRecord`; without it the connector's name.
    """

    scope: str
    native_id: str
    of: Literal["record", "whole", "author"] = "record"
    reason: str = "deleted"
    source: str | None = None
    source_kind: str | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """How people had reacted to a record at a time; `fields["engagement"]` of an `Upsert` counts as one too.

    Attributes:
        scope: As in the `RawRecord`.
        native_id: The source's own id.
        engagement: Any of likes, replies, reposts and views; what the source does not give is left out, not 0.
        at: When it was so.
    """

    scope: str
    native_id: str
    engagement: Mapping[str, int]
    at: datetime


@dataclass(frozen=True, slots=True)
class State:
    """Everything given before this is complete up to this position: kept with those records in one transaction.

    Attributes:
        cursor: The position.
        is_current: Of a stream: nothing that is there already is still to come, as far as can be told.
    """

    cursor: Cursor
    is_current: bool = True


@dataclass(frozen=True, slots=True)
class Listed:
    """All records of a scope that the source still has, published in `since` to `until`, were given in this reading.

    What we hold of that scope and time and was not given in two such readings is gone at the source.
    """

    scope: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of the source that cannot be had: comments turned off, a cursor too old. It is shown, not retried."""

    reason: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RateLimited:
    """The source lets us go on only at a later time; the reading ends here in order, and goes on then."""

    until: datetime


Event = Upsert | Unreadable | Delete | Observation | State | Listed | Gap | RateLimited


@dataclass(frozen=True, slots=True)
class Window:
    """The time a reading is about.

    Attributes:
        since: Everything made or changed from here on is wanted; it lies before the last reading, so that edits and
            late records are met again. None: all there is.
        until: For a backfill: nothing from here on. None: up to now.
    """

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: datetime | None) -> bool:
        """Say whether a time lies in the window; a time that is not known does."""
        return at is None or ((self.since is None or at >= self.since) and (self.until is None or at < self.until))


@dataclass(frozen=True, slots=True)
class Terms:
    """What a source allows with what it gives, as we read its terms; enforced where it is a number.

    Attributes:
        stored: What may be stored, in words.
        keep_days: After so many days without being met again at the source a mention is erased. None: no bound.
        refresh_days: So often each stored mention must be met again or erased. None: never.
        shown: What must be shown beside a mention, such as a link or a name. None: nothing.
        is_official: Whether the source offers this way of reading.
        page: Where the terms stand, and when they were read.
    """

    stored: str
    page: str
    keep_days: int | None = None
    refresh_days: int | None = None
    shown: str | None = None
    is_official: bool = True

    @property
    def longest_days(self) -> int | None:
        """After how many days without being met again a mention must go."""
        return min((days for days in (self.keep_days, self.refresh_days) if days is not None), default=None)


class ConnectorSettings(BaseModel):
    """What a source's file may say under `settings`; a connector extends it.

    Attributes:
        base_url: Where the service answers: always a setting, so that a reading can be tried against another server.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str = ""

    @property
    def lacks_for_backfill(self) -> str:
        """What older time could not be read without, and these settings lack; empty where nothing does."""
        return ""


@dataclass(frozen=True, slots=True)
class Spec:
    """What a connector declares about itself.

    Attributes:
        name: As in `CONNECTORS`; also the `source_kind` of its records.
        title: For people.
        settings: What its sources may set; each field has a description, which `textcx sources add` asks with.
        terms: What may be done with what it gives.
        rates: The most requests that it sends; the tightest counts. One budget per credential.
        reread: How far behind the last reading the next one begins.
        every: How often it is read where a source does not say.
        can_backfill: Whether it keeps to `Window.until`, so that older time can be read beside newer. A stream, asked
            for such a window, gives that and ends.
        is_stream: Its reading does not end by itself: it is ended at a current `State`, after `every`, and at once
            goes on; read once, at the first current one.
        is_sent: It is not asked: it sends, by `POST /v1/inbound/SOURCE`.
        most_unreadable_share: Where more of what it gives cannot be read, it has changed its shape: the reading stops.
    """

    name: str
    title: str
    settings: type[ConnectorSettings]
    terms: Terms
    rates: tuple[Rate, ...] = ()
    reread: timedelta = timedelta(days=2)
    every: timedelta = timedelta(hours=1)
    can_backfill: bool = False
    is_stream: bool = False
    is_sent: bool = False
    most_unreadable_share: float = 0.05


@dataclass(frozen=True, slots=True)
class Place:
    """What a connector is built with.

    Attributes:
        settings: As its source's file says, checked against `Spec.settings`.
        fetcher: The one way out: budgets, retries and limits are in it.
        now: The time, which tests set.
    """

    settings: Any
    fetcher: Fetcher
    now: "Clock"


class Clock(Protocol):
    """Gives the time, aware and in UTC."""

    def __call__(self) -> datetime:
        """Return now."""
        ...


class Connector(Protocol):
    """Reads one place; built with a `Place`."""

    @property
    def spec(self) -> Spec:
        """What it declares about itself: an attribute of its class, usually."""
        ...

    def check(self) -> None:
        """Make one cheap call with the source's credential.

        Raises:
            SourceRefusedError: Says which right is missing.
            RetryableError: The source does not answer now.
        """
        ...

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:
        """Give what the source has.

        A stream gives a `State` at least every five seconds, whether something came or not, and says of each whether
        it is current: between two events it may be closed. It goes on for as long as it is let, connecting again
        where it breaks off (`Fetcher.keep_listening`). A reading that ends without an error has read its window.

        Args:
            cursor: As the last `State` said, or None at the first reading.
            window: Which time is wanted. A source with a cursor of its own may give more.

        Raises:
            RetryableError: The source does not answer; what was given before its last `State` counts.
            RunError: It refuses us, or answers with something else than it should.
        """
        ...


class ConnectorClass(Protocol):
    """What `CONNECTORS` names: a class, or anything else that has a `spec` and builds a connector when called."""

    @property
    def spec(self) -> Spec:
        """What its connectors declare about themselves."""
        ...

    def __call__(self, place: Place) -> Connector:
        """Build one."""
        ...


class Registry:
    """Connectors by name.

    Args:
        places: Name -> "package.module:Class", or the class itself.
    """

    def __init__(self, places: Mapping[str, str | ConnectorClass] = CONNECTORS) -> None:
        self._places = places

    def names(self) -> tuple[str, ...]:
        """Return all names, in order."""
        return tuple(sorted(self._places))

    def load(self, name: str) -> ConnectorClass:
        """Return a connector, imported now.

        Raises:
            UnknownNameError: There is none of that name.
        """
        if name not in self._places:
            raise UnknownNameError("connector", name, self._places)
        place = self._places[name]
        if not isinstance(place, str):
            return place
        module, _, class_name = place.partition(":")
        return cast(ConnectorClass, getattr(import_module(module), class_name))
