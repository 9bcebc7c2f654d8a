"""Posts: what all connectors of social networks are told and ask of a post, and how often posts are listed."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field

from ingest.connector import ConnectorSettings, Cursor, Spec, Terms, Window
from ingest.fetch import Rate
from ingest.listing import Listing, plan_listing


class PostSettings(ConnectorSettings):
    """Whose posts are the brand's, and in which languages they are wanted."""

    own_accounts: Annotated[
        tuple[str, ...],
        Field(description="Your own accounts, such as acme.example or acme@mastodon.social: what they write is yours"),
    ] = ()
    languages: Annotated[tuple[str, ...], Field(description="Only posts declared to be in these, such as sv")] = ()

    def wants_language(self, declared: Collection[str]) -> bool:
        """Say whether a post in these languages is wanted; one that declares none is."""
        spoken = {language.partition("-")[0].lower() for language in declared}
        return not self.languages or not spoken or not spoken.isdisjoint(self.languages)


class ListedPostSettings(PostSettings):
    """The same where nobody tells of deletions, so that all posts are listed now and then."""

    full_every_days: Annotated[
        int, Field(ge=0, le=30, description="After how many days all posts are listed, to find those that are gone")
    ] = 1

    def listing(self, cursor: Cursor | None, window: Window, *, now: datetime) -> Listing:
        """Return how far back a reading goes."""
        return plan_listing(cursor, window, every=timedelta(days=self.full_every_days), now=now)


def listed_posts(
    name: str, title: str, settings: type[ListedPostSettings], *, terms: Terms, rates: tuple[Rate, ...]
) -> Spec:
    """Return what a connector declares that lists posts, the newest first, as far back as is wanted."""
    return Spec(
        name=name,
        title=title,
        settings=settings,
        terms=terms,
        rates=rates,
        reread=timedelta(days=3),
        every=timedelta(minutes=10),
        can_backfill=True,
    )
