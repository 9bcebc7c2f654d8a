"""Verification: whether the search index holds what the truth holds, in words for people."""

from collections.abc import Iterable, Sequence

_SHOWN_IDS = 3


def differences(
    stored: Iterable[tuple[int, str, int | None]], indexed: Iterable[tuple[str, int]], *, up_to: int
) -> list[str]:
    """Return where an index differs from the truth, a sentence a kind; none where it answers as the truth would.

    Args:
        stored: Number of the last write, id and version of each mention of the truth; erased ones have no version.
        indexed: Id and version of each mention of the index.
        up_to: The last write that the index has followed; what was written later may be there or not.

    Example:
        >>> differences([(1, "aa", 7), (2, "bb", 7)], [("aa", 6)], up_to=2)
        ['1 mention is missing from the index: bb', '1 mention is in the index in another version: aa']
    """
    wanted: dict[str, int] = {}
    pending: set[str] = set()
    for seq, identifier, version in stored:
        if seq > up_to:
            pending.add(identifier)
        elif version is not None:
            wanted[identifier] = version
    surplus, outdated = [], []
    for identifier, found in indexed:
        if identifier in pending:
            continue
        expected = wanted.pop(identifier, None)
        if expected is None:
            surplus.append(identifier)
        elif expected != found:
            outdated.append(identifier)
    kinds = (
        (sorted(wanted), "missing from the index"),
        (sorted(surplus), "in the index twice, or though it was erased"),
        (sorted(outdated), "in the index in another version"),
    )
    return [_sentence(identifiers, what) for identifiers, what in kinds if identifiers]


def _sentence(identifiers: Sequence[str], what: str) -> str:
    shown = ", ".join(identifiers[:_SHOWN_IDS]) + (", ..." if len(identifiers) > _SHOWN_IDS else "")
    count = "1 mention is" if len(identifiers) == 1 else f"{len(identifiers):,} mentions are"
    return f"{count} {what}: {shown}"
