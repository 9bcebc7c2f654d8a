"""Manners: what is asked, and how fast: only sites that were named, only what robots.txt allows, never too fast."""

from typing import Self
from urllib.parse import urlsplit

from scrapy import Spider
from scrapy.crawler import Crawler
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response

from crawlers.link import host_of
from crawlers.robots import Robots
from crawlers.told import Refused
from ingest.addresses import check_url
from textcx.errors import SourceRefusedError

FLOORS: dict[str, float] = {}
"""Seconds between two requests that a site of this process's crawl asks for, by its name."""


class Manners:
    """Lets through only what may be asked; every request comes by, redirected ones too.

    Args:
        crawler: Whose settings say which sites are ours.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._robots = Robots(crawler)
        self._hosts = frozenset(crawler.settings.getlist("TEXTCX_HOSTS"))
        self._allows_private = crawler.settings.getbool("TEXTCX_ALLOWS_PRIVATE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request go on, or refuse it.

        Raises:
            Refused: It goes to another site, or to what is no site, or robots.txt says no.
            Silent: robots.txt does not answer.
            Resting: The site wants to be left alone.
        """
        try:
            check_url(request.url, allows_private=self._allows_private)
        except SourceRefusedError as error:
            raise Refused(str(error).rstrip(".")) from None
        if request.meta.get("is_robots"):
            return
        if (host := host_of(request.url)) not in self._hosts:
            raise Refused(f"it leads to {host}, which `start` does not name")
        rules = await self._robots.rules_of(request.url)
        if not rules.allow(request.url):
            raise Refused("robots.txt forbids it")
        if rules.delay_seconds:
            self._slow_down(urlsplit(request.url).hostname or "", rules.delay_seconds)

    def _slow_down(self, site: str, seconds: float) -> None:
        FLOORS[site] = seconds
        assert self._crawler.engine is not None
        if (slot := self._crawler.engine.downloader.slots.get(site)) is not None:
            slot.delay, slot.concurrency = max(slot.delay, seconds), 1


class Throttle(AutoThrottle):
    """Goes more slowly where the site is slow, and never faster than its robots.txt wants."""

    def _response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        super()._response_downloaded(response, request, spider)
        key, slot = self._get_slot(request, spider)
        if key is not None and slot is not None and (floor := FLOORS.get(key)):
            slot.delay = max(slot.delay, floor)
            slot.concurrency = 1
