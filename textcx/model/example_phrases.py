"""Example phrases: what those of a touchpoint have in common that the phrases of other touchpoints have not."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from textcx.words import surfaces_of

Vectors = NDArray[np.float32]
WordVectors = Callable[[Sequence[str]], Vectors]
"""Gives the vector of each word; its length says how much the word counts."""
_NEIGHBOURS = 3
"""Other phrases that must know a word for it to be a key word wholly; the same word, or one that means it."""
_RIVALS = 5
"""Words of other touchpoints that a key word is set against."""
_SHORTEST = 1e-9


class ExamplePhrases(NamedTuple):
    """What the phrases of a touchpoint have in common.

    Attributes:
        centre: The middle direction of its phrases, seen from `usual`.
        usual: The middle of the phrases of others.
        keys: The vectors of its key words, of length 1; at least one.
        weights: How much each of them counts.
    """

    centre: Vectors
    usual: Vectors
    keys: Vectors
    weights: Vectors


def read_phrases(own: Sequence[str], others: Sequence[str], vectors: WordVectors) -> ExamplePhrases | None:
    """Return what phrases have in common, or None if they hold no words that tell something.

    Args:
        own: Phrases that speak of a touchpoint, in any of our languages.
        others: Phrases that speak of other touchpoints.
        vectors: Gives the vectors of words.
    """
    own_words = [words for words in map(meaning_words, own) if words]
    other_words = [words for words in map(meaning_words, others) if words]
    if not own_words or not other_words:
        return None
    usual = _directions(other_words, vectors).mean(axis=0)
    centre = (_directions(own_words, vectors) - usual).mean(axis=0)
    length = float(np.linalg.norm(centre))
    if length < _SHORTEST:
        return None
    words = sorted({word for some in own_words for word in some})
    found = vectors(words)
    lengths = np.maximum(np.linalg.norm(found, axis=1), _SHORTEST)
    keys = found / lengths[:, None]
    weights = np.maximum(_support(words, own_words, keys) - _rivalry(keys, other_words, vectors), 0) * lengths
    chosen = weights > 0 if (weights > 0).any() else np.arange(len(words)) == 0  # one that weighs nothing
    return ExamplePhrases(centre / length, usual, keys[chosen], weights[chosen].astype(np.float32))


def meaning_words(text: str) -> list[str]:
    """Return the words of a text that mean something; signs and emoji do not."""
    return [word for word in surfaces_of(text) if word[0].isalnum()]


def _directions(texts: Sequence[Sequence[str]], vectors: WordVectors) -> Vectors:
    sums = np.array([vectors(words).sum(axis=0) for words in texts], np.float32)
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), _SHORTEST), np.float32)


def _support(words: Sequence[str], phrases: Sequence[Sequence[str]], keys: Vectors) -> Vectors:
    """Return how well other phrases than its own know each word, 0 to 1; few phrases can support little."""
    places = {word: place for place, word in enumerate(words)}
    near = keys @ keys.T
    by_phrase = np.array([near[:, [places[word] for word in phrase]].max(axis=1) for phrase in phrases]).T
    homes = {word: number for number, phrase in reversed(list(enumerate(phrases))) for word in phrase}
    by_phrase[range(len(words)), [homes[word] for word in words]] = 0
    best = np.sort(np.maximum(by_phrase, 0), axis=1)[:, -_NEIGHBOURS:]
    return np.asarray(best.sum(axis=1) / _NEIGHBOURS, np.float32)


def _rivalry(keys: Vectors, others: Sequence[Sequence[str]], vectors: WordVectors) -> Vectors:
    """Return how near the words of other phrases come to each word."""
    found = vectors(sorted({word for words in others for word in words}))
    found = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), _SHORTEST)
    return np.asarray(np.sort(keys @ found.T, axis=1)[:, -_RIVALS:].mean(axis=1), np.float32)
