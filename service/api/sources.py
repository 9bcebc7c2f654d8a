"""/v1/sources: the places that are read by themselves, how they are doing; and how people reacted to what came."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter

from service.deps import WorkshopDep
from service.source_report import all_sources, engagement_of, one_source
from textcx.errors import NotFoundError

router = APIRouter(tags=["sources"])


@router.get("/sources")
def sources(workshop: WorkshopDep) -> dict[str, Any]:
    """List the sources: state, lag, what is covered, what is new, and whether one has fallen silent."""
    return {"sources": all_sources(workshop, now=datetime.now(UTC))}


@router.get("/sources/{name}")
def source(name: str, workshop: WorkshopDep) -> dict[str, Any]:
    """Show a source with its latest readings, and the stretches of it that cannot be had."""
    return one_source(workshop, name, now=datetime.now(UTC))


@router.get("/mentions/{identifier}/engagement")
def engagement(identifier: str, workshop: WorkshopDep) -> dict[str, Any]:
    """Show how people reacted to a mention over time: each change of its counts; null is not provided, and not 0."""
    if workshop.questions.mention(identifier) is None:
        raise NotFoundError("There is no mention with this id.")
    return {"series": engagement_of(workshop, identifier)}
