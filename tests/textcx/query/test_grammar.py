from collections.abc import Callable
from datetime import UTC, datetime
from unicodedata import normalize

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from textcx.errors import QuerySyntaxError
from textcx.query.grammar import parse
from textcx.query.lexer import quote
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
from textcx.words import split_words

Ask = Callable[[str], Query]
A, B, C = Word("a"), Word("b"), Word("c")
SEN = Word("sen")
LATE = And((Keyword("touchpoint", "delivery/negative"), Or((SEN, Prefix("försenad")))))

TREES = {
    "": Everything(),
    " \t\n": Everything(),
    "*": Everything(),
    "sen": SEN,
    "Sen!": Word("Sen!"),
    "H&M": Word("H&M"),
    "varför?": Word("varför?"),
    "😡": Word("😡"),
    "lever*": Prefix("lever"),
    "e-mail*": Prefix("e-mail"),
    '"Inte  bra"': Phrase(("Inte", "bra")),
    '"sen – mycket sen"': Phrase(("sen", "–", "mycket", "sen")),
    '"what the f**k"': Phrase(("what", "the", "f**k")),
    "“inte bra”": Phrase(("inte", "bra")),
    "„inte bra“": Phrase(("inte", "bra")),
    "»inte bra«": Phrase(("inte", "bra")),
    '="leveransen"': Exact("leveransen"),
    "=leveransen": Exact("leveransen"),
    '="Sen leverans"': Exact("Sen leverans"),
    # A decomposed å means the same as a composed one.
    "a\u030angra": Word("ångra"),
    'brand:"A\u030ahlens"': Keyword("brand", "Åhlens"),
    # What joins, and what binds more tightly.
    "a b": And((A, B)),
    "a AND b": And((A, B)),
    "a and b": And((A, Word("and"), B)),
    "a OR b": Or((A, B)),
    "a b OR c": Or((And((A, B)), C)),
    "a OR b c": Or((A, And((B, C)))),
    "a (b OR c)": And((A, Or((B, C)))),
    "(a b) c": And((And((A, B)), C)),
    "NOT a b": And((Not(A), B)),
    "-a b": And((Not(A), B)),
    "–a b": And((Not(A), B)),
    "NOT (a b)": Not(And((A, B))),
    "NOT NOT a": Not(Not(A)),
    "a OR NOT b": Or((A, Not(B))),
    "a(b)c": And((A, B, C)),
    "* -a": And((Everything(), Not(A))),
    "a NEAR/3 b": Near(A, B, 3),
    "a ONEAR/0 b": Near(A, B, 0, ordered=True),
    "a NEAR/10 b c": And((Near(A, B, 10), C)),
    "a NEAR/2 b OR c": Or((Near(A, B, 2), C)),
    "NOT (a NEAR/2 b)": Not(Near(A, B, 2)),
    '(sen OR ="sent" OR försen* OR "inte än") NEAR/5 (a)': Near(
        AnyOf((SEN, Exact("sent"), Prefix("försen"), Phrase(("inte", "än")))), A, 5
    ),
    "((a OR b) OR c) NEAR/1 sen": Near(AnyOf((A, B, C)), SEN, 1),
    # Fields.
    "brand:Hyllbo": Keyword("brand", "Hyllbo"),
    "Brand:Hyllbo": Keyword("brand", "Hyllbo"),
    'brand:"Nordvind Air"': Keyword("brand", "Nordvind Air"),
    'brand:"Bed \\"Molnbo\\" \\\\ Co"': Keyword("brand", 'Bed "Molnbo" \\ Co'),
    "brand:OR": Keyword("brand", "OR"),
    'brand:"*"': Keyword("brand", "*"),
    "source:https://example.com/a?b=c": Keyword("source", "https://example.com/a?b=c"),
    "brand:(Hyllbo OR -Klarvik)": Or((Keyword("brand", "Hyllbo"), Not(Keyword("brand", "Klarvik")))),
    "touchpoint:(delivery price/mixed)": And((Keyword("touchpoint", "delivery"), Keyword("touchpoint", "price/mixed"))),
    "brand:(a (b OR c))": And((Keyword("brand", "a"), Or((Keyword("brand", "b"), Keyword("brand", "c"))))),
    "-lang:en": Not(Keyword("lang", "en")),
    "lang:no": Keyword("lang", "no"),
    "kind:Survey_Answer": Keyword("kind", "survey_answer"),
    "touchpoint:Delivery/Negative": Keyword("touchpoint", "delivery/negative"),
    "stage:support/positive": Keyword("stage", "support/positive"),
    "attr.Region:Norr": Keyword("attr.Region", "Norr"),
    "title:sen": InField("title", SEN),
    "text:lever*": InField("text", Prefix("lever")),
    'title:"inte bra"': InField("title", Phrase(("inte", "bra"))),
    'title:="sen"': InField("title", Exact("sen")),
    "title:(a OR -b)": Or((InField("title", A), Not(InField("title", B)))),
    "title:(a NEAR/1 b)": InField("title", Near(A, B, 1)),
    "brand:\u200eHyllbo": Keyword("brand", "Hyllbo"),
    "\u200fsen\u200f AND\u200e a": And((SEN, A)),
    # Ranges of numbers.
    "stars:4": NumberRange("stars", 4, 4),
    "stars:4.5": NumberRange("stars", 4.5, 4.5),
    "ces:-1": NumberRange("ces", -1, -1),
    "stars:<=2": NumberRange("stars", None, 2),
    "stars:≤2": NumberRange("stars", None, 2),
    "stars:<2": NumberRange("stars", None, 2, includes_high=False),
    "stars:>2": NumberRange("stars", 2, None, includes_low=False),
    'stars:">=2"': NumberRange("stars", 2, None),
    "nps:9..10": NumberRange("nps", 9, 10),
    "nps:9..": NumberRange("nps", 9, None),
    "nps:..6": NumberRange("nps", None, 6),
    "nki:>50..<60": NumberRange("nki", 50, 60, includes_low=False, includes_high=False),
    "stars:(1 OR >4)": Or((NumberRange("stars", 1, 1), NumberRange("stars", 4, None, includes_low=False))),
    "nps:*": NumberRange("nps"),
    # Saved queries.
    "query:late_delivery": LATE,
    'a -query:"late_delivery"': And((A, Not(LATE))),
    "query:both": And((LATE, Keyword("lang", "sv"))),
}

