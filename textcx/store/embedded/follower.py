"""Follower: brings the search index after the truth. One process at a time may own one; the caller sees to that.

A commit of the index comes before the note of how far it got. A crash in between repeats the last batch, which
changes nothing, since a mention that the index holds is deleted by its id before it is added.

A commit makes a segment. tantivy merges eight of like size (none more than 1.68 times as large as another; what holds
fewer than 10,000 mentions counts as 10,000), which takes a third as long again as to index them, and maps the files of
all of them into memory. So while more is on its way, many mentions are gathered in one. Seven segments are large, one
too few to be merged; the next ones are small, so that eight, and later eight times eight, are merged in little memory.
Fewer and fewer are gathered as the end comes nearer, so that little is left to wait for when all is stored.
"""

import shutil
import threading
import time
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import tantivy

from textcx.embedding.base import whole_text
from textcx.errors import StoreUnavailableError
from textcx.store.embedded.calls import is_panic, rows_of
from textcx.store.embedded.entries import add_entry, entry_of
from textcx.store.embedded.packing import unpack_values
from textcx.store.embedded.schema import create_index, index_schema, index_version, open_index
from textcx.store.embedded.snapshots import META, Snapshots, check_version
from textcx.store.embedded.tokens import Tokens
from textcx.store.embedded.truth import Change, IndexState, Truth
from textcx.store.embedded.vector_file import VectorWriter, open_writer
from textcx.store.facts import Values
from textcx.store.vectors import OpenEmbedding

_MOST_CHANGES_A_CALL = 4_000
_LARGE_SEGMENT, _SMALL_SEGMENT = 17_500, 8_500
_MOST_LARGE = 7
_LIKE_SIZE = 1.68
_MOST_FOR_EACH_COMING = 3
"""Changes that are gathered for each that is on its way: the last commit holds a quarter of what one before did."""
_GATHER_SECONDS = 15.0
_READ_AT_ONCE = 250
"""So few that the words of their texts are kept from vectors to tokens."""
_HEAP_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class _Gathered:
    """What the writer holds and has not committed: how many changes, up to which, since when."""

    changes: int = 0
    seq: int = 0
    since: float = 0.0

    def with_more(self, changes: int, seq: int) -> "_Gathered":
        since = self.since if self.changes else time.monotonic()
        return _Gathered(self.changes + changes, seq, since) if changes else self

    def may_wait(self, coming: int, most: int) -> bool:
        most = min(most, _MOST_FOR_EACH_COMING * coming)
        return self.changes < most and time.monotonic() - self.since < _GATHER_SECONDS


