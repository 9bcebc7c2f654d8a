"""/v1/touchpoints, /v1/fields, /v1/limits: what there is to ask for."""

from typing import Any

from fastapi import APIRouter

from service.deps import LimitsDep, WorkshopDep
from textcx.query.fields import FIELDS

router = APIRouter(tags=["catalogue"])


@router.get("/touchpoints")
def touchpoints(workshop: WorkshopDep) -> dict[str, Any]:
    """List the touchpoints in force, with their stages and labels."""
    taxonomy = workshop.taxonomy
    return {
        "taxonomy": {"name": taxonomy.name, "version": taxonomy.version},
        "stages": list(taxonomy.stages),
        "touchpoints": [
            {"id": one.id, "stage": one.stage, "parent": one.parent, "label": dict(one.label)}
            for one in taxonomy.touchpoints
        ],
    }


@router.get("/fields")
def fields() -> dict[str, Any]:
    """List the fields of the query language."""
    return {
        "fields": [
            {
                "name": field.name,
                "type": field.type,
                "help": field.help,
                "example": field.example,
                "values": list(field.values),
                "divides": field.divides,
            }
            for field in FIELDS
        ]
    }


@router.get("/limits")
def limits(table: LimitsDep) -> dict[str, int]:
    """Show the largest requests that are answered."""
    return table.as_dict()
