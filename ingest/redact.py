"""Redact: a raw record without personal data, before any of it reaches the disk.

Authors become keyed pseudonyms, native ids hashes, and what is personal in any text `[kind]`. Texts are cleaned
first, so that `anna&#64;example.com` is found too.
"""

import marshal
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

import regex

from ingest.clean_text import clean_text, safe_text
from ingest.personal_data import replace_personal_data
from ingest.raw import FIELDS, RawRecord, RedactedRecord, digest
from ingest.secret import Secret
from ingest.times import read_time
from textcx.errors import UnreadableRecordError, UnredactableRecordError
from textcx.mention import mention_id

_LINKS = ("reply_to", "thread", "repost_of")
_LABELS = ("kind", "source", "brand", "language", "voice")
_LONGEST_REVISION = 64
_LONGEST_REMEMBERED = 100
_LONGEST_REMEMBERED_BYTES = 400
_MARSHAL_VERSION = 2
"""Later ones write equal values in different ways."""
_DEEPEST = 8
_LEAST_LETTERS_OF_A_NUMBER = 8
_USUAL_TIME = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_BETWEEN_PARTS_OF_A_URL = regex.compile(r"([/?&=#;:]+)")


def redact(record: RawRecord, secret: Secret) -> RedactedRecord:
    """Return the record as the inbox may keep it.

    Raises:
        UnredactableRecordError: A field is not one of ours, or its value is of no kind that can be searched for
            personal data; the record must be sealed or dropped.
    """
    unknown = set(record.fields) - FIELDS
    if unknown:
        raise UnredactableRecordError(f"{record.place}: unknown field {redact_text(sorted(unknown)[0])!r}")
    fields = {name: value for name, value in record.fields.items() if value is not None and value != ""}
    redacted = _redact_texts(fields, record.place)
    for name, value in fields.items():
        if name in _LABELS:
            redacted[name] = _redact_short(_as_text(name, value, record.place))
        elif name in _LINKS:
            redacted[name] = mention_id(record.source_kind, record.scope, str(value))
        elif name == "author":
            redacted[name] = secret.pseudonym(str(fields.get("source", record.scope)), str(value))
        elif name == "url":
            redacted[name] = _redact_url(_as_text(name, value, record.place), str(fields.get("author", "")))
        elif name == "published_at":
            redacted[name] = _redact_time(_as_text(name, value, record.place))
        elif name == "reference":
            redacted[name] = redact_reference(value, record.place, secret)
        elif name not in ("text", "title"):
            redacted[name] = _redact_nested(value, record.place)
    if record.parent is not None and any(record.parent.fields.get(name) for name in ("text", "title", "ratings")):
        redacted["reply_to"] = _identity(record.parent, record.parent.fields, secret)
    content = secret.fingerprint(digest(fields))
    return RedactedRecord(
        id=_identity(record, fields, secret),
        revision=_redact_key(record.source_revision, secret)[:_LONGEST_REVISION] if record.source_revision else content,
        place=record.place,
        fields={name: value for name, value in redacted.items() if value not in ("", None)},
        collected_at=record.collected_at,
    )


def identity(record: RawRecord, secret: Secret) -> str:
    """Return the id that a record's mention will have."""
    return _identity(record, {name: value for name, value in record.fields.items() if value not in (None, "")}, secret)


def redact_text(text: str) -> str:
    """Return any text without markup and personal data."""
    return replace_personal_data(clean_text(text))[0]


def redact_reference(value: Any, place: str, secret: Secret) -> dict[str, str]:
    """Return a key of the company's own system as it is kept.

    Raises:
        UnredactableRecordError: It is no mapping.
    """
    if not isinstance(value, Mapping):
        raise UnredactableRecordError(f"{place}: reference must have a system and an id")
    return {
        "system": _redact_short(str(value.get("system", ""))),
        "id": _redact_key(str(value.get("id", "")), secret),
    }


