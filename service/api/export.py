"""/v1/export: all hits of a query, streamed."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from service.deps import QuestionsDep
from service.exports import MEDIA_TYPES, ExportFormat, export_pieces

router = APIRouter(tags=["search"])
_CONTENT = {media_type.split(";")[0]: {"schema": {"type": "string"}} for media_type in MEDIA_TYPES.values()}


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"description": "the mentions, newest first", "content": _CONTENT}},
)
def export(
    questions: QuestionsDep,
    q: Annotated[str, Query(description="a query, as in a search")] = "",
    since: Annotated[str | None, Query(alias="from", description="first day, month or year")] = None,
    until: Annotated[str | None, Query(alias="to", description="last day, month or year")] = None,
    timezone: str | None = None,
    form: Annotated[
        ExportFormat, Query(alias="format", description="JSON Lines, or CSV that is safe to open")
    ] = "jsonl",
    excel: Annotated[bool, Query(description="CSV with a byte order mark and semicolons")] = False,
) -> StreamingResponse:
    """Give all hits of a query, newest first, without the keys of the company's own systems."""
    found = questions.export(q, since=since, until=until, timezone=timezone)
    return StreamingResponse(
        export_pieces(found, form, for_excel=excel),
        media_type=MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="mentions.{form}"', "Cache-Control": "no-store"},
    )
