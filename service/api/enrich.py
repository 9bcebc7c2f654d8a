"""POST /v1/enrich: texts in, analysis out, nothing stored."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import ValidationError
from starlette.exceptions import HTTPException

from service.body import body_schema, json_body
from service.deps import EnrichmentDep, LimitsDep
from service.enrichment import EnrichDocument, Enrichment, EnrichRequest
from service.limits import Limits
from textcx.validation import first_fault

router = APIRouter(tags=["enrich"])


class _Described(EnrichRequest):
    """The request as OpenAPI shows it: documents are validated one by one, so that one spoils no other."""

    documents: tuple[EnrichDocument, ...]  # type: ignore[assignment]


@router.post("/enrich", openapi_extra=body_schema(_Described))
def enrich(
    request: Annotated[EnrichRequest, Depends(json_body(EnrichRequest))],
    enrichment: EnrichmentDep,
    limits: LimitsDep,
) -> dict[str, Any]:
    """Analyse up to 256 texts: language, sentiment, emotions, touchpoints, each with its evidence."""
    if len(request.documents) > limits.enrich_documents:
        message = f"{len(request.documents)} documents; at most {limits.enrich_documents} in one request."
        raise HTTPException(413, message)
    enrichment.check_pins(model=request.model, taxonomy=request.taxonomy)
    results: list[dict[str, Any] | None] = []
    documents: list[EnrichDocument] = []
    for raw in request.documents:
        document = _read(raw, limits)
        results.append(None if isinstance(document, EnrichDocument) else document)
        if isinstance(document, EnrichDocument):
            documents.append(document)
    answers = iter(_answers(enrichment, documents, request))
    return {"results": [result or next(answers) for result in results], **enrichment.versions()}


def _answers(enrichment: Enrichment, documents: list[EnrichDocument], request: EnrichRequest) -> list[dict[str, Any]]:
    return list(enrichment.enrich(documents, include=request.include, offset_unit=request.offset_unit))


def _read(raw: dict[str, Any], limits: Limits) -> EnrichDocument | dict[str, Any]:
    """Return the document, or the result that says why it is none."""
    identifier = raw.get("id") if isinstance(raw.get("id"), str) else None
    try:
        document = EnrichDocument.model_validate(raw)
    except ValidationError as error:
        return {"id": identifier, "error": {"code": "unreadable", "message": first_fault(error)}}
    if len(document.text.encode("utf-8", "surrogatepass")) > limits.enrich_text_bytes:
        message = f"text is longer than {limits.enrich_text_bytes} bytes"
        return {"id": identifier, "error": {"code": "too-large", "message": message}}
    return document
