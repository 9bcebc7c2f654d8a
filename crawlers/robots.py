"""Robots: what a site's robots.txt allows us, by RFC 9309: no answer means no, and no such file means yes."""

import asyncio
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from protego import Protego
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Request, Response
from scrapy.http.request import NO_CALLBACK

from crawlers.resolver import PRIVATE
from crawlers.told import IS_PRIVATE, Refused, Resting, Silent, wait_of

OUR_TOKEN = "textcx"
MOST_ROBOTS_BYTES = 512 * 1024
"""At least 500 KiB must be read (RFC 9309, section 2.5); what stands after that is not."""
_KEPT_SECONDS = 86_400.0
_LONGEST_DELAY_SECONDS = 60.0
_FAILED, _FAULTY = 400, 500
_TOO_MANY = 429


@dataclass(frozen=True)
class Rules:
    """What a site allows.

    Attributes:
        file: Its robots.txt, read; None where there is none.
        read_at: When, by the monotonic clock.
    """

    file: Protego | None
    read_at: float

    def allow(self, url: str) -> bool:
        """Say whether a page may be asked for."""
        return self.file is None or bool(self.file.can_fetch(url, OUR_TOKEN))

    @property
    def delay_seconds(self) -> float:
        """How long the site wants us to wait between two requests: no part of the RFC, but a clear wish."""
        delay = self.file.crawl_delay(OUR_TOKEN) if self.file else None
        return min(float(delay or 0.0), _LONGEST_DELAY_SECONDS)


class Robots:
    """Rules by site, asked for once a day.

    Args:
        crawler: Through which they are asked for, at the same pace as pages.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        self._rules: dict[str, Rules] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def rules_of(self, url: str) -> Rules:
        """Return what a page's site allows.

        Raises:
            Silent: It does not answer, or fails: then nothing may be asked.
            Resting: It wants to be left alone for a time.
        """
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        async with self._locks.setdefault(site, asyncio.Lock()):
            rules = self._rules.get(site)
            if rules is None or time.monotonic() - rules.read_at > _KEPT_SECONDS:
                rules = self._rules[site] = await self._ask(f"{site}/robots.txt")
        return rules

    async def _ask(self, url: str) -> Rules:
        assert self._crawler.engine is not None
        meta = {"is_robots": True}
        request = Request(url, callback=NO_CALLBACK, priority=1000, meta=meta, headers={"Accept": "text/plain"})
        try:
            answer: Response = await self._crawler.engine.download_async(request)
        except (Refused, Resting):
            raise
        except IgnoreRequest:  # redirected for ever, or larger than any robots.txt
            raise Silent("robots.txt cannot be read") from None
        except Exception as error:  # noqa: BLE001 - whatever broke it: the site did not say yes
            if urlsplit(url).hostname in PRIVATE:
                raise Refused(IS_PRIVATE) from None
            raise Silent(f"robots.txt does not answer ({type(error).__name__})") from None
        if answer.status == _TOO_MANY or answer.status >= _FAULTY:
            if (wait := wait_of(answer)) is not None:
                raise Resting(wait)
            raise Silent(f"robots.txt answers {answer.status}")
        if answer.status >= _FAILED:
            return Rules(None, time.monotonic())
        text = answer.body[:MOST_ROBOTS_BYTES].decode("utf-8", "ignore").removeprefix("\ufeff")
        return Rules(Protego.parse(text), time.monotonic())
