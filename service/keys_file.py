"""The file `keys.db`: the table of API keys, each as a hash."""

from pathlib import Path

from textcx.database import Database

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS key(
    id TEXT PRIMARY KEY, name TEXT NOT NULL, scopes TEXT NOT NULL, requests_per_minute INTEGER NOT NULL,
    made_at REAL NOT NULL, expires_at REAL, revoked_at REAL, used_on TEXT, hash TEXT NOT NULL) WITHOUT ROWID;
"""


def open_keys_file(folder: Path) -> Database:
    """Open `keys.db` of a data folder.

    Raises:
        StoreUnavailableError: The folder cannot be read or written.
        ConfigError: Another version of textcx wrote it.
    """
    return Database(folder / "keys.db", schema=_SCHEMA, schema_version=_SCHEMA_VERSION)
