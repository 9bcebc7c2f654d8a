"""Thresholds: when a probability is enough, found on texts held out."""

from collections.abc import Callable

import numpy as np

from textcx.training.solver import Matrix

_GRID = np.arange(0.06, 0.82, 0.02)
Figure = Callable[[Matrix, Matrix, Matrix | float], float]
_ROUNDS = 2
_COMMON_SHARE = 0.3
"""Rare labels have few texts to find their threshold by."""


def micro_f1(shares: Matrix, targets: Matrix, limits: Matrix | float) -> float:
    """Return the F1 of all labels together if those above their limits are named."""
    named = shares > limits
    right = float((named & (targets > 0)).sum())
    return 2 * right / max(1.0, float(named.sum() + targets.sum()))


def macro_f1(shares: Matrix, targets: Matrix, limits: Matrix | float) -> float:
    """Return the mean F1 of the labels if those above their limits are named."""
    named = shares > limits
    right = (named & (targets > 0)).sum(axis=0)
    return float(np.mean(2 * right / np.maximum(1, named.sum(axis=0) + targets.sum(axis=0))))


def best_thresholds(
    shares: Matrix, targets: Matrix, *, macro: bool = False, common_share: float = _COMMON_SHARE
) -> Matrix:
    """Return the threshold of each label by which F1 is best, each in turn while the others stay.

    Args:
        shares: Probabilities, a row a text.
        targets: What holds.
        macro: Rare labels count as much as common ones.
        common_share: How far the threshold of a label is drawn to that of all.
    """
    figure = macro_f1 if macro else micro_f1
    common = max(_GRID, key=lambda limit: figure(shares, targets, float(limit)))
    limits = np.full(targets.shape[1], common, dtype=np.float32)
    for _ in range(_ROUNDS):
        for label in range(len(limits)):
            limits[label] = max(_GRID, key=lambda limit: _with(figure, shares, targets, limits, label, limit))
    return np.asarray((1 - common_share) * limits + common_share * common, dtype=np.float32)


def _with(figure: Figure, shares: Matrix, targets: Matrix, limits: Matrix, label: int, limit: float) -> float:
    changed = limits.copy()
    changed[label] = limit
    return figure(shares, targets, changed)