class Follower:
    """The one writer of a data folder's search index.

    Args:
        truth: What is stored.
        snapshots: Knows the folders of the index.
        tokens: Makes the words that the index holds.
        embedding: Makes the vectors that lie beside the index; without it there are none.
    """

    def __init__(
        self, truth: Truth, snapshots: Snapshots, tokens: Tokens, *, embedding: OpenEmbedding | None = None
    ) -> None:
        self._truth = truth
        self._snapshots = snapshots
        self._tokens = tokens
        self._guard = threading.RLock()
        self._open_embedding = embedding
        self._writer: tantivy.IndexWriter | None = None
        self._index: tantivy.Index | None = None
        self._folder = Path()
        self._vectors: VectorWriter | None = None
        self._uncommitted: set[str] = set()
        self._gathered = _Gathered()
        self._most_gathered = _LARGE_SEGMENT
        self._met_seq = 0
        """The last write of which the index may hold something; of a first one after it, it holds nothing."""

    def follow(self, *, coming: int = 0) -> int:
        """Bring the next changes into the index and return how many there were; 0 when it is abreast.

        Where the index's folder is gone, or one without erased words is wanted, it is made anew as a whole, so that
        nobody reads half of one.

        Args:
            coming: How many more are on their way. With some, the commit is put off, for 15 seconds, 17,500 changes,
                or three times as many as are coming, at most.

        Raises:
            StoreUnavailableError: The disk refused, or another process writes the index.
            IndexVersionError: The index was written by another version of textcx; `rebuild` still works.
        """
        with self._guard:
            state = self._truth.index_state()
            is_wanted = state.cleared_seq < state.wanted_seq
            if state.generation and (is_wanted or not self._snapshots.holds(state.generation)):
                return self.rebuild()
            state = self._usable(state)
            followed = 0
            with self._writing(state.generation) as writer:
                seq = max(state.indexed_seq, self._gathered.seq)
                while followed < _MOST_CHANGES_A_CALL:
                    changes = self._next_changes(seq)
                    if not changes:
                        break
                    self._apply(writer, changes)
                    seq = changes[-1].seq
                    followed += len(changes)
                self._gathered = self._gathered.with_more(followed, seq)
                is_due = self._gathered.changes > 0 and not self._gathered.may_wait(coming, self._most_gathered)
                if is_due:
                    self._commit(writer)
            if is_due:
                self._truth.save_index_state(replace(state, indexed_seq=seq))
            return followed

    def rebuild(self) -> int:
        """Make the index anew from the truth, put it into force at once, and return how many it holds.

        Until then readers see the one before. Words of erased mentions are in no file of the new one.

        Raises:
            StoreUnavailableError: The disk refused, or another process writes the index.
        """
        with self._guard:
            self.close()
            old = self._truth.index_state()
            new = self._begun(old.generation + 1)
            self._make_folder(new.generation)
            seq = 0
            with self._writing(new.generation) as writer:
                while changes := self._next_changes(seq):
                    self._apply(writer, changes)
                    seq = changes[-1].seq
                self._commit(writer)
                writer.wait_merging_threads()
            self.close()
            self._truth.save_index_state(replace(new, indexed_seq=seq))
            self._remove_folders_but(new.generation)
            return self._snapshots.searcher().num_docs

    def close(self) -> None:
        """Let go of the index; what was committed stays."""
        with self._guard:
            self._drop()

    def _usable(self, state: IndexState) -> IndexState:
        """Return the state of the index in force, after making a first one where there is none."""
        if state.generation:
            check_version(state)
            return state
        first = self._begun(1)
        self._make_folder(first.generation)
        self._truth.save_index_state(first)
        return first

    def _begun(self, generation: int) -> IndexState:
        return IndexState(generation, 0, index_version(), cleared_seq=self._truth.last_seq(), made_at=time.time())

    def _next_changes(self, seq: int) -> list[Change]:
        return self._truth.changes_after(seq, limit=_READ_AT_ONCE)

    def _apply(self, writer: tantivy.IndexWriter, changes: list[Change]) -> None:
        assert self._index is not None
        committed = self._index.searcher()
        asked = changes if committed.num_docs else []
        held = {one.id for one in asked if self._may_hold(one) and committed.doc_freq("id", one.id)}
        stored = {one.id: unpack_values(one.body) for one in changes if one.body is not None}
        rows = self._place(changes, stored, committed, held)
        for change in changes:
            if change.id in held or change.id in self._uncommitted:  # most are new, and to look is cheaper
                writer.delete_documents_by_term("id", change.id)
            if (annotated := stored.get(change.id)) is not None:
                add_entry(writer, entry_of(annotated, change.replies, self._tokens, row=rows.get(change.id)))
                self._uncommitted.add(change.id)
        self._met_seq = max(self._met_seq, changes[-1].seq)

    def _may_hold(self, change: Change) -> bool:
        """Tell whether to look: in the end each look-up has mapped some page of every segment's list of ids."""
        return not change.is_first or change.seq <= self._met_seq

    def _place(
        self,
        changes: list[Change],
        stored: Mapping[str, Values],
        committed: tantivy.Searcher,
        held: Container[str],
    ) -> dict[str, int | None]:
        """Write the vectors of what is stored, give up the rows it had, and return the new ones."""
        if self._vectors is None:
            return {}
        for change in changes:
            row = None
            if change.id in held:
                own = tantivy.Query.term_query(index_schema(), "id", change.id)
                row = next(iter(rows_of(committed, own, limit=1)), None)
            self._vectors.give_up(change.id, row)
        mentions = [one["mention"] for one in stored.values()]
        texts = [whole_text(one.get("title"), one.get("text", "")) for one in mentions]
        ids = list(stored)
        return dict(zip(ids, self._vectors.append(ids, texts), strict=True))

    def _commit(self, writer: tantivy.IndexWriter) -> None:
        assert self._index is not None
        if self._vectors is not None:
            self._vectors.sync()
        writer.commit()
        self._uncommitted.clear()
        self._gathered = _Gathered()
        self._index.reload()
        self._most_gathered = _next_size(self._folder)
        if self._vectors is not None:
            self._vectors.settle()

    def _drop(self) -> None:
        """Let go of the writer, with all that it had not committed."""
        self._writer = self._index = self._vectors = None
        self._uncommitted.clear()
        self._gathered = _Gathered()

    @contextmanager
    def _writing(self, generation: int) -> Iterator[tantivy.IndexWriter]:
        """Lend the writer; after a failure it is thrown away, with all that it had not committed."""
        try:
            if self._writer is None:
                self._open(self._snapshots.folder_of(generation))
            assert self._writer is not None
            yield self._writer
        except BaseException as error:
            self._drop()
            if not isinstance(error, ValueError | OSError) and not is_panic(error):  # tantivy has no errors of its own
                raise
            message = (
                f"The search index cannot be written: {error}. Is the disk full, or another indexer at work? If "
                "neither, run `textcx store rebuild`."
            )
            raise StoreUnavailableError(message) from error

    def _open(self, folder: Path) -> None:
        self._index = index = open_index(folder)
        self._folder = folder
        self._most_gathered = _next_size(folder)
        self._writer = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
        self._met_seq = self._truth.last_seq()
        if self._open_embedding is None:
            return
        self._vectors = open_writer(folder, self._open_embedding())
        if self._vectors is not None:
            searcher = index.searcher()
            self._vectors.keep_only(rows_of(searcher, tantivy.Query.all_query(), limit=searcher.num_docs))

    def _make_folder(self, generation: int) -> None:
        folder = self._snapshots.folder_of(generation)
        try:
            if folder.exists():  # left by a crash
                shutil.rmtree(folder)
            create_index(folder)
        except (ValueError, OSError) as error:
            raise StoreUnavailableError(f"The search index cannot be made: {error}.") from error

    def _remove_folders_but(self, generation: int) -> None:
        kept = self._snapshots.folder_of(generation)
        for folder in _folders(kept.parent):
            if folder != kept:
                with suppress(OSError):  # nobody reads it; the next rebuild tries again
                    (folder / META).unlink(missing_ok=True)  # first: who was about to open it sees that it is gone
                    shutil.rmtree(folder)


def _next_size(folder: Path) -> int:
    """Return how many mentions the next segment should hold at most, by those that there are."""
    segments = orjson.loads((folder / META).read_bytes())["segments"]
    large = [one for one in segments if _LARGE_SEGMENT / _LIKE_SIZE <= one["max_doc"] <= _LARGE_SEGMENT * _LIKE_SIZE]
    return _LARGE_SEGMENT if len(large) < _MOST_LARGE else _SMALL_SEGMENT


def _folders(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.is_dir()]
