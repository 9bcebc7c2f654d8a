"""Findings: what is said of texts, as plain values with evidence, from the scores of the table and its terms."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np

from textcx.model.card import CUSTOMER, EMOTION_HEADS, EMOTIONS, POLARITIES, Card, Weights
from textcx.model.emotion_layer import EmotionLayer
from textcx.model.evidence import Evidence, Span
from textcx.model.likeness import Alike, Likeness
from textcx.model.opposed import without_opposed
from textcx.model.scored import Batch, Scored
from textcx.model.second_opinion import ByWords, SecondOpinion
from textcx.model.shape_layer import ShapeLayer
from textcx.model.signals import Signals
from textcx.model.subjects import Asked, Said, Subjects
from textcx.model.taxonomy_terms import TaxonomyTerms
from textcx.model.term_places import TermPlaces, TermsOfText
from textcx.model.verdict import Verdicts, named

Findings = dict[str, Any]
_NEGATIVE, _POSITIVE = POLARITIES.index("negative"), POLARITIES.index("positive")
_CUSTOMER = EMOTION_HEADS.index(CUSTOMER)
_HALF = 0.5
"""By more than this the head of customers judges the emotions of a text; people among themselves mix them more."""
_make_asked = partial(tuple.__new__, Asked)
"""Makes one of its three values: in C, without a look at their number."""


class Means(NamedTuple):
    """What texts are judged by, whatever the batch.

    Attributes:
        weights: The heads.
        taxonomy: The touchpoints in force.
        terms: Finds their terms.
        likeness: Finds those that no head knows by their example phrases.
        opinion: Is asked where the table is unsure.
        layer: Moves what the table says by the shapes of a text.
        signals: Names the signals.
        emotions: Judges the emotions.
    """

    weights: Weights
    taxonomy: TaxonomyTerms
    terms: TermPlaces
    likeness: Likeness
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
        alike = self._means.likeness.find(texts, terms, languages)
        hits = [_with_alike(one.clauses, other) for one, other in zip(terms, alike, strict=True)]
        subjects = Subjects(self._means.weights, self._batch, chosen, hits)
        opinions = map(self._means.opinion.of, [one.text for one in texts], languages, terms)
        card = self._means.weights.card
        readings = [_Reading(card, *one) for one in zip(numbers, texts, terms, alike, opinions, strict=True)]
        evidence = Evidence(self._batch)
        touchpoints = self._touchpoints(subjects, readings, languages, evidence)
        heads = self._verdicts.emotion_heads(numbers, kinds, languages)
        shares, limits = self._means.emotions.judge(self._batch, chosen, subjects.chances("emotions"), heads)
        by_customers = (heads[:, _CUSTOMER] > _HALF).tolist()
        emotions: list[dict[int, float]] = [{} for _ in numbers]
        places, columns = (shares > limits).nonzero()
        above = shares[places, columns].tolist()
        for place, emotion, share in zip(places.tolist(), columns.tolist(), above, strict=True):
            emotions[place][emotion] = share
        signals = self._means.signals.moved(subjects.chances("signals"), self._shaped.signals[chosen]).tolist()
        found: list[Findings] = []
        felt: list[list[_Felt]] = []
        for place, (number, kind, reading) in enumerate(zip(numbers, kinds, readings, strict=True)):
            judged, aspects = touchpoints[place]
            sentiment = reading.sentiment(self._verdicts.polarities(kind)[number].tolist(), evidence)
            shown = without_opposed(emotions[place], sentiment) if by_customers[place] else emotions[place]
            felt.append(reading.felt(shown, evidence))
            found.append(
                {
                    "sentiment": sentiment,
                    "touchpoints": judged,
                    "signals": self._means.signals.find(
                        texts[place],
                        signals[place],
                        self._shaped.places[number],
                        is_question=reading.by_words.is_question,
                    ),
                    "opinions": aspects,
                }
            )
        evidence.find()  # of the whole batch at once; where touchpoints stand is known only now
        for reading, some, one in zip(readings, felt, found, strict=True):
            one["emotions"] = reading.emotions(some, one["touchpoints"])
        return found

    def _touchpoints(
        self, subjects: Subjects, readings: Sequence["_Reading"], languages: Sequence[str], evidence: Evidence
    ) -> list[tuple[tuple[dict[str, Any], ...], tuple[dict[str, Any], ...]]]:
        """Return for each text the touchpoints it speaks of, and what is said of each of their terms, in its clause."""
        taxonomy, known = self._means.taxonomy, frozenset(self._means.weights.card.touchpoints)
        found: list[list[str]] = [list((one.terms.clauses.keys() | one.alike.keys()) - known) for one in readings]
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
                    "evidence": reading.evidence_of(one.touchpoint, what.clause, evidence),
                }
                for one, what in zip(asked[first:middle], settled[: middle - first], strict=True)
            ]
            judged.append((tuple(of_touchpoints), reading.opinions(places, settled[middle - first :])))
        return judged


class _Felt(NamedTuple):
    """An emotion, and the clause that says most of it; its evidence is filled in later."""

    name: str
    share: float
    clause: int
    evidence: list[Span]


class _Reading(NamedTuple):
    """One text, with its terms."""

    card: Card
    number: int
    scored: Scored
    terms: TermsOfText
    alike: Mapping[str, Alike]
    by_words: ByWords

    def sentiment(self, polarities: Sequence[float], evidence: Evidence) -> Mapping[str, Any]:
        polarity, score, confidence = named(self.by_words.turn(polarities))
        first = self.card.columns["overall"].start
        praise, blame = first + _POSITIVE, first + _NEGATIVE
        spans: list[Span] = []
        if polarity in ("positive", "mixed"):
            evidence.of_text(self.number, praise, blame, into=spans)
        if polarity in ("negative", "mixed"):
            evidence.of_text(self.number, blame, praise, into=spans)
        return {"polarity": polarity, "score": score, "confidence": confidence, "evidence": spans}

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

    def evidence_of(self, name: str, clause: int, evidence: Evidence) -> list[Span]:
        if name in self.terms.spans:
            return self.terms.spans[name]
        if name in self.alike:
            return self.alike[name].spans
        if name not in self.card.touchpoints:
            return [self.scored.clause_span(clause)] if self.scored.clause_tokens(clause) else []
        column = self.card.columns["touchpoints"].start + self.card.touchpoints.index(name)
        return evidence.of_clause(self.number, clause, column)

    def felt(self, shares: Mapping[int, float], evidence: Evidence) -> list[_Felt]:
        found = []
        for number, share in shares.items():
            column = self.card.columns["emotions"].start + number
            clause = self.scored.strongest_clause(column)
            found.append(_Felt(EMOTIONS[number], share, clause, evidence.of_clause(self.number, clause, column)))
        return found

    def emotions(self, felt: Sequence[_Felt], touchpoints: Sequence[Mapping[str, Any]]) -> tuple[dict[str, Any], ...]:
        return tuple(
            [
                {
                    "name": one.name,
                    "score": round(one.share, 3),
                    "evidence": one.evidence,
                    "touchpoint": self._touchpoint_in(one.clause, touchpoints),
                }
                for one in felt
            ]
        )

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


def _with_alike(hits: Mapping[str, Sequence[int]], alike: Mapping[str, Alike]) -> Mapping[str, Sequence[int]]:
    """Return the clauses that speak of each touchpoint, by its terms or by its likeness."""
    return {**hits, **{name: (one.clause,) for name, one in alike.items()}} if alike else hits
