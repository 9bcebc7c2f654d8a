"""Trustpilot connector: a company's own reviews by the business API, with its replies."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ingest.access_token import AccessToken
from ingest.connector import ConnectorSettings, Cursor, Event, Place, Spec, Terms, Upsert, Window
from ingest.credential import Credential
from ingest.fetch import Rate
from ingest.item import Item, counts, items_of, read_item
from ingest.listing import Listing, plan_listing
from ingest.pages import Page, follow_pages
from ingest.raw import RawRecord

SCOPE = "reviews"
"""Ids are unique in all of Trustpilot, so the webhook and the connector mean the same by one."""


class TrustpilotSettings(ConnectorSettings):
    """Whose reviews, and with which key."""

    base_url: str = "https://api.trustpilot.com"
    business_unit: Annotated[str, Field(pattern=r"^[0-9a-z]{1,40}$", description="Id of the business unit")]
    api_key: Annotated[Credential, Field(description="Where the API key lies")]
    api_secret: Annotated[Credential, Field(description="Where the API secret lies")]
    full_every_days: Annotated[
        int, Field(ge=0, le=30, description="After how many days all reviews are listed, to find those that are gone")
    ] = 7
    page_size: Annotated[int, Field(ge=1, le=100, description="Reviews on a page")] = 100


class Trustpilot:
    """Reads one business unit, newest reviews first. E-mail addresses and order numbers are left at the source."""

    spec: ClassVar = Spec(
        name="trustpilot",
        title="Trustpilot reviews of your own company",
        settings=TrustpilotSettings,
        terms=Terms(
            stored="text, title, author as a pseudonym, stars, likes, location, own replies",
            page="Trustpilot API terms for businesses, read 2026-11; the public site is not read",
            refresh_days=30,
            shown="that the review is from Trustpilot",
        ),
        rates=(Rate(800, 300.0), Rate(9_000, 3600.0)),
        reread=timedelta(days=14),
        every=timedelta(hours=1),
        can_backfill=True,
    )

    def __init__(self, place: Place) -> None:
        self._settings: TrustpilotSettings = place.settings
        self._fetcher = place.fetcher
        self._now = place.now
        self._token: AccessToken | None = None

    def check(self) -> None:
        """Ask for one review."""
        self._ask(1, Window(), size=1)

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:
        """Give reviews and replies back to the window's beginning, and now and then all of them."""
        every = timedelta(days=self._settings.full_every_days)
        listing = plan_listing(cursor, window, every=every, now=self._now())
        for reviews in follow_pages(lambda token: self._page(token, listing)):
            for review in reviews:
                yield from read_item(review, self._review, place=f"review {review.get('id')}")
        yield from listing.end(SCOPE)

    def _page(self, token: str | None, listing: Listing) -> Page[list[Item]]:
        number = int(token or 1)
        reviews = items_of(self._ask(number, listing.window, size=self._settings.page_size), "reviews")
        times = [at for review in reviews if (at := review.time("createdAt")) is not None]
        is_last = not reviews or listing.is_past(times)
        return Page(reviews, None if is_last else str(number + 1))

    def _ask(self, number: int, window: Window, *, size: int) -> Any:
        params: dict[str, Any] = {"page": number, "perPage": size, "orderBy": "createdat.desc"}
        if window.since is not None:
            params["startDateTime"] = window.since.isoformat()
        if window.until is not None:
            params["endDateTime"] = window.until.isoformat()
        url = f"{self._settings.base_url}/v1/private/business-units/{self._settings.business_unit}/reviews"
        return self._fetcher.get_json(url, params=params, headers=self._headers())

    def _headers(self) -> dict[str, str]:
        settings = self._settings
        if self._token is None:
            both = f"{settings.api_key.reveal()}:{settings.api_secret.reveal()}"
            self._token = AccessToken(
                self._fetcher,
                f"{settings.base_url}/v1/oauth/oauth-business-users-for-applications/accesstoken",
                {"grant_type": "client_credentials"},
                secrets={},
                headers={"Authorization": f"Basic {base64.b64encode(both.encode()).decode()}"},
                now=self._now,
            )
        return self._token.headers()

    def _review(self, review: Item) -> Iterator[Upsert]:
        native_id = review.need_id("id")
        facts = {"verified": review.get("isVerified"), "hidden": _is_hidden(review)}
        fields = {
            "kind": "review",
            "text": review.need("text"),
            "title": review.text("title"),
            "language": review.text("language"),
            "author": review.text("consumer", "id") or review.text("consumer", "displayName"),
            "voice": "customer",
            "published_at": review.text("createdAt"),
            "ratings": [{"measure": "stars", "value": review.need("stars"), "lowest": 1, "highest": 5}],
            "subject": {"location": name} if (name := review.text("location", "name")) else None,
            "attributes": {name: "yes" if fact else "no" for name, fact in facts.items() if fact is not None},
            "engagement": counts(likes=review.get("numberOfLikes")),
            "url": f"https://www.trustpilot.com/reviews/{native_id}",
        }
        yield Upsert(self._record(native_id, fields))
        if review.text("companyReply", "text"):
            reply = {
                "kind": "reply",
                "text": review.need("companyReply", "text"),
                "voice": "brand",
                "published_at": review.text("companyReply", "createdAt"),
                "reply_to": native_id,
                "thread": native_id,
            }
            yield Upsert(self._record(f"{native_id}/reply", reply))

    def _record(self, native_id: str, fields: dict[str, Any]) -> RawRecord:
        return RawRecord(
            source_kind="trustpilot",
            scope=SCOPE,
            native_id=native_id,
            place=f"review {native_id}",
            fields=fields,
            collected_at=self._now(),
        )


def _is_hidden(review: Item) -> bool | None:
    """Say whether Trustpilot shows a reported review to nobody, or None where it was not reported."""
    visibility = review.text("reportData", "reviewVisibility")
    return None if visibility is None else visibility == "hidden"
