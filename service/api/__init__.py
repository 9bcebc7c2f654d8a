"""Routes of the HTTP API, one noun per file; a new one is added to ROUTERS."""

from service.api import (
    catalogue,
    compare,
    enrich,
    export,
    inbound,
    measures,
    mentions,
    quarantine,
    queries,
    runs,
    search,
    sources,
    topics,
    trends,
)

ROUTERS = (
    enrich.router,
    mentions.router,
    search.router,
    export.router,
    trends.router,
    compare.router,
    measures.router,
    queries.router,
    topics.router,
    catalogue.router,
    sources.router,
    inbound.router,
    runs.router,
    quarantine.router,
)
