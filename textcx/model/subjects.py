"""Subjects: which touchpoints, signals and emotions the clauses of texts hold, and what is said of each touchpoint.

A text has something if any of its clauses has it, or the text as a whole (noisy or, Pearl 1988): so a clause that
speaks of nothing takes nothing away, and the clause that said it is known. Many texts are looked at in one pass; each
number depends on its own text alone.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textcx.model.card import POLARITIES, Numbers, Weights
from textcx.model.ngrams import about_keys
from textcx.model.scored import Batch
from textcx.model.verdict import sigmoid, softmax

Hits = Mapping[str, Sequence[int]]
"""By touchpoint, the clauses that hold one of its terms."""
Places = NDArray[np.int64]
_POSITIVE, _NEGATIVE = POLARITIES.index("positive"), POLARITIES.index("negative")
_ANY = -1
_HEADS = ("touchpoints", "signals", "emotions")
"""What a text has if any of its clauses has it."""
_FEW_CLAUSES = 2
_NAMED_SHARE, _NAMED_ALONE_SHARE = 0.35, 0.2
"""How much of the usual chance is enough for a touchpoint that is named in a clause, or text, without another."""
_CERTAIN = 40.0
"""A score that is certain."""


class Asked(NamedTuple):
    """A touchpoint to judge: its text, its id, and the clause that is asked for, or all of them (-1)."""

    text: int
    touchpoint: str
    clause: int = _ANY


class Said(NamedTuple):
    """What is said of a touchpoint: polarity, score from -1 to 1, and the clause that says most of it."""

    polarity: str
    score: float
    clause: int


class Subjects:
    """What the clauses of some texts of a batch hold.

    Args:
        weights: The heads.
        batch: Scored texts.
        chosen: Which of them.
        hits: For each chosen text the clauses that hold terms of touchpoints.
    """

    def __init__(self, weights: Weights, batch: Batch, chosen: Places, hits: Sequence[Hits]) -> None:
        self._weights = weights
        self._batch = batch
        self._hits = hits
        self._numbers = {name: number for number, name in enumerate(weights.card.touchpoints)}
        self._sizes = np.array([len(batch.texts[number].starts) for number in chosen.tolist()])
        self._begins = self._sizes.cumsum() - self._sizes
        self._chosen = chosen
        self._scores = batch.clauses[_ranges(batch.firsts[chosen], self._sizes)].astype(np.float64)
        self._wholes = batch.wholes[chosen].astype(np.float64)
        self._clauses = self._scores[:, weights.card.columns["touchpoints"]]
        self._first = min(weights.card.columns[head].start for head in _HEADS)

    def touchpoints(self, languages: Sequence[str]) -> list[tuple[int, str]]:
        """Return number and id of each touchpoint that the texts speak of, text by text, in the order of the card.

        A text in which nothing else is found speaks of what it names, and so does each half of a text of two clauses.
        """
        shifts = np.array([self._weights.card.shifts.get(language, 0.0) for language in languages])
        limits = self._weights.card.thresholds["touchpoints"] + shifts[:, None]
        chances = self.chances("touchpoints")
        above = chances > limits
        names = self._weights.card.touchpoints
        ratios = chances / limits
        for text in ((self._sizes <= _FEW_CLAUSES) | ~above.any(axis=1)).nonzero()[0].tolist():
            places = {
                self._numbers[name]: set(some) for name, some in self._hits[text].items() if name in self._numbers
            }
            taken = {clause for number, some in places.items() if above[text, number] for clause in some}
            share = _NAMED_SHARE if above[text].any() else _NAMED_ALONE_SHARE
            for number, some in places.items():
                if ratios[text, number] > share and taken.isdisjoint(some):
                    above[text, number] = True
        return [(text, names[number]) for text, number in np.argwhere(above).tolist()]

    def chances(self, head: str) -> Numbers:
        """Return the probability of each column of touchpoints (with terms), signals or emotions, a row a text."""
        columns = self._weights.card.columns[head]
        return self._chances[:, columns.start - self._first : columns.stop - self._first]

    @cached_property
    def _chances(self) -> Numbers:
        """Return the probabilities of all columns from the first to the last of these heads."""
        last = max(self._weights.card.columns[head].stop for head in _HEADS)
        self._add_hits()
        clauses, wholes = self._scores[:, self._first : last], self._wholes[:, self._first : last]
        none = np.add.reduceat(np.logaddexp(0, clauses), self._begins, axis=0)
        none += np.where(self._sizes[:, None] > 1, np.logaddexp(0, wholes), 0)
        return np.asarray(-np.expm1(-none))

    def said_of(self, asked: Sequence[Asked]) -> list[Said]:
        """Return what the texts say of touchpoints; of one that no head knows, by the clauses that hold its terms."""
        if not asked:
            return []
        if len(distinct := dict.fromkeys(asked)) < len(asked):  # many terms in one clause are judged once
            judged = dict(zip(distinct, self.said_of(list(distinct)), strict=True))
            return [judged[one] for one in asked]
        card = self._weights.card
        texts = np.array([one.text for one in asked])
        numbers = np.array([self._numbers.get(one.touchpoint, _ANY) for one in asked])
        clauses_asked = np.array([one.clause for one in asked])
        offsets = np.maximum(clauses_asked, 0)
        sizes = np.where(clauses_asked == _ANY, self._sizes[texts], 1)
        starts = sizes.cumsum() - sizes
        rows = _ranges(self._begins[texts] + offsets, sizes)
        shares = self._clauses[rows, numbers.repeat(sizes)]
        by_terms = ((numbers < 0) & (clauses_asked == _ANY)).nonzero()[0]
        for number, start in zip(by_terms.tolist(), starts[by_terms].tolist(), strict=True):
            shares[start : start + sizes[number]] = -_CERTAIN
            hits = self._hits[asked[number].text].get(asked[number].touchpoint, range(sizes[number]))
            shares[[start + clause for clause in hits]] = _CERTAIN
        shares = sigmoid(shares)
        shares /= np.add.reduceat(shares, starts).repeat(sizes)
        clauses = _firsts_of_most(shares, starts, sizes) + offsets
        scores = np.add.reduceat(shares[:, None] * self._scores[rows, card.columns["clause polarity"]], starts, axis=0)
        scores += self._wholes[texts, card.columns["text polarity"]]
        scores += self._about(texts, numbers, clauses)
        found = softmax((scores + card.thresholds["polarity"]) / card.temperatures["polarity"])
        balances = (found[:, _POSITIVE] - found[:, _NEGATIVE]).tolist()
        return [
            Said(POLARITIES[polarity], round(balance, 3), clause)
            for polarity, balance, clause in zip(found.argmax(axis=1).tolist(), balances, clauses.tolist(), strict=True)
        ]

    def _add_hits(self) -> None:
        """Let a term found in a clause speak for it and for the text."""
        of_clauses: list[tuple[int, int]] = []
        of_texts: list[tuple[int, int]] = []
        for text, begin in enumerate(self._begins.tolist()):
            for name, some in self._hits[text].items():
                if name in self._numbers:
                    number = self._numbers[name]
                    of_clauses += ((begin + clause, number) for clause in dict.fromkeys(some))
                    of_texts.append((text, number))
        if of_texts:
            wholes = self._wholes[:, self._weights.card.columns["touchpoints"]]
            for target, hits in ((self._clauses, np.array(of_clauses)), (wholes, np.array(of_texts))):
                np.add.at(target, hits[:, 0], self._weights.card.hits[hits[:, 1]])

    def _about(self, texts: Places, numbers: Places, clauses: Places) -> Numbers:
        """Return what words say of a touchpoint beside which they stand."""
        block = self._weights.about
        hashes = []
        for text, clause in zip(self._chosen[texts].tolist(), clauses.tolist(), strict=True):
            tokens = self._batch.texts[text].clause_tokens(clause)
            hashes.append(self._batch.texts[text].hashes[tokens.start : tokens.stop])
        counts = np.array([len(some) for some in hashes])
        known = (numbers >= 0).repeat(counts)
        keys = about_keys(np.concatenate(hashes)[known], numbers.repeat(counts)[known])
        counts[numbers < 0] = 0
        sums = block.sums(keys, counts) * block.scales.astype(np.float64)
        return np.asarray(sums / np.sqrt(np.maximum(counts, 1))[:, None])


def _ranges(firsts: Places, sizes: Places) -> Places:
    """Return firsts[0], firsts[0] + 1, ... of sizes[0] numbers, then those of firsts[1], and so on."""
    ends: Places = sizes.cumsum()
    places: Places = np.arange(int(ends[-1]) if len(ends) else 0) + (firsts - (ends - sizes)).repeat(sizes)
    return places


def _firsts_of_most(shares: Numbers, starts: Places, sizes: Places) -> Places:
    """Return for each run where its greatest share stands first, counted from its start."""
    places = (shares == np.maximum.reduceat(shares, starts).repeat(sizes)).nonzero()[0]
    firsts: Places = places[places.searchsorted(starts)] - starts
    return firsts
