"""Routes of the HTTP API, one noun per file; a new one is added to ROUTERS."""

from service.api import catalogue, compare, enrich, export, measures, mentions, queries, runs, search, trends

ROUTERS = (
    enrich.router,
    mentions.router,
    search.router,
    export.router,
    trends.router,
    compare.router,
    measures.router,
    queries.router,
    catalogue.router,
    runs.router,
)
