"""ShapeLayer: what shapes of words, and the clauses that praise and blame most, add to what the table says of a text.

The table adds up n-grams and divides by the length, so "but" and "never again" say little in a long text. Here each
group of shapes that a text holds moves the odds of its signals and of its polarity by what training learned on top of
the table's own answers (stacking, Wolpert 1992). Sums run text by text, so a text's answer is the same in any batch.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textcx.model.card import POLARITIES, Card, Numbers
from textcx.model.scored import Batch
from textcx.model.shapes import Shapes
from textcx.model.table import Scores

Places = Mapping[int, int]
"""By the number of a group of shapes, the token at which the first of them stands."""
_NEGATIVE, _POSITIVE = POLARITIES.index("negative"), POLARITIES.index("positive")


@dataclass(frozen=True, slots=True)
class Shaped:
    """The texts of a batch, after their shapes were seen.

    Attributes:
        places: For each text the groups of shapes it holds.
        signals: What is added to the log odds of each signal, a row a text.
        wholes: The scores of the texts, with those of the customers' polarity moved.
    """

    places: Sequence[Places]
    signals: Numbers
    wholes: Scores


class ShapeLayer:
    """Moves the scores of texts by their shapes.

    Args:
        card: Of the weights; if they know no shapes, nothing is moved.
        shapes: Finds shapes; a group that the weights do not know counts nothing.
    """

    def __init__(self, card: Card, shapes: Shapes) -> None:
        self.groups = shapes.groups
        self._shapes = shapes
        self._card = card
        nothing = np.zeros(len(card.shape_bias))
        self._rows = np.array([card.shape_bias, *(card.shapes.get(group, nothing) for group in shapes.groups)])

    def read(self, batch: Batch) -> Shaped:
        """Return the shapes of all texts of a batch, and what they change."""
        signals = len(self._card.signals)
        if not self._card.shapes or not batch.texts:
            return Shaped([{}] * len(batch.texts), np.zeros((len(batch.texts), signals)), batch.wholes)
        places = [self._shapes.places(text.tokens.words) for text in batch.texts]
        starts: list[int] = []
        rows: list[int] = []
        for some in places:
            starts.append(len(rows))
            rows.append(0)
            rows += [group + 1 for group in some]
        moves = np.add.reduceat(self._rows.take(rows, axis=0), starts, axis=0)
        overall = self._card.columns["overall"]
        blame, praise = extremes(batch.clauses[:, overall], batch.firsts)
        added = moves[:, signals:]
        added += blame[:, None] * self._card.extremes[0]
        added += praise[:, None] * self._card.extremes[1]
        wholes = batch.wholes.copy()
        wholes[:, overall] += added
        return Shaped(places, moves[:, :signals], wholes)


def extremes(clauses: Scores, firsts: NDArray[np.int64]) -> tuple[Scores, Scores]:
    """Return for each text how much its most blaming clause blames, and its most praising one praises.

    Args:
        clauses: Scores of the polarities, a row a clause, text by text.
        firsts: The row of each text's first clause.
    """
    blame = clauses[:, _NEGATIVE] - clauses[:, _POSITIVE]
    return np.maximum.reduceat(blame, firsts), -np.minimum.reduceat(blame, firsts)
