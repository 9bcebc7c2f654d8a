"""Enrichment: texts in, analysis out, nothing stored; the same for the API and the command line."""

import threading
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from ingest.normalize import normalize_language
from textcx.annotation import Values
from textcx.document import Document
from textcx.errors import AnalysisError, ConflictError, RequestError, TextCXError, UnreadableRecordError
from textcx.mention import Frozen, Kind
from textcx.pipeline import Pipeline
from textcx.touchpoints import Taxonomy
from textcx.validation import first_fault

Part = Literal["language", "sentiment", "emotions", "signals", "touchpoints", "opinions", "topics"]
OffsetUnit = Literal["code_point", "utf16"]
LONGEST_ID = 200
LONGEST_LANGUAGE = 35
LONGEST_CONTEXT = 10_000
LARGEST_ID = 2**53 - 1
"""Larger whole numbers are not the same in all programs that read JSON."""
_OFFSETS = ("start", "end")


def _is_identifier(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_ID
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_ID


def _identifier(value: Any) -> Any:
    if value is None or _is_identifier(value):
        return value
    message = f"must be a string of at most {LONGEST_ID} characters, or a whole number of at most {LARGEST_ID}"
    raise PydanticCustomError("identifier", "{message}", {"message": message})


Identifier = Annotated[
    str | int | None,
    BeforeValidator(_identifier),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "maxLength": LONGEST_ID},
                {"type": "integer", "minimum": -LARGEST_ID, "maximum": LARGEST_ID},
                {"type": "null"},
            ]
        }
    ),
]
"""The caller's name for a document; it comes back as it was sent, a number as a number."""


class EnrichDocument(Frozen):
    """A text to be analysed.

    `context` is the question or the post that the text answers. Offsets refer to `text` alone.
    """

    text: str
    id: Identifier = None
    language: Annotated[str, Field(max_length=LONGEST_LANGUAGE)] | None = None
    kind: Kind | None = None
    context: Annotated[str, Field(max_length=LONGEST_CONTEXT)] | None = None


def read_document(raw: Any) -> EnrichDocument:
    """Return the document that JSON values describe.

    Raises:
        UnreadableRecordError: They describe none; the message names the field, not its value.
    """
    if not isinstance(raw, dict):
        raise UnreadableRecordError("not a JSON object")
    try:
        return EnrichDocument.model_validate(raw)
    except ValidationError as error:
        raise UnreadableRecordError(first_fault(error)) from None


def refusal(raw: Any, code: str, message: str) -> dict[str, Any]:
    """Return the result of a document that cannot be analysed: its id, if it has a usable one, and why."""
    identifier = raw.get("id") if isinstance(raw, dict) else None
    return {
        "id": identifier if _is_identifier(identifier) else None,
        "error": {"code": code, "message": message},
    }


class EnrichRequest(Frozen):
    """Texts to be analysed, and what to say of them.

    `model` and `taxonomy` pin versions: where another is loaded the answer is 409 instead of other numbers.
    """

    documents: tuple[Any, ...]
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
        self._has_failed = False
        self._has_warmed_languages = False
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

    @property
    def has_failed(self) -> bool:
        """Say whether the pipeline could not be built."""
        return self._has_failed

    def try_warm_up(self) -> None:
        """Build the pipeline, and note it if that fails; whoever asks for an analysis is told why."""
        try:
            self.warm_up()
        except TextCXError:
            self._has_failed = True

    def may_warm_up_languages(self) -> bool:
        """Say, once, that nobody has made the pipeline load what each language needs."""
        with self._guard:
            is_first, self._has_warmed_languages = not self._has_warmed_languages, True
            return is_first

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
            answers = pipeline.annotate_values([_document(one) for one in documents])
        for document, answer in zip(documents, answers, strict=True):
            if isinstance(answer, AnalysisError):
                yield refusal({"id": document.id}, "analysis-failed", str(answer))
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
    return known if include is None else tuple(include)


def _document(document: EnrichDocument) -> Document:
    language = normalize_language(document.language)
    return Document(document.text, language=language, kind=document.kind, context=document.context)


def _result(answer: Values, text: str, include: Sequence[str] | None, offset_unit: OffsetUnit) -> dict[str, Any]:
    result = {name: answer[name] for name in parts(include)}
    if answer["truncated"]:
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
