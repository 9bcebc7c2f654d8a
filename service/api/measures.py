"""/v1/measures: what measures there are, and how each one is made."""

from typing import Any

from fastapi import APIRouter

from service.questions.answers import explained
from textcx.errors import NotFoundError, UnknownNameError
from textcx.query.measures import MEASURES, find_measure

router = APIRouter(tags=["measures"])


@router.get("/measures")
def measures() -> dict[str, Any]:
    """List the measures: what each one is, and how its value, its interval and a difference of two come about."""
    return {"measures": [explained(measure) for measure in MEASURES]}


@router.get("/measures/{identifier}")
def measure(identifier: str) -> dict[str, Any]:
    """Show one measure."""
    try:
        return explained(find_measure(identifier))
    except UnknownNameError as error:
        raise NotFoundError(str(error)) from error
