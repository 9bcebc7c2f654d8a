"""Reasons: whatever a record is set aside for is of a kind, so that it can be said in any language."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.connectors.file import FileConnector
from ingest.normalize import normalize
from ingest.raw import RawRecord, RedactedRecord, Unreadable
from ingest.reasons import KINDS, read_reason
from ingest.redact import redact
from ingest.secret import Secret
from textcx.errors import RecordError

NOW = datetime(2026, 11, 28, tzinfo=UTC)
RATING = {"measure": "stars", "value": 4, "lowest": 1, "highest": 5}


def why(act: Callable[[], object]) -> str:
    with pytest.raises(RecordError) as error:
        act()
    return str(error.value)


@pytest.mark.parametrize(
    ("fields", "kind", "named"),
    [
        ({"published_at": "i går"}, "date", {"field": "published_at"}),
        ({"published_at": "2026-11-01 kvart i tre"}, "time", {}),
        ({"published_at": "1066-10-14"}, "year", {"least": "1970", "most": "2199"}),
        ({"published_at": "2026-02-30"}, "no_such_day", {}),
        ({"published_at": "03/04/2026"}, "date_order", {}),
        ({"ratings": [RATING | {"measure": "moons"}]}, "measure", {}),
        ({"ratings": [RATING | {"highest": None}]}, "no_scale", {"field": "stars"}),
        ({"ratings": [RATING | {"value": "fyra"}]}, "no_number", {"field": "stars"}),
        ({"ratings": [RATING | {"value": 6}]}, "outside_scale", {"found": "6", "least": "1", "most": "5"}),
        ({"ratings": [RATING | {"lowest": 9}]}, "empty_scale", {"least": "9", "most": "5"}),
        ({"ratings": "fem"}, "ratings", {}),
        ({"voice": "parrot"}, "voice", {}),
        ({"text": "x" * 1_000_001}, "text_too_long", {"n": "1000001", "most": "1000000"}),
        ({"kind": "song"}, "unfit", {"field": "kind"}),
        ({"brand": "x" * 201}, "unfit", {"field": "brand"}),
        ({"author": "x" * 65}, "unfit", {"field": "author"}),
    ],
)
def test_what_is_wrong_with_a_value_is_of_a_kind(fields: dict[str, Any], kind: str, named: dict[str, str]) -> None:
    record = RedactedRecord("a" * 64, "1", "line 7", {"source": "shop", "text": "Bra", **fields}, NOW)
    reason = read_reason(why(lambda: normalize(record, version=1)), place="line 7")
    assert reason is not None
    assert reason.kind == kind
    assert named.items() <= reason.named.items()


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"shoe_size": 43}, "unknown_field"),
        ({"reference": "A-17"}, "reference"),
        ({"subject": {"product": b"x"}}, "wrong_type"),
        ({"brand": [1]}, "wrong_type"),
    ],
)
def test_what_cannot_be_redacted_is_of_a_kind(fields: dict[str, Any], kind: str) -> None:
    record = RawRecord("shop", "all", "1", "line 7", {"text": "Bra", **fields}, NOW)
    words = f"cannot be redacted: {why(lambda: redact(record, Secret(b'x' * 32)))}"
    reason = read_reason(words, place="line 7")
    assert reason is not None, words
    assert reason.kind == kind


def test_what_cannot_be_read_in_a_file_is_of_a_kind(tmp_path: Path) -> None:
    lines = ['{"text": "Bra"}', '{"text": ', "[1]", json.dumps({"text": "Bra", "a": _deep(40)})]
    found = {"reviews.jsonl": "\n".join(lines), "reviews.csv": 'id,text\n1,Bra\n2,Bra,mer,än\n3,"Bra" och,"så\n'}
    kinds = []
    for name, content in found.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
        for one in FileConnector(tmp_path / name, mapped={}, fixed={"source": "shop"}).read():
            if isinstance(one, Unreadable):
                reason = read_reason(one.reason, place=one.place)
                assert reason is not None, one.reason
                kinds.append(reason.kind)
    assert kinds == ["no_json", "no_object", "too_deep", "cells", "quotes"]


def test_how_often_it_was_tried_is_told_and_other_words_are_of_no_kind() -> None:
    reason = read_reason("the analysis failed: ValueError (5 attempts)", place="line 7")
    assert reason is not None
    assert (reason.kind, reason.attempts, dict(reason.named)) == ("analysis", 5, {"found": "ValueError"})
    assert read_reason("somebody stumbled", place="line 7") is None
    assert len(KINDS) > 30


def _deep(levels: int) -> Any:
    return [_deep(levels - 1)] if levels else 1
