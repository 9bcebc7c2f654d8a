"""Discourse: the public topics of a forum, as JSON."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urljoin

from pydantic import Field

from crawlers.link import Found, Link
from crawlers.spider import OWN_TERMS, CrawlSettings, Spider

if TYPE_CHECKING:
    from crawlers.page import Page


class DiscourseSettings(CrawlSettings):
    """Which forum, and who writes for you there."""

    own_accounts: Annotated[tuple[str, ...], Field(description="Accounts that write for you")] = ()
    staff_is_brand: Annotated[bool, Field(description="Whether the forum is yours, and so what its staff writes")] = (
        False
    )
    fresh_days: Annotated[
        int, Field(ge=0, le=90, description="Topics active in so many days are read each time, to find edits")
    ] = 7


def _base(start: str) -> str:
    return start if start.endswith("/") else f"{start}/"


def _starts(settings: DiscourseSettings) -> tuple[Link, ...]:
    return tuple(Link(urljoin(_base(url), "latest.json"), "topics") for url in settings.start)


def _read(page: "Page", settings: DiscourseSettings) -> Found:
    from crawlers.pages.forum import TOPICS, read_posts, read_topics

    base = next((_base(url) for url in settings.start if page.url.startswith(_base(url))), urljoin(page.url, "/"))
    if page.kind == TOPICS:
        return read_topics(page, base=base, fresh=timedelta(days=settings.fresh_days))
    own_accounts = frozenset(name.casefold() for name in settings.own_accounts)
    return read_posts(
        page, kind=SPIDER.name, base=base, own_accounts=own_accounts, staff_is_brand=settings.staff_is_brand
    )


SPIDER = Spider(
    name="discourse",
    title="A forum that runs Discourse",
    settings=DiscourseSettings,
    starts=_starts,
    read=_read,
    terms=OWN_TERMS(stored="public posts; accounts as pseudonyms"),
    every=timedelta(hours=6),
    accept="application/json",
)
