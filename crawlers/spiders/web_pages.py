"""Web pages: articles and posts that a site names in its feeds and sitemaps."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from crawlers.link import Found, Link
from crawlers.spider import OWN_TERMS, CrawlSettings, Spider

if TYPE_CHECKING:
    from crawlers.page import Page


class WebPagesSettings(CrawlSettings):
    """Which pages, and how much of each."""

    follow: Annotated[
        tuple[str, ...], Field(description="Which of the pages that are listed, * for anything, such as /news/*")
    ] = ("/*",)
    most_characters: Annotated[
        int, Field(ge=0, description="Of each text, from its beginning; 0 for all, where you have the right to it")
    ] = 2_000
    voice: Annotated[
        Literal["press", "brand", "unknown"], Field(description="Whose the pages are: press, brand or unknown")
    ] = "press"


def _starts(settings: WebPagesSettings) -> tuple[Link, ...]:
    return tuple(Link(url, "index") for url in settings.start)


def _read(page: "Page", settings: WebPagesSettings) -> Found:
    from crawlers.pages.article import read_article
    from crawlers.pages.index import read_index

    if page.kind == "index":
        return Found(links=read_index(page, settings.follow, most_bytes=settings.most_bytes))
    if "records" in page.reserves:
        return Found()
    article = read_article(page, kind=SPIDER.name, most_characters=settings.most_characters, voice=settings.voice)
    return Found((article,) if article else ())


SPIDER = Spider(
    name="web_pages",
    title="Articles named by feeds and sitemaps",
    settings=WebPagesSettings,
    starts=_starts,
    read=_read,
    terms=OWN_TERMS(stored="the beginning of each article, and its address"),
    every=timedelta(hours=6),
    accept="application/rss+xml,application/atom+xml,application/xml;q=0.9,text/html;q=0.9,*/*;q=0.5",
)
