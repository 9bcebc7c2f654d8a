"""Database: one SQLite file that survives a crash, opened once per thread.

Write-ahead log, `synchronous=FULL` (an acknowledged commit is on disk), deleted bytes overwritten. The one
module that turns SQLite's errors into ours.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from textcx.errors import ConfigError, StoreUnavailableError

BUSY_TIMEOUT_SECONDS = 30.0
_LARGEST_WAL_BYTES = 64 * 2**20
_LOGGED_PAGES = 8_000
"""Pages that the log holds until they are written back: ids have no order, so a batch touches a page here and there,
and a page that is touched ten times is written back once. At SQLite's 1,000 each batch is written back, and synced."""


class Database:
    """A SQLite file with its schema; safe to use from many threads and processes.

    Args:
        path: The file; made if absent, readable by its owner alone.
        schema: Statements that make the tables (`CREATE ... IF NOT EXISTS`), run at every opening.
        schema_version: Written into a new file; another number in an old file is a ConfigError.
    """

    def __init__(self, path: Path, *, schema: str, schema_version: int) -> None:
        self.path = path
        self._local = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        with self.failing_as_unavailable():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            connection = self.connection
            found = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if found not in (0, schema_version):
                message = (
                    f"{path.name} was written with schema {found}; this version of textcx reads schema "
                    f"{schema_version}. Use the version that wrote it, or another data folder."
                )
                raise ConfigError(message)
            connection.executescript(schema)
            connection.execute(f"PRAGMA user_version={schema_version}")

    @property
    def connection(self) -> sqlite3.Connection:
        """The calling thread's connection, in autocommit mode."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(
                self.path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None, check_same_thread=False
            )
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute(f"PRAGMA journal_size_limit={_LARGEST_WAL_BYTES}")
            connection.execute(f"PRAGMA wal_autocheckpoint={_LOGGED_PAGES}")
            self._local.connection = connection
            with self._guard:
                self._opened.append(connection)
        return connection

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write in one transaction: all of it is on disk when the block ends, or none.

        Raises:
            StoreUnavailableError: The disk is full or failed, or another writer held the file too long.
        """
        with self.failing_as_unavailable():
            connection = self.connection
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def failing_as_unavailable(self) -> Iterator[None]:
        """Turn a failure of the file below into StoreUnavailableError."""
        try:
            yield
        except sqlite3.OperationalError as error:
            message = f"{self.path.name}: {error}. Is the disk full, or the data folder read-only?"
            raise StoreUnavailableError(message) from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError):
                raise
            message = f"{self.path.name}: {error}. Run `textcx store verify`."
            raise StoreUnavailableError(message) from error

    def empty_log(self) -> bool:
        """Write the log, which still holds what was deleted, back and empty it; say whether that was possible.

        A reader may be in the way: then the next call does it.
        """
        try:
            with self.failing_as_unavailable():
                is_busy, *_ = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except StoreUnavailableError:
            return False
        return not is_busy

    def compact(self) -> bool:
        """Write the whole file anew, without what deleted rows left between others, and empty the log.

        Returns whether the log could be emptied.

        Raises:
            StoreUnavailableError: The disk is full, or another writer held the file too long.
        """
        with self.failing_as_unavailable():
            self.connection.execute("VACUUM")
        return self.empty_log()

    def close(self) -> None:
        """Close the connections of all threads."""
        with self._guard:
            for connection in self._opened:
                connection.close()
            self._opened.clear()
        self._local = threading.local()
