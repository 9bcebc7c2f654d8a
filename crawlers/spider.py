"""Spider: which pages of a site are asked for, and how each is read, as plain functions; and what a crawl is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, cast

from pydantic import Field, field_validator

from crawlers.link import Found, Link, host_of, read_url
from ingest.connector import ConnectorSettings, Terms
from textcx.errors import UnknownNameError

if TYPE_CHECKING:
    from crawlers.page import Page

SPIDERS = {
    "review_site": "crawlers.spiders.review_site:SPIDER",
    "web_pages": "crawlers.spiders.web_pages:SPIDER",
    "discourse": "crawlers.spiders.discourse:SPIDER",
}
"""Name of a spider -> where it is defined."""

OWN_TERMS = partial(
    Terms,
    page="the site's own terms and robots.txt: whoever names the site has read them",
    shown="a link to the page",
    is_official=False,
)


class CrawlSettings(ConnectorSettings):
    """What every crawl is told; a spider extends it.

    Attributes:
        start: Where it begins; no other site is ever asked.
        contact: Stands in our user agent, so that the site's owner can reach whoever runs this.
        pages_per_second: At most, of one site; a site that answers slowly or wants more time gets it.
        at_once: Requests that wait for an answer of one site at the same time.
        most_pages: A crawl does not grow beyond.
        most_bytes: Of one answer, unpacked; what is longer is refused.
        whole_every_days: After so long a page is read again whatever the site says of its last change.
    """

    start: Annotated[tuple[str, ...], Field(min_length=1, description="Addresses where the crawl begins")]
    contact: Annotated[
        str,
        Field(
            pattern=r"^(https?://\S+|mailto:\S+@\S+|[^\s@]+@[^\s@]+\.[^\s@]+)$",
            max_length=200,
            description="A page or e-mail address at which the site's owner reaches you",
        ),
    ]
    pages_per_second: Annotated[float, Field(gt=0, le=100, description="Pages per second at most")] = 1.0
    at_once: Annotated[int, Field(ge=1, le=8, description="Requests at the same time")] = 2
    most_pages: Annotated[int, Field(ge=1, le=1_000_000, description="Pages at most")] = 10_000
    most_bytes: Annotated[int, Field(ge=1024, le=16 * 2**20, description="Bytes of a page at most")] = 5 * 2**20
    whole_every_days: Annotated[
        int, Field(ge=1, le=365, description="Days after which a page is read again though the site calls it unchanged")
    ] = 30

    @field_validator("start", mode="before")
    @classmethod
    def _one_is_a_list(cls, given: Any) -> Any:
        return [given] if isinstance(given, str) else given

    @field_validator("start")
    @classmethod
    def _is_of_the_web(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if not all(url.startswith(("http://", "https://")) and read_url(url, url) for url in given):
            raise ValueError("an address begins with https:// or http://")
        return tuple(read_url(url, url) or url for url in given)

    @property
    def hosts(self) -> frozenset[str]:
        """The sites, with their ports."""
        return frozenset(host_of(url) for url in self.start)


@dataclass(frozen=True)
class Spider:
    """A kind of site.

    Attributes:
        name: As in `SPIDERS`; also the `source_kind` of its records.
        title: For people.
        settings: What its crawls are told.
        starts: The first pages.
        read: What a page holds; raises `SourceUnreadableError` where it is no such page as its kind says.
        terms: What may be done with what it finds.
        every: How often a site is crawled.
        accept: What is asked for.
    """

    name: str
    title: str
    settings: type[CrawlSettings]
    starts: Callable[[Any], tuple[Link, ...]]
    read: "Callable[[Page, Any], Found]"
    terms: Terms = field(default_factory=lambda: OWN_TERMS(stored="what the site shows to everybody"))
    every: timedelta = timedelta(days=1)
    accept: str = "text/html,application/xhtml+xml,application/xml;q=0.9"


def load_spider(name: str) -> Spider:
    """Return a spider, imported now.

    Raises:
        UnknownNameError: There is none of that name.
    """
    if name not in SPIDERS:
        raise UnknownNameError("spider", name, SPIDERS)
    module, _, attribute = SPIDERS[name].partition(":")
    return cast(Spider, getattr(import_module(module), attribute))
