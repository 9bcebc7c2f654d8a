"""Findings: what is said of texts, as plain values with evidence, from the scores of the table and its terms."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from textcx.model.card import EMOTIONS, POLARITIES, Weights
from textcx.model.emotion_layer import EmotionLayer
from textcx.model.evidence import telling_words
from textcx.model.scored import Batch, Scored
from textcx.model.second_opinion import ByWords, SecondOpinion
from textcx.model.shape_layer import ShapeLayer
from textcx.model.signals import Signals
from textcx.model.subjects import Asked, Said, Subjects
from textcx.model.term_places import TermPlaces, TermsOfText
from textcx.model.verdict import Verdicts, named
from textcx.touchpoints import Taxonomy

Findings = dict[str, Any]


class Means(NamedTuple):
    """What texts are judged by, whatever the batch.

    Attributes:
        weights: The heads.
        taxonomy: The touchpoints in force.
        terms: Finds their terms.
        opinion: Is asked where the table is unsure.
        layer: Moves what the table says by the shapes of a text.
        signals: Names the signals.
        emotions: Judges the emotions.
    """

    weights: Weights
    taxonomy: Taxonomy
    terms: TermPlaces
    opinion: SecondOpinion
    layer: ShapeLayer
    signals: Signals
    emotions: EmotionLayer


class Judges:
    """Judges the texts of a batch.

    Args:
        means: What they are judged by.
        batch: Scored texts.
    """

    def __init__(self, means: Means, batch: Batch) -> None:
        self._means = means
        self._batch = batch
        self._shaped = means.layer.read(batch)
        self._verdicts = Verdicts(means.weights.card, self._shaped.wholes)

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
            self._means.terms.find(self._batch.texts[number], language)
            for number, language in zip(numbers, languages, strict=True)
        ]
        subjects = Subjects(self._means.weights, self._batch, chosen, [one.clauses for one in terms])
        readings = [
            _Reading(
                self._means.weights,
                self._batch.texts[number],
                some,
                self._means.opinion.of(self._batch.texts[number].text, language, some),
            )
            for number, language, some in zip(numbers, languages, terms, strict=True)
        ]
        touchpoints = self._touchpoints(subjects, readings, languages)
        heads = self._verdicts.emotion_heads(numbers, kinds, languages)
        shares, limits = self._means.emotions.judge(self._batch, chosen, subjects.chances("emotions"), heads)
        rows = zip(shares.tolist(), limits.tolist(), strict=True)
        emotions = [
            {place: share for place, (share, limit) in enumerate(zip(*row, strict=True)) if share > limit}
            for row in rows
        ]
        signals = self._means.signals.moved(subjects.chances("signals"), self._shaped.signals[chosen]).tolist()
        found = []
        for place, (number, kind) in enumerate(zip(numbers, kinds, strict=True)):
            reading, (judged, opinions) = readings[place], touchpoints[place]
            found.append(
                {
                    "sentiment": reading.sentiment(self._verdicts.polarities(kind)[number].tolist()),
                    "touchpoints": judged,
                    "emotions": reading.emotions(emotions[place], judged),
                    "signals": self._means.signals.find(
                        self._batch.texts[number],
                        signals[place],
                        self._shaped.places[number],
                        is_question=reading.by_words.is_question,
                    ),
                    "opinions": opinions,
                }
            )
        return found

    def _touchpoints(
        self, subjects: Subjects, readings: Sequence["_Reading"], languages: Sequence[str]
    ) -> list[tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]]]:
        """Return for each text the touchpoints it speaks of, and what is said of each of their terms, in its clause."""
        known = self._means.weights.card.touchpoints
        found: list[set[str]] = [{name for name in one.terms.clauses if name not in known} for one in readings]
        for text, name in subjects.touchpoints(languages):
            found[text].add(name)
        asked: list[Asked] = []
        ends = []
        for text, names in enumerate(found):
            names |= {parent for name in names for parent in self._means.taxonomy.ancestors(name)}
            points = [point.id for point in self._means.taxonomy.touchpoints if point.id in names] if names else []
            asked += [Asked(text, name) for name in points]
            middle = len(asked)
            places = readings[text].places(points)
            asked += [Asked(text, name, clause) for name, clause in places.values()]
            ends.append((middle - len(points), middle, len(asked), places))
        said = subjects.said_of(asked)
        stages = {point.id: point.stage for point in self._means.taxonomy.touchpoints}
        judged = []
        for reading, (first, middle, last, places) in zip(readings, ends, strict=True):
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
                    reading.opinions(places, settled[middle - first :]),
                )
            )
        return judged


class _Reading(NamedTuple):
    """One text, with its terms."""

    weights: Weights
    scored: Scored
    terms: TermsOfText
    by_words: ByWords

    def sentiment(self, polarities: Sequence[float]) -> Mapping[str, Any]:
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

    def opinions(self, places: Iterable[tuple[int, int]], said: Sequence[Said]) -> tuple[dict[str, Any], ...]:
        return tuple(
            [
                {"aspect": self.scored.text[start:end], "polarity": one.polarity, "start": start, "end": end}
                for (start, end), one in zip(places, said, strict=True)
            ]
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
        self, shares: Mapping[int, float], touchpoints: Sequence[Mapping[str, Any]]
    ) -> tuple[dict[str, Any], ...]:
        found = []
        for number, share in shares.items():
            column = self.weights.card.columns["emotions"].start + number
            clause = self.scored.strongest_clause(column)
            found.append(
                {
                    "name": EMOTIONS[number],
                    "score": round(share, 3),
                    "evidence": telling_words(self.scored, column, None, self.scored.clause_tokens(clause)),
                    "touchpoint": self._touchpoint_in(clause, touchpoints),
                }
            )
        return tuple(found)

    def _touchpoint_in(self, clause: int, touchpoints: Sequence[Mapping[str, Any]]) -> str | None:
        span = self.scored.clause_span(clause)
        for one in touchpoints:
            if any(span["start"] <= place["start"] < span["end"] for place in one["evidence"]):
                return str(one["id"])
        return None