WRONG = {
    "brand:(Hyllbo": (13, "closing parenthesis"),
    "(a b": (4, "closing parenthesis"),
    "a)": (1, "a word"),
    ")": (0, "a word"),
    "()": (1, "a word"),
    "brand:()": (7, "a value of brand"),
    "a AND": (5, "a word"),
    "AND a": (0, "a word"),
    "a OR OR b": (5, "a word"),
    "NOT": (3, "a word"),
    "a -": (2, "directly before"),
    "a - b": (2, "directly before"),
    "-)": (1, "a word"),
    'a "b c': (6, "closing quote"),
    '"ab"c': (4, "a blank"),
    'ab"c"': (2, "a blank"),
    'brand:"ab"c': (10, "a blank"),
    # Words.
    "...": (0, "a letter, a digit or an emoji"),
    "a && b": (2, "a letter, a digit or an emoji"),
    '"..."': (0, "a letter, a digit or an emoji"),
    '=""': (1, "a letter, a digit or an emoji"),
    "™": (0, "a letter, a digit or an emoji"),
    "= a": (2, "a word"),
    "=(a)": (1, "a word"),
    "le*": (0, "at least 3 letters"),
    "e-ma*": (0, "at least 3 letters"),
    "sen!*": (0, "at least 3 letters"),
    "😡😡😡*": (0, "at least 3 letters"),
    "le*rans": (2, "lever*"),
    "*lever": (0, "lever*"),
    "title:*": (6, "at least 3 letters"),
    '"sen lever*"': (10, "ONEAR/0"),
    '"lever*, sen"': (6, "ONEAR/0"),
    '="lever*"': (7, "ONEAR/0"),
    "!bra": (0, "NOT or -"),
    "+bra": (0, "in quotes"),
    "bra~2": (3, "in quotes"),
    "bra^2": (3, "in quotes"),
    "wom?n": (3, "in quotes"),
    "I <3": (2, "in quotes"),
    "a\\b": (1, "in quotes"),
    # NEAR.
    "a NEAR b": (2, "NEAR/n"),
    "a NEAR/11 b": (2, "from 0 to 10"),
    "a ONEAR/x b": (2, "ONEAR/n"),
    "NEAR/3 b": (0, "a word"),
    "a NEAR/3": (8, "a word"),
    "a NEAR/3 b NEAR/3 c": (11, "AND, OR or the end"),
    "NOT a NEAR/3 b": (0, "a prefix"),
    "a NEAR/3 -b": (9, "a prefix"),
    "a NEAR/3 brand:b": (9, "a prefix"),
    "title:a NEAR/3 b": (0, "a prefix"),
    "(a b) NEAR/3 c": (0, "a prefix"),
    "(a NEAR/1 b) NEAR/3 c": (0, "a prefix"),
    "* NEAR/3 c": (0, "a prefix"),
    "brand:(a NEAR/3 b)": (7, "a prefix"),
    # Fields and their values.
    "brnd:Hyllbo": (0, "'brand' perhaps"),
    "attr.:north": (0, "attr.NAME"),
    "10:30": (0, "words with a colon stand in quotes"),
    ":)": (0, "a field"),
    "brand: Hyllbo": (6, "directly after the colon"),
    "brand:": (6, "directly after the colon"),
    "(brand:)": (7, "directly after the colon"),
    'brand:" "': (7, "a value of brand"),
    "brand:-Hyllbo": (6, "the minus before brand:"),
    "brand:Hyll*": (6, "without *"),
    "brand:<Hyllbo": (6, "a value of brand"),
    "brand:(a OR source:b)": (12, "a value of brand"),
    "title:(a brand:b)": (9, "a word or a phrase"),
    "title:AND": (6, "a word or a phrase"),
    "kind:reviews": (5, "'review' perhaps"),
    "lang:se": (5, "sv, da"),
    "touchpoint:delivry": (11, "'delivery' perhaps"),
    "touchpoint:delivery/negativ": (20, "'negative' perhaps"),
    "touchpoint:/negative": (11, "one of advertising"),
    "stage:buying": (6, "'buy' perhaps"),
    "sentiment:negative/positive": (10, "negative"),
    "stars:good": (6, "a number"),
    "stars:>=": (8, "a number"),
    "stars:4,5": (6, "such as 4 or 4.5"),
    "stars:1e3": (6, "a number"),
    "stars:5..1": (6, "smaller or earlier end first"),
    "stars:>2..<2": (6, "smaller or earlier end first"),
    "stars:..": (6, "a number"),
    "stars:<1..2": (7, "alone or after >"),
    "stars:1..>2": (10, "alone or after <"),
    "published:yesterday": (10, "2026-03-15"),
    "published:2026-13": (10, "2026-03-15"),
    "published:2026-02-30": (10, "2026-03-15"),
    "published:2025-W53": (10, "2026-03-15"),
    "published:2026-03-15T25:00": (10, "2026-03-15"),
    "published:0999": (10, "2026-03-15"),
    "published:>=2026-3": (12, "2026-03-15"),
    "published:2026-04..2026-03": (10, "smaller or earlier end first"),
    "published:2026..<2026": (10, "smaller or earlier end first"),
    # Saved queries.
    "a query:late_delivry": (8, "'late_delivery' perhaps"),
    "query:(a OR b)": (6, "one name"),
    "brand:(query:both)": (7, "a value of brand"),
    # Characters no text has.
    "a\x00b": (1, "a letter"),
    "\ud83d": (0, "a letter"),
    "a" + "\u0301" * 31: (31, "a letter"),
}


