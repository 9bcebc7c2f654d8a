"""Customers' heads: touchpoints, signals and emotions by clause, the polarity of each touchpoint, and of the text."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import Any, get_args

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray

from textcx.annotation import SignalName
from textcx.model.card import EMOTIONS, POLARITIES
from textcx.model.clauses import clause_starts
from textcx.model.ngrams import Keys, about_keys, tokens_of
from textcx.model.shapes import Shapes
from textcx.training.corpus import CUSTOMERS, LABELLED, LONGEST_TEXT, Corpus
from textcx.training.cues import Cues, Terms, build_cues
from textcx.training.features import Run, Vocabulary, build_vocabulary, feature_matrix
from textcx.training.general import one_of, several_of
from textcx.training.phrases import Phrase
from textcx.training.rows import Row
from textcx.training.shape_layer import HeldOut, LearnedShapes, clause_rows, held_out_scores, learn_shape_layer
from textcx.training.solver import Matrix, Weights, any_of, fit, fit_any, fit_mean, sigmoid
from textcx.training.sources import RESTAURANTS
from textcx.training.term_hits import TermHits
from textcx.training.thresholds import best_thresholds

SIGNALS: tuple[str, ...] = get_args(SignalName)
HEADS = ("touchpoints", "signals", "emotions", "overall", "clause polarity", "text polarity")
"""In the order of their columns."""
_FOLDS = 4
_RESTAURANT_SHARE = 0.5
_PHRASE_SHARE = 0.15
_LEAST_PARTS = 3
_OVERALL_EPOCHS = 16
"""Few texts are labelled as a whole: with half as many passes the head is not done yet."""
_PENALTIES = {"touchpoints": 0.3, "signals": 0.3, "emotions": 0.5, "overall": 0.5, "polarity": 0.5}
_LEAST_ABOUT = 3
_ABOUT_SCALE = 0.3
"""How strongly a word beside a touchpoint counts before training, against n-grams."""


@dataclass(frozen=True, slots=True)
class Customers:
    """What was learned.

    Attributes:
        vocabulary: The features of clauses and texts.
        cues: Features beside them.
        heads: By name of the columns.
        hits: What a term of a touchpoint adds to each touchpoint.
        about_keys: Sorted keys of words beside touchpoints.
        about: What each adds to the polarity.
        thresholds: By head.
        shapes: What shapes add to what the heads of signals and polarity say.
    """

    vocabulary: Vocabulary
    cues: Cues
    heads: dict[str, Weights]
    hits: Matrix
    about_keys: Keys
    about: Matrix
    thresholds: dict[str, Matrix]
    shapes: LearnedShapes


@dataclass(frozen=True, slots=True)
class _Phrases:
    """Phrases as features, with their polarity."""

    features: Any
    targets: Matrix

    @property
    def weights(self) -> Matrix:
        return np.full(len(self.targets), _PHRASE_SHARE, np.float32)


@dataclass(frozen=True, slots=True)
class Parts:
    """Clauses of texts, and each text of several clauses as a part of its own.

    Attributes:
        runs: The words of each part.
        owners: The text of each.
        hits: Which touchpoints have a term in each.
        whole: Index of the part that is the whole text, for each text.
    """

    runs: list[Run]
    owners: NDArray[np.int64]
    hits: Matrix
    whole: NDArray[np.int64]


def split_parts(corpus: Corpus, rows: Sequence[Row], terms: TermHits) -> Parts:
    """Return the parts of texts."""
    runs: list[Run] = []
    owners: list[int] = []
    whole, hits = [], []
    for number, row in enumerate(rows):
        text = row.text[:LONGEST_TEXT]
        tokens = tokens_of(text)
        starts = clause_starts(text, tokens)
        words = corpus.lexis.places(tokens.words)
        begins = [tokens.starts[start] for start in starts] if tokens.starts else [0]
        of_clauses = terms.find(text, row.language, begins)
        clauses = [words[first:last] for first, last in pairwise([*starts, len(words)])]
        runs += clauses
        hits += list(of_clauses)
        if len(clauses) > 1:
            runs.append(words)
            hits.append(of_clauses.max(axis=0))
        owners += [number] * (len(runs) - len(owners))
        whole.append(len(runs) - 1)
    return Parts(runs, np.array(owners), np.array(hits, dtype=np.float32), np.array(whole))


def train_customers(
    corpus: Corpus, terms: TermHits, phrases: Sequence[Phrase], cue_terms: Terms, shapes: Shapes
) -> Customers:
    """Return the heads that are learned from texts of customers, and from phrases of praise and blame.

    Args:
        corpus: The texts.
        terms: Finds the terms of touchpoints.
        phrases: Of praise and blame.
        cue_terms: Words and pairs that tell of signals.
        shapes: Finds words together that tell of signals.
    """
    gold = [row for source in CUSTOMERS for row in corpus.rows[source.name]]
    rows = [*gold, *corpus.rows[RESTAURANTS.name]]
    parts = split_parts(corpus, rows, terms)
    short = [corpus.lexis.read(text) for text, _ in phrases]
    vectors = _grown(corpus)
    vocabulary = build_vocabulary(corpus.lexis, [*parts.runs, *short * _LEAST_PARTS], least_runs=_LEAST_PARTS)
    cues = build_cues(corpus.lexis, cue_terms)

    def features_of(runs: Sequence[Run]) -> Any:
        plain = feature_matrix(corpus.lexis, vocabulary, vectors, runs)
        return sparse.hstack([plain, cues.features(corpus.lexis, runs)]).tocsr()

    features = features_of(parts.runs)
    folds = _folds(rows)
    shares = np.where(np.arange(len(rows)) < len(gold), 1, _RESTAURANT_SHARE).astype(np.float32)
    heads: dict[str, Weights] = {}
    thresholds: dict[str, Matrix] = {}
    with_hits = sparse.hstack([features, sparse.csr_matrix(parts.hits)]).tocsr().astype(np.float32)
    wanted = several_of([row.touchpoints for row in rows], terms.names)
    found, held_out = _any_head("touchpoints", with_hits, parts.owners, wanted, folds, shares)
    heads["touchpoints"] = Weights(found.of_features[: features.shape[1]], found.bias)
    # The labels by id name a little less than those of the set, whose habits count.
    is_habitual = np.arange(len(rows)) < len(gold) - len(corpus.rows[LABELLED.name])
    thresholds["touchpoints"] = _limits(held_out, parts.owners, wanted, is_habitual)
    of_gold = np.flatnonzero(parts.owners < len(gold))
    held_out_shares: dict[str, Matrix] = {}
    for name, values, names in (
        ("signals", [row.signals for row in gold], SIGNALS),
        ("emotions", [row.emotions for row in gold], EMOTIONS),
    ):
        targets, owners = several_of(values, names), parts.owners[of_gold]
        heads[name], scores = _any_head(name, features[of_gold], owners, targets, folds[: len(gold)], None)
        thresholds[name] = _limits(scores, owners, targets, is_habitual[: len(gold)])
        held_out_shares[name] = any_of(scores, owners, len(gold))
    said = _Phrases(features_of(short), one_of([one for _, one in phrases], POLARITIES))
    wholes, polarities = parts.whole[: len(gold)], one_of([str(row.sentiment) for row in gold], POLARITIES)

    def overall_of(texts: NDArray[np.int64]) -> Weights:
        return fit_mean(
            sparse.vstack([features[wholes[texts]], said.features]).tocsr(),
            np.concatenate([polarities[texts], said.targets]),
            weights=np.concatenate([np.ones(len(texts), np.float32), said.weights]),
            exclusive=True,
            penalty=_PENALTIES["overall"],
            epochs=_OVERALL_EPOCHS,
        )

    heads["overall"] = overall_of(np.arange(len(gold)))
    owners = parts.owners[of_gold]
    scores = held_out_scores(overall_of, features[of_gold], owners, folds[: len(gold)])
    clauses, firsts = clause_rows(owners, wholes)
    signals = several_of([row.signals for row in gold], SIGNALS)
    unseen = HeldOut(held_out_shares["signals"], scores[clauses], firsts, scores[wholes], signals, polarities)
    texts = [row.text[:LONGEST_TEXT] for row in gold]
    layer = learn_shape_layer(shapes, texts, unseen, np.flatnonzero(is_habitual[: len(gold)]))
    thresholds["signals"] = layer.signal_limits
    clause, text, keys, about = _polarity(corpus, rows, parts, features, held_out, terms.names, shares, said)
    heads["clause polarity"], heads["text polarity"] = clause, text
    hits = found.of_features[features.shape[1] :]
    return Customers(vocabulary, cues, heads, hits, keys, about, thresholds, layer)


def _grown(corpus: Corpus) -> Matrix:
    """Return the word vectors with a row of zeros for each word met later."""
    missing = len(corpus.lexis.words) - len(corpus.vectors)
    return np.vstack([corpus.vectors, np.zeros((missing, corpus.vectors.shape[1]), np.float32)])


def _folds(rows: Sequence[Row]) -> NDArray[np.int64]:
    """Return the fold of each text by its letters, so that equal texts are never on both sides."""
    return np.array([int.from_bytes(sha256(row.text.encode()).digest()[:4], "little") % _FOLDS for row in rows])


def _any_head(
    name: str,
    features: Any,
    owners: NDArray[np.int64],
    targets: Matrix,
    folds: NDArray[np.int64],
    shares: Matrix | None,
) -> tuple[Weights, Matrix]:
    """Return a head, and the scores that each part had from a head that had not seen its text."""
    scores = np.zeros((len(owners), targets.shape[1]), np.float32)
    for fold in range(_FOLDS):
        part = _fit_rows(name, features, owners, targets, np.flatnonzero(folds != fold), shares)
        held = np.flatnonzero(folds[owners] == fold)
        scores[held] = features[held] @ part.of_features + part.bias
    return _fit_rows(name, features, owners, targets, np.arange(len(targets)), shares), scores


def _fit_rows(
    name: str,
    features: Any,
    owners: NDArray[np.int64],
    targets: Matrix,
    texts: NDArray[np.int64],
    shares: Matrix | None,
) -> Weights:
    places = np.full(len(targets), -1)
    places[texts] = np.arange(len(texts))
    parts = np.flatnonzero(places[owners] >= 0)
    weights = None if shares is None else shares[texts]
    penalty = _PENALTIES[name]
    return fit_any(features[parts], places[owners[parts]], targets[texts], weights=weights, penalty=penalty)


def _limits(scores: Matrix, owners: NDArray[np.int64], targets: Matrix, texts: NDArray[np.bool_]) -> Matrix:
    return best_thresholds(any_of(scores, owners, len(targets))[texts], targets[texts])


@dataclass(frozen=True, slots=True)
class _Pair:
    """A touchpoint of a text and what is said of it."""

    text: int
    touchpoint: int
    polarity: str


def _polarity(
    corpus: Corpus,
    rows: Sequence[Row],
    parts: Parts,
    features: Any,
    scores: Matrix,
    names: Sequence[str],
    shares: Matrix,
    said: "_Phrases",
) -> tuple[Weights, Weights, Keys, Matrix]:
    """Return the weights of clauses, of texts and of words beside a touchpoint.

    A clause counts as much as it speaks of the touchpoint, by scores of heads that had not seen the text.
    """
    pairs = [
        _Pair(number, names.index(name), polarity)
        for number, row in enumerate(rows)
        for name, polarity in (row.touchpoints or {}).items()
        if name in names
    ]
    ends = np.searchsorted(parts.owners, np.arange(len(rows) + 1))
    chances = sigmoid(scores)
    where, which, much, keys, owners, lengths = [], [], [], [], [], []
    for number, pair in enumerate(pairs):
        first, last = ends[pair.text], parts.whole[pair.text]
        clauses = np.arange(first, last if last > first else last + 1)
        share = chances[clauses, pair.touchpoint]
        where.append(clauses)
        which.append(np.full(len(clauses), number))
        much.append(share / share.sum())
        run = parts.runs[clauses[share.argmax()]]
        beside = about_keys(corpus.lexis.hashes_of(run), pair.touchpoint)
        keys.append(beside)
        owners.append(np.full(len(beside), number))
        lengths.append(max(1, len(run)))
    shape = (len(pairs), features.shape[0])
    attention = sparse.csr_matrix((np.concatenate(much), (np.concatenate(which), np.concatenate(where))), shape=shape)
    of_texts = features[parts.whole[[pair.text for pair in pairs]]]
    known, about = _about(np.concatenate(keys), np.concatenate(owners), np.array(lengths))
    nothing = sparse.csr_matrix((said.features.shape[0], about.shape[1]), dtype=np.float32)
    everything = sparse.vstack(
        [
            sparse.hstack([attention @ features, of_texts, about]),
            sparse.hstack([said.features, said.features, nothing]),
        ]
    )
    everything = everything.tocsr().astype(np.float32)
    targets = np.concatenate([one_of([pair.polarity for pair in pairs], POLARITIES), said.targets])
    weights = np.concatenate([shares[[pair.text for pair in pairs]], said.weights])
    found = fit(everything, targets, weights=weights, exclusive=True, penalty=_PENALTIES["polarity"])
    size, none = features.shape[1], np.zeros(len(POLARITIES), np.float32)
    return (
        Weights(found.of_features[:size], found.bias),
        Weights(found.of_features[size : 2 * size], none),
        known,
        np.asarray(found.of_features[2 * size :] * _ABOUT_SCALE, dtype=np.float32),
    )


def _about(keys: Keys, owners: NDArray[np.int64], lengths: NDArray[np.int64]) -> tuple[Keys, Any]:
    """Return the keys that occur often enough, and the features of the pairs by them."""
    unique, places, counts = np.unique(keys, return_inverse=True, return_counts=True)
    kept = np.flatnonzero(counts >= _LEAST_ABOUT)
    columns = np.full(len(unique), -1)
    columns[kept] = np.arange(len(kept))
    used = np.flatnonzero(columns[places] >= 0)
    values = _ABOUT_SCALE / np.sqrt(lengths[owners[used]])
    found = sparse.csr_matrix((values, (owners[used], columns[places[used]])), shape=(len(lengths), len(kept)))
    return unique[kept], found
