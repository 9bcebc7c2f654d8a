"""What is wrong with a query is said in each language of the pages, for each kind of fault there is."""

from typing import get_args

import pytest

from service.dashboard.faults import Fault, fault
from service.dashboard.languages import CODES, language
from textcx.errors import QueryFault, QuerySyntaxError
from textcx.query.grammar import parse
from textcx.store.cursor import read_time_cursor

SAVED = {"odd": "brand:(a", "round": "query:about", "about": "query:round"}
WRONG: dict[str, str] = {
    "too_long": "a" * 4097,
    "unsearchable": "a \x00",
    "too_many_parts": "a " * 257,
    "too_deep": "(" * 9 + "a" + ")" * 9,
    "missing": "sen OR",
    "missing_value": "brand:",
    "misplaced": "sen OR )",
    "misplaced_value": "brand:(a OR )",
    "unopened": "sen)",
    "unclosed": "(sen",
    "unclosed_quote": '"sen',
    "sticking_quote": 'sen"leverans"',
    "near_sides": "a NEAR/2 b NEAR/2 c",
    "near_operand": "a NEAR/2 brand:b",
    "near_distance": "a NEAR/11 b",
    "empty_exact": "= sen",
    "colon_alone": ":sen",
    "field_in_field": "brand:(lang:sv)",
    "unknown_field": "brnd:Hyllbo",
    "unknown_value": "sentiment:negativ",
    "unknown_saved": "query:od",
    "saved_alone": "query:(a)",
    "saved_broken": "query:odd",
    "no_order": "brand:>2",
    "no_prefix": "brand:Hyl*",
    "minus": "brand:-Hyllbo",
    "number": "stars:many",
    "date": "published:soon",
    "range_end": "stars:<1..2",
    "empty_range": "stars:5..1",
    "short_prefix": "le*",
    "sign": "sen^2",
    "exclamation": "!sen",
    "star": "l*verans",
    "star_in_quotes": '"sen lever*"',
    "no_word": "...",
}


def caught(text: str) -> QuerySyntaxError:
    with pytest.raises(QuerySyntaxError) as error:
        parse(text, touchpoints=("delivery",), stages=("receive",), saved=SAVED)
    return error.value


def test_every_kind_of_fault_has_its_case() -> None:
    assert set(WRONG) | {"cursor"} == set(get_args(QueryFault))


@pytest.mark.parametrize(("kind", "text"), WRONG.items(), ids=WRONG)
def test_a_fault_is_of_its_kind_and_said_in_every_language(kind: str, text: str) -> None:
    error = caught(text)
    assert error.kind == kind
    said = {code: fault(language(code), error, text) for code in CODES}
    words = [one.words for one in said.values()]
    assert len(set(words)) == len(CODES), words
    assert not any("{" in one or one == kind.replace("_", " ") for one in words), words
    assert {one.number for one in said.values()} == {error.position + 1}


def test_a_cursor_of_another_list_is_a_fault_too() -> None:
    with pytest.raises(QuerySyntaxError) as error:
        read_time_cursor("none of ours", "newest")
    assert fault(language("fi"), error.value, "").words == language("fi").say("wrong.cursor")


def shown(text: str, code: str = "en") -> Fault:
    return fault(language(code), caught(text), text)


def test_the_trouble_is_shown_where_it_is_and_the_likely_name_asked_for() -> None:
    found = shown("sen sentiment:negativ -lang:en", "sv")
    assert (found.before, found.at, found.after) == ("sen sentiment:", "n", "egativ -lang:en")
    assert (found.meant, found.known) == ("Menade du negative?", "Det finns: negative, neutral, positive, mixed")


@pytest.mark.parametrize(
    ("text", "is_unfinished"),
    [("brand:", True), ("(sen", True), ("sen OR", True), ("le*", True), ("brand: sen", False), ("stars:many", False)],
)
def test_what_may_come_right_by_typing_on_is_told_from_what_is_wrong(text: str, is_unfinished: bool) -> None:
    assert shown(text).is_unfinished is is_unfinished
