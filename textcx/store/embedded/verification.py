"""Verification: whether the search index holds what the truth holds."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Verification:
    """What a comparison of truth and index found.

    Attributes:
        stored: Mentions in the truth.
        indexed: Mentions in the index.
        pending: Mentions written or erased that the index has not come to yet.
        missing: Ids that the index should hold and does not, in order.
        surplus: Ids that the index holds though the truth does not, or holds twice.
        outdated: Ids that the index holds in another version.
    """

    stored: int
    indexed: int
    pending: int
    missing: tuple[str, ...]
    surplus: tuple[str, ...]
    outdated: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """The index answers as the truth would, but for what is pending."""
        return not (self.missing or self.surplus or self.outdated)


def compare(
    stored: Iterable[tuple[int, str, int | None]], indexed: Iterable[tuple[str, int]], *, up_to: int
) -> Verification:
    """Return where an index differs from the truth.

    Args:
        stored: Number of the last write, id and version of each mention of the truth; erased ones have no version.
        indexed: Id and version of each mention of the index.
        up_to: The last write that the index has followed; later ones are pending.
    """
    wanted: dict[str, int] = {}
    pending: set[str] = set()
    total = 0
    for seq, identifier, version in stored:
        total += version is not None
        if seq > up_to:
            pending.add(identifier)
        elif version is not None:
            wanted[identifier] = version
    surplus, outdated, entries = [], [], 0
    for identifier, found in indexed:
        entries += 1
        if identifier in pending:
            continue
        expected = wanted.pop(identifier, None)
        if expected is None:
            surplus.append(identifier)
        elif expected != found:
            outdated.append(identifier)
    return Verification(
        total, entries, len(pending), tuple(sorted(wanted)), tuple(sorted(surplus)), tuple(sorted(outdated))
    )
