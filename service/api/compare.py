"""/v1/compare: how far two sets of mentions differ in a measure."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from service.api.trends import Since, Until, WeekStarts
from service.deps import QuestionsDep
from textcx.query.interval import IntervalName

router = APIRouter(tags=["measures"])


@router.get("/compare")
def compare(
    questions: QuestionsDep,
    a: Annotated[str, Query(description="a query: of two periods the earlier, else what b is held against")],
    b: Annotated[str, Query(description="the other query")],
    measure: str = "net_sentiment",
    by: Annotated[str | None, Query(description="a dimension: a row for each of its values")] = None,
    q: Annotated[str, Query(description="a query that both have in common")] = "",
    since: Since = None,
    until: Until = None,
    limit: int = 20,
    timezone: str | None = None,
    interval: Annotated[IntervalName, Query(description="for a spread between periods alone")] = "month",
    week_starts: WeekStarts = "monday",
) -> dict[str, Any]:
    """Show a measure of a and of b, and b less a with its 95 % interval, its p, and its q among the rows shown."""
    return questions.compare(
        measure,
        a=a,
        b=b,
        by=by,
        q=q,
        since=since,
        until=until,
        limit=limit,
        timezone=timezone,
        interval=interval,
        week_starts=week_starts,
    )
