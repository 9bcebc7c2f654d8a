"""Cursors come back as they were given, and nothing else is taken for one."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textcx.errors import QuerySyntaxError
from textcx.store.base import Sort
from textcx.store.cursor import (
    DEEPEST_RELEVANCE,
    After,
    read_relevance_cursor,
    read_time_cursor,
    relevance_cursor,
    time_cursor,
)


def packed(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@given(st.sampled_from(["newest", "oldest"]), st.integers(0, 2**63 - 1), st.text("0123456789abcdef", max_size=64))
def test_a_place_in_time_comes_back(sort: Sort, key: int, identifier: str) -> None:
    assert read_time_cursor(time_cursor(sort, After(key, identifier)), sort) == After(key, identifier)


@given(st.integers(0, DEEPEST_RELEVANCE))
def test_a_place_by_relevance_comes_back(offset: int) -> None:
    assert read_relevance_cursor(relevance_cursor(offset)) == offset


def test_no_cursor_is_the_beginning() -> None:
    assert read_time_cursor(None, "newest") is None
    assert read_relevance_cursor(None) == 0


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "=",
        "é",
        "\ud800",
        "not base64 at all",
        packed(["oldest", 1, "a"]),
        packed(["newest", -1, "a"]),
        packed(["newest", 2**63, "a"]),
        packed(["newest", 1.5, "a"]),
        packed(["newest", 1]),
        packed({"newest": 1}),
        packed(["relevance", 1]),
        packed([["newest"] * 10] * 10),
        "W" * 100_000,
    ],
    ids=lambda cursor: repr(cursor[:30]),
)
def test_what_is_no_cursor_of_this_sort_is_refused_with_the_way_out(cursor: str) -> None:
    with pytest.raises(QuerySyntaxError, match="next_cursor of a page with the same sort"):
        read_time_cursor(cursor, "newest")


@pytest.mark.parametrize(
    "value", [["relevance", -1], ["relevance", DEEPEST_RELEVANCE + 1], ["relevance", "1"], 7, None]
)
def test_what_is_no_cursor_by_relevance_is_refused(value: object) -> None:
    with pytest.raises(QuerySyntaxError):
        read_relevance_cursor(packed(value))


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader(text: str) -> None:
    for read in (read_relevance_cursor, lambda given: read_time_cursor(given, "oldest")):
        try:
            read(text)
        except QuerySyntaxError:
            continue
