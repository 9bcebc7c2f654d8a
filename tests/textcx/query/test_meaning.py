"""What a query finds, from its text to the mentions: the grammar's trees mean what its page says."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from textcx.query.tree import Query
from textcx.testing import ListStore, a_mention, a_rating, annotated, id_of
from textcx.words import Lemmas

STARS_1, STARS_4, NPS_9 = a_rating("stars", 1), a_rating("stars", 4), a_rating("nps", 9, lowest=0, highest=10)
MENTIONS = (
    annotated(
        a_mention("Leveranstiden var lång och paketen är försenade.", name="late", brand="Hyllbo", ratings=[STARS_1]),
        sentiment="negative",
        touchpoints=["receive:delivery/negative", "buy:price/positive"],
    ),
    annotated(
        a_mention("Bra pris!", name="cheap", title="Aldrig försenad", brand="Nordvind Air", ratings=[STARS_4, NPS_9]),
        sentiment="positive",
        touchpoints=["buy:price/positive"],
    ),
    annotated(
        a_mention(
            "Ein fin dag", name="nynorsk", published_at=datetime(2026, 3, 31, 22, 30, tzinfo=UTC), brand="Klarvik"
        ),
        language="nn",
    ),
    annotated(a_mention("Hyvä hinta", name="undated", published_at=None, brand="Klarvik", country="FI"), language="fi"),
)


@pytest.fixture(scope="module")
def store() -> ListStore:
    one = ListStore(Lemmas())
    one.put(MENTIONS)
    return one


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"late", "cheap", "nynorsk", "undated"}),
        ("leverans", {"late"}),
        ('="leverans"', set()),
        ("lever*", {"late"}),
        ("paket NEAR/1 försenad", {"late"}),
        ("försenad ONEAR/1 paket", set()),
        ("paket NEAR/0 försenad", set()),
        ("(pris OR hinta) -title:försenad", {"undated"}),
        ("försenad", {"late", "cheap"}),
        ("title:försenad", {"cheap"}),
        ("text:försenad", {"late"}),
        ('"bra pris" OR dag', {"cheap", "nynorsk"}),
        ("bra pris OR dag", {"cheap", "nynorsk"}),
        ("bra (pris OR dag)", {"cheap"}),
        ("touchpoint:delivery/negative", {"late"}),
        ("touchpoint:(delivery price)", {"late"}),
        ("touchpoint:price", {"late", "cheap"}),
        ("stage:buy/positive -sentiment:negative", {"cheap"}),
        ('brand:"nordvind air"', {"cheap"}),
        ("-brand:(Hyllbo OR Klarvik)", {"cheap"}),
        ("lang:no", {"nynorsk"}),
        ("country:fi", {"undated"}),
        ("stars:1..3", {"late"}),
        ("stars:>1", {"cheap"}),
        ("nps:*", {"cheap"}),
        ("-stars:*", {"nynorsk", "undated"}),
        ("published:2026-03", {"late", "cheap"}),
        ("published:>2026-03", {"nynorsk"}),
        ("-published:*", {"undated"}),
        ("query:late_delivery", {"late"}),
    ],
)
def test_a_query_finds_what_it_says(ask: Callable[[str], Query], store: ListStore, query: str, names: set[str]) -> None:
    assert {hit.annotated.mention.id for hit in store.search(ask(query)).hits} == {id_of(name) for name in names}
