"""/v1/search: find mentions by words and fields."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from service.body import body_schema, json_body
from service.deps import QuestionsDep
from textcx.mention import Frozen
from textcx.store.base import Sort

router = APIRouter(tags=["search"])


class SearchRequest(Frozen):
    """A search as a body, for queries too long for an address."""

    q: str = ""
    since: str | None = None
    until: str | None = None
    sort: Sort = "newest"
    limit: int = 20
    cursor: str | None = None
    facets: tuple[str, ...] = ()
    mode: str = "words"
    timezone: str | None = None


@router.get("/search")
def search(
    questions: QuestionsDep,
    q: Annotated[str, Query(description="a query, as explained under GET /docs and in the documentation")] = "",
    since: Annotated[str | None, Query(alias="from", description="first day, month or year")] = None,
    until: Annotated[str | None, Query(alias="to", description="last day, month or year")] = None,
    sort: Sort = "newest",
    limit: int = 20,
    cursor: str | None = None,
    facets: Annotated[str, Query(description="dimensions, separated by commas")] = "",
    mode: str = "words",
    timezone: str | None = None,
) -> dict[str, Any]:
    """Find mentions: exact total, a page of hits with highlights, facets over all hits."""
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
