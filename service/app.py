"""App: the HTTP API over one data folder."""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import Depends, FastAPI, Security
from fastapi.security import HTTPBearer

from service.access import Access, read_key
from service.api import ROUTERS, health
from service.assembly import Workshop
from service.body import RequestLimit
from service.dashboard import assets
from service.dashboard import router as dashboard
from service.dashboard.menus import Menus
from service.dashboard.rendering import compile_templates
from service.enrichment import Enrichment
from service.indexer import Indexer
from service.limits import Limits
from service.parameters import refuse_unknown_parameters
from service.problems import add_problem_handlers, problem_responses
from service.quota import Quota
from service.request_log import RequestLog
from service.scopes import require_scope
from service.sessions import Sessions
from service.turns import Turns
from textcx.settings import Settings

_ENRICHED_AT_A_TIME = 2
"""One is analysed, the next is read meanwhile: more would only wait for the same processor, each holding a thread."""


def create_app(settings: Settings, *, workshop: Workshop | None = None) -> FastAPI:
    """Build the HTTP API; its indexer runs from start-up to shut-down.

    Args:
        settings: Which data folder, and how it is served.
        workshop: The parts of the data folder; built from the settings if not given.

    Raises:
        ConfigError: A setting, the taxonomy or the key file is wrong.
    """
    workshop = workshop or Workshop(settings)
    limits = Limits()
    admin_key = read_key(settings.admin_key_file)
    sessions = Sessions(workshop.secret, admin_key)
    indexer = Indexer(workshop)
    enrichment = Enrichment(workshop.build_pipeline, workshop.taxonomy)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=_warm_up, args=(enrichment,), name="warm-up", daemon=True).start()
        with indexer:
            yield
        workshop.close()

    app = FastAPI(
        title="textcx",
        version=version("textcx"),
        summary="What customers say, by touchpoint and over time, with its uncertainty",
        lifespan=lifespan,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        responses=problem_responses(),
        dependencies=[
            Depends(require_scope),
            Depends(refuse_unknown_parameters),
            Security(HTTPBearer(auto_error=False, description="A key of `textcx keys add`.")),
        ],
    )
    app.state.workshop = workshop
    app.state.limits = limits
    app.state.enrichment = enrichment
    app.state.indexer = indexer
    app.state.enrich_turns = Turns(at_a_time=_ENRICHED_AT_A_TIME, most_waiting=limits.enrich_waiting)
    app.state.mention_waiters = threading.Semaphore(limits.mention_waiting)
    app.state.questions = workshop.questions
    app.state.menus = Menus(workshop.questions)
    app.state.admin_key = admin_key
    app.state.sessions = sessions
    app.state.attempts = Quota()
    for router in ROUTERS:
        app.include_router(router, prefix="/v1")
    app.include_router(health.router)
    app.include_router(assets.router)
    app.include_router(dashboard.router)
    add_problem_handlers(app)
    app.add_middleware(
        RequestLimit,
        most_head_bytes=limits.header_bytes,
        most_bytes=limits.body_bytes,
        most_bytes_together=limits.bodies_bytes,
    )
    app.add_middleware(Access, keys=workshop.keys, admin_key=admin_key, sessions=sessions)
    app.add_middleware(RequestLog)
    return app


def _warm_up(enrichment: Enrichment) -> None:
    """Do what the first callers would have to wait for."""
    compile_templates()
    enrichment.try_warm_up()
