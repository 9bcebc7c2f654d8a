"""/healthz, /readyz, /metrics: for whoever runs the service."""

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from service.deps import EnrichmentDep, IndexerDep, WorkshopDep
from service.source_report import source_figures
from textcx.errors import RetryableError, TextCXError
from textcx.query.tree import Everything

router = APIRouter(tags=["health"])
_LEAST_FREE_BYTES = 32 * 2**20
_NOT_READY = {"description": "not ready", "content": {"application/json": {"schema": {"type": "object"}}}}


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that the process answers, also when all threads are busy."""
    return {"status": "alive"}


@router.get("/readyz", responses={503: _NOT_READY})
def readyz(workshop: WorkshopDep, enrichment: EnrichmentDep, indexer: IndexerDep) -> JSONResponse:
    """Say whether everything is there that answers need, and what is missing."""
    state = {
        "store": _state(lambda: workshop.store.count(Everything())),
        "inbox": _state(lambda: workshop.inbox.backlog(now=time.time())),
        "disk": "ready" if shutil.disk_usage(workshop.settings.data).free >= _LEAST_FREE_BYTES else "full",
        "indexer": _state(indexer.check),
        "model": "ready" if enrichment.is_ready else "cannot be loaded" if enrichment.has_failed else "loading",
    }
    missing = [f"{name}: {what}" for name, what in state.items() if what != "ready"]
    answer = {"ready": not missing, **state, "missing": missing}
    return JSONResponse(answer, status_code=503 if missing else 200)


def _state(check: Callable[[], object]) -> str:
    """Return "ready", or why not, in words that say nothing of the data: this route needs no key."""
    try:
        check()
    except RetryableError:
        return "unavailable"
    except TextCXError:
        return "failed; `textcx doctor` says why"
    return "ready"


@router.get("/metrics", response_class=PlainTextResponse)
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
    of_sources: dict[str, Gauge] = {}
    for name, text, source, figure in source_figures(workshop, now=datetime.now(UTC)):
        if name not in of_sources:
            of_sources[name] = Gauge(name, text, ["source"], registry=registry)
        of_sources[name].labels(source).set(figure)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
