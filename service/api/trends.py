"""/v1/trends and /v1/breakdown: a measure over time, and by the values of a dimension."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from service.deps import QuestionsDep
from textcx.query.interval import IntervalName, WeekStart

router = APIRouter(tags=["measures"])

Since = Annotated[str | None, Query(alias="from", description="first day, month or year")]
Until = Annotated[str | None, Query(alias="to", description="last day, month or year")]
WeekStarts = Annotated[WeekStart, Query(description="the day on which a week starts")]


@router.get("/trends")
def trends(
    questions: QuestionsDep,
    measure: str = "volume",
    interval: IntervalName = "month",
    by: str | None = None,
    q: str = "",
    since: Since = None,
    until: Until = None,
    timezone: str | None = None,
    week_starts: WeekStarts = "monday",
) -> dict[str, Any]:
    """Show a measure per interval, each value with n and its 95 % interval."""
    return questions.trends(
        measure,
        interval=interval,
        by=by,
        q=q,
        since=since,
        until=until,
        timezone=timezone,
        week_starts=week_starts,
    )


@router.get("/breakdown")
def breakdown(
    questions: QuestionsDep,
    by: str,
    measure: str = "volume",
    q: str = "",
    since: Since = None,
    until: Until = None,
    limit: int = 20,
    timezone: str | None = None,
    interval: Annotated[IntervalName, Query(description="for a spread between periods alone")] = "month",
    week_starts: WeekStarts = "monday",
) -> dict[str, Any]:
    """Show a measure per value of a dimension, the rest as `other`."""
    return questions.breakdown(
        measure,
        by=by,
        q=q,
        since=since,
        until=until,
        limit=limit,
        timezone=timezone,
        interval=interval,
        week_starts=week_starts,
    )
