"""Shape odds: what the shapes of a text add to what the table says of its signals and of its polarity.

Learned on top of scores from heads that had not seen the texts: a head that has learned a text by heart leaves nothing
to explain. Logistic regression with the head's scores as offset.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Numbers = NDArray[np.float64]
_SIGNAL_PENALTY, _POLARITY_PENALTY = 0.3, 2.0
_STEPS = 200
_LEAST = 1e-5
_LARGEST = 30.0


def learn_odds(shares: Numbers, features: Numbers, targets: Numbers) -> Numbers:
    """Return what each feature adds to the log odds of each signal; the last row is added to every text.

    Args:
        shares: The probability of each signal by heads that had not seen the text, a row a text.
        features: Of the texts.
        targets: Which signals hold.
    """
    everything, offsets = _with_one(features), _log_odds(shares)
    columns = []
    for signal in range(shares.shape[1]):
        pair = np.stack([np.zeros(len(shares)), offsets[:, signal]], axis=1)
        wanted = np.stack([1 - targets[:, signal], targets[:, signal]], axis=1)
        found = _fit(everything, pair, wanted, 2 * _SIGNAL_PENALTY)
        columns.append(found[:, 1] - found[:, 0])
    return np.stack(columns, axis=1)


def moved(shares: Numbers, features: Numbers, odds: Numbers) -> Numbers:
    """Return the probabilities of signals after the features were seen."""
    scores = _log_odds(shares) + _with_one(features) @ odds
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -_LARGEST, _LARGEST))))


def learn_class_odds(scores: Numbers, features: Numbers, targets: Numbers) -> Numbers:
    """Return the same for classes of which one holds.

    Args:
        scores: Of each class by heads that had not seen the text, a row a text.
        features: Of the texts.
        targets: Ones for the classes that hold.
    """
    return _fit(_with_one(features), scores, targets, _POLARITY_PENALTY)


def _fit(features: Numbers, offsets: Numbers, targets: Numbers, penalty: float) -> Numbers:
    """Return weights of features, the last of which is one and costs nothing, by L-BFGS."""
    shape = (features.shape[1], targets.shape[1])
    ridge = np.full((shape[0], 1), penalty)
    ridge[-1] = 0

    def loss_and_slope(flat: Numbers) -> tuple[float, Numbers]:
        weights = flat.reshape(shape)
        scores = offsets + features @ weights
        scores -= scores.max(axis=1, keepdims=True)
        logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        slope = features.T @ (np.exp(logs) - targets) + 2 * ridge * weights
        return float((ridge * weights**2).sum() - (targets * logs).sum()), slope.ravel()

    start = np.zeros(shape[0] * shape[1])
    found = minimize(loss_and_slope, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return np.asarray(found.x.reshape(shape))


def _with_one(features: Numbers) -> Numbers:
    return np.hstack([features, np.ones((len(features), 1))])


def _log_odds(shares: Numbers) -> Numbers:
    kept = np.clip(shares, _LEAST, 1 - _LEAST)
    return np.asarray(np.log(kept / (1 - kept)))
