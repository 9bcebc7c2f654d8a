"""Shape layer, learned: what groups of shapes and the strongest clauses add to heads that had not seen the texts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textcx.model.ngrams import tokens_of
from textcx.model.shape_layer import extremes
from textcx.model.shapes import Shapes
from textcx.training.shape_odds import Numbers, learn_class_odds, learn_odds, moved
from textcx.training.solver import Matrix, Weights
from textcx.training.thresholds import best_thresholds


@dataclass(frozen=True, slots=True)
class LearnedShapes:
    """What was learned.

    Attributes:
        groups: Names of the groups of shapes.
        moves: A row a group, and one for every text; columns are signals, then polarities.
        extremes: What blame and praise of the strongest clauses add to the polarities.
        signal_limits: Above which probability each signal is named.
    """

    groups: tuple[str, ...]
    moves: Numbers
    extremes: Numbers
    signal_limits: Matrix


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What heads said of texts that they had not seen, and what is right.

    Attributes:
        signals: The probability of each signal, a row a text.
        clauses: Scores of the polarities, a row a clause, text by text.
        firsts: The row of each text's first clause.
        wholes: Scores of the polarities, a row a text.
        signal_targets: Which signals hold.
        polarity_targets: Which polarity holds.
    """

    signals: Matrix
    clauses: Matrix
    firsts: NDArray[np.int64]
    wholes: Matrix
    signal_targets: Matrix
    polarity_targets: Matrix


def learn_shape_layer(
    shapes: Shapes, texts: Sequence[str], held_out: HeldOut, chosen: NDArray[np.int64]
) -> LearnedShapes:
    """Return what shapes add.

    Args:
        shapes: Finds them.
        texts: All texts.
        held_out: What heads said of them.
        chosen: The texts to learn from.
    """
    hits = _hits(shapes, [texts[text] for text in chosen.tolist()])
    shares = held_out.signals[chosen].astype(np.float64)
    of_signals = learn_odds(shares, hits, held_out.signal_targets[chosen].astype(np.float64))
    limits = best_thresholds(moved(shares, hits, of_signals).astype(np.float32), held_out.signal_targets[chosen])
    blame, praise = extremes(held_out.clauses, held_out.firsts)
    features = np.hstack([hits, blame[chosen, None], praise[chosen, None]])
    of_polarities = learn_class_odds(
        held_out.wholes[chosen].astype(np.float64), features, held_out.polarity_targets[chosen].astype(np.float64)
    )
    count = len(shapes.groups)
    by_groups = np.concatenate([of_polarities[:count], of_polarities[-1:]])
    return LearnedShapes(shapes.groups, np.hstack([of_signals, by_groups]), of_polarities[count : count + 2], limits)


def _hits(shapes: Shapes, texts: Sequence[str]) -> Numbers:
    """Return a row for each text with a one for each group of shapes that it holds."""
    hits = np.zeros((len(texts), len(shapes.groups)))
    for number, text in enumerate(texts):
        hits[number, list(shapes.places(tokens_of(text).words))] = 1
    return hits


def held_out_scores(
    fit: Callable[[NDArray[np.int64]], Weights], features: Any, owners: NDArray[np.int64], folds: NDArray[np.int64]
) -> Matrix:
    """Return the score of each part by a head that had not seen its text.

    Args:
        fit: Returns a head that learned from these texts.
        features: A row a part.
        owners: The text of each part.
        folds: The fold of each text.
    """
    scores: list[Any] = [None] * (int(folds.max()) + 1)
    for fold in range(len(scores)):
        head = fit(np.flatnonzero(folds != fold))
        scores[fold] = features @ head.of_features + head.bias
    return np.asarray(np.choose(folds[owners][:, None], scores), dtype=np.float32)


def clause_rows(owners: NDArray[np.int64], whole: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return which parts are clauses, and the place of each text's first among them; one part is text and clause."""
    is_clause = np.ones(len(owners), np.bool_)
    counts = np.bincount(owners, minlength=len(whole))
    is_clause[whole[counts > 1]] = False
    clauses = counts - (counts > 1)
    return np.flatnonzero(is_clause), np.cumsum(clauses) - clauses
