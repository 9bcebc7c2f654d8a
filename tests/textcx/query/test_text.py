from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import get_args
from unicodedata import normalize
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textcx.annotation import Polarity
from textcx.errors import RequestError
from textcx.query.fields import FIELDS
from textcx.query.grammar import parse
from textcx.query.text import query_text
from textcx.query.tree import (
    And,
    AnyOf,
    DateRange,
    Everything,
    Exact,
    InField,
    Keyword,
    Near,
    Not,
    NumberRange,
    Or,
    Phrase,
    Prefix,
    Query,
    Word,
)

STOCKHOLM = ZoneInfo("Europe/Stockholm")
ZONES = tuple(ZoneInfo(name) for name in ("UTC", "Europe/Stockholm", "America/St_Johns", "Pacific/Apia"))
TOUCHPOINTS, STAGES = ("delivery", "customer_service"), ("buy", "support")
OPERATOR_WORDS = {"AND", "OR", "NOT", "NEAR", "ONEAR"}


def composed(text: str) -> str:
    return normalize("NFC", text)


# Trees as `parse` can make them: composed letters, whole seconds, no group of one.
letters = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8).map(composed)
words = (st.sampled_from(["sen", "H&M", "e-mail", "don't", "😡", "50%", "and", "x/y"]) | letters).filter(
    lambda word: word not in OPERATOR_WORDS
)
pieces = st.sampled_from(["–", '"', "\\", "(a)", "a:b", "“", "OR", "-x", "*"])
phrases = st.tuples(st.lists(words | pieces, max_size=2), words).map(lambda parts: (*parts[0], parts[1]))
prefixes = letters.filter(lambda text: len(text) >= 3) | st.just("e-mail")
singles = st.one_of(
    words.map(Word), phrases.map(Phrase), phrases.map(lambda parts: Exact(" ".join(parts))), prefixes.map(Prefix)
)
operands = singles | st.lists(singles, min_size=2, max_size=3).map(lambda found: AnyOf(tuple(found)))
nears = st.builds(Near, operands, operands, st.integers(0, 10), st.booleans())
values = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=8).map(composed).filter(str.strip)
names = st.sampled_from([field.name for field in FIELDS if field.type == "keyword" and not field.values])
numbers = st.integers(-1000, 1000).map(float) | st.floats(-1e9, 1e9).map(lambda number: round(number, 4))
seconds = st.integers(int(datetime(1850, 1, 1, tzinfo=UTC).timestamp()), int(datetime(2200, 1, 1).timestamp()))  # noqa: DTZ001


def keywords() -> st.SearchStrategy[Query]:
    closed = [Keyword(field.name, value) for field in FIELDS for value in field.values]
    judged = [
        Keyword(field, f"{value}{polarity}")
        for field, known in (("touchpoint", TOUCHPOINTS), ("stage", STAGES))
        for value in known
        for polarity in ("", *(f"/{polarity}" for polarity in get_args(Polarity)))
    ]
    named = names.filter(lambda name: name not in ("touchpoint", "stage"))
    return st.sampled_from(closed + judged) | st.builds(Keyword, named | st.just("attr.Region-2"), values)


@st.composite
def number_ranges(draw: st.DrawFn) -> Query:
    low, high = sorted((draw(numbers), draw(numbers)))
    field = draw(st.sampled_from(["stars", "nps", "nki"]))
    includes_low, includes_high = draw(st.booleans()), draw(st.booleans())
    both = includes_low and includes_high
    return draw(
        st.sampled_from(
            [
                NumberRange(field),
                NumberRange(field, low, None, includes_low=includes_low),
                NumberRange(field, None, high, includes_high=includes_high),
                NumberRange(field, low, high if both or low < high else high + 1, includes_low, includes_high),
            ]
        )
    )


@st.composite
def date_ranges(draw: st.DrawFn) -> Query:
    """Ranges at arbitrary seconds, and at the borders of days, months and years in some zone."""
    zone = draw(st.sampled_from(ZONES))
    times = sorted(datetime.fromtimestamp(draw(seconds), UTC) for _ in range(2))
    cut = draw(st.sampled_from([{}, {"hour": 0}, {"hour": 0, "day": 1}, {"hour": 0, "day": 1, "month": 1}]))
    if cut:
        times = [time.astimezone(zone).replace(minute=0, second=0, **cut).astimezone(UTC) for time in times]
    start, end = times[0], max(times[1], times[0] + timedelta(days=1))
    return draw(st.sampled_from([DateRange("published", *span) for span in ((start, end), (start,), (None, end), ())]))


leaves = st.one_of(
    st.just(Everything()),
    singles,
    nears,
    keywords(),
    number_ranges(),
    date_ranges(),
    st.builds(InField, st.sampled_from(["text", "title"]), singles | nears),
)


def trees(depth: int) -> st.SearchStrategy[Query]:
    if depth == 0:
        return leaves
    inner = trees(depth - 1)
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return leaves | several.map(And) | several.map(Or) | inner.map(Not)


@given(tree=trees(3), zone=st.sampled_from(ZONES))
@settings(max_examples=600, deadline=None)
def test_a_tree_that_is_printed_and_parsed_is_the_same_tree(tree: Query, zone: ZoneInfo) -> None:
    text = query_text(tree, timezone=zone)
    assert parse(text, touchpoints=TOUCHPOINTS, stages=STAGES, timezone=zone) == tree


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("", "*"),
        ("a AND (b)", "a b"),
        ("(a b) OR c", "a b OR c"),
        ("a (b c)", "a (b c)"),
        ("NOT NOT a", "--a"),
        ("NOT (a NEAR/2 b)", "-(a NEAR/2 b)"),
        ("brand:Klarvik OR brand:Hyllbo", "brand:Klarvik OR brand:Hyllbo"),
        ('sen -(brand:"Nordvind Air" OR brand:"-x")', 'sen -brand:("Nordvind Air" OR "-x")'),
        ("title:(a -b)", "title:a -title:b"),
        ("=sen", '="sen"'),
        ("stars:>=4.50", "stars:>=4.5"),
        ("stars:2..2", "stars:2"),
        ("nps:>8..<=10", "nps:>8..10"),
        ("published:2026-01-01..2026-12-31", "published:2026"),
        ("published:2026-Q1", "published:2026-01..2026-03"),
        ("published:>2026-03-14", "published:>=2026-03-15"),
        ("published:<2026-03", "published:<=2026-02"),
        ("published:2026-03-29T08:00Z", "published:2026-03-29T10:00"),
        ("published:2026-10-25T02:30+01:00", "published:2026-10-25T02:30:00+01:00..2026-10-25T02:30:59+01:00"),
    ],
)
def test_a_query_is_printed_as_people_write_it(ask: Callable[[str], Query], text: str, printed: str) -> None:
    assert query_text(ask(text), timezone=STOCKHOLM) == printed
    assert ask(printed) == ask(text)


def test_a_group_without_members_keeps_its_meaning() -> None:
    assert query_text(And(())) == "*"
    assert query_text(Or(())) == "-*"
    assert query_text(And((Or((Word("a"), Word("b"))),))) == "(a OR b)"


@pytest.mark.parametrize("odd", [Word("OR"), Word("sen leverans"), Word("a:b"), Word("..."), Word("le*"), Prefix("le")])
def test_a_word_that_no_query_can_hold_is_refused(odd: Query) -> None:
    with pytest.raises(RequestError):
        query_text(odd)
