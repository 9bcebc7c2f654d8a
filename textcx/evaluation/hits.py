"""Hits: for each text and label whether it was rightly named, wrongly named or missed, and what follows from that.

One label of several that exclude each other is the same as a set of labels that holds one. So every figure here is a
function of three numbers a label, and every interval of it a resampling of texts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textcx.query.estimates import wilson

Labels = frozenset[str]
Numbers = NDArray[np.float64]
NOTHING = "none"
"""What a text without a label stands under in a table of confusions."""
RESAMPLES = 1000
SEED = 20261127
_TAILS = (2.5, 97.5)
_RESAMPLES_AT_ONCE = 50


@dataclass(frozen=True, slots=True)
class Hits:
    """What was right and wrong, a row a text, a column a label.

    Attributes:
        labels: Names of the columns.
        right: The label holds and was named.
        wrong: It was named and does not hold.
        missed: It holds and was not named.
    """

    labels: tuple[str, ...]
    right: Numbers
    wrong: Numbers
    missed: Numbers

    @property
    def n(self) -> int:
        """Return the number of texts."""
        return len(self.right)


Figure = Callable[[Numbers, Numbers, Numbers, int], Any]
"""Makes a figure of right, wrong and missed, summed over texts, a column a label; and the number of texts."""


def compare(gold: Sequence[Labels], named: Sequence[Labels], labels: Sequence[str]) -> Hits:
    """Return the hits of what was named against what holds; labels that are not asked about are left alone."""
    place = {label: number for number, label in enumerate(labels)}
    shape = (len(gold), len(labels))
    right, wrong, missed = (np.zeros(shape) for _ in range(3))
    for row, (holds, said) in enumerate(zip(gold, named, strict=True)):
        for label in holds | said:
            if label in place:
                table = missed if label not in said else right if label in holds else wrong
                table[row, place[label]] = 1
    return Hits(tuple(labels), right, wrong, missed)


def accuracy(right: Numbers, _wrong: Numbers, _missed: Numbers, n: int) -> Any:
    """Return the share of texts whose one label was named."""
    return right.sum(axis=-1) / n


def precision(right: Numbers, wrong: Numbers) -> Any:
    """Return for each label how many of those named hold; 0 where none was named."""
    return _share(right, right + wrong)


def recall(right: Numbers, missed: Numbers) -> Any:
    """Return for each label how many of those that hold were named; 0 where none holds."""
    return _share(right, right + missed)


def f1(right: Numbers, wrong: Numbers, missed: Numbers) -> Any:
    """Return for each label the harmonic mean of precision and recall; 0 where there is neither."""
    return _share(2 * right, 2 * right + wrong + missed)


def macro_f1(right: Numbers, wrong: Numbers, missed: Numbers, _n: int) -> Any:
    """Return the mean F1 of all labels, each as important as the other."""
    return f1(right, wrong, missed).mean(axis=-1)


def macro_recall(right: Numbers, _wrong: Numbers, missed: Numbers, _n: int) -> Any:
    """Return the mean recall of all labels: the accuracy if all were equally frequent."""
    return recall(right, missed).mean(axis=-1)


def micro_f1(right: Numbers, wrong: Numbers, missed: Numbers, _n: int) -> Any:
    """Return the F1 of all labels together, each occurrence as important as the other."""
    return _share(2 * right.sum(axis=-1), (2 * right + wrong + missed).sum(axis=-1))


FIGURES: dict[str, Figure] = {
    "accuracy": accuracy,
    "macro_f1": macro_f1,
    "micro_f1": micro_f1,
    "macro_recall": macro_recall,
}


def value_of(hits: Hits, figure: str) -> float:
    """Return a figure of FIGURES over all texts."""
    return float(FIGURES[figure](hits.right.sum(axis=0), hits.wrong.sum(axis=0), hits.missed.sum(axis=0), hits.n))


def interval_of(hits: Hits, figure: str) -> tuple[float, float]:
    """Return the 95 % interval of a figure: of an accuracy Wilson's, else a percentile bootstrap over texts, seeded.

    Efron and Tibshirani 1993, "An Introduction to the Bootstrap", section 13.3.
    """
    if figure == "accuracy":
        return wilson(round(hits.right.sum()), hits.n)
    chance = np.random.default_rng(SEED)
    found: list[Numbers] = []
    even = np.full(hits.n, 1 / hits.n)
    for _ in range(RESAMPLES // _RESAMPLES_AT_ONCE):
        times = chance.multinomial(hits.n, even, size=_RESAMPLES_AT_ONCE).astype(np.float64)
        found.append(FIGURES[figure](times @ hits.right, times @ hits.wrong, times @ hits.missed, hits.n))
    low, high = np.percentile(np.concatenate(found), _TAILS)
    return float(low), float(high)


def confusion(gold: Sequence[Labels], named: Sequence[Labels]) -> dict[str, dict[str, int]]:
    """Return for each label that holds how often each was named, of texts that have at most one."""
    table: dict[str, dict[str, int]] = {}
    for holds, said in zip(gold, named, strict=True):
        row = table.setdefault(next(iter(holds), NOTHING), {})
        column = next(iter(said), NOTHING)
        row[column] = row.get(column, 0) + 1
    return {name: dict(sorted(row.items())) for name, row in sorted(table.items())}


def calibration_error(confidences: Sequence[float], is_right: Sequence[bool], *, bins: int = 15) -> float:
    """Return how far confidence lies from accuracy: the mean gap over bins of equal width, weighted by their texts.

    Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of Modern Neural Networks", equation 3.

    Args:
        confidences: Of the label that was named, 0 to 1.
        is_right: Whether that label holds.
        bins: How many; a confidence on a border belongs to the bin below it.

    Example:
        >>> round(calibration_error([0.9, 0.9, 0.6, 0.6], [True, True, True, False], bins=10), 3)
        0.1
    """
    given = np.asarray(confidences, dtype=np.float64)
    right = np.asarray(is_right, dtype=np.float64)
    places = np.clip(np.ceil(given * bins).astype(int) - 1, 0, bins - 1)
    gaps = np.abs(np.bincount(places, right, bins) - np.bincount(places, given, bins))
    return float(gaps.sum() / len(given))


def _share(part: Numbers, whole: Numbers) -> Any:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
