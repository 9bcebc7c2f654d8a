"""Corrections: what a person said of a mention instead of the analysis, and what of it stays in a new analysis.

A corrected field is one whose `said_by` names a person: `{"sentiment": "person a1b2"}`. No analysis overwrites it for
as long as the text is the same; a text that was changed at its source is another text, and is judged afresh.
"""

from collections.abc import Collection

from textcx.annotation import Annotations

PERSON = "person"
"""What `said_by` begins with where a person said it."""


def is_correction(said_by: str) -> bool:
    """Say whether a person said it.

    Example:
        >>> is_correction("person a1b2"), is_correction("textcx_sentiment lexicon-1")
        (True, False)
    """
    return said_by.split(" ", 1)[0] == PERSON


def judged_again(stored: Annotations, fresh: Annotations, *, judged: Collection[str]) -> Annotations:
    """Return the annotations of a text that was analysed again.

    Args:
        stored: What was said of it before.
        fresh: What is said of it now.
        judged: The fields that the analysis speaks of at all; of the others what was said before stays.
    """
    corrected = {part for part, who in stored.said_by.items() if is_correction(who)}
    kept = corrected | {part for part in stored.said_by if part not in judged}
    if not kept:
        return fresh
    said_by = {part: who for part, who in fresh.said_by.items() if part not in kept}
    said_by |= {part: stored.said_by[part] for part in kept}
    return fresh.model_copy(update={**{part: getattr(stored, part) for part in kept}, "said_by": said_by})
