"""Card: what a weight file says of itself: its heads and their columns, thresholds, temperatures and sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from textcx.errors import ConfigError
from textcx.model.table import Block, Table, read_weights

Numbers = NDArray[np.float64]
VERSION = "table-1"
POLARITIES = ("negative", "neutral", "positive", "mixed")
EMOTIONS = ("joy", "anger", "sadness", "fear", "disgust", "surprise")
CUSTOMER, ENGLISH, SWEDISH = EMOTION_HEADS = ("customer", "reddit", "mixed-sv")
"""Emotion heads: the one learned from texts of customers, and those of texts in which people name emotions freely."""


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """How sentiment heads are mixed, a row a domain.

    Attributes:
        shares: How much the head learned from customers' texts counts beside the domain's own.
        leanings: What is added to the logarithms of negative, neutral or mixed, and positive before one is named.
        temperatures: What these logarithms are divided by, so that they are as sure as they are right.
    """

    shares: Numbers
    leanings: Numbers
    temperatures: Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Card:
    """The heads of a weight file.

    Attributes:
        version: Of these very weights.
        languages: Names of the columns of the language head.
        domains: Kinds of text that the gate tells apart.
        kinds: How likely each domain is for a kind of mention, against no kind being known.
        experts: For each domain the number of the sentiment head that judges it.
        expert_bias: For each domain what is added to that head's scores.
        splits: For each domain how much of what its head calls neutral may be mixed, as three stars are.
        mixtures: By kind of mention how the sentiment heads are mixed; "" is for all other kinds.
        emotion_heads: For each domain the names of the emotion heads that judge it, in equal shares.
        touchpoints: Names of the columns of the touchpoint head.
        signals: Names of the columns of the signal head.
        shifts: By language, what is added to the thresholds of touchpoints.
        shapes: By group of shapes of words, what its presence adds to the odds of each signal, then of each polarity.
        shape_bias: What is added to them without any.
        extremes: What the clause that blames most, and the one that praises most, add to the odds of each polarity.
        hits: What a term of touchpoint i found in a clause adds to the score of touchpoint j.
        emotion_layer: What the layer of Swedish emotions multiplies its inputs with, a column an emotion; may be none.
        emotion_limits: For each emotion head the probability of each emotion above which it is named.
        thresholds: By head, the probability of each column above which it is named.
        temperatures: By head, what scores are divided by.
        columns: First and last column of each head.
        bias: What is added to each column.
    """

    version: str
    languages: tuple[str, ...]
    domains: tuple[str, ...]
    kinds: Mapping[str, Numbers]
    experts: tuple[int, ...]
    expert_bias: Numbers
    splits: Numbers
    mixtures: Mapping[str, Mixture]
    emotion_heads: tuple[tuple[str, ...], ...]
    emotion_layer: Numbers
    emotion_limits: Numbers
    touchpoints: tuple[str, ...]
    signals: tuple[str, ...]
    shifts: Mapping[str, float]
    shapes: Mapping[str, Numbers]
    shape_bias: Numbers
    extremes: Numbers
    hits: Numbers
    thresholds: Mapping[str, Numbers]
    temperatures: Mapping[str, float]
    columns: Mapping[str, slice]
    bias: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Weights:
    """A weight file in use: the table of all heads, what words say of a touchpoint, and the card."""

    table: Table
    about: Block
    card: Card


def load_weights(path: Path) -> Weights:
    """Return the weights of a file, mapped.

    Raises:
        ConfigError: The file is missing, cut short or of another version.
    """
    blocks, raw = read_weights(path)
    try:
        card = _card(raw)
        return Weights(Table([blocks["general"], blocks["customer"]]), blocks["about"], card)
    except (KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"{path.name} holds no heads that this version knows: {type(error).__name__}.") from error


def _card(raw: Mapping[str, Any]) -> Card:
    if not raw["version"].startswith(VERSION):
        raise ValueError(raw["version"])
    return Card(
        version=raw["version"],
        languages=tuple(raw["languages"]),
        domains=tuple(raw["domains"]),
        kinds={name: _numbers(shares) for name, shares in raw["kinds"].items()},
        experts=tuple(raw["experts"]),
        expert_bias=_numbers(raw["expert_bias"]),
        splits=_numbers(raw["splits"]),
        mixtures={
            kind: Mixture(**{name: _numbers(some) for name, some in one.items()})
            for kind, one in raw["mixtures"].items()
        },
        emotion_heads=tuple(map(tuple, raw["emotion_heads"])),
        emotion_layer=_numbers(raw.get("emotion_layer", [])),
        emotion_limits=_numbers([raw["emotion_limits"][head] for head in EMOTION_HEADS]),
        touchpoints=tuple(raw["touchpoints"]),
        signals=tuple(raw["signals"]),
        shifts=dict(raw.get("shifts", {})),
        shapes={group: _numbers(added) for group, added in raw.get("shapes", {}).items()},
        shape_bias=_numbers(raw.get("shape_bias", [0.0] * (len(raw["signals"]) + len(POLARITIES)))),
        extremes=_numbers(raw.get("extremes", [[0.0] * len(POLARITIES)] * 2)),
        hits=_numbers(raw["hits"]),
        thresholds={name: _numbers(values) for name, values in raw["thresholds"].items()},
        temperatures=dict(raw["temperatures"]),
        columns={name: slice(*ends) for name, ends in raw["columns"].items()},
        bias=np.asarray(raw["bias"], dtype=np.float32),
    )


def _numbers(values: Any) -> Numbers:
    return np.asarray(values, dtype=np.float64)
