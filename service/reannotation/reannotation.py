"""Reannotation: the present model and taxonomy applied to stored mentions, page by page.

What it writes has a version that is newer than all that was taken in before it began and older than all that comes
after: what a source changes meanwhile wins, and an erased mention stays erased. A page is written before the next one
is noted, and writing it twice changes nothing, so the work may be cut off anywhere.
"""

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from ingest.job import document_of
from service.reannotation.progress_file import Progress, ProgressFile
from textcx.annotation import AnnotatedMention, Annotations
from textcx.corrections import judged_again
from textcx.document import Document
from textcx.errors import AnalysisError, StoreUnavailableError
from textcx.query.tree import Query
from textcx.store.base import LARGEST_PAGE, MentionStore

_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 600.0


class Versions(Protocol):
    """What it needs of the inbox."""

    def fresh_version(self) -> int:
        """Return a version newer than all that was taken in."""
        ...

    def waits_before(self, version: int) -> bool:
        """Say whether something older is still to be analysed."""
        ...


class Analysis(Protocol):
    """What it needs of a pipeline."""

    version: str

    @property
    def parts(self) -> frozenset[str]:
        """Return the fields of annotations that it judges."""
        ...

    def annotate(self, documents: Sequence[Document]) -> Sequence[Annotations | AnalysisError]:
        """Return one answer per document, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Pair:
    """A stored mention, and what would be said of it now; None where the analysis failed."""

    stored: AnnotatedMention
    fresh: Annotations | None

    def judged_otherwise(self, parts: Collection[str]) -> tuple[str, ...]:
        """Return which of these fields are judged otherwise now; who said so does not count."""
        old = self.stored.annotations
        return tuple(part for part in sorted(parts) if self.fresh and getattr(old, part) != getattr(self.fresh, part))


def analyse_again(analysis: Analysis, mentions: Sequence[AnnotatedMention]) -> list[Pair]:
    """Return what is said of stored mentions now; what people corrected stays."""
    answers = analysis.annotate([document_of(one.mention) for one in mentions])
    return [
        Pair(one, None)
        if isinstance(answer, AnalysisError)
        else Pair(one, judged_again(one.annotations, answer, judged=analysis.parts))
        for one, answer in zip(mentions, answers, strict=True)
    ]


class Reannotation:
    """Applies an analysis to what a query finds.

    Args:
        store: Where the mentions live.
        analysis: The pipeline in force.
        versions: Gives the version of what is written.
        file: Where the progress is kept.
        sleep: Waits so many seconds, or raises what stopped those who drain the inbox.
    """

    def __init__(
        self,
        store: MentionStore,
        analysis: Analysis,
        versions: Versions,
        file: ProgressFile,
        *,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._analysis = analysis
        self._versions = versions
        self._file = file
        self._sleep = sleep

    def begin(self, query: str) -> Progress:
        """Return where to go on: the same query under the same model that was cut off, or else a new beginning.

        Raises:
            StoreUnavailableError: The disk refused, or what was taken in before was not analysed in time.
        """
        found = self._file.read()
        if found is None or (found.query, found.model) != (query, self._analysis.version):
            version = self._versions.fresh_version()
            found = Progress(query=query, model=self._analysis.version, version=version)
            self._file.write(found)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self._versions.waits_before(found.version):
            if time.monotonic() > deadline:
                raise StoreUnavailableError("Records still wait for analysis. Try again when they are in.")
            self._sleep(_POLL_SECONDS)
        self._store.refresh()
        return found

    def run(self, tree: Query, progress: Progress, *, show: Callable[[Progress, int], None]) -> Progress:
        """Write anew what is judged otherwise now, or by another model, to the last page.

        Args:
            tree: What `progress.query` means.
            progress: As `begin` gave it.
            show: Told after each page, with the number of mentions that the query finds.

        Raises:
            StoreUnavailableError: The store did not answer; begin again, and it goes on here.
        """
        while True:
            page = self._store.search(tree, sort="oldest", limit=LARGEST_PAGE, cursor=progress.cursor)
            progress = self._write([hit.annotated for hit in page.hits], progress, page.next_cursor)
            show(progress, page.total)
            if page.next_cursor is None:
                self._file.remove()
                return progress
            self._file.write(progress)

    def _write(self, found: Sequence[AnnotatedMention], progress: Progress, cursor: str | None) -> Progress:
        older = [one for one in found if one.mention.version < progress.version]
        pairs = analyse_again(self._analysis, older)
        fresh = [
            AnnotatedMention(
                mention=pair.stored.mention.model_copy(update={"version": progress.version}), annotations=pair.fresh
            )
            for pair in pairs
            if pair.fresh is not None and pair.fresh != pair.stored.annotations
        ]
        written = self._store.put(fresh) if fresh else 0
        return progress.model_copy(
            update={
                "cursor": cursor,
                "seen": progress.seen + len(found),
                "changed": progress.changed + sum(bool(one.judged_otherwise(self._analysis.parts)) for one in pairs),
                "written": progress.written + written,
                "failed": progress.failed + sum(pair.fresh is None for pair in pairs),
            }
        )
