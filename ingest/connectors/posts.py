"""Posts: what all connectors of social networks are told and ask of a post."""

from collections.abc import Collection
from typing import Annotated

from pydantic import Field

from ingest.connector import ConnectorSettings


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
