"""Emotion layer: how the Swedish head of emotions weighs what all other heads say, by logistic regression; and limits.

The heads that it weighs have met none of its texts: what they say of these is as good as what they will say of others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from textcx.model.card import EMOTION_HEADS, EMOTIONS, Numbers, Weights
from textcx.model.emotion_layer import EmotionLayer, inputs_of
from textcx.model.scored import score_texts
from textcx.model.subjects import Subjects
from textcx.model.verdict import Verdicts, sigmoid
from textcx.training.general import several_of
from textcx.training.rows import Row
from textcx.training.solver import Matrix
from textcx.training.sources import EMOTIONS as EMOTION_SETS
from textcx.training.sources import TOUCHPOINTS, DataSets
from textcx.training.thresholds import best_thresholds

_ENGLISH_SET, _SWEDISH_SET = EMOTION_SETS[:2]
_CUSTOMER, _ENGLISH, _SWEDISH = range(len(EMOTION_HEADS))

_PENALTY = 50.0
"""Of the L2 norm of weights on inputs of unit spread; by folds of brighter-swe, 20 and 100 are little worse."""
_ROUNDS = 12
_FOLDS = 5
_LEAST_SPREAD = 1e-6
_SURE = 1e-3
_LEAST_ROWS = 150
_LEAST_SHARE = 0.5
"""Texts that are judged mostly by other heads tell nothing of the limits of one."""
_COMMON_SHARES = {True: 0.3, False: 0.0}
"""How far the limit of an emotion is drawn to that of all; by folds of the development parts."""


@dataclass(frozen=True, slots=True)
class EmotionOdds:
    """What was learned.

    Attributes:
        layer: A row an input, a column an emotion; no row if no Swedish texts were there.
        limits: The probability that each emotion must exceed, a row a head.
    """

    layer: Numbers
    limits: Numbers


def tune_emotions(weights: Weights, sets: DataSets) -> EmotionOdds:
    """Return the layer of Swedish emotions, and when an emotion is named, by the development parts.

    Args:
        weights: Whose heads are weighed.
        sets: Where texts are read.
    """
    card = weights.card
    limits, layer = card.emotion_limits.copy(), card.emotion_layer
    rows, more = sets.read(_SWEDISH_SET, "train"), sets.read(_SWEDISH_SET, "dev")
    if len(rows) >= _LEAST_ROWS:
        layer, limits[_SWEDISH] = _learn(weights, rows, more)
    for source, head, is_macro in ((_ENGLISH_SET, _ENGLISH, True), (TOUCHPOINTS, _CUSTOMER, False)):
        rows = [row for row in sets.read(source, "dev") if row.emotions is not None]
        if len(rows) >= _LEAST_ROWS:
            known = replace(weights, card=replace(card, emotion_layer=layer, emotion_limits=limits))
            limits[head] = _best_limits(known, rows, source.kind, head, macro=is_macro)
    return EmotionOdds(layer, limits if len(layer) else limits[[_CUSTOMER, _ENGLISH, _CUSTOMER]])


def _best_limits(weights: Weights, rows: Sequence[Row], kind: str | None, head: int, *, macro: bool) -> Matrix:
    """Return the limits of a head by which the emotions of a set are best named, while those of the others stay.

    Several heads judge a text, each with its share: what the limits of the others leave is held against ours.
    """
    batch = score_texts(weights.table, weights.card.bias, [row.text for row in rows])
    texts = np.arange(len(rows))
    by_customers = Subjects(weights, batch, texts, [{}] * len(rows)).chances("emotions")
    verdicts = Verdicts(weights.card, batch.wholes)
    heads = verdicts.emotion_heads(texts.tolist(), [kind] * len(rows), [row.language for row in rows])
    layer = EmotionLayer(replace(weights.card, emotion_limits=_without(weights.card.emotion_limits, head)))
    shares, of_others = layer.judge(batch, texts, by_customers, heads)
    own = heads[:, head] > _LEAST_SHARE
    left = (shares - of_others)[own] / heads[own, head : head + 1]
    targets = several_of([row.emotions for row in rows], EMOTIONS)[own]
    return best_thresholds(left.astype(np.float32), targets, macro=macro, common_share=_COMMON_SHARES[macro])


def _without(limits: Numbers, head: int) -> Numbers:
    kept = limits.copy()
    kept[head] = 0
    return kept


def _learn(weights: Weights, rows: Sequence[Row], more: Sequence[Row]) -> tuple[Numbers, Matrix]:
    """Return the layer, and its limits on texts that it did not learn from: folds, and more texts."""
    inputs, targets = _inputs(weights, rows), several_of([row.emotions for row in rows], EMOTIONS)
    wanted = targets.astype(np.float64)
    fold = np.arange(len(rows)) % _FOLDS
    shares = np.zeros(targets.shape)
    for number in range(_FOLDS):
        held = fold == number
        shares[held] = sigmoid(inputs[held] @ _fit(inputs[~held], wanted[~held]))
    layer = _fit(inputs, wanted)
    if more:
        shares = np.concatenate([shares, sigmoid(_inputs(weights, more) @ layer)])
        targets = np.concatenate([targets, several_of([row.emotions for row in more], EMOTIONS)])
    return layer, best_thresholds(shares.astype(np.float32), targets, macro=True, common_share=0.0)


def _inputs(weights: Weights, rows: Sequence[Row]) -> Numbers:
    """Return what the layer weighs."""
    batch = score_texts(weights.table, weights.card.bias, [row.text for row in rows])
    return inputs_of(weights.card, batch, np.arange(len(rows)))


def _fit(inputs: Numbers, targets: Numbers) -> Numbers:
    """Return the weights of inputs, the last of which is one, by Newton's method on inputs of even spread."""
    mean, spread = inputs.mean(axis=0), np.maximum(inputs.std(axis=0), _LEAST_SPREAD)
    mean[-1], spread[-1] = 0.0, 1.0
    even = (inputs - mean) / spread
    penalty = np.full(even.shape[1], _PENALTY)
    penalty[-1] = _LEAST_SPREAD
    columns = []
    for target in targets.T:
        found = np.zeros(even.shape[1])
        share = np.clip(target.mean(), _SURE, 1 - _SURE)
        found[-1] = np.log(share / (1 - share))
        for _ in range(_ROUNDS):
            shares = sigmoid(even @ found)
            slope = even.T @ (shares - target) + penalty * found
            bend = (even * (shares * (1 - shares))[:, None]).T @ even + np.diag(penalty)
            found -= np.linalg.solve(bend, slope)
        found[:-1] /= spread[:-1]
        found[-1] -= mean[:-1] @ found[:-1]
        columns.append(found)
    return np.stack(columns, axis=1)
