"""Verdicts: sentiment, emotions and language of texts from their scores, each by heads that know its kind of text.

A gate says how likely each kind of text is (a review, a newspaper's sentence, a tweet, ...); what the mention's kind
tells is weighed in. The heads' probabilities are mixed accordingly (a mixture of experts, Jacobs and others 1991).
Many texts are judged in one pass; each number depends on its own text alone.
"""

from functools import cached_property

import numpy as np

from textcx.model.card import CUSTOMER, POLARITIES, Card, Mixture, Numbers
from textcx.model.table import Scores

_LEAST = 1e-9
_NEUTRAL, _MIXED = POLARITIES.index("neutral"), POLARITIES.index("mixed")
_ENGLISH_HEAD = "reddit"
_SWEDISH_HEAD = "mixed-sv"
_HEADS = (CUSTOMER, _ENGLISH_HEAD, _SWEDISH_HEAD)
_SCANDINAVIAN = frozenset({"sv", "da", "nb", "nn"})
_ENGLISH, _NORDIC, _FINNISH = "english", "nordic", "finnish"


def softmax(scores: Numbers) -> Numbers:
    """Return probabilities that add up to one along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True))


def sigmoid(scores: Numbers) -> Numbers:
    """Return the probability of each score by itself."""
    return np.asarray(1 / (1 + np.exp(-np.clip(scores, -40, 40))))


class Verdicts:
    """Judges the texts of a batch.

    Args:
        card: The heads.
        wholes: Scores, a row a text.
    """

    def __init__(self, card: Card, wholes: Scores) -> None:
        self._card = card
        self._wholes = wholes
        self._domains: dict[str | None, Numbers] = {}
        self._polarities: dict[tuple[str | None, str], Numbers] = {}
        self._heads: dict[tuple[str | None, str], Numbers] = {}

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
        customers = self._by_customers
        own = domains * (1 - mixture.shares)
        shares = customers * (domains * mixture.shares).sum(axis=-1, keepdims=True)
        shares[:, :3] += (own[:, :, None] * self._by_domain).sum(axis=1)
        is_mixed = customers[:, _MIXED] / (customers[:, _NEUTRAL] + customers[:, _MIXED])
        moved = (own * self._card.splits * self._by_domain[:, :, _NEUTRAL]).sum(axis=-1) * is_mixed
        shares[:, _NEUTRAL] -= moved
        shares[:, _MIXED] += moved
        middle = shares[:, _NEUTRAL] + shares[:, _MIXED]
        groups = np.log(np.maximum(np.stack([shares[:, 0], middle, shares[:, 2]], axis=1), _LEAST))
        groups += (domains[:, :, None] * mixture.leanings).sum(axis=1)
        groups = softmax(groups / (domains * mixture.temperatures).sum(axis=-1, keepdims=True))
        part = shares[:, _MIXED] / np.maximum(middle, _LEAST)
        return np.stack([groups[:, 0], groups[:, 1] * (1 - part), groups[:, 2], groups[:, 1] * part], axis=1)

    def emotions(self, number: int, kind: str | None, language: str, by_customers: Numbers) -> tuple[Numbers, Numbers]:
        """Return the probability of each emotion, and what it must exceed, for one text.

        Args:
            number: Of the text.
            kind: Of the mention.
            language: Of the text; a head learned from one language knows no other.
            by_customers: What the head learned from customers' texts says.
        """
        family = _ENGLISH if language == "en" else _NORDIC if language in _SCANDINAVIAN else _FINNISH
        if (kind, family) not in self._heads:
            weights = self.domains(kind)[:, :, None] * _heads_of(self._card, family)
            self._heads[kind, family] = weights.sum(axis=1)
        weights = self._heads[kind, family][number][:, None]
        shares = weights[0] * by_customers + (weights[1:] * self._emotion_shares[number]).sum(axis=0)
        return shares, (self.domains(kind)[number][:, None] * self._card.emotion_limits).sum(axis=0)

    @cached_property
    def _emotion_shares(self) -> Numbers:
        return sigmoid(np.stack([self._head(f"emotions {head}") for head in _HEADS[1:]], axis=1))

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
        return self._wholes[:, self._card.columns[name]].astype(np.float64)


def _heads_of(card: Card, family: str) -> Numbers:
    """Return for each domain a row with the share of each emotion head in texts of a language family."""
    found = np.zeros((len(card.emotion_heads), len(_HEADS)))
    for number, heads in enumerate(card.emotion_heads):
        for head in heads:
            found[number, _HEADS.index(_head_for(head, family))] += 1 / len(heads)
    return found


def _head_for(head: str, family: str) -> str:
    if head == CUSTOMER or family == _FINNISH:
        return CUSTOMER
    return _ENGLISH_HEAD if family == _ENGLISH else _SWEDISH_HEAD


def named(shares: Numbers) -> tuple[str, float, float]:
    """Return the likeliest polarity, the score from -1 to 1, and the confidence.

    Neutral and mixed stand together against the others: a text that is one of them is neither praise nor blame.
    """
    negative, neutral, positive, mixed = shares.tolist()
    middle = neutral + mixed
    score = round(positive - negative, 3)
    if middle >= max(negative, positive):
        return POLARITIES[_MIXED if mixed > neutral else _NEUTRAL], score, round(min(middle, 1.0), 3)
    return (
        (POLARITIES[0], score, round(negative, 3))
        if negative > positive
        else (POLARITIES[2], score, round(positive, 3))
    )
