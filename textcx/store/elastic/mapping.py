"""Mapping: the fields of an index, its settings and its version, as data.

Strict: a field that is not here is refused, never guessed. Raise MAPPING_VERSION whenever fields, facts or tokens
change; `textcx store migrate` then makes the indices anew behind their alias.
"""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from textcx.embedding.base import Embedding
from textcx.store.elastic.tokens import SLOT_FIELDS
from textcx.store.facts import KEYWORDS, NUMBERS
from textcx.store.operands import TEXT_FIELDS

MAPPING_VERSION = 3
VECTOR_FIELD = "vector"
DEEPEST_WINDOW = 11_000
"""More than the deepest page under `relevance` (`textcx.store.cursor`), which alone pages by number."""
_LATE_WRITES = "1h"
"""How long a shard remembers a deletion, so that a write sent before it is still refused after it."""


@cache
def index_version() -> str:
    """Return the version that an index must have been written with; other lemmas are other tokens."""
    return f"{MAPPING_VERSION} simplemma-{version('simplemma')}"


def mapping(embedding: Embedding | None = None) -> dict[str, Any]:
    """Return the mapping: what the engine searches and counts, and the whole mention, which it only keeps.

    A keyword stands twice: as written, to be counted, and folded by us, to be found. Vectors are compared one by one
    with what is sought (`flat`), so the nearest are exact; a graph (`hnsw`) misses some, and more of them the fewer
    mentions a query leaves.

    Args:
        embedding: Makes the vectors; without it there are none.
    """
    words = {"type": "text", "analyzer": "whitespace", "norms": False}
    properties: dict[str, Any] = {
        "id": {"type": "keyword"},
        "version": {"type": "long"},
        "key": {"type": "long"},
        "seconds": {"type": "long"},
        "annotated": {"type": "object", "enabled": False},
        **{name: {"type": "keyword", "index": False} for name in KEYWORDS},
        **{folded_field(name): {"type": "keyword", "doc_values": False} for name in KEYWORDS},
        **{name: {"type": "double"} for name in NUMBERS},
        **{slot_field(field, slot): words for field in TEXT_FIELDS for slot in SLOT_FIELDS},
    }
    if embedding is not None:
        properties[VECTOR_FIELD] = {
            "type": "dense_vector",
            "dims": embedding.dimensions,
            "element_type": "byte",
            "index": True,
            "similarity": "cosine",
            "index_options": {"type": "flat"},
        }
    return {
        "dynamic": "strict",
        "_meta": {"textcx": index_version(), "embedding": embedding.version if embedding else ""},
        # The tokens are made again from the mention where they are needed, so they are not kept a second time.
        "_source": {"includes": ["annotated"]},
        "properties": properties,
    }


def template(
    pattern: str, *, shards: int, more: Mapping[str, Any] | None = None, embedding: Embedding | None = None
) -> dict[str, Any]:
    """Return the index template for the names that match a pattern.

    Args:
        pattern: Such as `textcx-g*`.
        shards: Shards of each index.
        more: Settings of the index beside ours, or in their place.
        embedding: Makes the vectors.
    """
    settings = {
        "number_of_shards": shards,
        "auto_expand_replicas": "0-1",  # one copy as soon as there is a second node
        "max_result_window": DEEPEST_WINDOW,
        "gc_deletes": _LATE_WRITES,
        "mapping.total_fields.limit": 200,
        **(more or {}),
    }
    return {
        "index_patterns": [pattern],
        "priority": 500,
        "_meta": {"textcx": index_version()},
        "template": {"settings": {"index": settings}, "mappings": mapping(embedding)},
    }


def folded_field(name: str) -> str:
    """Return the field in which a keyword is looked up."""
    return f"{name}_folded"


def slot_field(field: str, slot: str) -> str:
    """Return the field that holds one slot of each word of `text` or `title`."""
    return f"{field}_{slot}"
