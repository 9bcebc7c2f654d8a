"""Frontier: which pages of a crawl were read and which wait, on disk, so that a crawl killed anywhere goes on there.

A page counts as read only after what it held is in the inbox. A crawl goes in rounds: when no page waits, the round
is over, and the next one asks for all pages again whose last change the site does not tell.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from crawlers.link import Id, Link
from textcx.database import Database

_ROUNDS = 2
"""Missing once may be a page that changed while it was turned; twice is not."""
_ROUNDS_IN_DOUBT = 5
_MANY = 20
_MANY_SHARE = 0.5
"""Where pages failed, or so much is missing at once, the site more likely shows less than it has."""
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS page(
    sequence INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, stamp TEXT, found_on TEXT,
    state TEXT NOT NULL DEFAULT 'waiting', note TEXT, records INTEGER NOT NULL DEFAULT 0, read_at REAL,
    etag TEXT, last_modified TEXT);
CREATE INDEX IF NOT EXISTS waiting ON page(sequence) WHERE state = 'waiting';
CREATE INDEX IF NOT EXISTS found_on ON page(found_on);
CREATE TABLE IF NOT EXISTS standing(
    scope TEXT, native_id TEXT, page TEXT, PRIMARY KEY(scope, native_id, page)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS standing_on ON standing(page);
CREATE TABLE IF NOT EXISTS missing(
    scope TEXT, native_id TEXT, since_round INTEGER, PRIMARY KEY(scope, native_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS crawl(finished INTEGER NOT NULL, round INTEGER NOT NULL);
"""

