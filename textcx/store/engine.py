"""Engine: what a program that runs a store needs of it, beside what everybody may ask (`textcx.store.base`)."""

from typing import Protocol

from textcx.store.base import MentionStore, Person
from textcx.store.embedded.truth import Tombstones


class Engine(MentionStore, Protocol):
    """A store and its upkeep. One process at a time, which holds the indexer's lock, attaches itself as its indexer."""

    def attach_indexer(self) -> None:
        """Make this the process that follows what is written; the caller holds the indexer's lock."""
        ...

    def detach_indexer(self) -> None:
        """Leave that to others, before the caller gives up the indexer's lock."""
        ...

    def index_pending(self, *, coming: int = 0) -> int:
        """Follow what was written last; return how many changes, 0 when abreast.

        Args:
            coming: How many more are on their way: with some it may take a few seconds until searches find these.

        Raises:
            StoreUnavailableError: The disk or the engine refused.
            IndexVersionError: The index was written by another version of textcx.
        """
        ...

    def rebuild(self) -> int:
        """Make the index anew while questions are answered from the old one; return how many mentions it holds.

        Raises:
            StoreUnavailableError: The disk or the engine refused; run it again.
        """
        ...

    def verify(self) -> list[str]:
        """Return a sentence for each thing that is wrong with the store; none where all is well.

        Raises:
            IndexVersionError: The index was written by another version of textcx, or is gone.
            StoreUnavailableError: It cannot be read at all.
        """
        ...

    def holds_erased_words(self) -> bool:
        """Say whether words of erased mentions may still be in the index's files, where no search finds them."""
        ...

    def index_age_seconds(self) -> float:
        """Return how long ago the index was begun anew."""
        ...

    def want_cleared(self) -> None:
        """Ask for an index without the words erased so far."""
        ...

    def compact(self) -> bool:
        """Write the data folder's file anew without a trace of what was erased; say whether its log is empty too."""
        ...

    def tombstones(self) -> Tombstones:
        """Return all that was erased for good."""
        ...

    def apply(self, tombstones: Tombstones) -> int:
        """Erase and refuse what was erased in another store of the same key; return how many mentions went."""
        ...

    def refuses(self, person: Person) -> bool:
        """Say whether nothing more is kept of a person."""
        ...

    def largest_version(self) -> int:
        """Return the largest version ever put, 0 before the first."""
        ...
