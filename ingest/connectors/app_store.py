"""App Store connector: the public feed of an app's reviews, one for each country's store, without a key."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ingest.connector import ConnectorSettings, Cursor, Event, Place, Spec, Terms, Upsert, Window
from ingest.fetch import Rate
from ingest.item import Item, counts, items_of, read_item
from ingest.raw import RawRecord
from textcx.errors import SourceUnreadableError

_PAGES = 10
"""The feed has ten pages of fifty reviews and no more, whatever an app has."""
_FORMS = (
    "{base}/{country}/rss/customerreviews/page={page}/id={app}/sortBy=mostRecent/json",
    "{base}/{country}/rss/customerreviews/id={app}/page={page}/sortBy=mostRecent/json",
)
"""The same feed answers with nothing at one of these addresses and with reviews at the other, from app to app."""


class AppStoreSettings(ConnectorSettings):
    """Which app, and where it is sold."""

    base_url: str = "https://itunes.apple.com"
    app: Annotated[
        str, Field(pattern=r"^\d{1,20}$", description="The app's number: the digits after id in its address")
    ]
    countries: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z]{2}$")], ...],
        Field(min_length=1, description="Countries whose stores are read, such as [se, dk, no, fi]"),
    ] = ("se",)
    pages: Annotated[int, Field(ge=1, le=_PAGES, description="How many of the ten pages are read")] = _PAGES


class AppStore:
    """Reads one app's reviews. An edited review keeps its id and moves to the top with a new time."""

    spec: ClassVar = Spec(
        name="app_store",
        title="App Store reviews",
        settings=AppStoreSettings,
        terms=Terms(
            stored="text, title, author as a pseudonym, stars, version, votes, link",
            page="Apple Media Services Terms and Conditions, read 2026-11",
        ),
        rates=(Rate(20, 60.0),),
        reread=timedelta(days=14),
        every=timedelta(hours=2),
    )

    def __init__(self, place: Place) -> None:
        self._settings: AppStoreSettings = place.settings
        self._fetcher = place.fetcher
        self._now = place.now

    def check(self) -> None:
        """Ask for the first page."""
        self._page(_FORMS[0], self._settings.countries[0], 1)

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:  # noqa: ARG002 - it needs none
        """Give the reviews of each country, newest first, back to the window's beginning."""
        for country in self._settings.countries:
            yield from self._country(country, window)

    def _country(self, country: str, window: Window) -> Iterator[Event]:
        form = _FORMS[0]
        for number in range(1, self._settings.pages + 1):
            reviews = self._page(form, country, number)
            if number == 1 and not reviews:
                form = _FORMS[1]
                reviews = self._page(form, country, number)
            times = [at for review in reviews if (at := review.time("updated", "label")) is not None]
            for review in reviews:
                if window.holds(review.time("updated", "label")):
                    place = f"{country} review {review.get('id', 'label')}"
                    yield from read_item(review, lambda one: self._review(one, country), place=place)
            if times and window.since is not None and max(times) < window.since:
                return  # an empty page in the middle is no end, a page of old reviews is

    def _page(self, form: str, country: str, number: int) -> list[Item]:
        settings = self._settings
        page: Any = self._fetcher.get_json(
            form.format(base=settings.base_url, country=country, app=settings.app, page=number)
        )
        if not isinstance(page, dict) or not isinstance(feed := page.get("feed"), dict):
            raise SourceUnreadableError("The App Store's page has no feed; it seems to have changed its shape.")
        found = feed.get("entry", [])
        entries = items_of({"entry": [found] if isinstance(found, dict) else found}, "entry")
        return [entry for entry in entries if entry.get("im:rating") is not None or entry.get("content") is None]

    def _review(self, review: Item, country: str) -> Iterator[Upsert]:
        native_id = review.need_id("id", "label")
        subject = {"country": country.upper(), "app_version": review.text("im:version", "label")}
        yield Upsert(
            RawRecord(
                source_kind="app_store",
                scope=f"{self._settings.app}/{country}",
                native_id=native_id,
                place=f"{country} review {native_id}",
                fields={
                    "kind": "review",
                    "text": review.need("content", "label"),
                    "title": review.text("title", "label"),
                    "author": review.text("author", "uri", "label") or review.text("author", "name", "label"),
                    "voice": "customer",
                    "published_at": review.text("updated", "label"),
                    "ratings": [
                        {"measure": "stars", "value": review.need("im:rating", "label"), "lowest": 1, "highest": 5}
                    ],
                    "subject": {name: value for name, value in subject.items() if value},
                    "engagement": counts(likes=review.get("im:voteSum", "label")),
                    "url": review.text("link", "attributes", "href"),
                },
                collected_at=self._now(),
            )
        )
