"""Raw record: what a source gave, in our field names, before anything was changed.

A raw record lives in memory only. What reaches the disk is the `RedactedRecord` made from it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

FIELDS = frozenset(
    {
        "kind", "source", "brand", "title", "text", "language", "ratings", "published_at", "author", "voice",
        "asked", "reference", "subject", "attributes", "reply_to", "thread", "repost_of", "engagement", "url",
    }
)  # fmt: skip
"""What a connector may fill: an allow-list, so that nothing personal slips in beside it."""


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One record as a connector read it.

    Attributes:
        source_kind: What kind of source: "file", "api", "demo".
        scope: Which one of that kind, so that equal native ids of two sources do not meet.
        native_id: The source's own id, or None where it has none.
        place: Where it stands in the source, for messages: "line 17".
        fields: Values under the names of `FIELDS`, as the source gave them (text, not yet parsed).
            `reply_to`, `thread` and `repost_of` are native ids of the same source and scope.
        collected_at: When it was read.
        content: Digest of what the source wrote, by which a record without an id is known again; by default that
            of all fields. A file's row is the same whatever `--set` adds to it.
        occurrence: Which one of several equal records without id and author this is, from 0.
        source_revision: The source's own mark of a change, if it has one.
        parent: For a further comment of a survey answer: the answer, to which it replies.
        part: Which of the answer's further comments this is.
    """

    source_kind: str
    scope: str
    native_id: str | None
    place: str
    fields: Mapping[str, Any]
    collected_at: datetime
    content: bytes = b""
    occurrence: int = 0
    source_revision: str | None = None
    parent: "RawRecord | None" = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that could not even be read: it goes to quarantine with its reason.

    Attributes:
        place: Where it stands in the source.
        reason: What is wrong, without any of its content.
        content: The text as found; sealed before it is kept, for its parts cannot be told.
    """

    place: str
    reason: str
    content: str


@dataclass(frozen=True, slots=True)
class RedactedRecord:
    """A raw record without personal data: what the inbox keeps.

    Ids are hashes, authors pseudonyms, and e-mail addresses, numbers and the like are replaced in every text.

    Attributes:
        id: The mention's id.
        revision: Tells whether something changed: the source's own mark, or a keyed hash of the content.
        place: Where it stood in the source.
        fields: As in `RawRecord`, redacted; `redactions` says what was replaced in `text`.
        collected_at: When it was read.
    """

    id: str
    revision: str
    place: str
    fields: Mapping[str, Any]
    collected_at: datetime


def digest(content: Any) -> bytes:
    """Return a digest of whatever a source gave, for memory only: short content could be guessed from it."""
    try:
        canonical = orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=repr)
    except orjson.JSONEncodeError:  # half characters, numbers of any length: slower, but it takes them
        canonical = json.dumps(content, sort_keys=True, default=repr).encode("ascii")
    return sha256(canonical).digest()
