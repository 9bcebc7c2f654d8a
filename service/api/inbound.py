"""/v1/inbound: what others send: survey answers and reviews, signed, read by a mapping file."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from service.deps import WorkshopDep
from service.inbound import take_delivery

router = APIRouter(tags=["sources"])
_BODY = {"requestBody": {"required": True, "content": {"application/json": {"schema": {"type": ["object", "array"]}}}}}


async def _body(request: Request) -> bytes:
    try:
        return await request.body()
    except ClientDisconnect as error:
        raise HTTPException(408, "The body did not arrive.") from error


BodyDep = Annotated[bytes, Depends(_body)]


@router.post("/inbound/{name}", status_code=202, openapi_extra=_BODY)
async def take(name: str, request: Request, body: BodyDep, workshop: WorkshopDep) -> dict[str, Any]:
    """Take in a delivery to a source whose connector is webhook: signed, read by its mapping, each once."""
    return await _take(workshop, name, request, body, proof=None)


@router.post("/inbound/{name}/{proof}", status_code=202, openapi_extra=_BODY)
async def take_with_proof(
    name: str, proof: str, request: Request, body: BodyDep, workshop: WorkshopDep
) -> dict[str, Any]:
    """Take in a delivery of a sender that signs nothing: the address ends with the source's secret."""
    return await _take(workshop, name, request, body, proof=proof)


async def _take(
    workshop: WorkshopDep, name: str, request: Request, body: bytes, *, proof: str | None
) -> dict[str, Any]:
    headers, now = dict(request.headers), datetime.now(UTC)
    return await run_in_threadpool(take_delivery, workshop, name, headers=headers, body=body, proof=proof, now=now)
