"""Findings: what is said of texts, as plain values with evidence, from the scores of the table and its terms."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from textcx.model.card import EMOTIONS, POLARITIES, Card, Weights
from textcx.model.emotion_layer import EmotionLayer
from textcx.model.evidence import spans_of_heaviest, telling_words
from textcx.model.scored import Batch, Scored
from textcx.model.second_opinion import ByWords, SecondOpinion
from textcx.model.shape_layer import ShapeLayer
from textcx.model.signals import Signals
from textcx.model.subjects import Asked, Said, Subjects
from textcx.model.taxonomy_terms import TaxonomyTerms
from textcx.model.term_places import TermPlaces, TermsOfText
from textcx.model.verdict import Verdicts, named

Findings = dict[str, Any]
_Span = dict[str, int]
_NEGATIVE, _POSITIVE = POLARITIES.index("negative"), POLARITIES.index("positive")
_start = itemgetter("start")
_make_asked = partial(tuple.__new__, Asked)
"""Makes one of its three values: in C, without a look at their number."""


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
    taxonomy: TaxonomyTerms
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

    @cached_property
    def languages(self) -> list[list[float]]:
        """Return the probability of each language of the card, for each text."""
        shares: list[list[float]] = self._verdicts.languages.tolist()
        return shares

    def find(self, numbers: Sequence[int], languages: Sequence[str], kinds: Sequence[str | None]) -> list[Findings]:
        """Return `sentiment`, `touchpoints`, `emotions`, `signals` and `opinions` of texts."""
        chosen = np.array(numbers, dtype=np.int64)
        texts = [self._batch.texts[number] for number in numbers]
        terms = list(map(self._means.terms.find, texts, languages))
        subjects = Subjects(self._means.weights, self._batch, chosen, [one.clauses for one in terms])
        opinions = map(self._means.opinion.of, [one.text for one in texts], languages, terms)
        readings = [_Reading(self._means.weights.card, *one) for one in zip(texts, terms, opinions, strict=True)]
        touchpoints = self._touchpoints(subjects, readings, languages)
        heads = self._verdicts.emotion_heads(numbers, kinds, languages)
        shares, limits = self._means.emotions.judge(self._batch, chosen, subjects.chances("emotions"), heads)
        emotions: list[dict[int, float]] = [{} for _ in numbers]
        places, columns = (shares > limits).nonzero()
        above = shares[places, columns].tolist()
        for place, emotion, share in zip(places.tolist(), columns.tolist(), above, strict=True):
            emotions[place][emotion] = share
        signals = self._means.signals.moved(subjects.chances("signals"), self._shaped.signals[chosen]).tolist()
        found = []
        for place, (number, kind, reading) in enumerate(zip(numbers, kinds, readings, strict=True)):
            judged, aspects = touchpoints[place]
            found.append(
                {
                    "sentiment": reading.sentiment(self._verdicts.polarities(kind)[number].tolist()),
                    "touchpoints": judged,
                    "emotions": reading.emotions(emotions[place], judged),
                    "signals": self._means.signals.find(
                        texts[place],
                        signals[place],
                        self._shaped.places[number],
                        is_question=reading.by_words.is_question,
                    ),
                    "opinions": aspects,
                }
            )
        return found

    def _touchpoints(
        self, subjects: Subjects, readings: Sequence["_Reading"], languages: Sequence[str]
    ) -> list[tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]]]:
        """Return for each text the touchpoints it speaks of, and what is said of each of their terms, in its clause."""
        taxonomy, known = self._means.taxonomy, frozenset(self._means.weights.card.touchpoints)
        found: list[list[str]] = [list(one.terms.clauses.keys() - known) for one in readings]
        for text, name in subjects.touchpoints(languages):
            if name in taxonomy.counting:  # a company's own taxonomy may leave out what the weights know
                found[text].append(name)
        asked: list[Asked] = []
        ends = []
        for names, (text, reading) in zip(found, enumerate(readings), strict=True):
            points = sorted({one for name in names for one in taxonomy.counting[name]}, key=taxonomy.order.__getitem__)
            places = reading.places(points)
            first = len(asked)
            asked += [Asked(text, name) for name in points]
            asked += [_make_asked((text, name, clause)) for name, clause in places.values()]
            ends.append((first, first + len(points), len(asked), places))
        said = subjects.said_of(asked)
        judged = []
        for reading, (first, middle, last, places) in zip(readings, ends, strict=True):
            settled = reading.by_words.settle(asked[first:last], said[first:last])
            of_touchpoints = [
                {
                    "id": one.touchpoint,
                    "stage": taxonomy.stages[one.touchpoint],
                    "polarity": what.polarity,
                    "score": what.score,
                    "evidence": reading.evidence_of(one.touchpoint, what.clause),
                }
                for one, what in zip(asked[first:middle], settled[: middle - first], strict=True)
            ]
            judged.append((tuple(of_touchpoints), reading.opinions(places, settled[middle - first :])))
        return judged


class _Reading(NamedTuple):
    """One text, with its terms."""

    card: Card
    scored: Scored
    terms: TermsOfText
    by_words: ByWords

    def sentiment(self, polarities: Sequence[float]) -> Mapping[str, Any]:
        polarity, score, confidence = named(self.by_words.turn(polarities))
        evidence: list[_Span] = []
        if polarity != "neutral":
            first = self.card.columns["overall"].start
            praise, blame = first + _POSITIVE, first + _NEGATIVE
            words, scales = self.scored.words, self.scored.scales
            weights = words[:, praise] * scales[praise] - words[:, blame] * scales[blame]
            if polarity != "negative":
                evidence += spans_of_heaviest(self.scored.tokens, weights.tolist())
            if polarity != "positive":
                evidence += spans_of_heaviest(self.scored.tokens, (-weights).tolist())
            if polarity == "mixed":
                evidence.sort(key=_start)
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
        return dict(sorted(found.items())) if len(found) > 1 else found

    def opinions(self, places: Iterable[tuple[int, int]], said: Sequence[Said]) -> tuple[dict[str, Any], ...]:
        text = self.scored.text
        return tuple(
            [
                {"aspect": text[start:end], "polarity": one.polarity, "start": start, "end": end}
                for (start, end), one in zip(places, said, strict=True)
            ]
        )

    def evidence_of(self, name: str, clause: int) -> list[_Span]:
        if name in self.terms.spans:
            return self.terms.spans[name]
        if name not in self.card.touchpoints:
            return [self.scored.clause_span(clause)] if self.scored.clause_tokens(clause) else []
        column = self.card.columns["touchpoints"].start + self.card.touchpoints.index(name)
        return telling_words(self.scored, column, clause)

    def emotions(
        self, shares: Mapping[int, float], touchpoints: Sequence[Mapping[str, Any]]
    ) -> tuple[dict[str, Any], ...]:
        found = []
        for number, share in shares.items():
            column = self.card.columns["emotions"].start + number
            clause = self.scored.strongest_clause(column)
            found.append(
                {
                    "name": EMOTIONS[number],
                    "score": round(share, 3),
                    "evidence": telling_words(self.scored, column, clause),
                    "touchpoint": self._touchpoint_in(clause, touchpoints),
                }
            )
        return tuple(found)

    def _touchpoint_in(self, clause: int, touchpoints: Sequence[Mapping[str, Any]]) -> str | None:
        if not touchpoints:
            return None
        span = self.scored.clause_span(clause)
        start, end = span["start"], span["end"]
        for one in touchpoints:
            for place in one["evidence"]:
                if start <= place["start"] < end:
                    return str(one["id"])
        return None
