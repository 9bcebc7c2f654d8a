"""/v1/topics: the topics there are, one of them in full, what grows, what sets mentions apart, and changes."""

from typing import Annotated, Any

from fastapi import APIRouter, BackgroundTasks, Depends, Query
from pydantic import Field

from service.api.trends import Since, Until
from service.body import body_schema, json_body
from service.deps import WorkshopDep
from service.questions.topics import HealthInterval
from service.topics.changes import ChangeKind, planned
from service.topics.finding import PROPOSED_FROM, by_centroids
from service.topics.plan import born
from textcx.mention import Frozen
from textcx.query.interval import IntervalName
from textcx.topics.changes import LONGEST_LABEL, LONGEST_REASON

router = APIRouter(tags=["topics"])
Name = Annotated[str, Field(max_length=LONGEST_LABEL)]


class TopicChange(Frozen):
    """A change of the topics; `preview` shows what it would do and does nothing."""

    kind: ChangeKind
    topic: Name | None = None
    into: Name | None = None
    label: Annotated[str, Field(min_length=1, max_length=LONGEST_LABEL)] | None = None
    phrases: Annotated[tuple[Annotated[str, Field(max_length=500)], ...], Field(max_length=50)] = ()
    proposals: Annotated[tuple[Name, ...], Field(max_length=400)] = ()
    pieces: int = 2
    touchpoint: Name | None = None
    reason: Annotated[str, Field(max_length=LONGEST_REASON)] = ""
    preview: bool = True


class Proposing(Frozen):
    """How topics are to be proposed."""

    sample: Annotated[int, Field(ge=20, le=PROPOSED_FROM, description="from at most so many mentions")] = PROPOSED_FROM


@router.get("/topics")
def topics(workshop: WorkshopDep, q: str = "", since: Since = None, until: Until = None) -> dict[str, Any]:
    """List the live topics with their shares, and the share without a topic."""
    return workshop.topic_questions.topics(q, since=since, until=until)


@router.post("/topics", openapi_extra=body_schema(TopicChange))
def change_topics(
    change: Annotated[TopicChange, Depends(json_body(TopicChange))], workshop: WorkshopDep, later: BackgroundTasks
) -> dict[str, Any]:
    """Show what a change of the topics would move or, with `preview` false, make it; stored mentions then follow."""
    plan = planned(workshop.topic_editor, change.kind, **change.model_dump(exclude={"kind", "preview"}))
    if change.preview:
        return {**plan.shown(), "is_preview": True}
    registry = workshop.topic_editor.carry_out(plan)
    if plan.reassigns is not None:
        later.add_task(workshop.topic_editor.reassign, plan.reassigns)
    return {**plan.shown(), "is_preview": False, "version": registry.version}


@router.get("/topics/proposals")
def proposals(workshop: WorkshopDep) -> dict[str, Any]:
    """List the topics that were proposed last and that nobody has accepted."""
    return {"proposals": [born(one) for one in workshop.topics.proposals()]}


@router.post("/topics/proposals", openapi_extra=body_schema(Proposing))
def propose(proposing: Annotated[Proposing, Depends(json_body(Proposing))], workshop: WorkshopDep) -> dict[str, Any]:
    """Propose topics for the mentions that have none, in place of the proposals there are; nothing else is changed."""
    found = workshop.topic_editor.propose(by_centroids, most=proposing.sample)
    return {"proposals": [born(one) for one in found]}


@router.get("/topics/health")
def health(
    workshop: WorkshopDep, q: str = "", since: Since = None, until: Until = None, interval: HealthInterval = "month"
) -> dict[str, Any]:
    """Show the share of mentions without a topic over time, and how far each topic has drifted."""
    return workshop.topic_questions.health(q, since=since, until=until, interval=interval)


@router.get("/topics/emerging")
def emerging(
    workshop: WorkshopDep,
    recent: Annotated[str, Query(description="a query for the recent mentions")],
    before: Annotated[str, Query(description="a query for those they are held against")],
    q: str = "",
    limit: int = 20,
) -> dict[str, Any]:
    """Show the topics whose share grew, those beyond chance first."""
    return workshop.topic_questions.emerging(recent=recent, before=before, q=q, limit=limit)


@router.get("/topics/distinctive")
def distinctive(
    workshop: WorkshopDep,
    q: Annotated[str, Query(description="the mentions to be set apart")],
    against: Annotated[str, Query(description="those they are held against; without it all others")] = "",
    limit: int = 20,
) -> dict[str, Any]:
    """Show the words, each language by itself, and the topics that set some mentions apart."""
    return workshop.topic_questions.distinctive(q, against=against, limit=limit)


@router.get("/topics/{identifier}")
def topic(identifier: str, workshop: WorkshopDep, interval: IntervalName = "month") -> dict[str, Any]:
    """Show a topic in full, by its id or label."""
    return workshop.topic_questions.topic(identifier, interval=interval)
