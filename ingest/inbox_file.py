"""The file `inbox.db`: tables of inbox, runs, quarantine, cursors and known revisions."""

import sqlite3
from collections import Counter
from pathlib import Path

from textcx.database import Database

NOW = "(julianday('now') - 2440587.5) * 86400.0"
"""Seconds since the epoch with their fraction, in SQL (`unixepoch('subsec')` needs SQLite 3.42)."""
_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS run(
    id TEXT PRIMARY KEY, source TEXT NOT NULL, state TEXT NOT NULL, read INTEGER NOT NULL DEFAULT 0,
    started_at REAL NOT NULL, note TEXT);
CREATE TABLE IF NOT EXISTS tally(
    run TEXT NOT NULL, name TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(run, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entry(
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, id BLOB NOT NULL, revision TEXT NOT NULL,
    place TEXT NOT NULL, body BLOB NOT NULL, collected_at REAL NOT NULL,
    leased INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, next_at REAL NOT NULL DEFAULT 0,
    lease_until REAL, token TEXT, last_reason TEXT);
CREATE INDEX IF NOT EXISTS entry_fresh ON entry(sequence) WHERE leased = 0 AND attempts = 0;
CREATE INDEX IF NOT EXISTS entry_suspect ON entry(attempts, next_at) WHERE leased = 0 AND attempts > 0;
CREATE INDEX IF NOT EXISTS entry_leased ON entry(lease_until) WHERE leased = 1;
CREATE INDEX IF NOT EXISTS entry_run ON entry(run);
CREATE TABLE IF NOT EXISTS known(
    id BLOB PRIMARY KEY, revision TEXT NOT NULL, version INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sketch(number INTEGER PRIMARY KEY, id BLOB NOT NULL, hashes BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS sketch_of ON sketch(id);
CREATE TABLE IF NOT EXISTS sketch_hash(
    hash INTEGER NOT NULL, sketch INTEGER NOT NULL, PRIMARY KEY(hash, sketch)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quarantine(
    number INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, id BLOB, revision TEXT, place TEXT NOT NULL,
    reason TEXT NOT NULL, body BLOB, is_sealed INTEGER NOT NULL DEFAULT 0, collected_at REAL,
    set_aside_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS cursor(source TEXT PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS backlog(only INTEGER PRIMARY KEY CHECK (only = 1), records INTEGER, bytes INTEGER);
INSERT OR IGNORE INTO backlog VALUES (1, 0, 0);
"""


def open_inbox_file(folder: Path) -> Database:
    """Open `inbox.db` of a data folder, with the tables of inbox, runs, quarantine and known revisions."""
    return Database(folder / "inbox.db", schema=_SCHEMA, schema_version=_SCHEMA_VERSION)


def add_to_tally(connection: sqlite3.Connection, run: str, counts: Counter[str]) -> None:
    """Add counts to a run's tally, within the caller's transaction."""
    connection.executemany(
        "INSERT INTO tally VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
        [(run, name, count) for name, count in counts.items() if count],
    )
