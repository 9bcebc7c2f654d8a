"""Deliveries: which were taken in, so that one that is sent again changes nothing."""

from datetime import datetime, timedelta

from textcx.database import Database

_KEPT = timedelta(days=3)
"""Senders of Standard Webhooks try for 28 hours; what is older is refused by its time where it has one."""


class Deliveries:
    """Ids of deliveries by source, in the inbox's file."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def is_known(self, source: str, identifier: str) -> bool:
        """Say whether a delivery was taken in before."""
        row = self._database.connection.execute(
            "SELECT 1 FROM delivery WHERE source = ? AND id = ?", (source, identifier)
        ).fetchone()
        return row is not None

    def note(self, source: str, identifier: str, *, at: datetime) -> None:
        """Note that a delivery is taken in: after its records are on disk, so that a kill in between loses nothing."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM delivery WHERE at < ?", ((at - _KEPT).timestamp(),))
            connection.execute("INSERT OR REPLACE INTO delivery VALUES (?, ?, ?)", (source, identifier, at.timestamp()))
