"""/v1/quarantine: the records that were set aside, with the reason; put back or dropped by number."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

from service.deps import WorkshopDep
from service.reports import set_aside

router = APIRouter(tags=["runs"])
_LARGEST = 2**63 - 1
Number = Annotated[int, Path(ge=1, le=_LARGEST, description="as the list shows it")]


@router.get("/quarantine")
def list_records(
    workshop: WorkshopDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 100,
    after: Annotated[int, Query(ge=0, le=_LARGEST, description="start behind this number")] = 0,
) -> dict[str, Any]:
    """List records set aside by number: where each stood, why it is here, and whether it can go back.

    `kind` is the reason in a word of a closed list, with what it is about in `named`, or null where it is another.
    """
    return set_aside(workshop.quarantine, limit=limit, after=after)


@router.post("/quarantine/{number}/retry", status_code=204)
def put_back(number: Number, workshop: WorkshopDep) -> None:
    """Put a record back, to be analysed as if it had just been read; a 409 where it was never readable."""
    workshop.quarantine.retry(number)


@router.delete("/quarantine/{number}", status_code=204)
def drop(number: Number, workshop: WorkshopDep) -> None:
    """Delete a record for good; its run still counts it as set aside."""
    workshop.quarantine.drop(number)
