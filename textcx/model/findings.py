"""Findings: what is said of texts, as plain values with evidence, from the scores of the table and its terms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from textcx.model.card import EMOTIONS, POLARITIES, Numbers, Weights
from textcx.model.evidence import telling_words
from textcx.model.scored import Batch, Scored
from textcx.model.second_opinion import ByWords, SecondOpinion
from textcx.model.subjects import Asked, Said, Subjects
from textcx.model.term_places import TermPlaces, TermsOfText
from textcx.model.verdict import Verdicts, named
from textcx.touchpoints import Taxonomy

Findings = dict[str, Any]
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


class Judges:
    """Judges texts of one batch.

    Args:
        weights: The heads.
        batch: Scored texts.
        taxonomy: The touchpoints in force.
        terms: Finds their terms.
        opinion: Is asked where the table is unsure.
    """

    def __init__(
        self, weights: Weights, batch: Batch, taxonomy: Taxonomy, terms: TermPlaces, opinion: SecondOpinion
    ) -> None:
        self._weights = weights
        self._batch = batch
        self._taxonomy = taxonomy
        self._terms = terms
        self._opinion = opinion
        self._verdicts = Verdicts(weights.card, batch.wholes)

    def text(self, number: int) -> Scored:
        """Return a text."""
        return self._batch.texts[number]

    def languages(self, number: int) -> list[float]:
        """Return the probability of each language of the card for a text."""
        shares: list[float] = self._verdicts.languages[number].tolist()
        return shares

    def find(self, numbers: Sequence[int], languages: Sequence[str], kinds: Sequence[str | None]) -> list[Findings]:
        """Return `sentiment`, `touchpoints`, `emotions`, `signals` and `opinions` of texts."""
        chosen = np.array(numbers, dtype=np.int64)
        terms = [
            self._terms.find(self._batch.texts[number], language)
            for number, language in zip(numbers, languages, strict=True)
        ]
        subjects = Subjects(self._weights, self._batch, chosen, [one.clauses for one in terms])
        readings = [
            _Reading(
                self._weights,
                self._batch.texts[number],
                some,
                self._opinion.of(self._batch.texts[number].text, language, some),
            )
            for number, language, some in zip(numbers, languages, terms, strict=True)
        ]
        touchpoints = self._touchpoints(subjects, readings, languages)
        by_customers, signals = subjects.chances("emotions"), subjects.chances("signals")
        found = []
        for place, (number, language, kind) in enumerate(zip(numbers, languages, kinds, strict=True)):
            shares, limits = self._verdicts.emotions(number, kind, language, by_customers[place])
            reading, (judged, opinions) = readings[place], touchpoints[place]
            found.append(
                {
                    "sentiment": reading.sentiment(self._verdicts.polarities(kind)[number]),
                    "touchpoints": judged,
                    "emotions": reading.emotions(shares, limits, judged),
                    "signals": reading.signals(signals[place]),
                    "opinions": opinions,
                }
            )
        return found

    def _touchpoints(
        self, subjects: Subjects, readings: Sequence["_Reading"], languages: Sequence[str]
    ) -> list[tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]]]:
        """Return for each text the touchpoints it speaks of, and what is said of each of their terms, in its clause."""
        known = self._weights.card.touchpoints
        found: list[set[str]] = [{name for name in one.terms.clauses if name not in known} for one in readings]
        for text, name in subjects.touchpoints(languages):
            found[text].add(name)
        asked: list[Asked] = []
        ends = []
        for text, names in enumerate(found):
            names |= {parent for name in names for parent in self._taxonomy.ancestors(name)}
            points = [point.id for point in self._taxonomy.touchpoints if point.id in names] if names else []
            asked += [Asked(text, name) for name in points]
            middle = len(asked)
            asked += readings[text].terms_asked(text, points)
            ends.append((middle - len(points), middle, len(asked)))
        said = subjects.said_of(asked)
        stages = {point.id: point.stage for point in self._taxonomy.touchpoints}
        judged = []
        for reading, (first, middle, last) in zip(readings, ends, strict=True):
            settled = reading.by_words.settle(asked[first:last], said[first:last])
            judged.append(
                (
                    tuple(
                        {
                            "id": one.touchpoint,
                            "stage": stages[one.touchpoint],
                            "polarity": what.polarity,
                            "score": what.score,
                            "evidence": reading.evidence_of(one.touchpoint, what),
                        }
                        for one, what in zip(asked[first:middle], settled[: middle - first], strict=True)
                    ),
                    reading.opinions(asked[first:middle], settled[middle - first :]),
                )
            )
        return judged


@dataclass(frozen=True, slots=True)
class _Reading:
    """One text, with its terms."""

    weights: Weights
    scored: Scored
    terms: TermsOfText
    by_words: ByWords

    def sentiment(self, polarities: Numbers) -> Mapping[str, Any]:
        polarity, score, confidence = named(self.by_words.turn(polarities))
        evidence: list[dict[str, int]] = []
        if polarity != "neutral":
            first = self.weights.card.columns["overall"].start
            praise, blame = first + POLARITIES.index("positive"), first + POLARITIES.index("negative")
            if polarity != "negative":
                evidence += telling_words(self.scored, praise, blame)
            if polarity != "positive":
                evidence += telling_words(self.scored, blame, praise)
            evidence.sort(key=lambda span: span["start"])
        return {"polarity": polarity, "score": score, "confidence": confidence, "evidence": evidence}

    def places(self, touchpoints: Sequence[str]) -> dict[tuple[int, int], tuple[str, int]]:
        """Return where terms of touchpoints stand, in the order of the text, with touchpoint and clause."""
        spans, clauses = self.terms.spans, self.terms.clauses
        found = {
            (span["start"], span["end"]): (name, clause)
            for name in touchpoints
            if name in spans
            for span, clause in zip(spans[name], clauses[name], strict=True)
        }
        return dict(sorted(found.items()))

    def terms_asked(self, text: int, touchpoints: Sequence[str]) -> list[Asked]:
        return [Asked(text, name, clause) for name, clause in self.places(touchpoints).values()]

    def opinions(self, asked: Sequence[Asked], said: Sequence[Said]) -> tuple[dict[str, Any], ...]:
        places = self.places([one.touchpoint for one in asked])
        return tuple(
            {"aspect": self.scored.text[start:end], "polarity": one.polarity, "start": start, "end": end}
            for (start, end), one in zip(places, said, strict=True)
        )

    def evidence_of(self, name: str, said: Said) -> list[dict[str, int]]:
        card, clause = self.weights.card, self.scored.clause_tokens(said.clause)
        if name in self.terms.spans:
            return self.terms.spans[name]
        if name not in card.touchpoints:
            return [self.scored.clause_span(said.clause)] if clause else []
        column = card.columns["touchpoints"].start + card.touchpoints.index(name)
        return telling_words(self.scored, column, None, clause)

    def emotions(
        self, shares: Numbers, limits: Numbers, touchpoints: Sequence[Mapping[str, Any]]
    ) -> tuple[dict[str, Any], ...]:
        found = []
        for number in (shares > limits).nonzero()[0].tolist():
            clause = self._likeliest("emotions", number)
            column = self.weights.card.columns["emotions"].start + number
            found.append(
                {
                    "name": EMOTIONS[number],
                    "score": round(float(shares[number]), 3),
                    "evidence": telling_words(self.scored, column, None, self.scored.clause_tokens(clause)),
                    "touchpoint": self._touchpoint_in(clause, touchpoints),
                }
            )
        return tuple(found)

    def signals(self, shares: Numbers) -> tuple[dict[str, Any], ...]:
        card = self.weights.card
        if self.by_words.is_question:
            shares = shares.copy()
            asks = card.signals.index(_ASKS)
            shares[asks] = max(shares[asks], _QUESTION_SHARE)
        limits = card.thresholds["signals"]
        clauses = {number: self._likeliest("signals", number) for number in (shares > limits).nonzero()[0].tolist()}
        for pair in _EXCLUSIVE:
            one, other = sorted(map(card.signals.index, pair), key=lambda number: shares[number] / limits[number])
            if one in clauses and clauses[one] == clauses.get(other):
                del clauses[one]
        return tuple(
            {
                "name": card.signals[number],
                "score": round(float(shares[number]), 3),
                "evidence": [self.scored.clause_span(clause)],
            }
            for number, clause in clauses.items()
        )

    def _likeliest(self, head: str, number: int) -> int:
        column = self.weights.card.columns[head].start + number
        return int(self.scored.clauses[:, column].argmax())

    def _touchpoint_in(self, clause: int, touchpoints: Sequence[Mapping[str, Any]]) -> str | None:
        span = self.scored.clause_span(clause)
        for one in touchpoints:
            if any(span["start"] <= place["start"] < span["end"] for place in one["evidence"]):
                return str(one["id"])
        return None
