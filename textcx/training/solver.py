"""Solver: logistic regression on sparse rows by AdaGrad on small batches, seeded, so that a run can be repeated."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_RATE = 2.0
_BATCH_ROWS = (64, 512)
_BATCHES_EACH_EPOCH = 100
_ORDERS = 3
_TINY = 1e-6
_RARE = -3.0
"""Where a clause begins: most say nothing of most things."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of a linear model: a row a feature, a column an output; and the bias of each output."""

    of_features: Matrix
    bias: Matrix


def softmax(scores: Matrix) -> Matrix:
    """Return probabilities that add up to one in each row."""
    shifted = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True), dtype=np.float32)


def sigmoid(scores: Matrix) -> Matrix:
    """Return the probability of each output by itself."""
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -40, 40))), dtype=np.float32)


def fit(
    features: Any,
    targets: Matrix,
    *,
    weights: Matrix | None = None,
    exclusive: bool,
    penalty: float = 1.0,
    epochs: int = 8,
    seed: int = 0,
) -> Weights:
    """Return the weights that explain the targets.

    Args:
        features: A scipy CSR matrix, a row a text.
        targets: What each output should be, 0 to 1; soft labels are welcome.
        weights: How much each text counts.
        exclusive: One output holds for each text (softmax), or each by itself.
        penalty: Strength of the L2 penalty on weights, for the sum of losses.
        epochs: How often each text is seen.
        seed: Of the order in which they are.
    """
    rows, columns = features.shape
    outputs = targets.shape[1]
    counts = np.ones(rows, np.float32) if weights is None else (weights / weights.mean()).astype(np.float32)
    model = _Model(columns, outputs, penalty / rows)
    order_of = np.random.default_rng(seed)
    size = int(np.clip(rows // _BATCHES_EACH_EPOCH, *_BATCH_ROWS))
    steps = epochs * -(-rows // size)
    for _ in range(epochs):
        order = order_of.permutation(rows)
        for first in range(0, rows, size):
            chosen = order[first : first + size]
            batch = features[chosen]
            touched, small = model.used_of(batch)
            scores = small @ model.of_features[touched] + model.bias
            expected = softmax(scores) * targets[chosen].sum(axis=1, keepdims=True) if exclusive else sigmoid(scores)
            errors = (expected - targets[chosen]) * (counts[chosen] / len(chosen))[:, None]
            model.move(touched, np.asarray(small.T @ errors), errors.sum(axis=0), left=1 - model.steps / steps)
    return Weights(model.of_features, model.bias)


def fit_mean(features: Any, targets: Matrix, **more: Any) -> Weights:
    """Return the mean of `fit` over three orders of the texts: where texts are few, the order alone moves a head.

    Args:
        features: As in `fit`.
        targets: As in `fit`.
        more: What else `fit` takes but the seed.
    """
    found = [fit(features, targets, **more, seed=seed) for seed in range(_ORDERS)]
    return Weights(np.mean([one.of_features for one in found], axis=0), np.mean([one.bias for one in found], axis=0))


def fit_any(
    features: Any,
    owners: NDArray[np.int64],
    targets: Matrix,
    *,
    weights: Matrix | None = None,
    penalty: float = 1.0,
    epochs: int = 8,
    seed: int = 0,
) -> Weights:
    """Return weights by which a text has an output if any of its clauses has (noisy or).

    Args:
        features: A scipy CSR matrix, a row a clause.
        owners: The text of each clause, ascending.
        targets: What each output of a text should be, 0 to 1.
        weights: How much each text counts.
        penalty: As in `fit`.
        epochs: As in `fit`.
        seed: As in `fit`.
    """
    texts, outputs = targets.shape
    starts = np.searchsorted(owners, np.arange(texts + 1))
    counts = np.ones(texts, np.float32) if weights is None else (weights / weights.mean()).astype(np.float32)
    model = _Model(features.shape[1], outputs, penalty / texts)
    model.bias[:] = _RARE
    order_of = np.random.default_rng(seed)
    size = int(np.clip(texts // _BATCHES_EACH_EPOCH, *_BATCH_ROWS))
    steps = epochs * -(-texts // size)
    for _ in range(epochs):
        order = order_of.permutation(texts)
        for first in range(0, texts, size):
            chosen = np.sort(order[first : first + size])
            clauses = np.concatenate([np.arange(starts[text], starts[text + 1]) for text in chosen])
            owner = np.repeat(np.arange(len(chosen)), starts[chosen + 1] - starts[chosen])
            batch = features[clauses]
            touched, small = model.used_of(batch)
            scores = small @ model.of_features[touched] + model.bias
            chance = any_of(scores, owner, len(chosen))
            pull = 1 - targets[chosen] / np.maximum(chance, 1e-6)
            errors = (sigmoid(scores) * (pull * (counts[chosen] / len(chosen))[:, None])[owner]).astype(np.float32)
            model.move(touched, np.asarray(small.T @ errors), errors.sum(axis=0), left=1 - model.steps / steps)
    return Weights(model.of_features, model.bias)


def any_of(scores: Matrix, owners: NDArray[np.int64], texts: int) -> Matrix:
    """Return for each text the probability that at least one of its clauses has each output."""
    none = np.zeros((texts, scores.shape[1]), np.float64)
    np.add.at(none, owners, np.logaddexp(0, scores))
    return np.asarray(-np.expm1(-none), dtype=np.float32)


class _Model:
    """Weights on their way: AdaGrad, and an L2 penalty that a feature pays when it is met again."""

    def __init__(self, columns: int, outputs: int, decay: float) -> None:
        self.of_features = np.zeros((columns, outputs), np.float32)
        self.bias = np.zeros(outputs, np.float32)
        self.steps = 0
        self._squares = np.zeros_like(self.of_features)
        self._bias_squares = np.zeros_like(self.bias)
        self._met = np.zeros(columns, np.int64)
        self._is_used = np.zeros(columns, np.bool_)
        self._places = np.zeros(columns, np.int32)
        self._decay = decay

    def used_of(self, batch: Any) -> tuple[NDArray[np.int64], Any]:
        """Return the columns that a batch uses, and the batch with these columns alone."""
        self._is_used[batch.indices] = True
        touched = np.flatnonzero(self._is_used)
        self._is_used[touched] = False
        self._places[touched] = np.arange(len(touched), dtype=np.int32)
        shape = (batch.shape[0], len(touched))
        return touched, type(batch)((batch.data, self._places[batch.indices], batch.indptr), shape=shape)

    def move(self, touched: NDArray[np.int64], slope: Matrix, bias_slope: Matrix, *, left: float) -> None:
        """Take a step against the slope of the loss; `left` is the share of all steps that is still to come."""
        rate = np.float32(_RATE * left)
        values = self.of_features[touched]
        missed = (self.steps - self._met[touched] + 1).astype(np.float32)[:, None]
        slope = slope + np.float32(self._decay) * missed * values
        squares = self._squares[touched] + slope * slope
        self._squares[touched] = squares
        self.of_features[touched] = values - rate * slope / (np.sqrt(squares) + _TINY)
        self.steps += 1
        self._met[touched] = self.steps
        self._bias_squares += bias_slope * bias_slope
        self.bias -= rate * bias_slope / (np.sqrt(self._bias_squares) + _TINY)


def balanced(targets: Matrix, power: float) -> Matrix:
    """Return the weight of each text by the rarity of its class; power 0 is none, 1 makes all classes equal."""
    sizes = np.maximum(targets.sum(axis=0), 1)
    return np.asarray(targets @ (sizes.sum() / len(sizes) / sizes) ** power, dtype=np.float32)
