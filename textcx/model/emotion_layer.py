"""EmotionLayer: how likely each emotion is by each head that judges emotions, for the texts of a batch.

Few Swedish texts tell how people name emotions outside reviews of shops. So that head learns no words: it weighs what
all other heads say of the text and of its strongest clause, and how long it is and what it asks (stacking, Wolpert
1992). Products are added up text by text, so a text's answer is the same in any batch.
"""

import numpy as np
from numpy.typing import NDArray

from textcx.model.card import EMOTION_HEADS, ENGLISH, SWEDISH, Card, Numbers
from textcx.model.scored import Batch, Scored
from textcx.model.verdict import sigmoid

_ENGLISH, _SWEDISH = EMOTION_HEADS.index(ENGLISH), EMOTION_HEADS.index(SWEDISH)
_FIRST = "experts"
"""The first of the heads that are weighed; before it stand language and kind of text, which know the sets."""
_LENGTHS = 2
"""The first of them are lengths, of which the logarithm is weighed."""


class EmotionLayer:
    """Judges the emotions of texts.

    Args:
        card: The heads; if it holds no layer, the customers' head judges in its place.
    """

    def __init__(self, card: Card) -> None:
        self._card = card
        self._english = card.columns[f"emotions {ENGLISH}"]
        self._layer = np.ascontiguousarray(card.emotion_layer.T)

    def judge(
        self, batch: Batch, chosen: NDArray[np.int64], by_customers: Numbers, heads: Numbers
    ) -> tuple[Numbers, Numbers]:
        """Return the probability of each emotion, and what it must exceed, a row a chosen text.

        Args:
            batch: Scored texts.
            chosen: Which of them.
            by_customers: What the head learned from customers' texts says, a row a chosen text.
            heads: How much each head counts, a row a chosen text.
        """
        shares = heads[:, :1] * by_customers
        for head, chances in ((_ENGLISH, self._by_english), (_SWEDISH, self._by_swedish)):
            asked = heads[:, head].nonzero()[0]
            if len(asked):
                judged = chances(batch, chosen[asked]) if head == _ENGLISH or self._layer.size else by_customers[asked]
                shares[asked] += heads[asked, head : head + 1] * judged
        return shares, np.asarray(np.add.reduce(heads[:, :, None] * self._card.emotion_limits, axis=1))

    def _by_english(self, batch: Batch, chosen: NDArray[np.int64]) -> Numbers:
        """Return what the English head says, of the whole text and of the clause that says most, half and half."""
        wholes = batch.wholes[chosen, self._english].astype(np.float64)
        peaks = batch.peaks(self._english, chosen)
        return (sigmoid(wholes) + sigmoid(peaks.astype(np.float64))) / 2

    def _by_swedish(self, batch: Batch, chosen: NDArray[np.int64]) -> Numbers:
        inputs = inputs_of(self._card, batch, chosen)
        return sigmoid(np.einsum("ti,ei->te", inputs, self._layer))  # not `@`, whose sums depend on the number of texts


def facts_of(text: Scored) -> tuple[float, ...]:
    """Return what the heads cannot know of a text: its words, its clauses, its signs; and a one."""
    words = text.tokens.words
    asks, calls = "?" in words, "!" in words
    is_line, is_question = words[:1] == ["-"], words[-1:] == ["?"]
    return len(words), len(text.starts), asks, calls, is_line, is_question, 1.0


def inputs_of(card: Card, batch: Batch, chosen: NDArray[np.int64]) -> Numbers:
    """Return what the layer weighs, a row a chosen text; training learns from the same."""
    columns = slice(card.columns[_FIRST].start, len(card.bias))
    facts = np.array([facts_of(batch.texts[number]) for number in chosen.tolist()])
    facts[:, :_LENGTHS] = np.log1p(facts[:, :_LENGTHS])
    return np.concatenate(
        [batch.wholes[chosen, columns], batch.peaks(columns, chosen), facts], axis=1, dtype=np.float64
    )
