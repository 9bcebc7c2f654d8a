"""Signals: what people will do, expected, had to do or ask: odds by the table, moved by the shapes of the text."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

import numpy as np

from textcx.model.card import Card, Numbers
from textcx.model.scored import Scored
from textcx.model.shape_layer import Places

_ASKS = "asks_for_answer"
_EXCLUSIVE = (
    ("will_return", "leaves"),
    ("recommends", "warns_against"),
    ("expectation_exceeded", "expectation_met"),
    ("expectation_exceeded", "expectation_missed"),
    ("expectation_met", "expectation_missed"),
    ("effort_easy", "effort_hard"),
)
"""Signals of which a clause gives one at most: "never again" and "gladly again" share a word."""
_QUESTION_SHARE = 0.95
"""How likely a short text that is one question asks for an answer."""


class Signals:
    """Names the signals of texts.

    Args:
        card: Of the weights.
        groups: Names of the groups of shapes; those named after a signal tell where it is said.
    """

    def __init__(self, card: Card, groups: Sequence[str]) -> None:
        self._card = card
        self._numbers = {name: number for number, name in enumerate(card.signals)}
        self._own = {self._numbers[group]: number for number, group in enumerate(groups) if group in self._numbers}
        self._exclusive = [(self._numbers[one], self._numbers[other]) for one, other in _EXCLUSIVE]
        self._first = card.columns["signals"].start
        self._limits: list[float] = card.thresholds["signals"].tolist()

    def moved(self, shares: Numbers, moves: Numbers) -> Numbers:
        """Return the probability of each signal, a row a text, after its shapes were seen.

        Args:
            shares: The probabilities by the table.
            moves: What the shapes add to the log odds.
        """
        moved = shares * np.exp(moves)
        return np.asarray(moved / (1 - shares + moved))

    def find(
        self, scored: Scored, shares: list[float], places: Places, *, is_question: bool
    ) -> tuple[dict[str, Any], ...]:
        """Return the signals of a text, each with its probability and its clause.

        Args:
            scored: The text.
            shares: The probability of each signal.
            places: Where its shapes stand.
            is_question: The text is one short question, which people put to the company.
        """
        if is_question:
            asks = self._numbers[_ASKS]
            shares[asks] = max(shares[asks], _QUESTION_SHARE)
        limits = self._limits
        clauses = {
            number: self._clause(scored, number, places)
            for number, share in enumerate(shares)
            if share > limits[number]
        }
        for one, other in self._exclusive if len(clauses) > 1 else ():
            if one in clauses and clauses[one] == clauses.get(other):
                del clauses[min(one, other, key=lambda number: shares[number] / limits[number])]
        return tuple(
            {
                "name": self._card.signals[number],
                "score": round(shares[number], 3),
                "evidence": [scored.clause_span(clause)],
            }
            for number, clause in clauses.items()
        )

    def _clause(self, scored: Scored, signal: int, places: Places) -> int:
        """Return the clause that says most of a signal: that of its own shape, or else the likeliest by the table."""
        place = places.get(self._own.get(signal, -1))
        if place is not None:
            return bisect_right(scored.starts, place) - 1
        return scored.strongest_clause(self._first + signal)