Ending = Literal["read", "unchanged", "gone", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A page to be asked for.

    Attributes:
        link: Which.
        validators: Headers that make the request conditional.
    """

    link: Link
    validators: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Visit:
    """How the asking for a page ended.

    Attributes:
        url: As it was asked for.
        ending: How.
        note: Why, where nothing was read.
        links: What leads on.
        ids: Of the records that stand there, those that have one.
        gone: Of the records that the page says were taken away.
        records: How many stand there.
        validators: To be asked with the next time: `etag`, `last-modified`.
    """

    url: str
    ending: Ending
    note: str | None = None
    links: tuple[Link, ...] = ()
    ids: frozenset[Id] = frozenset()
    gone: tuple[Id, ...] = ()
    records: int = 0
    validators: Mapping[str, str] = field(default_factory=dict)


class Frontier:
    """The pages of one crawl.

    Args:
        path: Its file.
        most_pages: Links beyond are not taken.
        whole_every: After so long a page is read again whatever the site says of it.
    """

    def __init__(self, path: Path, *, most_pages: int, whole_every: timedelta) -> None:
        self._database = Database(path, schema=_SCHEMA, schema_version=_VERSION)
        self._most_pages = most_pages
        self._whole_every = whole_every
        with self._database.transaction() as connection:
            if connection.execute("SELECT 1 FROM crawl").fetchone() is None:
                connection.execute("INSERT INTO crawl VALUES (0, 1)")

    @property
    def finished(self) -> int:
        """How many visits have ended."""
        return int(self._database.connection.execute("SELECT finished FROM crawl").fetchone()[0])

    def begin(self, starts: Iterable[Link], *, anew: bool, at: datetime) -> None:
        """Go on with the round where pages wait, else begin the next one.

        Args:
            starts: The first pages.
            anew: Forget what was read: the inbox knows nothing of it.
            at: Now.
        """
        with self._database.transaction() as connection:
            if anew:
                connection.execute("DELETE FROM page")
                connection.execute("UPDATE crawl SET finished = 0, round = 1")
            if connection.execute("SELECT 1 FROM page WHERE state = 'waiting' LIMIT 1").fetchone() is None:
                old = (at - self._whole_every).timestamp()
                connection.execute("DELETE FROM page WHERE state = 'gone'")
                connection.execute("UPDATE page SET etag = NULL, last_modified = NULL WHERE read_at < ?", [old])
                connection.execute(
                    "UPDATE page SET state = 'waiting', note = NULL "
                    "WHERE stamp IS NULL OR state != 'read' OR read_at < ?",
                    [old],
                )
            self._add(connection, starts, found_on=None)

    def waiting(self, count: int, *, beside: Collection[str]) -> list[Waiting]:
        """Return up to `count` pages that wait, the first found first, without those that were asked for already."""
        rows = self._database.connection.execute(
            "SELECT url, kind, stamp, etag, last_modified FROM page WHERE state = 'waiting' ORDER BY sequence LIMIT ?",
            [count + len(beside)],
        )
        found = []
        for url, kind, stamp, etag, last_modified in rows:
            validators = {"If-None-Match": etag, "If-Modified-Since": last_modified}
            if url not in beside:
                known = {name: value for name, value in validators.items() if value}
                found.append(Waiting(Link(url, kind, stamp), known))
        return found[:count]

    def finish(self, visits: Iterable[Visit], *, at: datetime) -> None:
        """Note how visits ended; what they brought must be in the inbox."""
        with self._database.transaction() as connection:
            for visit in visits:
                connection.execute("UPDATE crawl SET finished = finished + 1")
                state = "read" if visit.ending == "unchanged" else visit.ending
                connection.execute("UPDATE page SET state = ?, note = ? WHERE url = ?", [state, visit.note, visit.url])
                if visit.ending == "read":
                    validators = visit.validators.get("etag"), visit.validators.get("last-modified")
                    connection.execute(
                        "UPDATE page SET etag = ?, last_modified = ?, records = ?, read_at = ? WHERE url = ?",
                        [*validators, visit.records, at.timestamp(), visit.url],
                    )
                if visit.ending in ("read", "gone"):
                    self._stand(connection, visit)
                    self._unlist(connection, visit)
                self._add(connection, visit.links, found_on=visit.url)

    def gone(self) -> list[Id]:
        """Return the ids that stood on no page for some rounds: they are gone at the site."""
        connection = self._database.connection
        (missing,) = connection.execute("SELECT count(*) FROM missing").fetchone()
        (standing,) = connection.execute("SELECT count(*) FROM standing").fetchone()
        is_many = missing >= _MANY and missing > _MANY_SHARE * (missing + standing)
        rounds = _ROUNDS_IN_DOUBT if is_many or self.endings().get("failed") else _ROUNDS
        return [
            (scope, native_id)
            for scope, native_id in connection.execute(
                "SELECT scope, native_id FROM missing WHERE since_round <= (SELECT round FROM crawl) - ?", [rounds - 1]
            )
        ]

    def end_round(self, gone: Iterable[Id]) -> None:
        """Note that the round is over, and that what was gone is erased."""
        with self._database.transaction() as connection:
            connection.executemany("DELETE FROM missing WHERE scope = ? AND native_id = ?", list(gone))
            connection.execute("UPDATE crawl SET round = round + 1")

    def ask_all_again(self) -> None:
        """Let all pages wait, whatever the site said of their last change: what they were read for was not found."""
        with self._database.transaction() as connection:
            connection.execute("UPDATE page SET state = 'waiting', note = NULL, etag = NULL, last_modified = NULL")

    def endings(self) -> dict[str, int]:
        """Return how many pages stand at each ending."""
        return dict(self._database.connection.execute("SELECT state, count(*) FROM page GROUP BY state"))

    def ending_of(self, url: str) -> tuple[str, str | None]:
        """Return how the last visit of a page ended, and why, where it was not read."""
        row = self._database.connection.execute("SELECT state, note FROM page WHERE url = ?", [url]).fetchone()
        return row or ("waiting", None)

    def notes(self, ending: Ending) -> Iterator[str]:
        """Give why visits ended so, each reason once, the most frequent first."""
        query = "SELECT note FROM page WHERE state = ? GROUP BY note ORDER BY count(*) DESC LIMIT 5"
        yield from (str(note) for (note,) in self._database.connection.execute(query, [ending]))

    @property
    def has_records(self) -> bool:
        """Whether any page holds a record, or held one until lately."""
        query = "SELECT EXISTS (SELECT 1 FROM page WHERE records > 0) OR EXISTS (SELECT 1 FROM missing)"
        return bool(self._database.connection.execute(query).fetchone()[0])

    @property
    def is_full(self) -> bool:
        """Whether links were left out because there are too many."""
        (count,) = self._database.connection.execute("SELECT count(*) FROM page").fetchone()
        return int(count) >= self._most_pages

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _add(self, connection: sqlite3.Connection, links: Iterable[Link], *, found_on: str | None) -> None:
        """Add pages that are new, and let those wait again of which the site says that they have changed."""
        (count,) = connection.execute("SELECT count(*) FROM page").fetchone()
        room = self._most_pages - int(count)
        for link in links:
            if link.stamp is not None:
                connection.execute(
                    "UPDATE page SET stamp = ?, state = 'waiting' WHERE url = ? AND stamp IS NOT ?",
                    [link.stamp, link.url, link.stamp],
                )
                connection.execute("UPDATE page SET found_on = ? WHERE url = ?", [found_on, link.url])
            if room > 0:
                row = [link.url, link.kind, link.stamp, found_on]
                added = "INSERT OR IGNORE INTO page(url, kind, stamp, found_on) VALUES (?, ?, ?, ?)"
                room -= connection.execute(added, row).rowcount

    def _unlist(self, connection: sqlite3.Connection, visit: Visit) -> None:
        """Let those pages wait that the list no longer names: they may be gone, and their stamp would never say so."""
        listed = {link.url for link in visit.links}
        query = "SELECT url FROM page WHERE found_on = ? AND stamp IS NOT NULL"
        dropped = [(url,) for (url,) in connection.execute(query, [visit.url]) if url not in listed]
        connection.executemany("UPDATE page SET state = 'waiting', found_on = NULL WHERE url = ?", dropped)

    def _stand(self, connection: sqlite3.Connection, visit: Visit) -> None:
        """Note what stands on a page now; what stood there and stands nowhere any more is missing."""
        before = set(connection.execute("SELECT scope, native_id FROM standing WHERE page = ?", [visit.url]))
        connection.executemany(
            "DELETE FROM standing WHERE scope = ? AND native_id = ? AND page = ?",
            [(*one, visit.url) for one in before - visit.ids],
        )
        for one in visit.ids:
            connection.execute("INSERT OR IGNORE INTO standing VALUES (?, ?, ?)", [*one, visit.url])
            connection.execute("DELETE FROM missing WHERE scope = ? AND native_id = ?", one)
        for one in before - visit.ids - set(visit.gone):
            connection.execute(
                "INSERT OR IGNORE INTO missing SELECT ?, ?, round FROM crawl WHERE NOT EXISTS "
                "(SELECT 1 FROM standing WHERE scope = ? AND native_id = ?)",
                [*one, *one],
            )
