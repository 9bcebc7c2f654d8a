from collections.abc import Callable

import pytest

from textcx.query.completion import Completion, complete
from textcx.query.tree import Query
from textcx.touchpoints import Taxonomy

VALUES = {"brand": ("Klarvik", "Hyllbo", "Nordvind Air"), "attr.channel": ("app", "phone")}


@pytest.fixture
def texts(taxonomy: Taxonomy) -> Callable[[str], list[str]]:
    touchpoints = [touchpoint.id for touchpoint in taxonomy.touchpoints]

    def found(query: str) -> list[str]:
        position = query.find("|")
        known = {"touchpoints": touchpoints, "stages": taxonomy.stages, "saved": ["late_delivery"], "values": VALUES}
        return [one.text for one in complete(query.replace("|", ""), position if position >= 0 else None, **known)]  # type: ignore[arg-type]

    return found


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("sent", ["sentiment:"]),
        ("leverans sent| stars:1", ["sentiment:"]),
        ("-to", ["touchpoint:", "topic:"]),
        ("(kind:review) OR em", ["emotion:"]),
        ("attr", ["attr.channel:"]),
        ("attr.channel:p", ["phone"]),
        ("qu", ["query:"]),
        ("query:", ["late_delivery"]),
        ("leverans AN", ["AND "]),
        ("leverans NE", ["NEAR/5 "]),
        ("leverans ON", ["ONEAR/5 "]),
        ("N", ["NOT ", "nps:", "nki:"]),
        ("brand:", ["Klarvik", "Hyllbo", '"Nordvind Air"']),
        ("brand:hy", ["Hyllbo"]),
        ('brand:"nord', ['"Nordvind Air"']),
        ("lang:(sv OR n", ["nb", "nn", "no"]),
        ("touchpoint:del", ["delivery"]),
        (
            "touchpoint:delivery/",
            ["delivery/negative", "delivery/neutral", "delivery/positive", "delivery/mixed"],
        ),
        ("stage:support/p", ["support/positive"]),
        ("sentiment:mi", ["mixed"]),
        ("stars:", ["<=", ">=", "<", ">", "*"]),
        ("published:>", [">=", ">"]),
        ("source:", []),
        ("title:lev", []),
        ('"sen', []),
        ('"sen"', []),
        ("mood:", []),
    ],
)
def test_what_could_stand_there_is_offered(texts: Callable[[str], list[str]], query: str, expected: list[str]) -> None:
    assert texts(query) == expected


def test_operators_are_offered_between_operands_only(texts: Callable[[str], list[str]]) -> None:
    between = {"AND ", "OR ", "NEAR/5 ", "ONEAR/5 "}
    assert between.isdisjoint(texts(""))
    assert between.isdisjoint(texts("leverans AND "))
    assert between <= set(texts("leverans "))
    assert between <= set(texts("(a) "))
    assert between & set(texts("lang:(sv ")) == {"AND ", "OR "}
    assert between <= set(texts("title:(bra "))


def test_a_completion_says_what_it_replaces_and_what_it_means() -> None:
    assert complete("sen sentiment:neg") == (
        Completion("negative", "value", "polarity of the whole text", "sentiment", start=14, end=17),
    )
    assert complete("x" * 5000) == ()


def test_what_is_taken_over_is_a_query(ask: Callable[[str], Query], texts: Callable[[str], list[str]]) -> None:
    for begun in (
        "brand:",
        "touchpoint:",
        "touchpoint:app/",
        "stage:",
        "lang:",
        "kind:",
        "signal:",
        "query:",
        "emotion:",
    ):
        assert [ask(begun.partition(":")[0] + ":" + text) for text in texts(begun)]
