"""The topic a text belongs to, in `Doc._.textcx_topics`: its `id` in the registry, `label` and `score`; at most one."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from textcx.components.base import TOPICS, Known, TextComponent
from textcx.embedding.base import Embedding
from textcx.topics.anchors import Anchors
from textcx.topics.registry import Registry
from textcx.topics.registry_file import RegistryFile
from textcx.topics.tagging import VERSION, tags


class TopicsComponent(TextComponent):
    """Assigns texts to the topics of a data folder's registry, and follows its changes while it works.

    Args:
        folder: The data folder; without one, or while it has no topics, nothing is judged and nothing is loaded.
        embedding: Loads the embedding when there are topics.
    """

    def __init__(self, folder: Path | None, embedding: Callable[[], Embedding]) -> None:
        super().__init__(TOPICS, needs=(), version=VERSION)
        self._file = RegistryFile(folder) if folder else None
        self._open_embedding = embedding
        self._embedding: Embedding | None = None
        self._registry = Registry()
        self._anchors: Anchors | None = None
        self._prepared: tuple[Anchors | None, dict[str, Any]] = (None, {})

    def prepare(self, texts: Sequence[str]) -> None:
        """Find the topics of a batch: ten times faster than of one text after the other."""
        anchors = self._follow()
        if anchors is None or self._embedding is None or not anchors.ids:
            return
        found = tags(anchors, self._embedding, texts)
        self._prepared = (anchors, dict(zip(texts, found, strict=True)))

    def judge(self, text: str, known: Known) -> Any:  # noqa: ARG002 - the topic is told by the text alone
        """Return the topic of a text as a tuple of one or none; None while there are no topics."""
        anchors = self._follow()
        if anchors is None or self._embedding is None or not anchors.ids:
            return None
        prepared_for, prepared = self._prepared
        is_prepared = prepared_for is anchors and text in prepared
        found = prepared[text] if is_prepared else tags(anchors, self._embedding, [text])[0]
        return tuple(tag.model_dump() for tag in found)

    def _follow(self) -> Anchors | None:
        """Return the anchors of the registry as it is now."""
        if self._file is None:
            return None
        registry = self._file.registry()
        if registry is not self._registry:
            self._registry = registry
            if registry.topics and self._embedding is None:
                self._embedding = self._open_embedding()
            self._anchors = Anchors.of(registry, embedding=self._embedding.version) if self._embedding else None
        return self._anchors
