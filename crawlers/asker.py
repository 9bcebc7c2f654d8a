"""Asker: the one spider that Scrapy knows. It asks for the pages it is told to and tells what they hold."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    DontCloseSpider,
    DownloadCancelledError,
    IgnoreRequest,
)
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from crawlers.frontier import Visit, Waiting
from crawlers.link import Found
from crawlers.messages import Told
from crawlers.page import Page
from crawlers.resolver import PRIVATE
from crawlers.spider import CrawlSettings, Spider
from crawlers.told import IS_PRIVATE, Refused, Resting, Silent, headers_of, wait_of
from ingest.raw import RawRecord
from textcx.errors import SourceUnreadableError

_LONGEST_READING_SECONDS = 20.0
_UNCHANGED, _FAILED, _NOT_FOUND, _TIMED_OUT, _GONE, _FAULTY = 304, 400, 404, 408, 410, 500


class Asker(scrapy.Spider):
    """Asks.

    Args:
        kind: The spider whose pages are read.
        given: The crawl's settings.
        tell: Takes what is told of each page.
        when_open: Called when pages may be asked for.
    """

    name = "asker"

    def __init__(
        self, kind: Spider, given: CrawlSettings, tell: Callable[[Told], None], when_open: Callable[["Asker"], None]
    ) -> None:
        super().__init__()
        self._kind = kind
        self._given = given
        self._tell = tell
        self._when_open = when_open

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **values: Any) -> "Asker":
        """Build it as Scrapy does."""
        spider = super().from_crawler(crawler, *args, **values)
        crawler.signals.connect(spider._opened, signal=signals.spider_opened)
        crawler.signals.connect(spider._idle, signal=signals.spider_idle)
        return spider

    async def start(self) -> Any:
        """Ask for nothing until told."""
        return
        yield

    def ask(self, waiting: Waiting) -> None:
        """Ask for a page."""
        assert self.crawler.engine is not None
        request = Request(
            waiting.link.url,
            callback=self._answered,
            errback=self._failed,
            headers=dict(waiting.validators),
            dont_filter=True,
            meta={"waiting": waiting},
        )
        self.crawler.engine.crawl(request)

    def _answered(self, answer: Response) -> None:
        waiting: Waiting = answer.meta["waiting"]
        if (wait := wait_of(answer)) is not None:
            self._tell(Told(Visit(waiting.link.url, "failed"), wait_seconds=wait))
        elif answer.status == _UNCHANGED:
            self._tell(Told(Visit(waiting.link.url, "unchanged")))
        elif answer.status in (_NOT_FOUND, _GONE):
            self._end(waiting, "gone", f"answers {answer.status}")
        elif answer.status >= _FAULTY or answer.status == _TIMED_OUT:
            self._end(waiting, "failed", f"answers {answer.status}")
        elif answer.status >= _FAILED:
            self._end(waiting, "refused", f"answers {answer.status}")
        else:
            self._read(waiting, answer)

    def _read(self, waiting: Waiting, answer: Response) -> None:
        headers = headers_of(answer)
        page = Page(answer.url, waiting.link.kind, answer.body, headers, datetime.now(UTC))
        try:
            with _bounded(_LONGEST_READING_SECONDS):
                found = self._kind.read(page, self._given)
        except SourceUnreadableError as error:
            self._end(waiting, "failed", str(error).rstrip("."))
        except Exception as error:  # noqa: BLE001 - a page of a strange make must not end the crawl of all others
            self._end(waiting, "refused", f"cannot be read ({type(error).__name__})")
        else:
            self._tell(Told(_visit(waiting, found, headers), found.records))

    def _failed(self, failure: Failure) -> None:
        waiting: Waiting = failure.request.meta["waiting"]  # type: ignore[attr-defined]
        error = failure.value
        host = urlsplit(failure.request.url).hostname  # type: ignore[attr-defined]
        if isinstance(error, Resting):
            self._tell(Told(Visit(waiting.link.url, "failed"), wait_seconds=error.seconds))
        elif isinstance(error, Silent):
            self._end(waiting, "failed", str(error))
        elif isinstance(error, Refused):
            self._end(waiting, "refused", str(error))
        elif isinstance(error, DownloadCancelledError) or (
            isinstance(error, IgnoreRequest) and "MAXSIZE" in str(error)
        ):
            self._end(waiting, "refused", f"has more than {self._given.most_bytes} bytes (most_bytes)")
        elif isinstance(error, IgnoreRequest):
            self._end(waiting, "refused", "redirects for ever")
        elif host in PRIVATE:
            self._end(waiting, "refused", IS_PRIVATE)
        else:
            self._end(waiting, "failed", f"did not answer, or broke off ({type(error).__name__})")

    def _end(self, waiting: Waiting, ending: Any, note: str) -> None:
        self._tell(Told(Visit(waiting.link.url, ending, note)))

    def _opened(self) -> None:
        self._when_open(self)

    def _idle(self) -> None:
        raise DontCloseSpider


@contextmanager
def _bounded(seconds: float) -> Iterator[None]:
    """Break off what takes too long: a page made to keep us busy would keep all others waiting for ever."""

    def break_off(*_: object) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, break_off)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _visit(waiting: Waiting, found: Found, headers: dict[str, str]) -> Visit:
    ids = frozenset(
        (record.scope, record.native_id)
        for record in found.records
        if isinstance(record, RawRecord) and record.native_id is not None
    )
    validators: dict[str, str] = {name: headers[name] for name in ("etag", "last-modified") if name in headers}
    return Visit(
        waiting.link.url,
        "read",
        links=found.links,
        ids=ids,
        gone=found.gone,
        records=len(found.records),
        validators=validators,
    )
