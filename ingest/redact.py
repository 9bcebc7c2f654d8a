"""Redact: a raw record without personal data, before any of it reaches the disk.

Authors become keyed pseudonyms, native ids hashes, and what is personal in any text `[kind]`. Texts are cleaned
first, so that `anna&#64;example.com` is found too.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from ingest.clean_text import clean_text
from ingest.personal_data import replace_personal_data
from ingest.raw import FIELDS, RawRecord, RedactedRecord
from ingest.secret import Secret
from textcx.errors import UnredactableRecordError
from textcx.mention import mention_id

_LINKS = ("reply_to", "thread", "repost_of")
_REVISION_LETTERS = 32


def redact(record: RawRecord, secret: Secret) -> RedactedRecord:
    """Return the record as the inbox may keep it.

    Raises:
        UnredactableRecordError: A field is not one of ours, or its value is of no kind that can be searched for
            personal data; the record must be sealed or dropped.
    """
    unknown = set(record.fields) - FIELDS
    if unknown:
        raise UnredactableRecordError(f"{record.place}: unknown field {sorted(unknown)[0]!r}")
    fields = {name: value for name, value in record.fields.items() if value is not None and value != ""}
    revision = record.source_revision or _content_hash(fields)
    redacted: dict[str, Any] = {}
    for name, value in fields.items():
        if name in _LINKS:
            redacted[name] = mention_id(record.source_kind, record.scope, str(value))
        elif name == "author":
            redacted[name] = secret.pseudonym(str(fields.get("source", record.scope)), str(value))
        elif name == "reference":
            redacted[name] = _redact_reference(value, secret)
        elif name == "text":
            text, places = replace_personal_data(clean_text(_as_text(value, record.place)))
            redacted[name] = text
            if places:
                redacted["redactions"] = [{"start": p.start, "end": p.end, "kind": p.kind} for p in places]
        else:
            redacted[name] = _redact_value(value, record.place)
    return RedactedRecord(
        id=_identity(record, fields, revision),
        revision=revision[:64],
        place=record.place,
        fields=redacted,
        collected_at=record.collected_at,
    )


def redact_text(text: str) -> str:
    """Return any text without personal data: for content that could not be read as a record."""
    return replace_personal_data(clean_text(text))[0]


def _identity(record: RawRecord, fields: Mapping[str, Any], revision: str) -> str:
    """Return the mention's id.

    Without a native id, the same author at the same time with the same text is the same mention; where the
    author or time is unknown, equal records are told apart by their order, for they may be of different people.
    """
    native_id = record.native_id
    if not native_id:
        if fields.get("author") and fields.get("published_at"):
            who = [str(fields.get(name, "")) for name in ("author", "published_at", "text")]
            native_id = "author:" + _content_hash(dict(enumerate(who)))
        else:
            native_id = f"content:{revision}:{record.occurrence}"
    return mention_id(record.source_kind, record.scope, native_id)


def _content_hash(content: Mapping[Any, Any]) -> str:
    canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=repr)
    return sha256(canonical).hexdigest()[:_REVISION_LETTERS]


def _redact_reference(value: Any, secret: Secret) -> dict[str, str]:
    """Return the company's key unchanged, or a pseudonym where the key is itself somebody's number or address."""
    system, identifier = str(value.get("system", "")), str(value.get("id", ""))
    if redact_text(identifier) != identifier:
        identifier = secret.pseudonym(system, identifier)
    return {"system": system, "id": identifier}


def _redact_value(value: Any, place: str) -> Any:
    if isinstance(value, str):
        return redact_text(value)
    if isinstance(value, Mapping):
        return {str(key): _redact_value(inner, place) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_redact_value(inner, place) for inner in value]
    if value is None or isinstance(value, int | float):
        return value
    raise UnredactableRecordError(f"{place}: a value is of type {type(value).__name__}, which no field holds")


def _as_text(value: Any, place: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return str(value)
    raise UnredactableRecordError(f"{place}: text is of type {type(value).__name__}")
