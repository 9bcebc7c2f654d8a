"""Google Business Profile connector: reviews of a company's own places, with the owner's replies."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, ClassVar

import regex
from pydantic import Field

from ingest.access_token import AccessToken
from ingest.connector import ConnectorSettings, Cursor, Event, Place, Spec, Terms, Upsert, Window
from ingest.credential import Credential
from ingest.fetch import Rate
from ingest.item import Item, items_of, read_item
from ingest.listing import Listing, plan_listing
from ingest.pages import Page, follow_pages
from ingest.raw import RawRecord
from textcx.errors import UnreadableRecordError

_STARS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5}
_SCOPE = "reviews"
_ORIGINAL = regex.compile(r"\(Original\)\s*(.+)\Z", regex.DOTALL)
_TRANSLATED = regex.compile(r"\n+\(Translated by Google\).*\Z", regex.DOTALL)
_PLACE = r"^accounts/[0-9]{1,30}/locations/[0-9]{1,30}$"


class GoogleBusinessSettings(ConnectorSettings):
    """Which places, and who may read them."""

    base_url: str = "https://mybusiness.googleapis.com"
    token_url: Annotated[str, Field(description="Where access tokens are given")] = (
        "https://oauth2.googleapis.com/token"
    )
    locations: Annotated[
        tuple[Annotated[str, Field(pattern=_PLACE)], ...],
        Field(min_length=1, description="Places, each as accounts/NUMBER/locations/NUMBER"),
    ]
    client_id: Annotated[str, Field(min_length=1, description="Client id of your Google Cloud project")]
    client_secret: Annotated[Credential, Field(description="Where its client secret lies")]
    refresh_token: Annotated[Credential, Field(description="Where the owner's refresh token lies (business.manage)")]
    full_every_days: Annotated[
        int, Field(ge=0, le=30, description="After how many days all reviews are listed, to find those that are gone")
    ] = 7


class GoogleBusiness:
    """Reads some places, reviews changed last first. Google tells of no deletion: they are found by full listings."""

    spec: ClassVar = Spec(
        name="google_business",
        title="Google reviews of your own places",
        settings=GoogleBusinessSettings,
        terms=Terms(
            stored="text, author as a pseudonym, stars, own replies, place",
            page="Google Business Profile APIs policies, read 2026-11",
            refresh_days=30,
            shown="that the review is from Google",
        ),
        rates=(Rate(200, 60.0),),
        reread=timedelta(days=14),
        every=timedelta(hours=1),
    )

    def __init__(self, place: Place) -> None:
        settings: GoogleBusinessSettings = place.settings
        self._settings = settings
        self._fetcher = place.fetcher
        self._now = place.now
        self._token = AccessToken(
            place.fetcher,
            settings.token_url,
            {"grant_type": "refresh_token", "client_id": settings.client_id},
            secrets={"client_secret": settings.client_secret, "refresh_token": settings.refresh_token},
            now=place.now,
        )

    def check(self) -> None:
        """Ask for one review of each place."""
        for location in self._settings.locations:
            self._ask(location, {"pageSize": 1})

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:
        """Give what was written or changed in the window, and now and then everything."""
        every = timedelta(days=self._settings.full_every_days)
        listing = plan_listing(cursor, window, every=every, now=self._now())
        for location in self._settings.locations:
            yield from self._location(location, listing)
        yield from listing.end(_SCOPE)

    def _location(self, location: str, listing: Listing) -> Iterator[Event]:
        def ask(token: str | None) -> Page[list[Item]]:
            page = self._ask(location, {"pageSize": 50, "orderBy": "updateTime desc", "pageToken": token})
            reviews = items_of({"reviews": [], **page} if isinstance(page, dict) else page, "reviews")
            times = [at for review in reviews if (at := review.time("updateTime")) is not None]
            return Page(reviews, None if listing.is_past(times) else page.get("nextPageToken"))

        for reviews in follow_pages(ask):
            for review in reviews:
                place = f"{location} review {review.get('reviewId')}"
                yield from read_item(review, lambda one: self._review(one, location), place=place)

    def _ask(self, location: str, params: dict[str, Any]) -> Any:
        asked = {name: value for name, value in params.items() if value is not None}
        url = f"{self._settings.base_url}/v4/{location}/reviews"
        return self._fetcher.get_json(url, params=asked, headers=self._token.headers())

    def _review(self, review: Item, location: str) -> Iterator[Upsert]:
        native_id = review.need_id("reviewId")
        if (stars := _STARS.get(review.need("starRating"))) is None:
            raise UnreadableRecordError("field 'starRating' is none of ONE to FIVE")
        place = location.rpartition("/")[2]
        fields = {
            "kind": "review",
            "text": original_of(review.text("comment") or ""),
            "author": None if review.get("reviewer", "isAnonymous") else review.text("reviewer", "displayName"),
            "voice": "customer",
            "published_at": review.text("createTime"),
            "ratings": [{"measure": "stars", "value": stars, "lowest": 1, "highest": 5}],
            "subject": {"location": place},
        }
        yield Upsert(self._record(native_id, fields))
        if review.text("reviewReply", "comment"):
            reply = {
                "kind": "reply",
                "text": original_of(review.need("reviewReply", "comment")),
                "voice": "brand",
                "published_at": review.text("reviewReply", "updateTime"),
                "subject": {"location": place},
                "reply_to": native_id,
                "thread": native_id,
            }
            yield Upsert(self._record(f"{native_id}/reply", reply))

    def _record(self, native_id: str, fields: dict[str, Any]) -> RawRecord:
        return RawRecord(
            source_kind="google_business",
            scope=_SCOPE,
            native_id=native_id,
            place=f"review {native_id}",
            fields=fields,
            collected_at=self._now(),
        )


def original_of(comment: str) -> str:
    r"""Return what somebody wrote, without Google's translation, which stands before or after it.

    Example:
        >>> original_of("(Translated by Google) Good.\n\n(Original)\nBra.")
        'Bra.'
        >>> original_of("Bra.\n\n(Translated by Google)\nGood.")
        'Bra.'
    """
    if match := _ORIGINAL.search(comment):
        return match[1]
    return _TRANSLATED.sub("", comment)
