"""Reply notes: which stored mention answers which, kept beside the mentions in `mentions.db`, by id alone.

A note says what a reply answers, whether that is stored or not. So the answered mention can be indexed with its
replies whenever it comes, and anew when one of them does.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from textcx.mention import Mention
from textcx.store.embedded.packing import unpack

NOTES_SCHEMA = """
CREATE TABLE IF NOT EXISTS reply(id BLOB PRIMARY KEY, answered BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reply_by_answered ON reply(answered);
"""
_IDS_AT_ONCE = 500


def note_replies(connection: sqlite3.Connection, answered: Mapping[bytes, bytes | None]) -> set[bytes]:
    """Note what each of these mentions answers now, None for nothing; return all that it concerns, then and now."""
    concerned = set()
    for key, target in answered.items():
        noted = connection.execute("SELECT answered FROM reply WHERE id = ?", (key,)).fetchone()
        if noted is not None:
            connection.execute("DELETE FROM reply WHERE id = ?", (key,))
            concerned.add(noted[0])
        if target is not None:
            connection.execute("INSERT INTO reply(id, answered) VALUES (?, ?)", (key, target))
            concerned.add(target)
    return concerned


def write_anew(connection: sqlite3.Connection, keys: Iterable[bytes]) -> None:
    """Give stored mentions a fresh `seq`, so that an index follows them once more; those not stored are no matter."""
    for key in keys:
        connection.execute(
            "INSERT OR REPLACE INTO mention(id, version, body) "
            "SELECT id, version, body FROM mention WHERE id = ? AND body IS NOT NULL",
            (key,),
        )


def replies_to(connection: sqlite3.Connection, keys: Sequence[bytes]) -> dict[bytes, list[Mention]]:
    """Return the stored replies to each of these mentions; one without replies is not in it."""
    replies: dict[bytes, list[Mention]] = defaultdict(list)
    for first in range(0, len(keys), _IDS_AT_ONCE):
        some = keys[first : first + _IDS_AT_ONCE]
        query = (
            "SELECT reply.answered, mention.body FROM reply JOIN mention ON mention.id = reply.id "
            f"WHERE mention.body IS NOT NULL AND reply.answered IN ({','.join('?' * len(some))})"
        )
        for answered, body in connection.execute(query, some):
            replies[answered].append(unpack(body).mention)
    return dict(replies)
