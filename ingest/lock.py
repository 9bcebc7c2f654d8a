"""Locks: who drains the inbox and alone writes the search index, and who reads a source.

Advisory locks of the operating system (`flock`): they go with their process, however that ends.
"""

import fcntl
import os
from pathlib import Path
from typing import Self


class FileLock:
    """A lock file; a context manager once it has been taken."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Take the lock if it is free and say whether it is ours now."""
        if self._descriptor is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def release(self) -> None:
        """Let another process take it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()


class IndexerLock(FileLock):
    """The lock of a data folder's index."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "indexer.lock")


class SourceLock(FileLock):
    """The lock of a source: no two processes read it at once."""

    def __init__(self, folder: Path, source: str) -> None:
        super().__init__(folder / "sources" / f".{source}.lock")
