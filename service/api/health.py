"""/healthz, /readyz, /metrics: for whoever runs the service."""

import time
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from service.deps import EnrichmentDep, WorkshopDep
from textcx.errors import RetryableError
from textcx.query.tree import Everything

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthz() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "alive"}


@router.get("/readyz")
def readyz(workshop: WorkshopDep, enrichment: EnrichmentDep) -> JSONResponse:
    """Say whether the store and the model can serve."""
    checks: dict[str, Any] = {"store": "ready", "model": "ready" if enrichment.is_ready else "loading"}
    try:
        workshop.store.count(Everything())
    except RetryableError:
        checks["store"] = "unavailable"
    is_ready = all(state == "ready" for state in checks.values())
    return JSONResponse({"ready": is_ready, **checks}, status_code=200 if is_ready else 503)


@router.get("/metrics")
def metrics(workshop: WorkshopDep) -> Response:
    """Give the state of inbox, quarantine and store in Prometheus' text format."""
    registry = CollectorRegistry()
    backlog = workshop.inbox.backlog(now=time.time())
    for name, text, value in (
        ("textcx_inbox_records", "records waiting for analysis", backlog.records),
        ("textcx_inbox_bytes", "bytes of records waiting for analysis", backlog.bytes),
        ("textcx_inbox_oldest_age_seconds", "age of the oldest record waiting", backlog.oldest_age_seconds),
        ("textcx_quarantine_records", "records set aside", workshop.quarantine.count()),
        ("textcx_mentions", "mentions that can be searched", workshop.store.count(Everything())),
    ):
        Gauge(name, text, registry=registry).set(value)
    outcomes = Gauge("textcx_records", "records by outcome, all runs", ["outcome"], registry=registry)
    for outcome, count in workshop.runs.outcomes().items():
        outcomes.labels(outcome).set(count)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
