"""Crawl: a spider as a connector. It lets a process of its own ask the site, and keeps what that process finds.

The process has no memory: it is told which pages to ask for, and tells what they held. All that must survive is kept
on this side, in the frontier, and only after the records of a page are in the inbox.
"""

import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import orjson

from crawlers.frontier import Ending, Frontier, Visit
from crawlers.messages import Order, Told
from crawlers.process import AskingProcess
from crawlers.spider import SPIDERS, CrawlSettings, Spider, load_spider
from ingest.connector import (
    ConnectorClass,
    Cursor,
    Delete,
    Event,
    Gap,
    Place,
    RateLimited,
    Spec,
    State,
    Upsert,
    Window,
)
from ingest.raw import RawRecord
from textcx.errors import SourceRefusedError, SourceUnavailableError, SourceUnreadableError

_NAME = re.compile(r"[0-9a-f]{16}")
_AT_ONCE = 12
"""Pages that the asking process knows of: enough for its pace, few enough to be asked again after a kill."""
_BATCH_PAGES = 8
_QUIET_SECONDS = 0.2
_CHECK_SECONDS = 120.0
_MOST_FAILURES_IN_A_ROW = 12
_MOST_RESTING = 50


def crawl_connectors(folder: Path) -> Mapping[str, ConnectorClass]:
    """Return all spiders as connectors, by name; none is imported yet.

    Args:
        folder: The data folder, where frontiers lie.
    """
    return {name: CrawlConnector(name, folder) for name in SPIDERS}


class CrawlConnector:
    """One spider as a kind of source: gives a `Crawl` for each place."""

    def __init__(self, name: str, folder: Path) -> None:
        self._name = name
        self._folder = folder

    @cached_property
    def spec(self) -> Spec:
        """What it declares about itself."""
        spider = load_spider(self._name)
        return Spec(
            name=spider.name, title=spider.title, settings=spider.settings, terms=spider.terms, every=spider.every
        )

    def __call__(self, place: Place) -> "Crawl":
        """Build the crawl of a site."""
        return Crawl(load_spider(self._name), place, self._folder)


@dataclass
class _Underway:
    """What of a round is under way: pages asked for, ended but not yet noted, and failed and to be tried again."""

    asked: set[str] = field(default_factory=set)
    ended: list[Visit] = field(default_factory=list)
    resting: set[str] = field(default_factory=set)
    tries: Counter[str] = field(default_factory=Counter)
    failures: int = 0
    limits: int = 0

    @property
    def urls(self) -> set[str]:
        return self.asked | self.resting | {visit.url for visit in self.ended}