@pytest.mark.parametrize("text", TREES, ids=ascii)
def test_a_query_is_read_as_this_tree(ask: Ask, text: str) -> None:
    assert ask(text) == TREES[text]


@pytest.mark.parametrize("text", WRONG, ids=ascii)
def test_a_wrong_query_says_where_and_what_was_expected(ask: Ask, text: str) -> None:
    position, expected = WRONG[text]
    with pytest.raises(QuerySyntaxError) as caught:
        ask(text)
    assert (caught.value.position, expected in caught.value.expected) == (position, True), str(caught.value)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("published:2026", "2025-12-31T23:00", "2026-12-31T23:00"),
        ("published:2026-Q1", "2025-12-31T23:00", "2026-03-31T22:00"),
        ("published:2026-01..2026-03", "2025-12-31T23:00", "2026-03-31T22:00"),
        ("published:2026-03-29", "2026-03-28T23:00", "2026-03-29T22:00"),  # a day of 23 hours
        ("published:2026-W01", "2025-12-28T23:00", "2026-01-04T23:00"),
        ("published:2026-03-15T10:30", "2026-03-15T09:30", "2026-03-15T09:31"),
        ("published:2026-03-15T10:30:15Z", "2026-03-15T10:30:15", "2026-03-15T10:30:16"),
        ("published:2026-03-15T10:30-05:00", "2026-03-15T15:30", "2026-03-15T15:31"),
        ("published:>=2026-03", "2026-02-28T23:00", None),
        ("published:>2026-03", "2026-03-31T22:00", None),
        ("published:<2026-03", None, "2026-02-28T23:00"),
        ("published:<=2026-03", None, "2026-03-31T22:00"),
        ("published:>2026-01..<2026-03", "2026-01-31T23:00", "2026-02-28T23:00"),
        ("published:*", None, None),
    ],
)
def test_a_date_is_the_whole_period_in_the_zone_of_who_asks(
    ask: Ask, text: str, start: str | None, end: str | None
) -> None:
    first, last = (datetime.fromisoformat(time).replace(tzinfo=UTC) if time else None for time in (start, end))
    assert ask(text) == DateRange("published", first, last)


