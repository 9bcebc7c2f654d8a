"""Subjects: which touchpoints, signals and emotions the clauses of texts hold, and what is said of each touchpoint.

A text has something if any of its clauses has it, or the text as a whole (noisy or, Pearl 1988): so a clause that
speaks of nothing takes nothing away, and the clause that said it is known. Many texts are looked at in one pass; each
number depends on its own text alone.
"""

from collections.abc import Mapping, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textcx.model.card import POLARITIES, Card, Numbers, Weights
from textcx.model.ngrams import about_keys
from textcx.model.scored import Batch, ranges
from textcx.model.verdict import sigmoid, softmax

Hits = Mapping[str, Sequence[int]]
"""By touchpoint, the clauses that hold one of its terms."""
Places = NDArray[np.int64]
_POSITIVE, _NEGATIVE = POLARITIES.index("positive"), POLARITIES.index("negative")
_ANY = -1
_HEADS = ("touchpoints", "signals", "emotions")
"""What a text has if any of its clauses has it; these heads stand side by side in the table, in this order."""
_POLARITY = ("clause polarity", "text polarity")
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
        rows, self._sizes = batch.clauses_of(chosen)
        self._firsts = batch.firsts.take(chosen)
        self._begins = self._sizes.cumsum() - self._sizes
        self._columns, columns = _columns_in(weights.card)
        self._clauses = len(rows)
        scores = batch.scores[np.concatenate((rows, chosen + len(batch.clauses))), columns]
        self._scores: Numbers = scores.astype(np.float64)  # a row a clause, then a row a text
        self._add_hits()

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
        for text in ((self._sizes <= _FEW_CLAUSES) | ~np.logical_or.reduce(above, axis=1)).nonzero()[0].tolist():
            places = {
                self._numbers[name]: set(some) for name, some in self._hits[text].items() if name in self._numbers
            }
            taken = {clause for number, some in places.items() if above[text, number] for clause in some}
            share = _NAMED_SHARE if above[text].any() else _NAMED_ALONE_SHARE
            for number, some in places.items():
                if ratios[text, number] > share and taken.isdisjoint(some):
                    above[text, number] = True
        texts, numbers = above.nonzero()
        return [(text, names[number]) for text, number in zip(texts.tolist(), numbers.tolist(), strict=True)]

    def chances(self, head: str) -> Numbers:
        """Return the probability of each column of touchpoints (with terms), signals or emotions, a row a text."""
        return self._chances[:, self._columns[head]]

    @cached_property
    def _chances(self) -> Numbers:
        """Return the probabilities of all columns of these heads."""
        none_of = np.log1p(np.exp(self._scores[:, : self._columns[_HEADS[-1]].stop]))
        none = np.add.reduceat(none_of[: self._clauses], self._begins, axis=0)
        none += none_of[self._clauses :] * (self._sizes > 1)[:, None]
        return np.asarray(-np.expm1(-none))

    def said_of(self, asked: Sequence[Asked]) -> list[Said]:
        """Return what the texts say of touchpoints; of one that no head knows, by the clauses that hold its terms."""
        if not asked:
            return []
        if len(distinct := dict.fromkeys(asked)) < len(asked):  # many terms in one clause are judged once
            judged = dict(zip(distinct, self.said_of(list(distinct)), strict=True))
            return [judged[one] for one in asked]
        card = self._weights.card
        known = [(text, self._numbers.get(name, _ANY), clause) for text, name, clause in asked]
        texts, numbers, clauses = np.array(known, dtype=np.int64).T
        sizes = np.where(clauses == _ANY, self._sizes.take(texts), 1)
        starts = sizes.cumsum() - sizes
        offsets = np.maximum(clauses, 0)
        firsts = self._begins.take(texts) + offsets
        rows = ranges(firsts, sizes)
        shares = self._scores[rows, numbers.repeat(sizes) + self._columns["touchpoints"].start]
        for place, (text, number, clause) in enumerate(known):
            if number == _ANY == clause:
                start, size = int(starts[place]), int(sizes[place])
                shares[start : start + size] = -_CERTAIN
                hits = self._hits[text].get(asked[place].touchpoint, range(size))
                shares[[start + hit for hit in hits]] = _CERTAIN
        shares = sigmoid(shares)
        clauses = _firsts_of_most(shares, starts, sizes) + offsets
        of_clauses = self._scores[rows, self._columns["clause polarity"]]
        of_clauses *= shares[:, None]
        scores = np.add.reduceat(of_clauses, starts, axis=0)
        scores /= np.add.reduceat(shares, starts)[:, None]
        scores += self._scores[texts + self._clauses, self._columns["text polarity"]]
        scores += self._about(self._firsts.take(texts) + clauses, numbers)
        found = softmax((scores + card.thresholds["polarity"]) / card.temperatures["polarity"])
        balances = (found[:, _POSITIVE] - found[:, _NEGATIVE]).tolist()
        return [
            Said(POLARITIES[polarity], round(balance, 3), clause)
            for polarity, balance, clause in zip(found.argmax(axis=1).tolist(), balances, clauses.tolist(), strict=True)
        ]

    def _add_hits(self) -> None:
        """Let a term found in a clause speak for it and for the text."""
        rows: list[int] = []
        numbers: list[int] = []
        for text, begin in enumerate(self._begins.tolist()):
            for name, some in self._hits[text].items():
                if name in self._numbers:
                    hit = [*{begin + clause for clause in some}, self._clauses + text]
                    rows += hit
                    numbers += [self._numbers[name]] * len(hit)
        if rows:  # not by `@`, whose sums depend on the number of texts
            np.add.at(self._scores[:, self._columns["touchpoints"]], np.array(rows), self._weights.card.hits[numbers])

    def _about(self, clauses: Places, numbers: Places) -> Numbers:
        """Return what the words of clauses say of a touchpoint beside which they stand.

        Args:
            clauses: Rows of the batch.
            numbers: Of the touchpoints.
        """
        block, firsts = self._weights.about, self._batch.ends.take(clauses)
        counts = self._batch.ends.take(clauses + 1) - firsts
        about = numbers.repeat(counts)
        keys = about_keys(self._batch.hashes.take(ranges(firsts, counts)), about)
        sums = block.run_sums(keys, counts.cumsum() - counts, about >= 0) * block.scales.astype(np.float64)
        return np.asarray(sums / np.sqrt(counts)[:, None])


@lru_cache(maxsize=4)
def _columns_in(card: Card) -> tuple[dict[str, slice], slice]:
    """Return where the heads stand that are asked for here, counted from the first of them, and all their columns."""
    heads = [card.columns[head] for head in (*_HEADS, *_POLARITY)]
    first, last = min(one.start for one in heads), max(one.stop for one in heads)
    counted = {head: slice(one.start - first, one.stop - first) for head, one in card.columns.items()}
    return counted, slice(first, last)


def _firsts_of_most(shares: Numbers, starts: Places, sizes: Places) -> Places:
    """Return for each run where its greatest share stands first, counted from its start."""
    places = (shares == np.maximum.reduceat(shares, starts).repeat(sizes)).nonzero()[0]
    firsts: Places = places[places.searchsorted(starts)] - starts
    return firsts