class Crawl:
    """The crawl of one site, as a `Connector`.

    Args:
        spider: Which.
        place: The site, in `place.settings`.
        folder: The data folder.
    """

    def __init__(self, spider: Spider, place: Place, folder: Path) -> None:
        self.spec = CrawlConnector(spider.name, folder).spec
        self._name = ""
        self._spider = spider
        self._settings: CrawlSettings = place.settings
        self._now = place.now
        self._sleep = place.fetcher.sleep
        self._limits = place.fetcher.limits
        written = self._settings.model_dump(mode="json")
        self._order = Order(spider=spider.name, settings=written, allows_private=place.fetcher.allows_private)
        self._folder = folder / "crawls" / sha256(orjson.dumps([spider.name, *self._settings.start])).hexdigest()[:24]

    def check(self) -> None:
        """Ask for the first page.

        Raises: as `Connector.check`.
        """
        with AskingProcess(self._order) as process:
            process.ask_link(self._spider.starts(self._settings)[0])
            told = process.hear(timeout_seconds=_CHECK_SECONDS)
        if told is None or told.wait_seconds is not None or told.visit.ending == "failed":
            raise SourceUnavailableError(f"The first page could not be read: {told.visit.note if told else 'no word'}.")
        if told.visit.ending in ("refused", "gone"):
            raise SourceRefusedError(f"The first page may not be read: {told.visit.note}.")

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:  # noqa: ARG002 - rounds need none
        """Give what the pages hold, from where the last reading ended; a round that has ended begins anew.

        Raises: as `Connector.read`.
        """
        whole_every = timedelta(days=self._settings.whole_every_days)
        self._name = _name(cursor)
        path = self._folder / f"{self._name}.db"
        with closing(Frontier(path, most_pages=self._settings.most_pages, whole_every=whole_every)) as frontier:
            if cursor is not None:
                self._remove_others()
            # the inbox knows less than the frontier: an older backup was put back
            anew = cursor is not None and int(cursor.get("finished", 0)) < frontier.finished
            frontier.begin(self._spider.starts(self._settings), anew=anew, at=self._now())
            with AskingProcess(self._order) as process:
                yield from self._visit_all(frontier, process)
            yield from self._end_round(frontier)

    def _remove_others(self) -> None:
        """Remove what readings left that nothing was kept of: a trial, a first one that was killed at once."""
        for path in self._folder.iterdir():
            if not path.name.startswith(f"{self._name}.db"):
                path.unlink(missing_ok=True)

    def _visit_all(self, frontier: Frontier, process: AskingProcess) -> Iterator[Event]:
        underway = _Underway()
        while True:
            if len(underway.asked) <= _AT_ONCE // 2:
                for waiting in frontier.waiting(_AT_ONCE - len(underway.asked), beside=underway.urls):
                    process.ask(waiting)
                    underway.asked.add(waiting.link.url)
            if not underway.asked:
                yield from self._keep(frontier, underway)
                if not underway.resting:
                    if frontier.waiting(1, beside=()):
                        continue
                    return
                self._rest(underway)
                continue
            told = process.hear(timeout_seconds=_QUIET_SECONDS)
            if told is not None:
                yield from self._take(told, frontier, underway)
            if told is None or len(underway.ended) >= _BATCH_PAGES:
                yield from self._keep(frontier, underway)

    def _take(self, told: Told, frontier: Frontier, underway: _Underway) -> Iterator[Event]:
        """Give what a page held; one that failed is asked for again after the others."""
        visit = told.visit
        underway.asked.discard(visit.url)
        if told.wait_seconds is not None:
            yield from self._keep(frontier, underway)
            underway.limits += 1
            if told.wait_seconds > self._limits.longest_wait_seconds or underway.limits > 4 * self._limits.attempts:
                yield RateLimited(self._now() + timedelta(seconds=told.wait_seconds))
            self._sleep(told.wait_seconds)
            return
        underway.limits = 0
        if visit.ending == "failed":
            underway.failures += 1
            underway.tries[visit.url] += 1
            if underway.tries[visit.url] < self._limits.attempts:
                underway.resting.add(visit.url)
                if underway.failures >= _MOST_FAILURES_IN_A_ROW:
                    yield from self._keep(frontier, underway)
                    raise SourceUnavailableError(f"{underway.failures} pages in a row failed: {visit.note}.")
                if len(underway.resting) >= _MOST_RESTING:
                    self._rest(underway)
                return
        else:
            underway.failures = 0
        for record in told.records:
            yield Upsert(replace(record, collected_at=self._now())) if isinstance(record, RawRecord) else record
        underway.ended.append(visit)

    def _rest(self, underway: _Underway) -> None:
        """Wait, ever longer, before pages that failed are asked for again."""
        tried = max(underway.tries[url] for url in underway.resting)
        self._sleep(min(self._limits.longest_wait_seconds, 2.0 ** (tried - 1)))
        underway.resting.clear()

    def _keep(self, frontier: Frontier, underway: _Underway) -> Iterator[Event]:
        """Let everything be written, then note which pages are done: whoever reads on has written what came before."""
        if not (visits := underway.ended):
            return
        underway.ended = []
        for scope, native_id in (one for visit in visits for one in visit.gone):
            yield Delete(scope, native_id, reason="taken away, says the site")
        yield State({"v": 1, "crawl": self._name, "finished": frontier.finished + len(visits)})
        frontier.finish(visits, at=self._now())

    def _end_round(self, frontier: Frontier) -> Iterator[Event]:
        endings = frontier.endings()
        for link in self._spider.starts(self._settings):
            state, note = frontier.ending_of(link.url)
            if state == "failed":
                raise SourceUnavailableError(f"A page where the crawl begins could not be read: {note}.")
            if state in ("refused", "gone"):
                raise SourceRefusedError(f"A page where the crawl begins may not be read: {note}.")
        if not frontier.has_records:
            frontier.ask_all_again()
            message = f"None of {endings.get('read', 0)} pages holds what {self.spec.name} looks for."
            raise SourceUnreadableError(f"{message} Is `start` right, and does the source's file name more pages?")
        meanings: dict[Ending, str] = {"failed": "could not be read", "refused": "may not be read"}
        for ending, meaning in meanings.items():
            if count := endings.get(ending):
                yield Gap(f"{count} pages {meaning}: {'; '.join(frontier.notes(ending))}")
        if frontier.is_full:
            yield Gap(f"only the first {self._settings.most_pages} pages were read (most_pages)")
        gone = frontier.gone()
        for scope, native_id in gone:
            yield Delete(scope, native_id, reason="no longer found")
        frontier.end_round(gone)


def _name(cursor: Cursor | None) -> str:
    """Return the name of the crawl that a cursor goes on with, or a new one."""
    name = str(cursor.get("crawl", "")) if cursor is not None else ""
    return name if _NAME.fullmatch(name) else secrets.token_hex(8)
