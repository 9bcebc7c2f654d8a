"""Bags: texts as bags of words, and the learner that moves words until texts lie where they should."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textcx.embedding.base import Vectors

_SHARPNESS = np.float32(20.0)
"""What cosines are multiplied by before they compete, as usual in contrastive learning of sentences."""
_SMALLEST = np.float32(1e-6)


@dataclass(frozen=True, slots=True)
class Bags:
    """Texts as rows of word numbers, none empty.

    Attributes:
        words: The numbers of all words, text after text.
        starts: Where each text begins, and after the last one where it ends.
    """

    words: NDArray[np.int64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Iterable[Sequence[str]], numbers: Mapping[str, int]) -> tuple["Bags", list[int]]:
        """Return the bags of texts with a known word, and which texts those are."""
        known = [(place, [numbers[word] for word in text if word in numbers]) for place, text in enumerate(texts)]
        kept = [(place, words) for place, words in known if words]
        lengths = [len(words) for _, words in kept]
        flat = np.array([number for _, words in kept for number in words], np.int64)
        return cls(flat, np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])), [place for place, _ in kept]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def pick(self, places: NDArray[np.int64]) -> "Bags":
        """Return some of the bags."""
        lengths = self.starts[places + 1] - self.starts[places]
        starts = np.concatenate([[0], np.cumsum(lengths)])
        inside = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
        return Bags(self.words[np.repeat(self.starts[places], lengths) + inside], starts)

    def sums(self, vectors: Vectors) -> Vectors:
        """Return for each bag the sum of its words' vectors."""
        return np.add.reduceat(vectors[self.words], self.starts[:-1], axis=0)


class Learner:
    """Moves word vectors by gradients, each by steps that shrink as it moves (Adagrad, Duchi et al. 2011).

    Args:
        vectors: A row per word; changed in place.
        rate: Size of the first steps.
    """

    def __init__(self, vectors: Vectors, *, rate: float) -> None:
        self.vectors = vectors
        self._rate = np.float32(rate)
        self._moved = np.full(len(vectors), _SMALLEST, np.float32)

    def pull(self, bags: Bags, targets: Vectors) -> float:
        """Move texts towards their targets, and away from those of the others; return how wrong they were."""
        sums = bags.sums(self.vectors)
        texts, lengths = _directions(sums)
        wrong, slope, _ = _contrast(texts, targets)
        self._step([(bags, texts, lengths, slope)])
        return wrong

    def tie(self, ones: Bags, others: Bags) -> float:
        """Move texts that mean the same towards each other, and away from all others."""
        first, first_lengths = _directions(ones.sums(self.vectors))
        second, second_lengths = _directions(others.sums(self.vectors))
        wrong, first_slope, second_slope = _contrast(first, second)
        self._step([(ones, first, first_lengths, first_slope), (others, second, second_lengths, second_slope)])
        return wrong

    def _step(self, parts: Sequence[tuple[Bags, Vectors, Vectors, Vectors]]) -> None:
        words, slopes = [], []
        for bags, texts, lengths, slope in parts:
            tangent = (slope - texts * np.sum(slope * texts, axis=1, keepdims=True)) / lengths
            words.append(bags.words)
            slopes.append(np.repeat(tangent, np.diff(bags.starts), axis=0))
        flat, slope = np.concatenate(words), np.concatenate(slopes)
        order = np.argsort(flat, kind="stable")
        distinct, first = np.unique(flat[order], return_index=True)
        step = np.add.reduceat(slope[order], first, axis=0)
        self._moved[distinct] += np.mean(step * step, axis=1)
        self.vectors[distinct] -= self._rate * step / np.sqrt(self._moved[distinct])[:, None]


def batches(count: int, size: int, random: np.random.Generator) -> Iterator[NDArray[np.int64]]:
    """Give all numbers below `count` in an order by chance, some at a time; a last few that fill none are left out."""
    order = random.permutation(count)
    for first in range(0, max(1, count - size + 1), size):
        yield order[first : first + size]


def _directions(sums: Vectors) -> tuple[Vectors, Vectors]:
    lengths = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), _SMALLEST)
    return sums / lengths, lengths


def _contrast(texts: Vectors, targets: Vectors) -> tuple[float, Vectors, Vectors]:
    """Return the loss of "each text's own target is the nearest one", both ways, with its slopes."""
    scores = _SHARPNESS * (texts @ targets.T)
    own = np.arange(len(texts))
    slope = np.zeros_like(scores)
    wrong = 0.0
    for axis in (0, 1):
        shifted = np.exp(scores - scores.max(axis=axis, keepdims=True))
        shares = shifted / shifted.sum(axis=axis, keepdims=True)
        wrong -= float(np.mean(np.log(np.maximum(shares[own, own], _SMALLEST)))) / 2
        shares[own, own] -= 1
        slope += shares / (2 * len(texts))
    slope *= _SHARPNESS
    return wrong, slope @ targets, slope.T @ texts