def test_the_limits_hold_to_the_last_character_clause_and_parenthesis(ask: Ask) -> None:
    assert ask("a" * 4096) == Word("a" * 4096)
    assert ask(f"{'(' * 8}a{')' * 8}") == A
    assert ask(f"{'-' * 8}a") == ask(f"{'NOT ' * 8}a")
    assert ask("a " * 256) == And((A,) * 256)
    for text, position, expected in (
        ("a" * 4097, 4096, "4,096"),
        (f"{'(' * 9}a{')' * 9}", 8, "at most 8"),
        (f"((((-(((-a{')' * 7}", 8, "at most 8"),
        ("a " * 257, 512, "256"),
        (f"title:({'a ' * 257})", 519, "256"),
    ):
        with pytest.raises(QuerySyntaxError) as caught:
            ask(text)
        assert (caught.value.position, expected in caught.value.expected) == (position, True)


def test_a_saved_query_counts_as_if_it_stood_there() -> None:
    saved = {"many": "a " * 128, "deep": "((((((a))))))", "odd": "brand:(a", "empty": ""}

    def read(text: str) -> Query:
        return parse(text, touchpoints=(), stages=(), saved=saved)

    assert read("query:many query:many") == And((And((A,) * 128),) * 2)
    assert read("(query:deep)") == A
    assert read("query:empty a") == And((Everything(), A))
    for text, position in (("query:many query:many a", 22), ("((query:deep))", 8), ("a query:odd", 8)):
        with pytest.raises(QuerySyntaxError) as caught:
            read(text)
        assert caught.value.position == position
    assert "saved query 'odd'" in str(caught.value)
    assert "closing parenthesis" in str(caught.value)


def test_saved_queries_never_go_round_in_circles_or_explode() -> None:
    circle = {"x": "a query:y", "y": "query:z", "z": "-query:y"}
    with pytest.raises(QuerySyntaxError, match="y > z > y"):
        parse("query:x", touchpoints=(), stages=(), saved=circle)
    tower = {f"q{level}": f"query:q{level + 1} " * 400 for level in range(6)} | {"q6": "a"}
    with pytest.raises(QuerySyntaxError, match="256"):
        parse("query:q0", touchpoints=(), stages=(), saved=tower)
    chain = {f"q{level}": f"query:q{level + 1}" for level in range(2000)}
    with pytest.raises(QuerySyntaxError, match="at most 8"):
        parse("query:q0", touchpoints=(), stages=(), saved=chain)


def test_without_saved_queries_an_error_says_so() -> None:
    with pytest.raises(QuerySyntaxError, match="none is saved"):
        parse("query:late", touchpoints=(), stages=())


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "M")), min_size=1, max_size=6))
def test_a_query_holds_a_word_where_the_tokenizer_of_texts_finds_one(text: str) -> None:
    assert holds_word(text) == bool(split_words(text))


@pytest.mark.parametrize("rest", ["", "\ufe0f", "\u200d", "\u200d😡", "🏽"], ids=ascii)
def test_a_lone_trademark_sign_is_no_word_and_an_emoji_is_one(rest: str) -> None:
    for sign in "©®™❤✈😡":
        assert holds_word(sign + rest) == bool(split_words(sign + rest))


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "M")), max_size=200))
def test_any_text_in_quotes_is_a_value_as_it_stands(text: str) -> None:
    assume(text.strip())
    assert parse(f"brand:{quote(text)}", touchpoints=(), stages=()) == Keyword("brand", normalize("NFC", text))


def holds_word(text: str) -> bool:
    try:
        parse(quote(text), touchpoints=(), stages=())
    except QuerySyntaxError as error:
        return "a letter, a digit or an emoji" not in error.expected
    return True
