"""Which pages are asked for in the next round, and what counts as gone."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawlers.frontier import Frontier, Visit
from crawlers.link import Link

_NOW = datetime(2026, 11, 20, tzinfo=UTC)
_LIST = Link("https://hyllbo.example/list")


@pytest.fixture
def frontier(memory_folder: Path) -> Iterator[Frontier]:
    one = Frontier(memory_folder / "crawl.db", most_pages=5, whole_every=timedelta(days=30))
    yield one
    one.close()


def _page(number: int, stamp: str | None = None) -> Link:
    return Link(f"https://hyllbo.example/{number}", stamp=stamp)


def _round(frontier: Frontier, pages: dict[str, Visit], *, at: datetime = _NOW) -> list[str]:
    """Visit all that waits, and return what was asked for."""
    frontier.begin([_LIST], anew=False, at=at)
    asked = []
    while waiting := frontier.waiting(1, beside=()):
        url = waiting[0].link.url
        asked.append(url)
        frontier.finish([pages.get(url, Visit(url, "gone", "answers 404"))], at=at)
    return asked


def _site(*pages: Visit, links: tuple[Link, ...]) -> dict[str, Visit]:
    return {one.url: one for one in (Visit(_LIST.url, "read", links=links), *pages)}


def _read(link: Link, *ids: str) -> Visit:
    return Visit(link.url, "read", ids=frozenset(("here", one) for one in ids), records=len(ids))


def test_a_page_is_asked_for_again_only_when_its_stamp_has_changed_or_a_month_has_passed(frontier: Frontier) -> None:
    stamped, plain = _page(1, "monday"), _page(2)
    site = _site(_read(stamped, "a"), _read(plain, "b"), links=(stamped, plain))
    assert _round(frontier, site) == [_LIST.url, stamped.url, plain.url]
    frontier.end_round([])
    assert _round(frontier, site) == [_LIST.url, plain.url]
    frontier.end_round([])
    changed = _site(_read(stamped, "a"), _read(plain, "b"), links=(_page(1, "tuesday"), plain))
    assert stamped.url in _round(frontier, changed)
    frontier.end_round([])
    assert stamped.url in _round(frontier, changed, at=_NOW + timedelta(days=31))


def test_a_page_that_is_no_longer_listed_is_asked_for_once_more(frontier: Frontier) -> None:
    stamped = _page(1, "monday")
    _round(frontier, _site(_read(stamped, "a"), links=(stamped,)))
    frontier.end_round([])
    assert stamped.url in _round(frontier, _site(links=()))
    assert frontier.gone() == []
    frontier.end_round([])
    assert stamped.url not in _round(frontier, _site(links=()))
    assert frontier.gone() == [("here", "a")]


def test_a_record_that_moved_to_another_page_is_not_missing(frontier: Frontier) -> None:
    one, other = _page(1), _page(2)
    _round(frontier, _site(_read(one, "a"), _read(other, "b"), links=(one, other)))
    for _ in range(3):
        frontier.end_round([])
        _round(frontier, _site(_read(one), _read(other, "a", "b"), links=(one, other)))
        assert frontier.gone() == []


def test_while_pages_fail_nothing_counts_as_gone_so_soon(frontier: Frontier) -> None:
    one, other = _page(1), _page(2)
    _round(frontier, _site(_read(one, "a"), _read(other, "b"), links=(one, other)))
    failing = _site(_read(one), Visit(other.url, "failed", "answers 500"), links=(one, other))
    rounds = 0
    while not frontier.gone():
        frontier.end_round([])
        _round(frontier, failing)
        rounds += 1
    assert rounds == 5
    assert list(frontier.notes("failed")) == ["answers 500"]


def test_a_crawl_does_not_grow_beyond_its_bound(frontier: Frontier) -> None:
    links = tuple(_page(number) for number in range(20))
    assert len(_round(frontier, _site(*(_read(link) for link in links), links=links))) == 5
    assert frontier.is_full


def test_an_unread_page_waits_after_a_kill(memory_folder: Path, frontier: Frontier) -> None:
    frontier.begin([_LIST], anew=False, at=_NOW)
    frontier.finish([Visit(_LIST.url, "read", links=(_page(1), _page(2)))], at=_NOW)
    again = Frontier(memory_folder / "crawl.db", most_pages=5, whole_every=timedelta(days=30))
    assert again.finished == 1
    again.begin([_LIST], anew=False, at=_NOW)
    assert [one.link.url for one in again.waiting(9, beside=())] == [_page(1).url, _page(2).url]
    again.close()
