"""Snapshots: the search index as readers see it, always the newest that was committed, by whichever process.

Each generation of the index has a folder of its own; `mentions.db` says which is in force. So a rebuild is seen
whole or not at all, and a crash in the midst of one leaves a folder that nobody reads.
"""

import threading
from dataclasses import dataclass
from pathlib import Path

import tantivy

from textcx.errors import IndexVersionError, StoreUnavailableError
from textcx.store.embedded.schema import create_index, index_version, open_index
from textcx.store.embedded.truth import IndexState, Truth

META = "meta.json"
_Mark = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Opened:
    generation: int
    mark: _Mark
    index: tantivy.Index


class Snapshots:
    """Gives searchers over the index in force; safe to use from many threads.

    Args:
        folder: Holds a folder for each generation.
        truth: Says which is in force.
    """

    def __init__(self, folder: Path, truth: Truth) -> None:
        self._folder = folder
        self._truth = truth
        self._guard = threading.Lock()
        self._opened: _Opened | None = None
        self._nothing = create_index(None)

    def folder_of(self, generation: int) -> Path:
        """Return the folder of a generation."""
        return self._folder / f"{generation:06d}"

    def folder_in_force(self) -> Path | None:
        """Return the folder of the generation in force, or None before the first."""
        generation = self._truth.index_state().generation
        return self.folder_of(generation) if generation else None

    def holds(self, generation: int) -> bool:
        """Say whether the index of a generation is there."""
        return (self.folder_of(generation) / META).exists()

    def searcher(self) -> tantivy.Searcher:
        """Return a searcher over what is committed now; it goes on seeing that.

        Raises:
            IndexVersionError: The index was written by another version of textcx, or is gone.
            StoreUnavailableError: It cannot be read.
        """
        state = self._truth.index_state()
        if state.generation == 0:
            return self._nothing.searcher()
        check_version(state)
        try:
            return self._searcher(state.generation)
        except FileNotFoundError:
            pass
        state = self._truth.index_state()  # a rebuild may have just replaced what we were about to open
        try:
            return self._searcher(state.generation)
        except FileNotFoundError as error:
            raise IndexVersionError("The search index is gone: run `textcx store rebuild`.") from error

    def close(self) -> None:
        """Let go of the index's files."""
        with self._guard:
            self._opened = None

    def _searcher(self, generation: int) -> tantivy.Searcher:
        folder = self.folder_of(generation)
        found = (folder / META).stat()
        mark = (found.st_mtime_ns, found.st_ino, found.st_size)  # each commit puts a new file in its place
        with self._guard:
            opened = self._opened
            if opened is None or (opened.generation, opened.mark) != (generation, mark):
                index = self._reloaded(folder, opened.index if opened and opened.generation == generation else None)
                opened = self._opened = _Opened(generation, mark, index)
            return opened.index.searcher()

    def _reloaded(self, folder: Path, index: tantivy.Index | None) -> tantivy.Index:
        try:
            if index is None:
                index = open_index(folder)
            index.reload()
        except ValueError as error:
            if not (folder / META).exists():
                raise FileNotFoundError(folder) from error
            message = f"The search index cannot be read: {error}. Try again, or run `textcx store rebuild`."
            raise StoreUnavailableError(message) from error
        return index


def check_version(state: IndexState) -> None:
    """Refuse an index that another version of textcx wrote.

    Raises:
        IndexVersionError: It is such a one.
    """
    if state.version != index_version():
        message = (
            f"The search index was written as version {state.version!r}, and this textcx reads {index_version()!r}: "
            "run `textcx store rebuild`."
        )
        raise IndexVersionError(message)
