"""/v1/search: find mentions by words, fields and meaning; /v1/mentions/{id}/similar: those like one; and its thread."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from service.body import body_schema, json_body
from service.deps import QuestionsDep
from service.questions.meaning import Mode
from textcx.errors import NotFoundError
from textcx.mention import Frozen
from textcx.store.base import Sort

router = APIRouter(tags=["search"])


class SearchRequest(Frozen):
    """A search as a body, for queries too long for an address."""

    q: str = ""
    since: str | None = None
    until: str | None = None
    sort: Sort | None = None
    limit: int = 20
    cursor: str | None = None
    facets: tuple[str, ...] = ()
    mode: Mode = "words"
    timezone: str | None = None


@router.get("/search")
def search(
    questions: QuestionsDep,
    q: Annotated[str, Query(description="a query, as explained under GET /docs and in the documentation")] = "",
    since: Annotated[str | None, Query(alias="from", description="first day, month or year")] = None,
    until: Annotated[str | None, Query(alias="to", description="last day, month or year")] = None,
    sort: Annotated[Sort | None, Query(description="of mode=words; newest first where it is not given")] = None,
    limit: int = 20,
    cursor: str | None = None,
    facets: Annotated[str, Query(description="dimensions, separated by commas")] = "",
    mode: Annotated[Mode, Query(description="by the words of q, by what they mean, or by both")] = "words",
    timezone: str | None = None,
) -> dict[str, Any]:
    """Find mentions: exact total, a page of hits with highlights, facets over all hits.

    By `meaning`, the words of q say in any language what is sought, and its fields which mentions may be found. `both`
    fuses that with the hits by words. These lists hold the nearest 200 at most, near copies as one hit with `copies`,
    and `found_by` says how each was found; they are made anew for each page, so what is written between two pages may
    move a hit.
    """
    return questions.search(
        q,
        since=since,
        until=until,
        sort=sort,
        limit=limit,
        cursor=cursor,
        facets=[facet for facet in facets.split(",") if facet],
        mode=mode,
        timezone=timezone,
    )


@router.post("/search", openapi_extra=body_schema(SearchRequest))
def search_by_body(
    request: Annotated[SearchRequest, Depends(json_body(SearchRequest))], questions: QuestionsDep
) -> dict[str, Any]:
    """Find mentions, with the question as a body."""
    return questions.search(
        request.q,
        since=request.since,
        until=request.until,
        sort=request.sort,
        limit=request.limit,
        cursor=request.cursor,
        facets=request.facets,
        mode=request.mode,
        timezone=request.timezone,
    )


@router.get("/mentions/{identifier}/similar")
def similar(
    identifier: str,
    questions: QuestionsDep,
    q: Annotated[
        str, Query(description="fields that say which mentions may be found, such as brand:Acme -lang:sv")
    ] = "",
    since: Annotated[str | None, Query(alias="from", description="first day, month or year")] = None,
    until: Annotated[str | None, Query(alias="to", description="last day, month or year")] = None,
    limit: int = 10,
    cursor: str | None = None,
    timezone: str | None = None,
) -> dict[str, Any]:
    """Find the mentions that mean most nearly what one means, in all languages; its near copies stand in `copies`."""
    found = questions.similar(identifier, q=q, since=since, until=until, limit=limit, cursor=cursor, timezone=timezone)
    if found is None:
        raise NotFoundError("There is no mention with this id.")
    return found


@router.get("/mentions/{identifier}/thread")
def thread(identifier: str, questions: QuestionsDep) -> dict[str, Any]:
    """Show all that was said around a mention: what it answers and what answers it, each with its depth."""
    found = questions.thread(identifier)
    if found is None:
        raise NotFoundError("There is no mention with this id.")
    return found
