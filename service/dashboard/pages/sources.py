"""Sources and runs: whether what is shown is whole: lag and silence of sources, outcomes of runs, the quarantine."""

from datetime import UTC, datetime
from typing import Any

from fastapi.responses import Response

from service.dashboard.figures import absolute, breakdown_chart
from service.dashboard.rendering import show
from service.dashboard.visit import Visit
from service.reports import report_as_dict
from service.source_report import all_sources

_MOST_RUNS = 20
_MOST_SET_ASIDE = 50
_SILENT_DAYS = 14


def page(visit: Visit) -> Response:
    """Show sources, runs and quarantine."""
    heard = _heard(visit)
    watched = all_sources(visit.workshop, now=datetime.now(UTC))
    chart = breakdown_chart(visit, "volume", "source", identifier="sources")
    return show(
        visit,
        "sources.html",
        charts=[chart],
        heard=heard,
        silent=[one for one in heard if one["days"] >= _SILENT_DAYS],
        silent_watched=[one for one in watched if one["is_silent"] or one["failures"]],
        watched=watched,
        runs=[report_as_dict(one) for one in visit.workshop.runs.latest(limit=_MOST_RUNS)],
        set_aside=visit.workshop.quarantine.list(limit=_MOST_SET_ASIDE),
        set_aside_count=visit.workshop.quarantine.count(),
        hours=lambda seconds: None if seconds is None else seconds / 3600,
        permalink=absolute(visit),
    )


def _heard(visit: Visit) -> list[dict[str, Any]]:
    """Return each source with its newest mention, the longest silent first."""
    found = []
    for source, n in visit.menu.values.get("source", ()):
        view = visit.view.cleared().carried().over(None, None).with_filter("source", source)
        hits = visit.questions.search(view.query(), limit=1, until=visit.menu.newest.isoformat())["hits"]
        published = hits[0]["mention"].get("published_at") if hits else None
        if published:
            at = visit.local(published)
            days = (visit.menu.newest - at.date()).days
            found.append({"source": source, "n": n, "at": at, "days": max(0, days), "link": view.link("/explore")})
    return sorted(found, key=lambda one: -one["days"])
