"""Enrichment: texts in, analysis out, nothing stored; the same for the API and the command line."""

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import Field

from textcx.annotation import Annotations
from textcx.document import Document
from textcx.errors import AnalysisError, ConflictError, RequestError
from textcx.mention import Frozen, Kind
from textcx.pipeline import Pipeline
from textcx.touchpoints import Taxonomy

Part = Literal["language", "sentiment", "emotions", "signals", "touchpoints", "opinions", "topics"]
OffsetUnit = Literal["code_point", "utf16"]
_OFFSETS = ("start", "end")


class EnrichDocument(Frozen):
    """A text to be analysed."""

    text: str
    id: Annotated[str, Field(max_length=200)] | None = None
    language: Annotated[str, Field(max_length=35)] | None = None
    kind: Kind | None = None
    context: Annotated[str, Field(max_length=10_000)] | None = None


class EnrichRequest(Frozen):
    """Texts to be analysed, and what to say of them.

    `model` and `taxonomy` pin versions: where another is loaded the answer is 409 instead of other numbers.
    """

    documents: tuple[dict[str, Any], ...]
    include: tuple[Part, ...] | None = None
    offset_unit: OffsetUnit = "code_point"
    model: str | None = None
    taxonomy: str | None = None


class Enrichment:
    """Analyses texts with the pipeline, which is built when first needed.

    Args:
        build_pipeline: Builds the pipeline; takes seconds.
        taxonomy: The touchpoints in force, for the answer's `taxonomy`.
    """

    def __init__(self, build_pipeline: Callable[[], Pipeline], taxonomy: Taxonomy) -> None:
        self._build_pipeline = build_pipeline
        self._taxonomy = taxonomy
        self._pipeline: Pipeline | None = None
        self._guard = threading.Lock()

    @property
    def is_ready(self) -> bool:
        """Say whether the pipeline has been built."""
        return self._pipeline is not None

    def warm_up(self) -> Pipeline:
        """Build the pipeline if that has not been done, and return it."""
        with self._guard:
            if self._pipeline is None:
                self._pipeline = self._build_pipeline()
            return self._pipeline

    def versions(self) -> dict[str, Any]:
        """Return `model` and `taxonomy`, as each answer states them."""
        return {
            "model": {"version": self.warm_up().version},
            "taxonomy": {"name": self._taxonomy.name, "version": self._taxonomy.version},
        }

    def check_pins(self, *, model: str | None, taxonomy: str | None) -> None:
        """Refuse a request pinned to versions that are not loaded.

        Raises:
            ConflictError: Another model or taxonomy is loaded; the message names it.
        """
        versions = self.versions()
        for name, wanted in (("model", model), ("taxonomy", taxonomy)):
            loaded = versions[name]["version"]
            if wanted is not None and wanted != loaded:
                raise ConflictError(f"{name} {wanted!r} is not loaded; {loaded!r} is.")

    def enrich(
        self,
        documents: Sequence[EnrichDocument],
        *,
        include: Sequence[str] | None = None,
        offset_unit: OffsetUnit = "code_point",
    ) -> Iterator[dict[str, Any]]:
        """Give one result per document, in order; one that fails holds `error` and spoils no other."""
        pipeline = self.warm_up()
        with self._guard:  # spaCy's vocabulary grows as it reads, which two threads must not do at once
            answers = pipeline.annotate([_document(one) for one in documents])
        for document, answer in zip(documents, answers, strict=True):
            if isinstance(answer, AnalysisError):
                yield {"id": document.id, "error": {"code": "analysis-failed", "message": str(answer)}}
            else:
                yield {"id": document.id, **_result(answer, document.text, include, offset_unit)}


def parts(include: Sequence[str] | None) -> tuple[str, ...]:
    """Return the parts of an answer that were asked for; all of them if none was named.

    Raises:
        RequestError: There is no such part.
    """
    known: tuple[str, ...] = get_args(Part)
    for name in include or ():
        if name not in known:
            raise RequestError(f"include {name!r} is not known; it must be one of {', '.join(known)}.")
    return tuple(include or known)


def _document(document: EnrichDocument) -> Document:
    return Document(document.text, language=document.language, kind=document.kind, context=document.context)


def _result(answer: Annotations, text: str, include: Sequence[str] | None, offset_unit: OffsetUnit) -> dict[str, Any]:
    said = answer.model_dump(mode="json")
    result = {name: said[name] for name in parts(include)}
    if answer.truncated:
        result["truncated"] = True
    return _in_utf16(result, _Utf16(text)) if offset_unit == "utf16" else result


class _Utf16:
    """Turns code points into UTF-16 units, which JavaScript and Java count."""

    def __init__(self, text: str) -> None:
        self._wide = [position for position, character in enumerate(text) if ord(character) > 0xFFFF]

    def __call__(self, offset: int) -> int:
        return offset + bisect_left(self._wide, offset)


def _in_utf16(value: Any, convert: Callable[[int], int]) -> Any:
    if isinstance(value, Mapping):
        return {
            key: convert(inner) if key in _OFFSETS and isinstance(inner, int) else _in_utf16(inner, convert)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_in_utf16(inner, convert) for inner in value]
    return value