def _redact_texts(fields: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return text, title and where the text was redacted; a title alone is the text."""
    text = clean_text(_as_text("text", fields.get("text", ""), place))
    title = clean_text(_as_text("title", fields["title"], place)) if "title" in fields else ""
    if title and not text:
        text, title = title, ""
    text, places = replace_personal_data(text)
    redacted: dict[str, Any] = {"text": text}
    if title:
        redacted["title"] = replace_personal_data(title)[0]
    if places:
        redacted["redactions"] = [{"start": one.start, "end": one.end, "kind": one.kind} for one in places]
    return redacted


def _identity(record: RawRecord, fields: Mapping[str, Any], secret: Secret) -> str:
    """Return the mention's id.

    Without a native id, the same author at the same time with the same text is the same mention; where the
    author or time is unknown, equal records are told apart by their order, for they may be of different people.
    """
    if record.parent is not None:
        answer = _identity(record.parent, record.parent.fields, secret)
        return mention_id(record.source_kind, record.scope, f"part:{record.part}:{answer}")
    native_id = record.native_id
    if not native_id:
        if fields.get("author") and fields.get("published_at"):
            who = [str(fields.get(name, "")) for name in ("author", "published_at", "text")]
            native_id = "author:" + secret.fingerprint(digest(who))
        else:
            content = secret.fingerprint(record.content or digest(fields))
            native_id = f"content:{content}:{record.occurrence}"
    return mention_id(record.source_kind, record.scope, native_id)


def _redact_time(written: str) -> str:
    """Return a readable time as it is, for it may look like a number of somebody; else what is left of it."""
    if _USUAL_TIME.fullmatch(written):
        return written
    try:
        read_time(written)
    except UnreadableRecordError:
        return redact_text(written)
    return written


def _redact_url(url: str, author: str) -> str:
    """Return an address without personal data, the author's name among its parts included."""
    parts = _BETWEEN_PARTS_OF_A_URL.split(safe_text(url))
    handle = author.strip().lstrip("@").casefold()
    if handle:
        parts = ["[author]" if unquote(part).lstrip("@").casefold() == handle else part for part in parts]
    return replace_personal_data("".join(parts))[0]


def _redact_key(key: str, secret: Secret) -> str:
    """Return a key of another system unchanged, or a pseudonym where it is itself somebody's number or address."""
    return key if redact_text(key) == key else secret.pseudonym("", key)


@lru_cache(maxsize=4096)
def _redact_remembered(text: str) -> str:
    return redact_text(text)


def _redact_short(text: str) -> str:
    """Return a label without personal data: brands and the like come again and again."""
    return _redact_remembered(text) if len(text) <= _LONGEST_REMEMBERED else redact_text(text)


def _redact_nested(value: Any, place: str) -> Any:
    """Return a value of a field that holds several without personal data: ratings and the like come again and again."""
    try:
        written = marshal.dumps(value, _MARSHAL_VERSION)  # unlike JSON it tells 1, 1.0 and True apart
    except ValueError:
        return _redact_value(value, place)
    if len(written) > _LONGEST_REMEMBERED_BYTES:
        return _redact_value(value, place)
    try:
        return _redact_marshalled(written)
    except UnredactableRecordError:
        return _redact_value(value, place)  # which raises it with the place in it


@lru_cache(maxsize=1024)
def _redact_marshalled(written: bytes) -> Any:
    return _redact_value(marshal.loads(written), "")  # noqa: S302 - we have just written it ourselves


def _redact_value(value: Any, place: str, levels: int = _DEEPEST) -> Any:
    if levels == 0:
        raise UnredactableRecordError(f"{place}: a value is nested more than {_DEEPEST} deep")
    if isinstance(value, str):
        return _redact_short(value)
    if isinstance(value, Mapping):
        inner = {_redact_short(str(key)): _redact_value(one, place, levels - 1) for key, one in value.items()}
        return {key: one for key, one in inner.items() if one is not None and one != ""}
    if isinstance(value, list | tuple):
        return [_redact_value(one, place, levels - 1) for one in value]
    if isinstance(value, int | float) or value is None:
        written = str(value)
        if len(written) < _LEAST_LETTERS_OF_A_NUMBER or (safe := redact_text(written)) == written:
            return value
        return safe
    raise UnredactableRecordError(f"{place}: a value is of type {type(value).__name__}, which no field holds")


def _as_text(name: str, value: Any, place: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    raise UnredactableRecordError(f"{place}: {name} is of type {type(value).__name__}")
