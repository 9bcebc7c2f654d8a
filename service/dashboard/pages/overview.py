"""Overview: how things stand, what has changed beyond chance, and where."""

from fastapi.responses import Response

from service.charts import Chart
from service.dashboard.figures import absolute, breakdown_chart, most_blamed, moves, tile, trend_chart
from service.dashboard.rendering import show
from service.dashboard.visit import Visit

_ALWAYS = ("volume", "net_sentiment", "average_stars")
_WITH_SCORES = ("nps", "csat", "nki")
_MEASURES = ("net_sentiment", "volume", "negative_share", "average_stars", "nps", "csat", "nki")


def page(visit: Visit) -> Response:
    """Show the tiles, the trend, and what moved most."""
    measure = visit.view.choice("measure", "net_sentiment")
    tiles = [tile(visit, one) for one in (*_ALWAYS, *_WITH_SCORES)]
    shown = [one for one in tiles if one.measure in _ALWAYS or one.point.n]
    is_empty = not shown[0].point.n
    charts = [] if is_empty else _charts(visit, measure)
    return show(
        visit,
        "overview.html",
        charts=charts,
        tiles=shown,
        moves=[] if is_empty else moves(visit),
        next_step=None if is_empty else most_blamed(visit),
        is_empty=is_empty,
        measure=measure,
        measures=_MEASURES,
        intervals=visit.intervals,
        permalink=absolute(visit),
    )


def _charts(visit: Visit, measure: str) -> list[Chart]:
    return [trend_chart(visit, measure), breakdown_chart(visit, "volume", "brand", identifier="brands")]
