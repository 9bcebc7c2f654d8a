"""Build: heads become a weight file: folded into one row a key, pruned, rounded to int8, with their card."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textcx.model.card import CUSTOMER, EMOTION_HEADS, ENGLISH, POLARITIES, SWEDISH, VERSION
from textcx.model.ngrams import Keys
from textcx.model.table import Block, write_weights
from textcx.training.corpus import Corpus
from textcx.training.cues import NO_CUES, Cues
from textcx.training.customers import HEADS, SIGNALS, Customers
from textcx.training.features import Vocabulary, fold
from textcx.training.general import DOMAINS, EXPERTS, LANGUAGE_NAMES, THREE, General
from textcx.training.shape_layer import LearnedShapes
from textcx.training.solver import Matrix, Weights
from textcx.training.sources import KINDS

_MOST_KEYS = {"general": 205_000, "customer": 165_000, "about": 30_000}
"""So that a file stays below 20 MB."""
_LARGEST = 127
_UNLIKELY = 0.02
"""How likely a kind of text is where the kind of mention says another: sources are wrong now and then."""
_KNOWN_SHARES = {"stars": 0.75, "airline": 0.3}
_CUSTOMER_SHARES = {
    "": {**_KNOWN_SHARES, "social": 0.5, "press": 0.5, "tweets": 0.5},
    "review": {"stars": 0.4, "airline": 0.3},
    **dict.fromkeys(("article", "post", "comment"), _KNOWN_SHARES),
}
"""By kind of mention and sentiment head. Where the kind is unknown, words count more than stars they may come with, and
what looks like another kind of text may still be a customer's."""
_WITHOUT_STARS = {"reviews-fi": 0.9, "reviews-nb": 0.9, "restaurants": 0.8}
"""Kinds of text of which no stars are known."""
_EMOTION_HEADS = {
    **dict.fromkeys(("reddit", "tweets"), (ENGLISH,)),
    **dict.fromkeys(("mixed-sv", "services-sv", "social", "subtitles"), (SWEDISH,)),
}
"""Kinds of text in which people name emotions more freely than to companies, and the heads that judge them; all others
the customers' head."""


def build_weights(
    path: Path,
    corpus: Corpus,
    general: General,
    customers: Customers,
    *,
    touchpoints: Sequence[str],
    temperatures: Mapping[str, float],
    sources: Sequence[str],
) -> None:
    """Write the weight file.

    Args:
        path: The file.
        corpus: What was learned from.
        general: The heads of all texts.
        customers: The heads of customers' texts.
        touchpoints: Names of the touchpoints learned.
        temperatures: By head.
        sources: What was learned from, by name and licence, for the card.
    """
    general_names = [*general.heads]
    blocks = {
        "general": _block(
            "general", corpus, general.vocabulary, [general.heads[name] for name in general_names], NO_CUES
        ),
        "customer": _block(
            "customer", corpus, customers.vocabulary, [customers.heads[name] for name in HEADS], customers.cues
        ),
        "about": _rounded(*_pruned(customers.about_keys, customers.about, _MOST_KEYS["about"])),
    }
    heads = {**general.heads, **{name: customers.heads[name] for name in HEADS}}
    card = {
        "name": path.stem,
        "languages": LANGUAGE_NAMES,
        "domains": list(DOMAINS),
        "kinds": {kind: [1.0 if name in likely else _UNLIKELY for name in DOMAINS] for kind, likely in KINDS.items()},
        "expert_bias": general.biases.tolist(),
        "splits": [float(expert == "stars") for expert, _ in DOMAINS.values()],
        "mixtures": {kind: _mixture(shares) for kind, shares in _CUSTOMER_SHARES.items()},
        "emotion_heads": [list(_heads_of(name)) for name in DOMAINS],
        "touchpoints": list(touchpoints),
        "signals": list(SIGNALS),
        "hits": customers.hits.tolist(),
        **_shapes(customers.shapes),
        "emotion_limits": _emotion_limits(general, customers),
        "thresholds": _thresholds(customers),
        "temperatures": dict(temperatures),
        "bias": np.concatenate([head.bias for head in heads.values()]).tolist(),
        "sources": list(sources),
        **_columns(heads),
    }
    card["version"] = f"{VERSION} {path.stem}+{_digest(blocks)}"
    write_weights(path, blocks, card)


