"""Verdicts: sentiment, emotions and language of texts from their scores, each by heads that know its kind of text.

A gate says how likely each kind of text is (a review, a newspaper's sentence, a tweet, ...); what the mention's kind
tells is weighed in. The heads' probabilities are mixed accordingly (a mixture of experts, Jacobs and others 1991).
Many texts are judged in one pass; each number depends on its own text alone.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np

from textcx.model.card import CUSTOMER, EMOTION_HEADS, ENGLISH, POLARITIES, SWEDISH, Card, Mixture, Numbers
from textcx.model.table import Scores

_LEAST = 1e-9
_NEUTRAL, _MIXED = POLARITIES.index("neutral"), POLARITIES.index("mixed")
_HEADS_OF = {"en": ENGLISH, "sv": SWEDISH}
"""The emotion head of texts in which people name emotions freely, by language; without one, the customers' head."""


def softmax(scores: Numbers) -> Numbers:
    """Return probabilities that add up to one along the last axis."""
    shifted: Numbers = np.exp(scores - np.maximum.reduce(scores, axis=-1, keepdims=True))
    shifted /= np.add.reduce(shifted, axis=-1, keepdims=True)
    return shifted


def sigmoid(scores: Numbers) -> Numbers:
    """Return the probability of each score by itself."""
    return np.asarray(1 / (1 + np.exp(-np.minimum(np.maximum(scores, -40), 40))))


class Verdicts:
    """Judges the texts of a batch.

    Args:
        card: The heads.
        wholes: Scores, a row a text.
    """

    def __init__(self, card: Card, wholes: Scores) -> None:
        self._card = card
        self._wholes = wholes.astype(np.float64)
        self._domains: dict[str | None, Numbers] = {}
        self._polarities: dict[tuple[str | None, str], Numbers] = {}
        self._heads: dict[tuple[str | None, str | None], Numbers] = {}

    @cached_property
    def languages(self) -> Numbers:
        """Return the probability of each language of the card, a row a text."""
        return softmax(self._head("language") / self._card.temperatures["language"])

    def domains(self, kind: str | None) -> Numbers:
        """Return the probability of each kind of text; a kind of mention that is not known tells nothing."""
        kind = kind if kind in self._card.kinds else None
        if kind not in self._domains:
            shares = self._gate if kind is None else self._gate * self._card.kinds[kind]
            self._domains[kind] = shares / shares.sum(axis=-1, keepdims=True)
        return self._domains[kind]

    def polarities(self, kind: str | None) -> Numbers:
        """Return the probability of negative, neutral, positive and mixed, a row a text."""
        known = kind if kind is not None and kind in self._card.mixtures else ""
        asked = kind if kind in self._card.kinds else None
        key = (asked, known)
        if key not in self._polarities:
            self._polarities[key] = self.mixed(self.domains(asked), self._card.mixtures[known])
        return self._polarities[key]

    def mixed(self, domains: Numbers, mixture: Mixture) -> Numbers:
        """Return the probabilities of polarities under a mixture of heads.

        Three stars are neutral for a head that learned from stars; whether such a text says little or praises and
        blames, the customers' head tells.
        """
        customers, by_domain = self._by_customers, self._by_domain
        of_customers = domains * mixture.shares
        own = domains - of_customers
        shares = customers * np.add.reduce(of_customers, axis=-1, keepdims=True)
        shares[:, :3] += np.add.reduce(own[:, :, None] * by_domain, axis=1)
        is_mixed = customers[:, _MIXED] / (customers[:, _NEUTRAL] + customers[:, _MIXED])
        moved = np.add.reduce(own * self._card.splits * by_domain[:, :, _NEUTRAL], axis=-1) * is_mixed
        shares[:, _NEUTRAL] -= moved
        shares[:, _MIXED] += moved
        middle = shares[:, _NEUTRAL] + shares[:, _MIXED]
        part = shares[:, _MIXED] / np.maximum(middle, _LEAST)
        shares[:, _NEUTRAL] = middle
        groups = np.log(np.maximum(shares[:, :3], _LEAST))
        groups += np.add.reduce(domains[:, :, None] * mixture.leanings, axis=1)
        shares[:, :3] = softmax(groups / np.add.reduce(domains * mixture.temperatures, axis=-1, keepdims=True))
        shares[:, _MIXED] = shares[:, _NEUTRAL] * part
        shares[:, _NEUTRAL] *= 1 - part
        return shares

    def emotion_heads(self, numbers: Sequence[int], kinds: Sequence[str | None], languages: Sequence[str]) -> Numbers:
        """Return how much each head of emotions counts, in the order of `EMOTION_HEADS`, a row a text.

        Args:
            numbers: Of the texts.
            kinds: Of the mentions.
            languages: Of the texts; a head learned from one language knows no other.
        """
        rows = []
        for number, kind, language in zip(numbers, kinds, languages, strict=True):
            family = language if language in _HEADS_OF else None
            if (kind, family) not in self._heads:
                self._heads[kind, family] = (
                    self.domains(kind)[:, :, None] * _heads_of(self._card.emotion_heads, family)
                ).sum(axis=1)
            rows.append(self._heads[kind, family][number])
        return np.array(rows).reshape(len(rows), len(EMOTION_HEADS))

    @cached_property
    def _gate(self) -> Numbers:
        return softmax(self._head("gate"))

    @cached_property
    def _by_domain(self) -> Numbers:
        heads = self._head("experts").reshape(len(self._wholes), -1, 3)
        return softmax(heads[:, list(self._card.experts)] + self._card.expert_bias)

    @cached_property
    def _by_customers(self) -> Numbers:
        return softmax(self._head("overall"))

    def _head(self, name: str) -> Numbers:
        return self._wholes[:, self._card.columns[name]]


@lru_cache(maxsize=16)
def _heads_of(emotion_heads: tuple[tuple[str, ...], ...], language: str | None) -> Numbers:
    """Return for each domain a row with the share of each emotion head in texts of a language."""
    found = np.zeros((len(emotion_heads), len(EMOTION_HEADS)))
    for number, heads in enumerate(emotion_heads):
        for head in heads:
            own = CUSTOMER if head == CUSTOMER else _HEADS_OF.get(language or "", CUSTOMER)
            found[number, EMOTION_HEADS.index(own)] += 1 / len(heads)
    return found


def named(shares: Sequence[float]) -> tuple[str, float, float]:
    """Return the likeliest polarity, the score from -1 to 1, and the confidence.

    Neutral and mixed stand together against the others: a text that is one of them is neither praise nor blame.
    """
    negative, neutral, positive, mixed = shares
    middle = neutral + mixed
    score = round(positive - negative, 3)
    if middle >= max(negative, positive):
        return POLARITIES[_MIXED if mixed > neutral else _NEUTRAL], score, round(min(middle, 1.0), 3)
    return (
        (POLARITIES[0], score, round(negative, 3))
        if negative > positive
        else (POLARITIES[2], score, round(positive, 3))
    )
