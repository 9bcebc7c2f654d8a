"""Example phrases of a taxonomy that sound more like another touchpoint than like their own.

Only touchpoints are looked at that are found by their examples: those without terms in some language.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from textcx.taxonomy_file import Entry

_FEWEST = 3
"""Phrases of a touchpoint from which its sound is known."""
_MARGIN = 0.2
"""How much more like another one a phrase must be, as a cosine: of the sentences that ship one in thirty is."""


def doubtful_examples(
    entries: Sequence[Entry], are_related: Callable[[str, str], bool], languages: Sequence[str]
) -> Iterator[tuple[str, str, int, str]]:
    """Yield the touchpoint, language and number of each doubtful example, and the touchpoint that it sounds like.

    Args:
        entries: The touchpoints.
        are_related: Tells whether two of them are the same, or one divides the other.
        languages: In which terms are expected.
    """
    phrases = [
        (entry.id, language, number, text)
        for entry in entries
        for language, texts in entry.examples.items()
        for number, text in enumerate(texts, start=1)
    ]
    owners = np.array([owner for owner, *_ in phrases])
    looked_at = {entry.id for entry in entries if any(not entry.terms.get(one) for one in languages)}
    names = [entry.id for entry in entries if (owners == entry.id).sum() >= _FEWEST]
    if looked_at.isdisjoint(names):
        return
    from textcx.embedding.static import StaticEmbedding

    vectors = StaticEmbedding().vectors([text for *_, text in phrases]).astype(np.float64)
    vectors -= vectors.mean(axis=0)
    sums = {name: vectors[owners == name].sum(axis=0) for name in names}
    for (owner, language, number, _), vector in zip(phrases, vectors, strict=True):
        if owner not in sums or owner not in looked_at:
            continue
        own = _cosine(vector, sums[owner] - vector)
        others = {name: _cosine(vector, sums[name]) for name in names if not are_related(owner, name)}
        nearest = max(others, key=lambda name: others[name], default=None)
        if nearest is not None and others[nearest] > own + _MARGIN:
            yield owner, language, number, nearest


def _cosine(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / lengths if lengths > 0 else 0.0
