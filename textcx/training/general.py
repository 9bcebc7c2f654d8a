"""General heads: language, kind of text, sentiment and emotions by kind of text, learned from all sets at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from textcx.model.card import EMOTIONS as SIX
from textcx.training.corpus import CUSTOMERS, OTHERS, Corpus
from textcx.training.features import Vocabulary, build_vocabulary, feature_matrix
from textcx.training.rows import Row
from textcx.training.solver import Matrix, Weights, balanced, fit, sigmoid
from textcx.training.sources import EMOTIONS, LANGUAGES, RESTAURANTS, SENTIMENT, Source
from textcx.training.taught import Rows, Taught, taught_rows, taught_runs
from textcx.training.thresholds import best_thresholds

LANGUAGE_NAMES = ("sv", "da", "nb", "nn", "fi", "en", "other")
THREE = ("negative", "neutral", "positive")
_MOST_GATE_ROWS = 6000
_REDDIT = "reddit"
_CLASS_BALANCE = 0.6
"""Power of the rarity of a class in the weight of its texts; 1 makes all classes equal."""
_EXTRA_LANGUAGE_SHARE = 0.05
_OTHER_LEANING = 1.5
"""Other languages are more than the few that are learned from."""
_SERVICES_LEANING = -0.7
"""A review that may be of a shop or a service is judged as one of a shop: emotions are named there with more care."""
_DOMAINS_OF_SETS = {"us-airline-tweets": "airline", "vader-icwsm14": "tweets", "swe-sentiment-emoji": "social"}


@dataclass(frozen=True, slots=True)
class Expert:
    """A sentiment head: the kinds of text it learns from, those it borrows from and how much, and its penalty."""

    name: str
    domains: tuple[str, ...]
    borrows: Mapping[str, float]
    penalty: float


EXPERTS = (
    Expert("stars", ("reviews-sv", "reviews-da", "reviews-en", "services-sv"), {}, 1.0),
    Expert("press", ("press",), {}, 2.0),
    Expert("airline", ("airline",), {"tweets": 0.25}, 1.0),
    Expert("tweets", ("tweets",), {"airline": 0.3}, 1.0),
    Expert("subtitles-fi", ("subtitles-fi",), {}, 0.5),
    Expert("subtitles", ("subtitles",), {"subtitles-fi": 0.3}, 0.5),
    Expert("social", ("social",), {}, 1.0),
)
DOMAINS: dict[str, tuple[str, str]] = {
    "airline": ("airline", "us-airline-tweets/sentiment"),
    "mixed-sv": ("social", "absabank-imm/sentiment"),
    "press": ("press", "norec-sentence/sentiment"),
    "reddit": ("tweets", "tweeteval-sentiment/sentiment"),
    "restaurants": ("stars", "trustpilot-sv/sentiment"),
    "reviews-da": ("stars", "trustpilot-da/sentiment"),
    "reviews-en": ("stars", "skytrax-ba/reviews"),
    "reviews-fi": ("stars", "trustpilot-sv/sentiment"),
    "reviews-nb": ("stars", "trustpilot-da/sentiment"),
    "reviews-sv": ("stars", "trustpilot-sv/sentiment"),
    "services-sv": ("stars", "trustpilot-sv/sentiment"),
    "social": ("social", "da-social-political/sentiment"),
    "subtitles": ("subtitles", "xed-polarity/sentiment.en"),
    "subtitles-fi": ("subtitles-fi", "xed-polarity/sentiment.fi"),
    "tweets": ("tweets", "tweeteval-sentiment/sentiment"),
}
"""Kind of text: the sentiment head that judges it, and the set whose own bias it has."""


@dataclass(frozen=True, slots=True)
class General:
    """What was learned.

    Attributes:
        vocabulary: The features.
        heads: By name of the columns.
        biases: For each domain what is added to its expert's scores.
        thresholds: For each emotion head.
    """

    vocabulary: Vocabulary
    heads: dict[str, Weights]
    biases: Matrix
    thresholds: dict[str, Matrix]


@dataclass(frozen=True, slots=True)
class _Texts:
    """Rows of several sets beside their features."""

    rows: list[Row]
    features: Any
    domains: NDArray[Any]
    sets: NDArray[Any]
    shares: Matrix


def train_general(corpus: Corpus, taught: Mapping[str, Taught] | None = None, *, seed: int = 0) -> General:
    """Return the heads that all kinds of text share.

    Args:
        corpus: The texts.
        taught: By name of a head, what a teacher said of texts without a label for it.
        seed: Of what is left to chance.
    """
    chance = np.random.default_rng(seed)
    chosen = _choose(corpus, chance)
    runs = [corpus.runs[name][place] for name, place, _, _ in chosen]
    taught = taught or {}
    of_taught = taught_runs(corpus, taught)
    vocabulary = build_vocabulary(corpus.lexis, runs)  # a teacher's texts add none: other heads stay what they were
    texts = _Texts(
        rows=[corpus.rows[name][place] for name, place, _, _ in chosen],
        features=feature_matrix(corpus.lexis, vocabulary, corpus.vectors, runs),
        domains=np.array([domain or "" for _, _, domain, _ in chosen]),
        sets=np.array([name for name, _, _, _ in chosen]),
        shares=np.array([share for _, _, _, share in chosen], dtype=np.float32),
    )
    heads = {"language": _language(texts, chance), "gate": _gate(texts, chance)}
    set_biases: dict[tuple[str, str], Matrix] = {}
    by_teacher = taught_rows(corpus, vocabulary, of_taught, taught)
    for expert in EXPERTS:
        heads[expert.name], biases = _expert(texts, expert, by_teacher.get(expert.name))
        set_biases.update({(expert.name, name): bias for name, bias in biases.items()})
    none = np.zeros(len(THREE), np.float32)
    of_domains = np.array([set_biases.get(key, none) for key in DOMAINS.values()], dtype=np.float32)
    thresholds = {}
    for name, sources in EMOTION_HEADS.items():
        head = f"emotions {name}"
        heads[head], thresholds[head] = _emotions(corpus, vocabulary, sources, by_teacher.get(head))
    return General(vocabulary, heads, of_domains, thresholds)


def _choose(corpus: Corpus, chance: np.random.Generator) -> list[tuple[str, int, str | None, float]]:
    """Return source, place, domain and share of the rows to learn from."""
    chosen: list[tuple[str, int, str | None, float]] = []
    for source in (*SENTIMENT, *EMOTIONS[:2], RESTAURANTS, LANGUAGES, *CUSTOMERS, OTHERS):
        rows = corpus.rows[source.name]
        places = np.arange(len(rows))
        most = source.most_rows or (_MOST_GATE_ROWS if source is EMOTIONS[0] else None)
        if most and len(places) > most:
            places = np.sort(chance.choice(places, most, replace=False))
        is_customers = source in CUSTOMERS
        for place in places:
            domain = domain_of(rows[place]) if is_customers else source.domain
            chosen.append((source.name, int(place), domain, source.share))
    return chosen


def domain_of(row: Row) -> str:
    """Return the kind of text of a row that was taken from another set, or written for the purpose."""
    return _DOMAINS_OF_SETS.get(row.source) or f"reviews-{'nb' if row.language == 'nn' else row.language}"


def one_of(values: Sequence[str], names: Sequence[str]) -> Matrix:
    """Return a row for each value with a one in its column."""
    found = np.zeros((len(values), len(names)), np.float32)
    found[np.arange(len(values)), [names.index(value) for value in values]] = 1
    return found


def several_of(values: Sequence[Any], names: Sequence[str]) -> Matrix:
    """Return a row for each set of values with ones in their columns; other values are left out."""
    found = np.zeros((len(values), len(names)), np.float32)
    for row, some in enumerate(values):
        for value in some or ():
            if value in names:
                found[row, names.index(value)] = 1
    return found


def _language(texts: _Texts, chance: np.random.Generator) -> Weights:
    names = [row.language if row.language in LANGUAGE_NAMES else "other" for row in texts.rows]
    kept = np.isin(texts.sets, [source.name for source in (LANGUAGES, *CUSTOMERS, OTHERS)])
    kept |= chance.random(len(names)) < _EXTRA_LANGUAGE_SHARE
    places = np.flatnonzero(kept)
    targets = one_of([names[place] for place in places], LANGUAGE_NAMES)
    weights = balanced(targets, 0.5)
    found = fit(texts.features[places], targets, weights=weights, exclusive=True, penalty=0.1)
    found.bias[LANGUAGE_NAMES.index("other")] += _OTHER_LEANING
    return found


def _gate(texts: _Texts, chance: np.random.Generator) -> Weights:
    places = []
    for domain in DOMAINS:
        some = np.flatnonzero(texts.domains == domain)
        places.append(chance.choice(some, min(len(some), _MOST_GATE_ROWS), replace=False))
    chosen = np.concatenate(places)
    targets = one_of(list(texts.domains[chosen]), list(DOMAINS))
    found = fit(texts.features[chosen], targets, weights=balanced(targets, 0.7), exclusive=True, penalty=0.2)
    found.bias[list(DOMAINS).index("services-sv")] += _SERVICES_LEANING
    return found


def _expert(texts: _Texts, expert: Expert, by_teacher: Rows | None) -> tuple[Weights, dict[str, Matrix]]:
    """Return a sentiment head, and what is special about each set it learned from (its share of neutral texts)."""
    share = np.where(np.isin(texts.domains, expert.domains), texts.shares, 0)
    for domain, borrowed in expert.borrows.items():
        share = np.where(texts.domains == domain, texts.shares * borrowed, share)
    judged = np.array([row.sentiment is not None for row in texts.rows])
    own = np.isin(texts.sets, [source.name for source in CUSTOMERS])
    places = np.flatnonzero((share > 0) & judged & ~own)
    columns = texts.features.shape[1]
    if not len(places):
        return Weights(np.zeros((columns, len(THREE)), np.float32), np.zeros(len(THREE), np.float32)), {}
    targets = one_of([three(texts.rows[place]) for place in places], THREE)
    sets = sorted(set(texts.sets[places]))
    weights = np.zeros(len(places), np.float32)
    for name in sets:
        of_set = texts.sets[places] == name
        weights[of_set] = balanced(targets[of_set], _CLASS_BALANCE)
    which = sparse.csr_matrix(one_of(list(texts.sets[places]), sets))
    features = sparse.hstack([texts.features[places], which]).tocsr().astype(np.float32)
    learned = Rows(features, targets, weights * share[places]).and_taught(by_teacher)
    found = fit(learned.features, learned.targets, weights=learned.weights, exclusive=True, penalty=expert.penalty)
    biases = dict(zip(sets, found.of_features[columns:], strict=True))
    return Weights(found.of_features[:columns], found.bias), biases


def three(row: Row) -> str:
    """Return the sentiment of a row by three classes."""
    return "neutral" if row.sentiment == "mixed" else str(row.sentiment)


EMOTION_HEADS: dict[str, tuple[tuple[Source, float], ...]] = {
    _REDDIT: ((EMOTIONS[0], 1.0), (EMOTIONS[8], 0.3), (EMOTIONS[2], 0.2)),
}
"""Emotion heads, the first set being the one they are for; the customers' head is learned with the touchpoints, and the
Swedish one weighs what all heads say."""
_FOLDS = 3


def _emotions(
    corpus: Corpus, vocabulary: Vocabulary, sources: Sequence[tuple[Source, float]], by_teacher: Rows | None
) -> tuple[Weights, Matrix]:
    """Return an emotion head and the probability that each emotion must exceed, by cross-validation on its own set."""
    rows, runs, shares, sets = [], [], [], []
    for number, (source, share) in enumerate(sources):
        for row, run in zip(corpus.rows[source.name], corpus.runs[source.name], strict=True):
            if row.emotions is not None:
                rows.append(row)
                runs.append(run)
                shares.append(share)
                sets.append(number)
    if not rows:
        columns = len(vocabulary.keys) + corpus.vectors.shape[1]
        none = Weights(np.zeros((columns, len(SIX)), np.float32), np.full(len(SIX), -3, np.float32))
        return none, np.full(len(SIX), 0.5, np.float32)
    plain = feature_matrix(corpus.lexis, vocabulary, corpus.vectors, runs)
    columns = plain.shape[1]
    which = sparse.csr_matrix(np.eye(len(sources), dtype=np.float32)[sets])
    features = sparse.hstack([plain, which]).tocsr().astype(np.float32)
    targets = several_of([row.emotions for row in rows], SIX)
    weights = np.array(shares, dtype=np.float32)
    own = np.array(sets) == 0
    fold = np.arange(len(rows)) % _FOLDS
    scores = np.zeros_like(targets)
    for number in range(_FOLDS):
        kept, held = np.flatnonzero(fold != number), np.flatnonzero((fold == number) & own)
        part = _several(Rows(features[kept], targets[kept], weights[kept]).and_taught(by_teacher))
        scores[held] = features[held] @ part.of_features + part.bias
    found = _several(Rows(features, targets, weights).and_taught(by_teacher))
    limits = best_thresholds(sigmoid(scores[own]), targets[own], macro=True)
    return Weights(found.of_features[:columns], found.bias + found.of_features[columns]), limits


def _several(rows: Rows) -> Weights:
    return fit(rows.features, rows.targets, weights=rows.weights, exclusive=False, penalty=0.5)
