"""/v1/queries: saved queries, for `query:NAME` in others. /v1/complete: what could stand at a place of a query."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from service.body import body_schema, json_body
from service.deps import QuestionsDep, WorkshopDep
from textcx.mention import Frozen
from textcx.query.limits import LONGEST_QUERY

router = APIRouter(tags=["queries"])


class SavedQuery(Frozen):
    """A query to be saved."""

    q: Annotated[str, Field(max_length=LONGEST_QUERY)]


@router.get("/queries")
def queries(workshop: WorkshopDep) -> dict[str, Any]:
    """List the saved queries."""
    return {"queries": [{"name": name, "q": text} for name, text in sorted(workshop.saved_queries.all().items())]}


@router.put("/queries/{name}", status_code=204, openapi_extra=body_schema(SavedQuery))
def save_query(name: str, query: Annotated[SavedQuery, Depends(json_body(SavedQuery))], workshop: WorkshopDep) -> None:
    """Save a query under a name, in place of one that had it."""
    workshop.saved_queries.save(name, query.q)


@router.delete("/queries/{name}", status_code=204)
def drop_query(name: str, workshop: WorkshopDep) -> None:
    """Forget a saved query that no other one names."""
    workshop.saved_queries.drop(name)


@router.get("/complete")
def complete(
    questions: QuestionsDep,
    q: Annotated[str, Query(max_length=LONGEST_QUERY)] = "",
    position: Annotated[int | None, Query(ge=0)] = None,
) -> dict[str, Any]:
    """Say what could stand at a position of a query, by default at its end."""
    return {"completions": questions.complete(q, len(q) if position is None else position)}
