"""Topics by BERTopic: its own stack, or ours inside it (extra `models`).

By default PCA and MiniBatchKMeans stand where BERTopic has UMAP and HDBSCAN, and near parts are merged: many times
faster, the same answer twice, and fewer texts without a topic. `engine = "density"` takes UMAP and HDBSCAN.
"""

from importlib.util import find_spec
from typing import Any, Literal

import numpy as np

from textcx.errors import MissingExtraError
from textcx.topics.grouping import (
    FEWEST_TEXTS,
    Group,
    GroupingRules,
    Labels,
    Usual,
    Vectors,
    groups_from,
    joined,
    parts_for,
)

Engine = Literal["centroids", "density"]
_PCA_DIMENSIONS = 50
_NEIGHBOURS = 15
_SMALLEST_CLUSTER = 10
_ANY_TEXT = "words of mentions"
"""Stands for every text: BERTopic's own words are not used, since ours are told by language, and it fails where all
texts together have one word or none."""


def fit_groups(vectors: Vectors, *, engine: Engine, rules: GroupingRules, usual: Usual | None = None) -> list[Group]:
    """Return the groups that BERTopic finds, the largest first.

    Args:
        vectors: One a text; texts without words (0) belong nowhere.
        engine: What makes the groups inside it.
        rules: What makes a group.
        usual: What the texts have in common; without it, their mean.

    Raises:
        MissingExtraError: BERTopic is not installed.
    """
    bertopic = _imported()
    spoken = np.flatnonzero(vectors.any(axis=1))
    if len(spoken) < FEWEST_TEXTS:
        return []
    inside = vectors[spoken]
    shared = (usual or Usual.of_languages(vectors, [""] * len(vectors))).only(spoken)
    reduction, clusters = _by_density(inside) if engine == "density" else _by_centroids(inside, rules, shared)
    model = bertopic(embedding_model=None, umap_model=reduction, hdbscan_model=clusters)
    labels, _ = model.fit_transform([_ANY_TEXT] * len(spoken), embeddings=inside)
    return groups_from(vectors, spoken, np.asarray(labels, np.int64), rules)


def check_installed() -> None:
    """Say at once that BERTopic is missing, before anything is read.

    Raises:
        MissingExtraError: It is.
    """
    if find_spec("bertopic") is None:
        raise MissingExtraError(_missing("BERTopic"))


class MergedKMeans:
    """MiniBatchKMeans whose near parts are merged, as BERTopic asks for a clusterer.

    Args:
        vectors: Before their dimensions were reduced, in the same order: by them parts are merged.
        rules: What makes a group.
        usual: What the texts have in common.
    """

    def __init__(self, vectors: Vectors, rules: GroupingRules, usual: Usual) -> None:
        self._vectors = vectors
        self._rules = rules
        self._usual = usual
        self.labels_: Labels = np.empty(0, np.int64)

    def fit(self, reduced: Any, y: Any = None) -> "MergedKMeans":  # noqa: ARG002 - BERTopic gives it
        """Find the parts, and merge them."""
        from sklearn.cluster import MiniBatchKMeans

        means = MiniBatchKMeans(parts_for(len(reduced)), batch_size=4096, n_init=1, random_state=0)
        labels = means.fit_predict(np.asarray(reduced, np.float32)).astype(np.int64)
        self.labels_ = joined(self._vectors, labels, self._rules, self._usual)
        return self

    def predict(self, reduced: Any) -> Labels:
        """Return the labels that were found."""
        return self.labels_[: len(reduced)]


def _by_centroids(vectors: Vectors, rules: GroupingRules, usual: Usual) -> tuple[Any, Any]:
    from sklearn.decomposition import PCA

    dimensions = min(_PCA_DIMENSIONS, len(vectors) - 1, vectors.shape[1])
    return PCA(dimensions, random_state=0), MergedKMeans(vectors, rules, usual)


def _by_density(vectors: Vectors) -> tuple[Any, Any]:
    try:
        from hdbscan import HDBSCAN
        from umap import UMAP
    except ImportError as error:
        raise MissingExtraError(_missing("umap-learn and hdbscan")) from error
    neighbours = min(_NEIGHBOURS, len(vectors) - 1)
    start = "spectral" if len(vectors) > _NEIGHBOURS * 2 else "random"
    reduction = UMAP(
        n_neighbors=neighbours, n_components=5, min_dist=0.0, metric="cosine", init=start, random_state=0, n_jobs=1
    )  # with a seed it uses one core, and warns unless told so
    smallest = max(2, min(_SMALLEST_CLUSTER, len(vectors) // 5))
    return reduction, HDBSCAN(min_cluster_size=smallest, metric="euclidean", prediction_data=True)


def _imported() -> Any:
    try:
        from bertopic import BERTopic
    except ImportError as error:
        raise MissingExtraError(_missing("BERTopic")) from error
    return BERTopic


def _missing(what: str) -> str:
    return (
        f"This needs {what}: pip install 'textcx[models]'. Without it `textcx topics fit --engine plain` finds topics, "
        "and `textcx topics seed` makes one of phrases."
    )
