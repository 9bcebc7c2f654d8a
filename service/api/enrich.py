"""POST /v1/enrich: texts in, analysis out, nothing stored."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import Field
from starlette.exceptions import HTTPException

from service.body import answer_schema, body_schema, json_body
from service.deps import EnrichmentDep, EnrichTurnDep, LimitsDep
from service.enrichment import EnrichDocument, Enrichment, EnrichRequest, Identifier, read_document, refusal
from service.limits import Limits
from textcx.annotation import Emotion, LanguageTag, Opinion, Sentiment, Signal, TopicTag, TouchpointJudgement
from textcx.errors import UnreadableRecordError
from textcx.mention import Frozen

router = APIRouter(tags=["enrich"])
_MOST_DOCUMENTS = Limits().enrich_documents


class _Described(EnrichRequest):
    """The request as OpenAPI shows it: documents are validated one by one, so that one spoils no other."""

    documents: Annotated[tuple[EnrichDocument, ...], Field(max_length=_MOST_DOCUMENTS)]


class _Trouble(Frozen):
    """Why a document has no analysis: `unreadable`, `too-large` or `analysis-failed`."""

    code: str
    message: str


class _Result(Frozen):
    """What is said of one document: the parts asked for, or `error`. Offsets refer to the text as sent."""

    id: Identifier
    language: LanguageTag | None = None
    sentiment: Sentiment | None = None
    emotions: tuple[Emotion, ...] = ()
    signals: tuple[Signal, ...] = ()
    touchpoints: tuple[TouchpointJudgement, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    topics: tuple[TopicTag, ...] = ()
    truncated: bool = False
    error: _Trouble | None = None


class _Version(Frozen):
    version: str


class _NamedVersion(_Version):
    name: str


class _Answer(Frozen):
    """One result a document, in their order, and what judged them."""

    results: tuple[_Result, ...]
    model: _Version
    taxonomy: _NamedVersion


@router.post("/enrich", openapi_extra=body_schema(_Described), responses={200: answer_schema(_Answer)})
def enrich(
    request: Annotated[EnrichRequest, Depends(json_body(EnrichRequest))],
    enrichment: EnrichmentDep,
    limits: LimitsDep,
    _turn: EnrichTurnDep,
) -> dict[str, Any]:
    """Analyse up to 256 texts: language, sentiment, emotions, touchpoints, each with its evidence."""
    if len(request.documents) > limits.enrich_documents:
        message = f"{len(request.documents)} documents; at most {limits.enrich_documents} in one request."
        raise HTTPException(413, message)
    enrichment.check_pins(model=request.model, taxonomy=request.taxonomy)
    read = [_read(raw, limits) for raw in request.documents]
    documents = [one for one in read if isinstance(one, EnrichDocument)]
    answers = _answers(enrichment, documents, request)
    return {
        "results": [next(answers) if isinstance(one, EnrichDocument) else one for one in read],
        **enrichment.versions(),
    }


def _answers(enrichment: Enrichment, documents: list[EnrichDocument], request: EnrichRequest) -> Any:
    return iter(list(enrichment.enrich(documents, include=request.include, offset_unit=request.offset_unit)))


def _read(raw: Any, limits: Limits) -> EnrichDocument | dict[str, Any]:
    """Return the document, or the result that says why it is none."""
    try:
        document = read_document(raw)
    except UnreadableRecordError as error:
        return refusal(raw, "unreadable", str(error))
    if len(document.text.encode("utf-8")) > limits.enrich_text_bytes:
        return refusal(raw, "too-large", f"text is longer than {limits.enrich_text_bytes} bytes")
    return document
