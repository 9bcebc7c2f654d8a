"""App: the HTTP API over one data folder."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from service.access import Access, read_key
from service.api import ROUTERS, health
from service.assembly import Workshop
from service.body import BodyLimit
from service.enrichment import Enrichment
from service.indexer import Indexer
from service.limits import Limits
from service.problems import add_problem_handlers
from service.questions import Questions
from service.request_log import RequestLog
from textcx.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """Build the HTTP API; its indexer runs from start-up to shut-down.

    Raises:
        ConfigError: A setting, the taxonomy or the key file is wrong.
    """
    workshop = Workshop(settings)
    limits = Limits()
    enrichment = Enrichment(workshop.build_pipeline, workshop.taxonomy)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=enrichment.warm_up, name="warm-up", daemon=True).start()
        with Indexer(workshop):
            yield
        workshop.close()

    app = FastAPI(
        title="textcx",
        version=version("textcx"),
        summary="What customers say, by touchpoint and over time, with its uncertainty",
        lifespan=lifespan,
    )
    app.state.workshop = workshop
    app.state.limits = limits
    app.state.enrichment = enrichment
    app.state.questions = Questions(workshop.store, workshop.taxonomy, timezone=settings.timezone)
    for router in ROUTERS:
        app.include_router(router, prefix="/v1")
    app.include_router(health.router)
    add_problem_handlers(app)
    app.add_middleware(BodyLimit, most_bytes=limits.body_bytes)
    app.add_middleware(Access, key=read_key(settings.admin_key_file))
    app.add_middleware(RequestLog)
    return app
