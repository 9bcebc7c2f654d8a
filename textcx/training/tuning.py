"""Tuning: what a weight file leaves open is set by the development parts, with the very code that will judge.

The leaning of each kind of text, so that rare classes are found as well as common ones; how sure a judgement may sound;
and when an emotion is named. Test parts play no role.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from textcx.model.card import EMOTION_HEADS, POLARITIES, Card, Mixture, Numbers, Weights, load_weights
from textcx.model.scored import score_texts
from textcx.model.shape_layer import ShapeLayer
from textcx.model.shapes import Shapes
from textcx.model.subjects import Subjects
from textcx.model.table import read_weights, write_weights
from textcx.model.term_places import TermPlaces
from textcx.model.verdict import Verdicts
from textcx.training.emotion_layer import EmotionOdds, tune_emotions
from textcx.training.general import THREE, several_of
from textcx.training.rows import Row
from textcx.training.sources import SENTIMENT, TOUCHPOINTS, DataSets
from textcx.training.thresholds import micro_f1

_BATCH_TEXTS = 512
_LEANINGS = np.arange(-1.2, 1.21, 0.1)
_ROUNDS = 2
_WORTH = 0.0015
"""A leaning must gain so much for each tenth of it: else it is chance."""
_TEMPERATURES = np.arange(0.6, 2.6, 0.1)
_BINS = 10
_LEAST_ROWS = 150
_LEAST_OF_LANGUAGE = 50
_SHIFTS = (0.0, 0.05, 0.1)
_COST = 0.1
"""A shift of a tenth must gain a point of F1: else it is chance."""


@dataclass(frozen=True, slots=True)
class _Sample:
    """Texts of a development part: their verdicts, and which of three polarities holds."""

    verdicts: Verdicts
    domains: Numbers
    right: NDArray[np.int64]


_TUNED: tuple[tuple[str, str, str | None], ...] = (
    ("reviews-sv", "trustpilot-sv/sentiment", "review"),
    ("reviews-da", "trustpilot-da/sentiment", "review"),
    ("reviews-en", "skytrax-lounge-seat/reviews", "review"),
    ("press", "norec-sentence/sentiment", "article"),
    ("airline", "us-airline-tweets/sentiment", "post"),
    ("tweets", "tweeteval-sentiment/sentiment", "post"),
    ("subtitles-fi", "xed-polarity/sentiment.fi", None),
    ("subtitles", "xed-polarity/sentiment.en", None),
    ("social", "da-social-political/sentiment", "comment"),
)
"""Kind of text, the set that tells of it, and the kind of its mentions."""


_LIKE_SHOPS = ("services-sv", "reviews-sv")
"""Reviews of services have no set with a neutral class: they lean as those of shops do."""


def tune(path: Path, sets: DataSets, terms: TermPlaces, shapes: Shapes) -> None:
    """Set what a weight file leaves open.

    Args:
        path: The file; it is written anew.
        sets: Where the development parts are read.
        terms: Finds terms of touchpoints.
        shapes: Finds shapes of words.
    """
    weights = load_weights(path)
    layer = ShapeLayer(weights.card, shapes)

    def verdicts_of(rows: Sequence[Row]) -> Verdicts:
        texts = [row.text for row in rows]
        batches = [
            layer.read(score_texts(weights.table, weights.card.bias, texts[first : first + _BATCH_TEXTS])).wholes
            for first in range(0, len(texts), _BATCH_TEXTS)
        ]
        return Verdicts(weights.card, np.concatenate(batches))

    mixtures = dict(weights.card.mixtures)
    sources = {source.name: source for source in SENTIMENT}
    for domain, name, kind in _TUNED:
        rows = [row for row in sets.read(sources[name], "dev") if row.sentiment is not None]
        if len(rows) >= _LEAST_ROWS:
            known = kind if kind in mixtures else ""
            sample = _sample(verdicts_of(rows), rows, kind)
            mixtures[known] = _tuned(sample, mixtures[known], weights.card.domains.index(domain))
    rows = [row for row in sets.read(TOUCHPOINTS, "dev") if row.sentiment is not None]
    if len(rows) >= _LEAST_ROWS:
        mixtures[""] = _cooled(_sample(verdicts_of(rows), rows, None), mixtures[""], _reviews(weights.card))
    shifts = _shifts(weights, rows, terms) if len(rows) >= _LEAST_ROWS else {}
    emotions = tune_emotions(weights, sets)
    domains = weights.card.domains
    to, like = map(domains.index, _LIKE_SHOPS)
    for mixture in mixtures.values():
        for numbers in (mixture.leanings, mixture.temperatures):
            numbers[to] = numbers[like]
    _write(path, mixtures, shifts, emotions)


def _shifts(weights: Weights, rows: Sequence[Row], terms: TermPlaces) -> dict[str, float]:
    """Return for each language by how much the thresholds of touchpoints are best raised; a few texts raise none."""
    batch = score_texts(weights.table, weights.card.bias, [row.text for row in rows])
    found = [terms.find(text, row.language).clauses for text, row in zip(batch.texts, rows, strict=True)]
    chances = Subjects(weights, batch, np.arange(len(rows)), found).chances("touchpoints").astype(np.float32)
    targets = several_of([row.touchpoints for row in rows], weights.card.touchpoints)
    limits = weights.card.thresholds["touchpoints"].astype(np.float32)
    shifts = {}
    for language in sorted({row.language for row in rows}):
        own = np.array([row.language == language for row in rows])
        if own.sum() >= _LEAST_OF_LANGUAGE:
            values = [micro_f1(chances[own], targets[own], limits + shift) - _COST * shift for shift in _SHIFTS]
            shifts[language] = float(_SHIFTS[int(np.argmax(values))])
    return shifts | {"nn": shifts["nb"]} if "nb" in shifts else shifts


def _sample(verdicts: Verdicts, rows: Sequence[Row], kind: str | None) -> _Sample:
    right = [THREE.index("neutral" if row.sentiment == "mixed" else str(row.sentiment)) for row in rows]
    return _Sample(verdicts, verdicts.domains(kind), np.array(right))


def _tuned(sample: _Sample, mixture: Mixture, domain: int) -> Mixture:
    """Return the mixture with the leaning of a domain by which the mean F1 is best, and with its temperature."""
    best, value = mixture, _value(sample, mixture)
    for _ in range(_ROUNDS):
        for group in (0, 1):
            for leaning in _LEANINGS:
                tried = _with(best, domain, group, float(leaning))
                found = _value(sample, tried)
                if found > value:
                    best, value = tried, found
    return _cooled(sample, best, [domain])


def _value(sample: _Sample, mixture: Mixture) -> float:
    groups = _groups(sample, mixture)
    named = groups.argmax(axis=1)
    hits = [2 * ((named == one) & (sample.right == one)).sum() for one in range(len(THREE))]
    sizes = [(named == one).sum() + (sample.right == one).sum() for one in range(len(THREE))]
    cost = 10 * _WORTH * float(np.abs(mixture.leanings).sum())
    return float(np.mean([hit / max(1, size) for hit, size in zip(hits, sizes, strict=True)])) - cost


def _cooled(sample: _Sample, mixture: Mixture, domains: Sequence[int]) -> Mixture:
    """Return the mixture with the temperature by which confidence is nearest to accuracy."""

    def with_temperature(temperature: float) -> Mixture:
        temperatures = mixture.temperatures.copy()
        temperatures[list(domains)] = temperature
        return replace(mixture, temperatures=temperatures)

    return min((with_temperature(float(one)) for one in _TEMPERATURES), key=lambda one: _gap(sample, one))


def _gap(sample: _Sample, mixture: Mixture) -> float:
    """Return how far confidence lies from accuracy: the mean over ten bins of equal width, weighed by their size."""
    groups = _groups(sample, mixture)
    sure, is_right = groups.max(axis=1), groups.argmax(axis=1) == sample.right
    bins = np.minimum((sure * _BINS).astype(int), _BINS - 1)
    gaps = [abs(float((is_right[bins == one] - sure[bins == one]).sum())) for one in range(_BINS)]
    return sum(gaps) / len(sure)


def _groups(sample: _Sample, mixture: Mixture) -> Numbers:
    shares = sample.verdicts.mixed(sample.domains, mixture)
    return np.stack([shares[:, 0], shares[:, 1] + shares[:, POLARITIES.index("mixed")], shares[:, 2]], axis=1)


def _with(mixture: Mixture, domain: int, group: int, leaning: float) -> Mixture:
    leanings = mixture.leanings.copy()
    leanings[domain, group] = leaning
    return replace(mixture, leanings=leanings)


def _reviews(card: Card) -> list[int]:
    return [number for number, name in enumerate(card.domains) if name.startswith("reviews")]


def _write(path: Path, mixtures: dict[str, Mixture], shifts: dict[str, float], emotions: EmotionOdds) -> None:
    blocks, raw = read_weights(path)
    mixed = {
        kind: {name: getattr(one, name).round(3).tolist() for name in ("shares", "leanings", "temperatures")}
        for kind, one in mixtures.items()
    }
    layer = emotions.layer.round(5).tolist()
    limits = dict(zip(EMOTION_HEADS, emotions.limits.round(3).tolist(), strict=True))
    tuned = {"mixtures": mixed, "shifts": shifts, "emotion_layer": layer, "emotion_limits": limits}
    write_weights(path.with_suffix(".tuned"), blocks, {**raw, **tuned})
    path.with_suffix(".tuned").replace(path)
