"""Taught: what a teacher said of unlabelled texts, as further rows that a head learns from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sparse

from textcx.training.corpus import Corpus
from textcx.training.features import Run, Vocabulary, feature_matrix
from textcx.training.solver import Matrix

_SHARE = 1.0
"""How much a text that a teacher judged counts against one with a label; measured on norec-sentence."""


@dataclass(frozen=True, slots=True)
class Taught:
    """Texts that a teacher judged for a head, and the probability that it gave each of its outputs."""

    texts: Sequence[str]
    shares: Matrix


@dataclass(frozen=True, slots=True)
class Rows:
    """What a head learns from.

    Attributes:
        features: A CSR matrix, a row a text.
        targets: What each output should be, 0 to 1.
        weights: How much each text counts.
    """

    features: Any
    targets: Matrix
    weights: Matrix

    def and_taught(self, taught: "Rows | None") -> "Rows":
        """Return these rows and after them those of a teacher; features that those do not have are zero there."""
        if taught is None:
            return self
        size = (taught.features.shape[0], self.features.shape[1])
        wider = sparse.csr_matrix((taught.features.data, taught.features.indices, taught.features.indptr), shape=size)
        return Rows(
            sparse.vstack([self.features, wider]).tocsr(),
            np.concatenate([self.targets, taught.targets]),
            np.concatenate([self.weights, taught.weights * self.weights.mean()]),
        )


def taught_runs(corpus: Corpus, taught: Mapping[str, Taught]) -> dict[str, list[Run]]:
    """Return the words of the texts that teachers judged, by name of the head."""
    return {name: [corpus.lexis.read(text) for text in one.texts] for name, one in taught.items() if one.texts}


def taught_rows(
    corpus: Corpus, vocabulary: Vocabulary, runs: Mapping[str, Sequence[Run]], taught: Mapping[str, Taught]
) -> dict[str, Rows]:
    """Return what teachers said as rows, by name of the head."""
    return {
        name: Rows(
            feature_matrix(corpus.lexis, vocabulary, corpus.vectors, some),
            taught[name].shares,
            np.full(len(some), _SHARE, np.float32),
        )
        for name, some in runs.items()
    }
