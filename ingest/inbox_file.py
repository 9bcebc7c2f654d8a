"""The file `inbox.db`: tables of inbox, runs, quarantine, known revisions, and of sources and how far they are read."""

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
CREATE TABLE IF NOT EXISTS reading(
    run TEXT PRIMARY KEY, source TEXT NOT NULL, kind TEXT NOT NULL, started_at REAL NOT NULL, ended_at REAL,
    state TEXT NOT NULL, since REAL, until REAL, given INTEGER NOT NULL DEFAULT 0, fresh INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0, observed INTEGER NOT NULL DEFAULT 0, note TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS reading_of ON reading(source, started_at);
CREATE TABLE IF NOT EXISTS position(
    source TEXT PRIMARY KEY, read_through REAL, full_at REAL, backfilled_to REAL, next_at REAL,
    failures INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS met(
    source TEXT NOT NULL, id BLOB NOT NULL, scope TEXT NOT NULL, published_at REAL, met_at REAL NOT NULL,
    misses INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(source, id)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS met_of ON met(id);
CREATE INDEX IF NOT EXISTS met_scope ON met(source, scope);
CREATE TABLE IF NOT EXISTS observation(
    id BLOB NOT NULL, at REAL NOT NULL, likes INTEGER, replies INTEGER, reposts INTEGER, views INTEGER,
    PRIMARY KEY(id, at)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spent(credential TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS spent_at ON spent(credential, at);
CREATE TABLE IF NOT EXISTS held(credential TEXT PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS delivery(
    source TEXT NOT NULL, id TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY(source, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gap(
    source TEXT NOT NULL, reason TEXT NOT NULL, since REAL NOT NULL, until REAL NOT NULL, found_at REAL NOT NULL,
    PRIMARY KEY(source, reason, since, until)) WITHOUT ROWID;
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
