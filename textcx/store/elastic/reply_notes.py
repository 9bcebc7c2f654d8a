"""Reply notes: which stored mention answers which, with the little of a reply that facts are made of: time and brand."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from textcx.mention import Mention
from textcx.store.replies import answered_id

NOTES_SCHEMA = """
CREATE TABLE IF NOT EXISTS reply(id BLOB PRIMARY KEY, version INTEGER NOT NULL, answered BLOB, reply TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reply_by_answered ON reply(answered) WHERE answered IS NOT NULL;
"""
_IDS_AT_ONCE = 500
_LARGEST_VERSION = 2**63 - 1
_KEPT = ("id", "revision", "version", "kind", "source", "brand", "voice", "collected_at")
_KEPT_OF_TIME = ("published_at", "published_at_precision")


@dataclass(frozen=True, slots=True)
class Note:
    """What is stored of a mention that answers another, or did so.

    Attributes:
        id: The mention.
        stored: What is stored of it, or None where it was erased.
        answered: The mention it answers, or None.
    """

    id: str
    stored: Mention | None
    answered: str | None


def note_of(mention: Mention) -> Note:
    """Return the note of a mention that is stored."""
    return Note(mention.id, mention, answered_id(mention))


def note_replies(connection: sqlite3.Connection, notes: Sequence[Note]) -> set[bytes]:
    """Keep the notes that are newer than what is noted; return all mentions they concern, then and now.

    A mention that answers nothing any more keeps its version here, so that an older one, written late, is no news.
    """
    concerned = set()
    for note in notes:
        key = bytes.fromhex(note.id)
        row = connection.execute("SELECT version, answered FROM reply WHERE id = ?", (key,)).fetchone()
        version = note.stored.version if note.stored else _LARGEST_VERSION
        if row is None and note.stored is None:
            continue
        if row is not None and note.stored is not None and row[0] >= version:
            continue
        answered = bytes.fromhex(note.answered) if note.answered else None
        connection.execute(
            "INSERT OR REPLACE INTO reply VALUES (?, ?, ?, ?)",
            (key, version, answered, _without_words(note.stored) if note.stored and answered else None),
        )
        concerned |= {one for one in (answered, row[1] if row else None) if one is not None}
    return concerned


def replies_to(connection: sqlite3.Connection, keys: Iterable[bytes]) -> dict[bytes, list[Mention]]:
    """Return the stored replies to each of these mentions, without their words; one without replies is not in it."""
    replies: dict[bytes, list[Mention]] = defaultdict(list)
    wanted = list(keys)
    for first in range(0, len(wanted), _IDS_AT_ONCE):
        some = wanted[first : first + _IDS_AT_ONCE]
        query = f"SELECT answered, reply FROM reply WHERE answered IN ({','.join('?' * len(some))}) ORDER BY id"
        for answered, reply in connection.execute(query, some):
            replies[answered].append(Mention.model_validate_json(reply))
    return dict(replies)


def _without_words(mention: Mention) -> str:
    return mention.model_dump_json(include={*_KEPT, *_KEPT_OF_TIME}, exclude_none=True)
