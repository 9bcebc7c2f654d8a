"""Page checks: pages are complete and in order, whatever is written meanwhile; export and the range of dates."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from textcx.annotation import AnnotatedMention
from textcx.mention import paging_key
from textcx.query.tree import Everything, Exact, Or, Query, Word
from textcx.store.base import Hit, MentionStore, Sort
from textcx.testing.builders import NOON, a_mention, annotated, id_of
from textcx.testing.store_suite.check import Check, Stores, same
from textcx.testing.store_suite.field_cases import field_scene

_FIRST_BITS = "abcdef0"


def _walk(
    store: MentionStore,
    query: Query,
    sort: Sort,
    *,
    limit: int,
    between_pages: Callable[[int], None] | None = None,
) -> list[Hit]:
    """Return all hits of all pages."""
    hits: list[Hit] = []
    cursor: str | None = None
    for number in range(1000):
        page = store.search(query, sort=sort, limit=limit, cursor=cursor)
        hits += page.hits
        if page.next_cursor is None:
            return hits
        same(len(page.hits), limit, "hits of a page that is not the last")
        cursor = page.next_cursor
        if between_pages is not None:
            between_pages(number)
    message = "the pages never end"
    raise AssertionError(message)


def _ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.annotated.mention.id for hit in hits]


def _by_time(mentions: Sequence[AnnotatedMention], *, newest_first: bool) -> list[str]:
    sign = -1 if newest_first else 1
    places = [(sign * paging_key(one.mention.published_at, one.mention.id), one.mention.id) for one in mentions]
    return [identifier for _, identifier in sorted(places)]


def _at_hours(count: int, *, prefix: str = "") -> list[AnnotatedMention]:
    return [
        annotated(a_mention("ord", name=f"{prefix}{at}", published_at=NOON + timedelta(hours=at % 7)))
        for at in range(count)
    ]


def _gives_pages_by_time(stores: Stores) -> None:
    mentions = [*_at_hours(20), *(annotated(a_mention(name=f"undated{at}", published_at=None)) for at in range(5))]
    store = stores.holding(mentions)
    for limit in (1, 3, 24, 25, 26):
        same(_ids(_walk(store, Everything(), "newest", limit=limit)), _by_time(mentions, newest_first=True), "newest")
        same(_ids(_walk(store, Everything(), "oldest", limit=limit)), _by_time(mentions, newest_first=False), "oldest")


def _gives_equal_keys_by_id(stores: Stores) -> None:
    # The paging key holds 31 bits of an id: these differ only in what it leaves out.
    equal = [
        annotated(a_mention("ord", identifier=f"{_FIRST_BITS}{digit}{'0' * 55}{letter}"))
        for digit in "01"
        for letter in "0123456789abcdef"
    ]
    same(len({paging_key(one.mention.published_at, one.mention.id) for one in equal}), 1, "paging keys")
    others = _at_hours(3)
    store = stores.holding([*equal, *others])
    for sort, newest_first in (("newest", True), ("oldest", False)):
        expected = _by_time([*equal, *others], newest_first=newest_first)
        for limit in (1, 2, 5, 16, 33, 35):
            same(_ids(_walk(store, Word("ord"), sort, limit=limit)), expected, f"{sort} by {limit}")  # type: ignore[arg-type]


def _sorts_dates_no_key_holds_as_the_oldest_and_newest(stores: Stores) -> None:
    early = [annotated(a_mention(name=f"{at}", published_at=datetime(1960, 1, at, tzinfo=UTC))) for at in (1, 2)]
    late = [annotated(a_mention(name=f"l{at}", published_at=datetime(2200, 1, at, tzinfo=UTC))) for at in (1, 2)]
    undated = annotated(a_mention(name="undated", published_at=None))
    now = annotated(a_mention(name="now"))
    store = stores.holding([*early, now, *late, undated])
    found = _ids(_walk(store, Everything(), "newest", limit=2))
    same(sorted(found[:2]), sorted(one.mention.id for one in late), "the newest")
    same(found[2], now.mention.id, "the middle")
    same(sorted(found), sorted(set(found)), "all of them once")
    same(_ids(_walk(store, Everything(), "oldest", limit=2))[3], now.mention.id, "the middle from the other end")


def _keeps_its_pages_while_writes_go_on(stores: Stores) -> None:
    mentions = _at_hours(30)
    for sort, newest_first in (("newest", True), ("oldest", False)):
        store = stores.holding(mentions)

        def write(page: int, store: MentionStore = store) -> None:
            added = [
                annotated(a_mention("nytt", name=f"early{page}", published_at=NOON - timedelta(days=1))),
                annotated(a_mention("nytt", name=f"late{page}", published_at=NOON + timedelta(days=1))),
                annotated(a_mention("ord", name="0", version=10 + page)),
            ]
            store.put(added)
            store.refresh()

        old = {one.mention.id for one in mentions}
        found = [one for one in _ids(_walk(store, Everything(), sort, limit=4, between_pages=write)) if one in old]  # type: ignore[arg-type]
        same(found, _by_time(mentions, newest_first=newest_first), f"{sort} while writes go on")


def _goes_on_after_a_hit_that_is_gone(stores: Stores) -> None:
    mentions = _at_hours(10)
    expected = _by_time(mentions, newest_first=True)
    store = stores.holding(mentions)
    page = store.search(Everything(), limit=4)
    store.forget([expected[3]])
    store.refresh()
    rest = store.search(Everything(), limit=10, cursor=page.next_cursor)
    same(_ids(page.hits) + _ids(rest.hits), expected, "pages around an erased mention")


def _gives_all_by_relevance(stores: Stores) -> None:
    texts = {"often": "leverans leverans leverans", "once": "leverans", "long": "leverans " + "och så vidare " * 40}
    others = _at_hours(5)
    store = stores.holding([*(annotated(a_mention(text, name=name)) for name, text in texts.items()), *others])
    query = Or((Word("leverans"), Exact("ord")))
    hits = _walk(store, query, "relevance", limit=3)
    same(sorted(_ids(hits)), sorted([*map(id_of, texts), *(one.mention.id for one in others)]), "all by relevance")
    same([hit.score is None for hit in hits], [False] * 8, "scores that are missing")
    same([hit.score for hit in store.search(query).hits], [None] * 8, "scores by time")
    scores = [hit.score or 0.0 for hit in hits]
    same(scores, sorted(scores, reverse=True), "scores from the highest down")


def _exports_all_in_order(stores: Stores) -> None:
    mentions = _at_hours(40)
    store = stores.holding(mentions)
    same([one.mention.id for one in store.export(Everything())], _by_time(mentions, newest_first=True), "export")
    same(list(store.export(Word("zebra"))), [], "export of nothing")
    one = next(store.export(Everything()))
    same(one, next(other for other in mentions if other.mention.id == one.mention.id), "an exported mention")


def _exports_what_there_was_when_it_began(stores: Stores) -> None:
    mentions = _at_hours(20)
    store = stores.holding(mentions)
    exported = store.export(Everything())
    store.put(_at_hours(20, prefix="later"))
    store.refresh()
    same([one.mention.id for one in exported], _by_time(mentions, newest_first=True), "export while writes go on")


def _tells_the_range_of_dates(stores: Stores) -> None:
    store = stores.showing(field_scene)
    early, late = datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), datetime(2150, 1, 1, tzinfo=UTC)
    same(store.published_range(Everything()), (early, late), "the range of all dates, in whole seconds")
    same(store.published_range(Exact("zebra")), None, "the range of no dates")


PAGE_CHECKS = (
    Check("gives pages by time, complete and in order", _gives_pages_by_time),
    Check("gives mentions of an equal paging key by id", _gives_equal_keys_by_id),
    Check(
        "sorts dates outside of paging keys as oldest and newest", _sorts_dates_no_key_holds_as_the_oldest_and_newest
    ),
    Check("keeps its pages while writes go on", _keeps_its_pages_while_writes_go_on),
    Check("goes on after a hit that is gone", _goes_on_after_a_hit_that_is_gone),
    Check("gives all hits by relevance", _gives_all_by_relevance),
    Check("exports all in order", _exports_all_in_order),
    Check("exports what there was when it began", _exports_what_there_was_when_it_began),
    Check("tells the range of dates", _tells_the_range_of_dates),
)
