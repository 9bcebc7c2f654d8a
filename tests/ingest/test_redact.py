"""A redacted record holds nothing personal in any of its fields, and nothing from which it could be guessed."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.raw import RawRecord, RedactedRecord
from ingest.redact import redact
from ingest.secret import Secret
from textcx.errors import UnredactableRecordError

SECRET, OTHER_SECRET = Secret(b"k" * 32), Secret(b"l" * 32)
PERSONAL = ("811218-9876", "anna@example.com", "+46 70 123 45 67", "SE45 5000 0000 0583 9825 7466")


def a_record(fields: Mapping[str, Any], **more: Any) -> RawRecord:
    values = {"source_kind": "test", "scope": "suite", "native_id": None, "place": "line 2"}
    return RawRecord(**{**values, "fields": fields, "collected_at": datetime(2026, 1, 1, tzinfo=UTC), **more})


def redacted(fields: Mapping[str, Any], **more: Any) -> RedactedRecord:
    return redact(a_record(fields, **more), SECRET)


@pytest.mark.parametrize("personal", PERSONAL)
@pytest.mark.parametrize(
    "field",
    [
        "text",
        "title",
        "brand",
        "source",
        "kind",
        "language",
        "voice",
        "published_at",
        "url",
        "author",
        "reply_to",
        "thread",
        "repost_of",
    ],
)
def test_no_plain_field_keeps_anything_personal(field: str, personal: str) -> None:
    assert personal not in kept(redacted({field: f"{personal}"}))
    assert personal not in kept(redacted({field: f"x {personal} y"}))


@pytest.mark.parametrize("personal", PERSONAL)
@pytest.mark.parametrize(
    "fields",
    [
        lambda personal: {"subject": {"product": personal, personal: "x"}},
        lambda personal: {"attributes": {personal: personal}},
        lambda personal: {"asked": {"question": f"Er {personal} din?"}},
        lambda personal: {"reference": {"system": personal, "id": personal}},
        lambda personal: {"ratings": [{"measure": personal, "value": personal}]},
        lambda personal: {"engagement": {"likes": personal}},
    ],
)
def test_nested_fields_keep_nothing_personal_neither_as_value_nor_as_name(fields: Any, personal: str) -> None:
    assert personal not in kept(redacted(fields(personal)))


@pytest.mark.parametrize("personal", PERSONAL)
def test_a_refusal_says_nothing_personal(personal: str) -> None:
    for fields in ({"text": [personal]}, {personal: "x"}, {"reference": personal}):
        with pytest.raises(UnredactableRecordError) as caught:
            redacted(fields)
        assert personal not in str(caught.value)


def test_a_number_given_as_a_number_is_redacted_too() -> None:
    assert redacted({"text": 8112189876}).fields["text"] == "[personal_number]"
    assert redacted({"attributes": {"a": 8112189876, "b": 12}}).fields["attributes"] == {
        "a": "[personal_number]",
        "b": 12,
    }


def test_places_of_redactions_refer_to_the_clean_text() -> None:
    fields = redacted({"text": "<p>Ring &aring; <b>070-123 45 67</b>!</p>"}).fields
    assert fields["text"] == "Ring å [phone]!"
    [place] = fields["redactions"]
    assert fields["text"][place["start"] : place["end"]] == "[phone]"


def test_a_title_alone_is_the_text() -> None:
    fields = redacted({"title": "Ring 070-123 45 67", "text": "<br>"}).fields
    assert fields["text"] == "Ring [phone]"
    assert "title" not in fields
    assert fields["redactions"] == [{"start": 5, "end": 12, "kind": "phone"}]


def test_authors_are_pseudonyms_that_differ_between_sources_and_folders() -> None:
    one = redacted({"source": "forum", "author": "anna_k"}).fields["author"]
    assert one == redacted({"source": "forum", "author": "anna_k", "text": "mer"}).fields["author"]
    assert one != redacted({"source": "shop", "author": "anna_k"}).fields["author"]
    assert one != redact(a_record({"source": "forum", "author": "anna_k"}), OTHER_SECRET).fields["author"]
    assert "anna_k" not in one


@pytest.mark.parametrize(
    ("url", "kept_url"),
    [
        ("https://social.example/Anna_K/status/12345678", "https://social.example/[author]/status/12345678"),
        ("https://social.example/@anna_k", "https://social.example/[author]"),
        ("https://forum.example/?user=anna%5Fk&copy=2", "https://forum.example/?user=[author]&copy=2"),
        ("https://shop.example/reviews?mail=anna@example.com", "https://shop.example/reviews?mail=[email]"),
        ("https://shop.example/annas_kiosk/a&amp;b", "https://shop.example/annas_kiosk/a&amp;b"),
    ],
)
def test_an_address_does_not_name_the_author(url: str, kept_url: str) -> None:
    assert redacted({"author": "anna_k", "url": url}).fields["url"] == kept_url


def test_keys_of_other_systems_stay_unless_they_are_somebodys_number() -> None:
    assert redacted({"reference": {"system": "crm", "id": "C-2026-4471"}}).fields["reference"]["id"] == "C-2026-4471"
    first, again = (redacted({"reference": {"system": "crm", "id": "anna@example.com"}}) for _ in range(2))
    assert first.fields["reference"] == again.fields["reference"]
    assert "anna" not in first.fields["reference"]["id"]


@pytest.mark.parametrize(
    "written", ["2026-01-15", "2026-01-15T10:00:00+01:00", "01.02.2026 kl. 10.30", "2026-01-15 10:00:00 -0800"]
)
def test_times_stay_as_they_were_written(written: str) -> None:
    assert redacted({"published_at": written}).fields["published_at"] == written


def test_nobody_without_the_key_can_guess_from_ids_and_revisions() -> None:
    fields = {"text": "Ring 070-123 45 67", "author": "anna_k", "published_at": "2026-01-15"}
    ours, others = redact(a_record(fields), SECRET), redact(a_record(fields), OTHER_SECRET)
    assert ours.revision != others.revision
    assert ours.id != others.id
    undated = {"text": "Ring 070-123 45 67"}
    assert redact(a_record(undated), SECRET).id != redact(a_record(undated), OTHER_SECRET).id


def test_a_native_id_gives_the_same_id_everywhere() -> None:
    one = redact(a_record({"text": "Bra"}, native_id="17"), SECRET)
    assert one.id == redact(a_record({"text": "Dålig"}, native_id="17"), OTHER_SECRET).id
    assert one.id != redact(a_record({"text": "Bra"}, native_id="17", scope="other"), SECRET).id


def test_the_revision_is_the_sources_or_changes_with_the_content() -> None:
    assert redacted({"text": "Bra"}, source_revision="v7").revision == "v7"
    assert "anna" not in redacted({"text": "Bra"}, source_revision="anna@example.com").revision
    assert redacted({"text": "Bra"}).revision != redacted({"text": "Bra!"}).revision
    assert redacted({"text": "Bra"}).revision == redacted({"text": "Bra", "title": None, "brand": ""}).revision


def test_equal_words_of_different_or_unknown_people_are_different_mentions() -> None:
    at = {"text": "Bra!", "published_at": "2026-01-15"}
    assert redacted({**at, "author": "a"}).id == redacted({**at, "author": "a", "brand": "Hyllbo"}).id
    assert redacted({**at, "author": "a"}).id != redacted({**at, "author": "b"}).id
    assert redacted(at).id == redacted(at).id
    assert redacted(at).id != redacted(at, occurrence=1).id
    assert redacted({"text": "Bra!", "author": "a"}).id != redacted({"text": "Bra!", "author": "a"}, occurrence=1).id


def test_what_a_row_says_decides_not_what_was_set_for_all_rows() -> None:
    plain, branded = (
        redacted({"text": "Bra"}, content=b"row"),
        redacted({"text": "Bra", "brand": "Hyllbo"}, content=b"row"),
    )
    assert plain.id == branded.id
    assert plain.revision != branded.revision


@pytest.mark.parametrize(
    "fields",
    [
        {"password": "x"},
        {"text": {"a": 1}},
        {"text": b"bytes"},
        {"attributes": {"a": object()}},
        {"reference": "A-1"},
        {"title": ["x"]},
    ],
)
def test_what_cannot_be_searched_is_refused(fields: Mapping[str, Any]) -> None:
    with pytest.raises(UnredactableRecordError, match=r"^line 2: "):
        redacted(fields)


def test_a_value_nested_too_deep_is_refused_and_harms_nobody_else() -> None:
    deep: Any = "anna@example.com"
    for _ in range(2000):
        deep = [deep]
    with pytest.raises(UnredactableRecordError, match="deep"):
        redacted({"attributes": deep})


@given(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=())))
def test_any_text_can_be_written(text: str, author: str) -> None:
    record = redacted({"text": text, "title": text, "author": author, "attributes": {text: text}})
    assert orjson.loads(orjson.dumps(record.fields))["text" if record.fields.get("text") else "attributes"] is not None


def kept(record: RedactedRecord) -> str:
    return orjson.dumps([record.id, record.revision, record.place, record.fields]).decode()
