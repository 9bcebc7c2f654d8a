"""Review site: any site that publishes reviews as schema.org data, its product pages and places of business."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from crawlers.link import Found, Link
from crawlers.spider import OWN_TERMS, CrawlSettings, Spider
from textcx.errors import SourceUnreadableError

if TYPE_CHECKING:
    from crawlers.page import Page


class ReviewSiteSettings(CrawlSettings):
    """Which pages, and whose they are."""

    follow: Annotated[
        tuple[str, ...], Field(description="Links that lead to reviews, * for anything, such as /products/*")
    ] = ()
    own_names: Annotated[tuple[str, ...], Field(description="Names under which you answer reviews")] = ()
    product_brand: Annotated[
        bool, Field(description="Count a review for the brand that its page gives the product, not for the source's")
    ] = False


def _starts(settings: ReviewSiteSettings) -> tuple[Link, ...]:
    return tuple(Link(url, "start") for url in settings.start)


def _read(page: "Page", settings: ReviewSiteSettings) -> Found:
    from crawlers.page import first_page, follow
    from crawlers.pages.index import is_index, read_index
    from crawlers.pages.reviews import read_reviews

    if is_index(page, most_bytes=settings.most_bytes):
        listed = read_index(page, settings.follow, most_bytes=settings.most_bytes)
        return Found(links=tuple(Link(one.url, one.kind) for one in listed))  # its dates tell nothing of the reviews
    own_names = frozenset(name.casefold() for name in settings.own_names)
    reserved = "records" in page.reserves
    records = (
        ()
        if reserved
        else tuple(read_reviews(page, kind=SPIDER.name, own_names=own_names, product_brand=settings.product_brand))
    )
    links = follow(page, settings.follow)
    beginning = first_page(page.url)
    leads_on = any(first_page(link.url) != beginning for link in links)
    if not records and not reserved and not leads_on and page.url != beginning:
        links = ()  # a site may turn empty pages for ever
    if page.kind == "start" and not records and not links and not page.reserves:
        raise SourceUnreadableError("the first page has no reviews and leads to none (`follow` says which links do)")
    return Found(records, links)


SPIDER = Spider(
    name="review_site",
    title="Reviews on a site's own pages",
    settings=ReviewSiteSettings,
    starts=_starts,
    read=_read,
    terms=OWN_TERMS(stored="reviews that the site publishes for search engines; authors as pseudonyms"),
    every=timedelta(days=1),
)
