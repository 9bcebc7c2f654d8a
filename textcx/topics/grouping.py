"""Grouping: which texts of a set are about the same, found by their vectors alone.

Many small groups are made first and then merged where their centroids are near, which finds large topics and small
ones; then each text goes where it is nearest, whatever its language; what lies far from every centroid belongs to
none. Numpy alone, so that every machine can propose and split; `textcx.topics.bertopic_fit` does the first step by
scikit-learn inside BERTopic, and the rest here.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from textcx.topics.likeness import Vectors, drawn_together, evened, learned_rows, unit, units

Labels = NDArray[np.int64]
Partition = Callable[[Vectors, int], Labels]
"""Divides vectors into at most so many parts: a number from 0 for each."""
NO_GROUP = -1
FEWEST_TEXTS = 20
"""In fewer texts no topic can be told from chance."""
_PARTS_A_ROOT = 1.2
"""How many parts a set has for the root of its size: large sets have more topics, but not in proportion."""
_MOST_PARTS = 400
_FEWEST_PARTS = 20
_SMALLEST_PART = 5
_SMALLEST_SHARE = 0.001
_ROUNDS = 12
_MERGING_ROUNDS = 2
_AT_ONCE = 8_192
_FEW_OF_A_LANGUAGE = 50
"""So many texts of a language count as much as the mean of all."""


@dataclass(frozen=True, slots=True)
class GroupingRules:
    """What makes a group.

    Attributes:
        merged_at: Parts whose centroids have at least this cosine become one group; of what texts have of their own.
        same_at: Likewise, of vectors as they are: all texts of a set may be about the same.
        kept: The share of a group's texts that it keeps: the others lie too far out.
        smallest: No group has fewer texts; by default five, or one in a thousand of a large set.
    """

    merged_at: float = 0.4
    same_at: float = 0.98
    kept: float = 0.95
    smallest: int | None = None

    def smallest_of(self, count: int) -> int:
        """Return how many texts a group of a set needs."""
        return self.smallest or max(_SMALLEST_PART, round(count * _SMALLEST_SHARE))


@dataclass(frozen=True, slots=True)
class Usual:
    """What texts have in common because of the store they are in and the language they are written in.

    It tells no topics apart, and what vectors have of their language would make a topic of each language.

    Attributes:
        means: Of the vectors of each language.
        of: For each text the place of its mean.
    """

    means: Vectors
    of: Labels

    @classmethod
    def of_languages(cls, vectors: Vectors, languages: Sequence[str]) -> Self:
        """Return the means of texts by language; one that has few texts is taken to be nearer to the mean of all."""
        names, places = np.unique(np.asarray(languages, dtype=object).astype(str), return_inverse=True)
        spoken = vectors.any(axis=1)
        counts = np.bincount(places[spoken], minlength=len(names))[:, None]
        sums = np.zeros((len(names), vectors.shape[1]), np.float64)
        np.add.at(sums, places[spoken], vectors[spoken])
        mean = sums.sum(axis=0) / max(1, counts.sum())
        means = (sums + _FEW_OF_A_LANGUAGE * mean) / (counts + _FEW_OF_A_LANGUAGE)
        return cls(means.astype(np.float32), places.astype(np.int64))

    def only(self, rows: Labels) -> "Usual":
        """Return the same means for some of the texts."""
        return Usual(self.means, self.of[rows])

    def taken_from(self, vectors: Vectors) -> Vectors:
        """Return what each text has of its own: by it texts are compared, whatever their language."""
        return evened(vectors - self.means[self.of])


@dataclass(frozen=True, slots=True)
class Group:
    """Texts that are about the same.

    Attributes:
        rows: Which, the nearest to its centroid first.
        centroid: Mean of their vectors, of length 1.
        limit: The least cosine to the centroid of a text that belongs.
        cosines: Of `rows`.
    """

    rows: Labels
    centroid: Vectors
    limit: float
    cosines: Vectors


def parts_for(count: int) -> int:
    """Return into how many parts a set is divided first.

    Example:
        >>> parts_for(50), parts_for(1000), parts_for(100_000)
        (10, 37, 379)
    """
    wanted = min(max(int(_PARTS_A_ROOT * count**0.5), _FEWEST_PARTS), _MOST_PARTS)
    return max(1, min(wanted, count // _SMALLEST_PART))


def groups_of(
    vectors: Vectors, partition: Partition, rules: GroupingRules, *, usual: Usual | None = None
) -> list[Group]:
    """Return the groups of a set of vectors of length 1 or 0, the largest first.

    Args:
        vectors: One a text; texts without words (0) belong nowhere.
        partition: Makes the small groups to begin with.
        rules: What makes a group.
        usual: What the texts have in common; without it, their mean.
    """
    spoken = np.flatnonzero(vectors.any(axis=1))
    if len(spoken) < FEWEST_TEXTS:
        return []
    usual = usual or Usual.of_languages(vectors, [""] * len(vectors))
    own = usual.only(spoken).taken_from(vectors[spoken])
    labels = joined(own, vectors[spoken], partition(own, parts_for(len(spoken))), rules)
    return groups_from(vectors, spoken, labels, rules)


def groups_from(vectors: Vectors, spoken: Labels, labels: Labels, rules: GroupingRules) -> list[Group]:
    """Return the groups that labels of the rows `spoken` make, without what lies far out in each."""
    smallest, groups = rules.smallest_of(len(spoken)), []
    for label in np.unique(labels[labels != NO_GROUP]):
        rows = spoken[labels == label]
        if len(rows) < smallest:
            continue
        centroid = unit(vectors[rows].mean(axis=0))
        cosines = vectors[rows] @ centroid
        limit = float(np.quantile(cosines, 1 - rules.kept))
        order = np.argsort(-cosines, kind="stable")
        order = order[cosines[order] >= limit]
        groups.append(Group(rows[order], centroid, limit, cosines[order]))
    return sorted(groups, key=lambda group: -len(group.rows))


def merged(own: Vectors, plain: Vectors, labels: Labels, rules: GroupingRules) -> Labels:
    """Return labels in which groups with near centroids are one.

    The nearest two become one, again and again, until none are near enough (average linkage by centroids that are
    weighted by their texts). Centroids are compared by what texts have of their own, since the rest tells nothing
    apart, and as they are, since then nothing else may be left.
    """
    is_in = labels != NO_GROUP
    names, inverse = np.unique(labels[is_in], return_inverse=True)
    if len(names) < 2:  # noqa: PLR2004 - there is nothing to merge
        return labels
    own_sums, plain_sums = (np.zeros((len(names), own.shape[1]), np.float64) for _ in range(2))
    np.add.at(own_sums, inverse, own[is_in])
    np.add.at(plain_sums, inverse, plain[is_in])
    into, is_gone = np.arange(len(names)), np.zeros(len(names), bool)
    excess = _excess(own_sums, plain_sums, is_gone, rules, np.arange(len(names)))
    while True:
        first, second = divmod(int(excess.argmax()), len(names))
        if excess[first, second] < 0:
            break
        for sums in (own_sums, plain_sums):
            sums[first] += sums[second]
        is_gone[second] = True
        into[into == second] = first
        (row,) = _excess(own_sums, plain_sums, is_gone, rules, np.array([first]))
        excess[first], excess[:, first] = row, row
        excess[second], excess[:, second] = -np.inf, -np.inf
    found = labels.copy()
    found[is_in] = into[inverse]
    return found


def joined(own: Vectors, plain: Vectors, labels: Labels, rules: GroupingRules) -> Labels:
    """Return labels in which near groups are one and each text is in the nearest; done twice, then little moves.

    Args:
        own: What texts have of their own.
        plain: Their vectors.
        labels: The parts to begin with.
        rules: What makes a group.
    """
    for _ in range(_MERGING_ROUNDS):
        labels = settled(own, merged(own, plain, labels, rules))
    return labels


def settled(own: Vectors, labels: Labels) -> Labels:
    """Return labels by which each text is in the nearest group, by what it has of its own.

    The parts to begin with may be those of one language; less what the language adds, a text often lies nearer to a
    group that another language began.
    """
    is_in = labels != NO_GROUP
    names, places = np.unique(labels[is_in], return_inverse=True)
    if len(names) < 2:  # noqa: PLR2004 - there is nowhere else to go
        return labels
    sums = np.zeros((len(names), own.shape[1]), np.float32)
    np.add.at(sums, places, own[is_in])
    found = labels.copy()
    found[is_in] = names[_nearest(own[is_in], units(sums))]
    return found


def k_means(vectors: Vectors, count: int) -> Labels:
    """Return a division by k-means on the sphere (Dhillon and Modha 2001, Machine Learning 42), always the same one.

    The centres are learned from at most 20,000 of the vectors, drawn together.
    """
    chance, sample = np.random.default_rng(0), learned_rows(len(vectors))
    mean = vectors[sample].mean(axis=0)
    drawn = drawn_together(units(vectors[sample] - mean))
    drawn -= drawn.mean(axis=0)
    centres = _spread_out(drawn, count, chance)
    for _ in range(_ROUNDS):
        labels = (drawn @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, labels, drawn)
        is_used = np.bincount(labels, minlength=len(centres)) > 0
        centres = np.where(is_used[:, None], units(sums), centres)
    found = _nearest(vectors - mean, centres)
    found[sample] = _nearest(drawn, centres)
    return found


def _spread_out(vectors: Vectors, count: int, chance: np.random.Generator) -> Vectors:
    """Return vectors to begin with that lie apart (k-means++: Arthur and Vassilvitskii 2007)."""
    directions = units(vectors)
    chosen = [int(chance.integers(len(directions)))]
    distances = 1 - directions @ directions[chosen[0]]
    while len(chosen) < count and distances.max() > 1e-6:  # copies alone have one centre
        weights = np.clip(distances, 0, None).astype(np.float64) ** 2
        chosen.append(int(chance.choice(len(directions), p=weights / weights.sum())))
        distances = np.minimum(distances, 1 - directions @ directions[chosen[-1]])
    return directions[chosen]


def _nearest(vectors: Vectors, centres: Vectors) -> Labels:
    """Return the nearest centre of each, some at a time: all products at once would take hundreds of megabytes."""
    found = np.empty(len(vectors), np.int64)
    for first in range(0, len(vectors), _AT_ONCE):
        found[first : first + _AT_ONCE] = (vectors[first : first + _AT_ONCE] @ centres.T).argmax(axis=1)
    return found


def _excess(
    own: NDArray[np.float64], plain: NDArray[np.float64], is_gone: NDArray[np.bool_], rules: GroupingRules, rows: Labels
) -> NDArray[np.float64]:
    """Return by how much some groups are nearer to all others than two need to be to become one."""
    own, plain = _long_units(own), _long_units(plain)
    found: NDArray[np.float64] = np.maximum(own[rows] @ own.T - rules.merged_at, plain[rows] @ plain.T - rules.same_at)
    found[:, is_gone] = -np.inf
    found[np.arange(len(rows)), rows] = -np.inf
    return found


def _long_units(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: NDArray[np.float64] = vectors / np.where(lengths > 0, lengths, 1)
    return found
