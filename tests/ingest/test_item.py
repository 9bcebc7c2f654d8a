"""What connectors read of an answer: fields that must be there, fields that may be, times in each way of writing."""

from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.item import Item
from textcx.errors import UnreadableRecordError

AT = datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize("given", ["2026-11-20T08:00:00Z", "2026-11-20 09:00:00+01:00", 1795161600, 1795161600_000])
def test_a_time_is_text_or_counts_from_1970(given: Any) -> None:
    assert Item({"at": given}).time("at") == AT


@pytest.mark.parametrize("given", [None, "", "yesterday", True, [], 12])
def test_what_is_no_time_is_none(given: Any) -> None:
    assert Item({"at": given}).time("at") is None


def test_a_time_that_is_a_number_is_written_out_for_its_field() -> None:
    assert Item({"at": 1795161600}).time_text("at") == "2026-11-20T08:00:00Z"
    assert Item({"at": "20.11.2026"}).time_text("at") == "20.11.2026"
    assert Item({}).time_text("at") is None


@pytest.mark.parametrize(("given", "text"), [("7", "7"), (7, "7"), (0, "0"), ("", None), (None, None), (False, None)])
def test_a_number_that_may_be_missing_is_text_too(given: Any, text: str | None) -> None:
    assert Item({"parent": given}).text("parent") == text


def test_what_must_be_there_is_told_by_its_path() -> None:
    with pytest.raises(UnreadableRecordError, match=r"author\.name"):
        Item({"author": {}}).need("author", "name")
