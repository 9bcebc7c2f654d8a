"""Reply notes: which stored mention answers which, with what facts are made of: a reply's time and brand."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence

from textcx.mention import Mention
from textcx.store.replies import answered_id

NOTES_SCHEMA = """
CREATE TABLE IF NOT EXISTS reply(
    id BLOB PRIMARY KEY, version INTEGER NOT NULL, answered BLOB, reply TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reply_by_answered ON reply(answered) WHERE answered IS NOT NULL;
"""
_IDS_AT_ONCE = 500
_KEPT = ("id", "revision", "version", "kind", "source", "brand", "voice", "collected_at")
_KEPT_OF_TIME = ("published_at", "published_at_precision")


def note_replies(connection: sqlite3.Connection, mentions: Sequence[Mention]) -> set[bytes]:
    """Note what each of these mentions answers, where it is newer than what is noted; return all that it concerns.

    A mention that answers nothing any more keeps its version here, so that an older one, written late, is no news.
    """
    concerned = set()
    for mention in mentions:
        key = bytes.fromhex(mention.id)
        noted = connection.execute("SELECT version, answered FROM reply WHERE id = ?", (key,)).fetchone()
        if noted is not None and noted[0] >= mention.version:
            continue
        named = answered_id(mention)
        answered = bytes.fromhex(named) if named else None
        connection.execute(
            "INSERT OR REPLACE INTO reply VALUES (?, ?, ?, ?)",
            (key, mention.version, answered, _without_words(mention) if answered else None),
        )
        concerned |= {one for one in (answered, noted[1] if noted else None) if one is not None}
    return concerned


def drop_reply(connection: sqlite3.Connection, key: bytes) -> bytes | None:
    """Note that a mention answers nothing, since it was erased; return what it answered."""
    noted = connection.execute("SELECT answered FROM reply WHERE id = ?", (key,)).fetchone()
    connection.execute("DELETE FROM reply WHERE id = ?", (key,))
    return noted[0] if noted else None


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