def _shapes(learned: LearnedShapes) -> dict[str, Any]:
    moves = learned.moves.round(4).tolist()
    return {
        "shapes": dict(zip(learned.groups, moves[:-1], strict=True)),
        "shape_bias": moves[-1],
        "extremes": learned.extremes.round(4).tolist(),
    }


def _mixture(shares: Mapping[str, float]) -> dict[str, Any]:
    return {
        "shares": [_WITHOUT_STARS.get(name, shares.get(expert, 0.0)) for name, (expert, _) in DOMAINS.items()],
        "leanings": [[0.0] * len(THREE) for _ in DOMAINS],
        "temperatures": [1.0 for _ in DOMAINS],
    }


def _thresholds(customers: Customers) -> dict[str, list[float]]:
    none = np.zeros(len(POLARITIES), np.float32)
    return {name: limits.tolist() for name, limits in {"polarity": none, **customers.thresholds}.items()}


def _emotion_limits(general: General, customers: Customers) -> dict[str, list[float]]:
    """Return the limits of each emotion head; tuning goes on from there."""
    limits = dict.fromkeys(EMOTION_HEADS, customers.thresholds["emotions"])
    limits |= {name.removeprefix("emotions "): some for name, some in general.thresholds.items()}
    return {head: some.tolist() for head, some in limits.items()}


def _heads_of(domain: str) -> tuple[str, ...]:
    return _EMOTION_HEADS.get(domain, (CUSTOMER,))


def _columns(heads: Mapping[str, Weights]) -> dict[str, Any]:
    """Return where the columns of each head lie; the sentiment heads lie side by side under one name."""
    columns: dict[str, list[int]] = {}
    first = 0
    for name, head in heads.items():
        columns[name] = [first, first + len(head.bias)]
        first += len(head.bias)
    experts = [expert.name for expert in EXPERTS]
    columns["experts"] = [columns[experts[0]][0], columns[experts[-1]][1]]
    numbers = [experts.index(expert) for expert, _ in DOMAINS.values()]
    return {"columns": columns, "experts": numbers}


def _block(name: str, corpus: Corpus, vocabulary: Vocabulary, heads: Sequence[Weights], cues: Cues) -> Block:
    together = Weights(
        np.concatenate([head.of_features for head in heads], axis=1), np.concatenate([head.bias for head in heads])
    )
    words = corpus.lexis.words[: len(corpus.vectors)]
    keys, rows = fold(vocabulary, corpus.vectors, words, together, (cues.keys, cues.columns))
    return _rounded(*_pruned(keys, rows, _MOST_KEYS[name]))


def _pruned(keys: Keys, rows: Matrix, most: int) -> tuple[Keys, Matrix]:
    """Return the rows that weigh most, each column against its own spread, in the order of their keys."""
    if len(keys) <= most:
        return keys, rows
    spread = np.maximum(np.sqrt((rows**2).mean(axis=0)), 1e-9)
    weight = ((rows / spread) ** 2).sum(axis=1)
    kept = np.sort(np.argsort(-weight, kind="stable")[:most])
    return keys[kept], rows[kept]


def _rounded(keys: Keys, rows: Matrix) -> Block:
    scales = np.maximum(np.quantile(np.abs(rows), 0.9998, axis=0) if len(rows) else np.ones(rows.shape[1]), 1e-9)
    scales = (scales / _LARGEST).astype(np.float32)
    weights: NDArray[np.int8] = np.clip(np.rint(rows / scales), -_LARGEST, _LARGEST).astype(np.int8)
    used = np.flatnonzero(np.any(weights != 0, axis=1))
    return Block(keys[used], weights[used], scales)


def _digest(blocks: Mapping[str, Block]) -> str:
    digest = sha256()
    for block in blocks.values():
        for part in (block.keys, block.weights, block.scales):
            digest.update(np.ascontiguousarray(part).tobytes())
    return digest.hexdigest()[:8]
