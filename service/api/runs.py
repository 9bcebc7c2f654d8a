"""/v1/runs: what became of what was read."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from service.deps import WorkshopDep
from service.reports import latest_runs, report_as_dict

router = APIRouter(tags=["runs"])


@router.get("/runs")
def runs(workshop: WorkshopDep, limit: Annotated[int, Query(ge=1, le=200)] = 20) -> dict[str, Any]:
    """List the latest runs, newest first."""
    return latest_runs(workshop.runs, limit=limit)


@router.get("/runs/{run}")
def run_report(run: str, workshop: WorkshopDep) -> dict[str, Any]:
    """Show a run: its records by outcome, which add up to what was read."""
    return report_as_dict(workshop.runs.report(run))
