"""Verdicts: sentiment, emotions and language of texts from their scores, each by heads that know its kind of text.

A gate says how likely each kind of text is (a review, a newspaper's sentence, a tweet, ...); what the mention's kind
tells is weighed in. The heads' probabilities are mixed accordingly (a mixture of experts, Jacobs and others 1991).
Many texts are judged in one pass; each number depends on its own text alone.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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


class _Heads(NamedTuple):
    """Where the heads that judge whole texts stand side by side, each a group of columns that exclude one another.

    Attributes:
        columns: The columns of the card, head by head.
        bias: What is added to each.
        temperatures: What the sum is divided by.
        starts: Where each group begins.
        groups: For each column its group.
        language, gate, experts, overall: Columns of a head; each domain has an expert, of three columns.
    """

    columns: NDArray[np.int64]
    bias: Numbers
    temperatures: Numbers
    starts: NDArray[np.int64]
    groups: NDArray[np.int64]
    language: slice
    gate: slice
    experts: slice
    overall: slice


@lru_cache(maxsize=4)
def _heads_in(card: Card) -> _Heads:
    place = {name: np.arange(some.start, some.stop) for name, some in card.columns.items()}
    experts = [place["experts"][3 * number : 3 * number + 3] for number in card.experts]
    parts = [place["language"], place["gate"], *experts, place["overall"]]
    sizes = [len(part) for part in parts]
    ends = [0, *accumulate(sizes)]
    bias = np.zeros(ends[-1])
    bias[ends[2] : ends[-2]] = np.broadcast_to(card.expert_bias, (len(experts), 3)).ravel()
    temperatures = np.ones(ends[-1])
    temperatures[: ends[1]] = card.temperatures["language"]
    return _Heads(
        np.concatenate(parts),
        bias,
        temperatures,
        np.array(ends[:-1]),
        np.arange(len(parts)).repeat(sizes),
        *(slice(first, last) for first, last in pairwise([0, ends[1], ends[2], ends[-2], ends[-1]])),
    )


class Verdicts:
    """Judges the texts of a batch.

    Args:
        card: The heads.
        wholes: Scores, a row a text.
    """

    def __init__(self, card: Card, wholes: Scores) -> None:
        self._card = card
        self._texts = len(wholes)
        self._heads = heads = _heads_in(card)
        scores = wholes.take(heads.columns, axis=1) + heads.bias
        scores /= heads.temperatures
        shares = np.exp(scores - np.maximum.reduceat(scores, heads.starts, axis=1).take(heads.groups, axis=1))
        shares /= np.add.reduceat(shares, heads.starts, axis=1).take(heads.groups, axis=1)
        self._shares: Numbers = shares
        self._domains: dict[str | None, Numbers] = {}
        self._polarities: dict[tuple[str | None, str], Numbers] = {}
        self._emotion_heads: dict[tuple[str | None, str | None], Numbers] = {}

    @property
    def languages(self) -> Numbers:
        """Return the probability of each language of the card, a row a text."""
        return self._shares[:, self._heads.language]

    def domains(self, kind: str | None) -> Numbers:
        """Return the probability of each kind of text; a kind of mention that is not known tells nothing."""
        kind = kind if kind in self._card.kinds else None
        if kind not in self._domains:
            gate = self._shares[:, self._heads.gate]
            shares = gate if kind is None else gate * self._card.kinds[kind]
            self._domains[kind] = shares / np.add.reduce(shares, axis=-1, keepdims=True)
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
        customers = self._shares[:, self._heads.overall]
        weighed = _weighed(domains, _columns_of(mixture))
        own = _weighed(domains - domains * mixture.shares, self._by_domain)
        shares = customers * weighed[:, :1]
        shares[:, :3] += own[:, :3]
        moved = own[:, 3] * self._is_mixed
        shares[:, _NEUTRAL] -= moved
        shares[:, _MIXED] += moved
        middle = shares[:, _NEUTRAL] + shares[:, _MIXED]
        part = shares[:, _MIXED] / np.maximum(middle, _LEAST)
        shares[:, _NEUTRAL] = middle
        groups = np.log(np.maximum(shares[:, :3], _LEAST))
        groups += weighed[:, 1:4]
        groups /= weighed[:, 4:]
        groups = softmax(groups)
        shares[:, :3] = groups
        shares[:, _MIXED] = groups[:, _NEUTRAL] * part
        shares[:, _NEUTRAL] -= shares[:, _MIXED]
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
            if (kind, family) not in self._emotion_heads:
                self._emotion_heads[kind, family] = _weighed(
                    self.domains(kind), _heads_of(self._card.emotion_heads, family)
                )
            rows.append(self._emotion_heads[kind, family][number])
        return np.array(rows).reshape(len(rows), len(EMOTION_HEADS))

    @cached_property
    def _by_domain(self) -> Numbers:
        """Return for each domain what its head says, and how much of what it calls neutral may be mixed."""
        shares = self._shares[:, self._heads.experts].reshape(self._texts, -1, 3)
        may_be_mixed = shares[:, :, _NEUTRAL] * self._card.splits
        return np.concatenate((shares, may_be_mixed[:, :, None]), axis=2)

    @cached_property
    def _is_mixed(self) -> Numbers:
        """Return how likely a text of customers that neither praises nor blames does both."""
        customers = self._shares[:, self._heads.overall]
        return np.asarray(customers[:, _MIXED] / (customers[:, _NEUTRAL] + customers[:, _MIXED]))


@lru_cache(maxsize=16)
def _columns_of(mixture: Mixture) -> Numbers:
    return np.column_stack((mixture.shares, mixture.leanings, mixture.temperatures))


def _weighed(domains: Numbers, values: Numbers) -> Numbers:
    """Return the sum of the values of all domains, each times its share, a row a text.

    Not by `@`, whose sums depend on the number of texts.

    Args:
        domains: The shares, a row a text.
        values: A row a domain, for all texts or for each.
    """
    return np.asarray(np.add.reduce(domains[:, :, None] * values, axis=1))


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
