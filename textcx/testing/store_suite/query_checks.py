"""Query checks: the cases of words and fields, what is refused, highlights and facets."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from textcx.errors import QuerySyntaxError, RequestError
from textcx.query.tally import Needs
from textcx.query.tree import (
    And,
    DateRange,
    Everything,
    InField,
    Keyword,
    Near,
    Not,
    NumberRange,
    Phrase,
    Prefix,
    Query,
    Word,
)
from textcx.store.base import LARGEST_PAGE, FacetValue, MentionStore
from textcx.store.cursor import After, relevance_cursor, time_cursor
from textcx.testing.builders import a_mention, annotated
from textcx.testing.store_suite.check import Check, QueryCase, Scene, Stores, fails, finds, same
from textcx.testing.store_suite.field_cases import DATE_CASES, KEYWORD_CASES, NUMBER_CASES, field_scene
from textcx.testing.store_suite.word_cases import WORD_CASES, word_scene

_BORDERS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC))


def _finds_its_case(case: QueryCase, scene: Scene, stores: Stores) -> None:
    finds(stores.showing(scene), case.query, case.finds, scene())


_CASES = tuple(
    Check(f"{kind}: {case.name}", partial(_finds_its_case, case, scene))
    for kind, cases, scene in (
        ("words", WORD_CASES, word_scene),
        ("keywords", KEYWORD_CASES, field_scene),
        ("numbers", NUMBER_CASES, field_scene),
        ("dates", DATE_CASES, field_scene),
    )
    for case in cases
)

_REFUSED: Sequence[tuple[str, Callable[[MentionStore], Any]]] = (
    ("a word in a field that is no keyword", lambda store: store.count(Keyword("stars", "5"))),
    ("a word in a field that there is not", lambda store: store.count(Keyword("mood", "bad"))),
    ("a word in a field that only stores know", lambda store: store.count(Keyword("judgement", "x"))),
    ("a number in a keyword", lambda store: store.count(NumberRange("brand", 1, 2))),
    ("a number that is none", lambda store: store.count(NumberRange("stars", float("nan"), None))),
    ("a number without end", lambda store: store.count(NumberRange("stars", None, float("inf")))),
    ("a date in a number", lambda store: store.count(DateRange("stars"))),
    ("words in a keyword", lambda store: store.count(InField("brand", Word("x")))),
    ("a wrong field deep in a tree", lambda store: store.count(And((Not(Keyword("mood", "bad")),)))),
    ("a facet of a number", lambda store: store.search(Everything(), facets=("stars",))),
    ("a facet of an attribute without a name", lambda store: store.search(Everything(), facets=("attr.",))),
    ("a facet of half a character", lambda store: store.search(Everything(), facets=("attr.\ud800",))),
    ("a breakdown by a field that there is not", lambda store: store.breakdown(Everything(), Needs(), by="mood")),
    ("counts of a field that there is not", lambda store: store.breakdown(Everything(), Needs("mood"), by="brand")),
    ("moments of a keyword", lambda store: store.breakdown(Everything(), Needs(moments="brand"), by="brand")),
    ("a trend by a number", lambda store: store.trend(Everything(), Needs(), borders=_BORDERS, by="nps")),
    ("a trend without an interval", lambda store: store.trend(Everything(), Needs(), borders=_BORDERS[:1])),
    ("borders in the wrong order", lambda store: store.trend(Everything(), Needs(), borders=_BORDERS[::-1])),
    ("borders in one second", lambda store: store.trend(Everything(), Needs(), borders=(_BORDERS[0], _BORDERS[0]))),
    ("a page too large", lambda store: store.search(Everything(), limit=LARGEST_PAGE + 1)),
    ("a page of less than nothing", lambda store: store.search(Everything(), limit=-1)),
    ("an order that there is not", lambda store: store.search(Everything(), sort="odd")),  # type: ignore[arg-type]
)
_REFUSED_CURSORS = ("", "x", "é", "W10", time_cursor("oldest", After(1, "a")), relevance_cursor(1), "\ud800")


def _refuses(ask: Callable[[MentionStore], Any], stores: Stores) -> None:
    store = stores.showing(field_scene)
    fails(lambda: ask(store), RequestError, "a wrong question")


def _refuses_cursors_of_others(stores: Stores) -> None:
    store = stores.showing(field_scene)
    for cursor in _REFUSED_CURSORS:
        fails(lambda given=cursor: store.search(Everything(), cursor=given), QuerySyntaxError, f"cursor {cursor!r}")  # type: ignore[misc]


def _marks_the_words_of_a_query(stores: Stores) -> None:
    text = "Leveransen kom sent. Leveranstiden var för lång, alltför lång!"
    store = stores.holding([annotated(a_mention(text, title="Sen leverans"))])
    cases: tuple[tuple[Query, list[str], list[str]], ...] = (
        (Word("leverans"), ["Leveransen", "Leveranstiden"], ["leverans"]),
        (Phrase(("för", "lång")), ["för lång"], []),
        (Near(Word("tid"), Word("lång"), 2, ordered=True), ["Leveranstiden", "lång"], []),
        (And((Prefix("all"), Not(Word("zebra")))), ["alltför"], []),
        (InField("title", Word("leverans")), [], ["leverans"]),
        (Keyword("brand", "Hyllbo"), [], []),
    )
    for query, in_text, in_title in cases:
        marked = store.search(query).hits[0].highlights
        same([text[start:end] for start, end in marked.get("text", ())], in_text, f"marked by {query}")
        same(["Sen leverans"[start:end] for start, end in marked.get("title", ())], in_title, f"marked by {query}")


def _counts_facets_over_all_hits(stores: Stores) -> None:
    store = stores.showing(field_scene)
    facets = ("brand", "touchpoint", "topic", "attr.region", "attr.rad\nbryt", "stage", "country", "attr.size")
    page = store.search(NumberRange("stars"), limit=1, facets=facets)
    expected = {
        "brand": [(name, 1) for name in ("HYLLBO", "Hyllbo", "Klarvik", "Åby & Söner", "ΟΔΟΣ")],
        "touchpoint": [("delivery", 4), ("customer_service", 1), ("odd:na/me", 1), ("price", 1), ("setup", 1)],
        "topic": [("t1", 2), ("t17", 1), ("t:1/2", 1)],
        "attr.region": [("NORTH", 1), ("North", 1), ("north/west", 1), ("south", 1)],
        "attr.rad\nbryt": [("ja\nnej", 1)],
        "stage": [("receive", 4), ("buy", 1), ("support", 1), ("us/e", 1)],
        "country": [("FI", 1), ("SE", 1)],
        "attr.size": [],
    }
    same(page.facets, {name: tuple(FacetValue(*at) for at in values) for name, values in expected.items()}, "facets")


def _gives_facets_without_hits(stores: Stores) -> None:
    page = stores.showing(field_scene).search(Everything(), limit=0, facets=("voice",))
    same((page.total, page.hits, page.next_cursor), (7, (), None), "a page of no hits")
    same(sum(value.count for value in page.facets["voice"]), 7, "facets of a page of no hits")


def _counts_many_values(stores: Stores) -> None:
    store = stores.holding([annotated(a_mention(name=f"{at}", author=f"author{at:04d}")) for at in range(1500)])
    found = store.search(Everything(), limit=0, facets=("author",)).facets["author"]
    same(found, tuple(FacetValue(f"author{at:04d}", 1) for at in range(1500)), "1,500 values of a facet")


QUERY_CHECKS = (
    *_CASES,
    *(Check(f"refuses {name}", partial(_refuses, ask)) for name, ask in _REFUSED),
    Check("refuses cursors that are none of its own", _refuses_cursors_of_others),
    Check("marks the words of a query", _marks_the_words_of_a_query),
    Check("counts facets over all hits", _counts_facets_over_all_hits),
    Check("gives facets without hits", _gives_facets_without_hits),
    Check("counts each of many values of a facet", _counts_many_values),
)
