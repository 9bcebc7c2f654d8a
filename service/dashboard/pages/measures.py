"""Measures: how each number comes about."""

from fastapi.responses import Response

from service.dashboard.rendering import show
from service.dashboard.visit import Visit
from service.questions.answers import explained
from textcx.query.measures import MEASURES

_ON_OVERVIEW = frozenset({"net_sentiment", "volume", "negative_share", "average_stars", "nps", "csat", "nki"})


def page(visit: Visit) -> Response:
    """Show all measures, each with its formula, interval and version."""
    view = visit.view.carried()
    return show(
        visit,
        "measures.html",
        measures=[explained(measure) for measure in MEASURES],
        links={name: view.choosing(measure=name).link("/") + "#trend" for name in _ON_OVERVIEW},
    )
