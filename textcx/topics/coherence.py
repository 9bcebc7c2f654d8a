"""Coherence: which of a topic's words stand in the same texts, more often than chance would put them there.

Normalised pointwise mutual information (Bouma 2009, "Normalized (Pointwise) Mutual Information in Collocation
Extraction"), with half a text added to what was seen and to what is expected, so that two rare words that met once
count little.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from math import log

_ADDED = 0.5
_WEIGHT = 0.3
"""How much of a word's rank is its own weight; the rest is how well it goes with those that are chosen."""
_LEAST = 0.15
"""A word that goes worse with those that are chosen says something else."""
_KEPT = 4
"""So many words are shown however badly they go together."""


class Together:
    """In which texts words stand.

    Args:
        texts: The words of each.
        words: Those that will be asked for.
    """

    def __init__(self, texts: Iterable[Iterable[str]], words: Collection[str]) -> None:
        places: dict[str, list[int]] = defaultdict(list)
        self._count = 0
        for text in texts:
            for word in text:
                if word in words:
                    places[word].append(self._count)
            self._count += 1
        self._texts = {word: _bits(of_word, self._count) for word, of_word in places.items()}
        self._counts = {word: len(of_word) for word, of_word in places.items()}

    def of(self, first: str, second: str) -> float:
        """Return how much more often than by chance two words stand in one text: 1 always, 0 as chance has it."""
        met = (self._texts[first] & self._texts[second]).bit_count() + _ADDED
        expected = self._counts[first] * self._counts[second] / self._count + _ADDED
        return log(met / expected) / -log(met / (self._count + 1))


def coherent(words: Sequence[str], weights: Mapping[str, float], together: Together, *, most: int) -> list[str]:
    """Return the words that go together, in the order given, at most so many.

    Begun with the first; then always the one that weighs most and goes best with those there are, until the next would
    go with them hardly better than chance.

    Args:
        words: Heaviest first, each in at least one text.
        weights: Of each.
        together: Knows their texts.
        most: How many at most.
    """
    chosen, left = list(words[:1]), list(words[1:])
    own = {word: weights[word] / weights[words[0]] for word in left}
    sums = dict.fromkeys(left, 0.0)
    while left and len(chosen) < most:
        for word in left:
            sums[word] += together.of(word, chosen[-1])
        fits = {word: sums[word] / len(chosen) for word in left}
        ranks = {word: _WEIGHT * own[word] + (1 - _WEIGHT) * fits[word] for word in left}
        best = max(left, key=ranks.__getitem__)
        if len(chosen) >= _KEPT and fits[best] < _LEAST:
            break
        chosen.append(best)
        left.remove(best)
    return [word for word in words if word in chosen]


def _bits(places: Sequence[int], count: int) -> int:
    """Return a number with a bit for each text: two of them are compared at once."""
    found = bytearray(count // 8 + 1)
    for place in places:
        found[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(found, "little")
