"""Migration: the first indices, the next generation of them, and whether they hold what they should."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from textcx.errors import IndexVersionError
from textcx.store.elastic.documents import read_source
from textcx.store.elastic.indices import UNDATED, Indices
from textcx.store.elastic.ledger import Generations, Ledger
from textcx.store.elastic.requests import Hit, Searcher
from textcx.store.elastic.writer import Writer

_COPIED_AT_ONCE = 500
_SHOWN_IDS = 3
_EVERYTHING: dict[str, Any] = {"match_all": {}}


class Migration:
    """Makes the indices of one store, and makes them anew.

    Args:
        indices: Their names and their alias.
        ledger: The data folder's ledger.
        writer: Writes them.
        searcher: Asks them.
    """

    def __init__(self, indices: Indices, ledger: Ledger, writer: Writer, searcher: Searcher) -> None:
        self._indices = indices
        self._ledger = ledger
        self._writer = writer
        self._searcher = searcher

    def setup(self) -> None:
        """Bring the template up to date, and make the first indices where there are none."""
        self._indices.put_template()
        read = self._indices.read_generation()
        known = self._ledger.generations()
        if read == 0:
            read = known.read or 1
            self._indices.make(self._indices.name(read, UNDATED), is_read=True)
        if known.read != read:
            self._ledger.set_generations(Generations(read, (read,)))

    def migrate(self) -> int:
        """Copy everything into the next generation while writes go to both, then move the alias.

        Raises:
            IndexVersionError: There is nothing to migrate.
        """
        self._indices.put_template()
        now = self._ledger.generations()
        served = max((self._indices.generation_of(index) for index in self._indices.behind_alias()), default=0)
        if not served:
            raise IndexVersionError(f"There are no indices behind {self._indices.alias!r}: `textcx store setup`.")
        following = next((number for number in now.written if number > served), served + 1)
        self._indices.make(self._indices.name(following, UNDATED), is_read=False)
        self._ledger.set_generations(Generations(served, (served, following)))
        self._searcher.refresh()
        for hits in _portions(self._searcher.all_hits(_EVERYTHING, more={"_source": ["annotated"]})):
            parts = {hit["_id"]: self._indices.part_of(hit["_index"]) for hit in hits}
            self._writer.copy([read_source(hit["_source"]) for hit in hits], parts, following)
        while self._writer.follow():
            pass
        self._indices.move_alias(to=following)
        self._ledger.set_generations(Generations(following, (following,)))
        self._indices.move_alias(to=following)  # with what was made between the two
        self._indices.delete_but(following)
        self._searcher.refresh()
        return self._searcher.count(_EVERYTHING)


def findings(searcher: Searcher, indices: Indices, ledger: Ledger) -> list[str]:
    """Return what is wrong with the indices, a sentence a kind."""
    searcher.refresh()
    is_ours = ledger.generations().read > 0
    astray, unknown, erased = [], [], []
    for hits in _portions(searcher.all_hits(_EVERYTHING, more={"_source": False})):
        erased += sorted(ledger.erased([hit["_id"] for hit in hits]))
        for hit in hits:
            home = ledger.home(hit["_id"])
            if home is None and is_ours:
                unknown.append(hit["_id"])
            elif home is not None and home != indices.part_of(hit["_index"]):
                astray.append(hit["_id"])
    kinds = (
        (astray, "in another index than the ledger says, or there twice"),
        (unknown, "unknown to the ledger"),
        (erased, "there, though erased"),
    )
    return [_sentence(identifiers, what) for identifiers, what in kinds if identifiers]


def _sentence(identifiers: list[str], what: str) -> str:
    shown = ", ".join(identifiers[:_SHOWN_IDS]) + (", ..." if len(identifiers) > _SHOWN_IDS else "")
    count = "1 mention is" if len(identifiers) == 1 else f"{len(identifiers):,} mentions are"
    return f"{count} {what}: {shown}"


def _portions(hits: Iterator[Hit]) -> Iterator[list[Hit]]:
    while some := list(islice(hits, _COPIED_AT_ONCE)):
        yield some
