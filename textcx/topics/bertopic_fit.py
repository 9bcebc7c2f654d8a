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
    groups_from,
    joined,
    parts_for,
)
from textcx.topics.likeness import Vectors, drawn_together, learned_rows, units

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
    if engine == "density":
        reduction, clusters = _by_density(inside)
        compared = inside
    else:
        compared = (usual or Usual.of_languages(vectors, [""] * len(vectors))).only(spoken).taken_from(inside)
        if not compared.any():  # copies of one text, of which PCA can say nothing
            return groups_from(vectors, spoken, np.zeros(len(spoken), np.int64), rules)
        reduction, clusters = _by_centroids(compared, inside, rules)
    model = bertopic(embedding_model=None, umap_model=reduction, hdbscan_model=clusters)
    labels, _ = model.fit_transform([_ANY_TEXT] * len(spoken), embeddings=compared)
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
        own: What texts have of their own, in the same order, all its dimensions: by it parts are merged.
        plain: Their vectors.
        rules: What makes a group.
    """

    def __init__(self, own: Vectors, plain: Vectors, rules: GroupingRules) -> None:
        self._own = own
        self._plain = plain
        self._rules = rules
        self.labels_: Labels = np.empty(0, np.int64)

    def fit(self, reduced: Any, y: Any = None) -> "MergedKMeans":  # noqa: ARG002 - BERTopic gives it
        """Find the parts among vectors that are drawn to their neighbours, and merge them."""
        from sklearn.cluster import MiniBatchKMeans

        directions = units(np.asarray(reduced, np.float32))
        sample = learned_rows(len(directions))
        drawn = drawn_together(directions[sample])
        means = MiniBatchKMeans(parts_for(len(directions)), batch_size=4096, n_init=1, random_state=0).fit(drawn)
        labels = means.predict(directions).astype(np.int64)
        labels[sample] = means.predict(drawn)
        self.labels_ = joined(self._own, self._plain, labels, self._rules)
        return self

    def predict(self, reduced: Any) -> Labels:
        """Return the labels that were found."""
        return self.labels_[: len(reduced)]


def _by_centroids(own: Vectors, plain: Vectors, rules: GroupingRules) -> tuple[Any, Any]:
    from sklearn.decomposition import PCA

    dimensions = min(_PCA_DIMENSIONS, len(own) - 1, own.shape[1])
    return PCA(dimensions, random_state=0), MergedKMeans(own, plain, rules)


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
