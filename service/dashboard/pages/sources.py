"""Sources and runs: whether what is shown is whole: lag and silence of sources, outcomes of runs, the quarantine."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from service.dashboard.figures import absolute, breakdown_chart
from service.dashboard.forms import Form, check_form
from service.dashboard.rendering import show
from service.dashboard.visit import Visit
from service.reports import latest_runs, set_aside
from service.scopes import may
from service.source_report import all_sources
from textcx.errors import RequestError

_MOST_RUNS = 20
_MOST_SET_ASIDE = 50
_SILENT_DAYS = 14
_NUMBER = re.compile("[0-9]{1,18}")
_PLACE = re.compile("(line|row|item|event|ticket) ([0-9]{1,18})")


def page(visit: Visit) -> Response:
    """Show sources, runs and quarantine."""
    heard = _heard(visit)
    watched = all_sources(visit.workshop, now=datetime.now(UTC))
    chart = breakdown_chart(visit, "volume", "source", identifier="sources")
    after = visit.view.choice("cursor")
    quarantine = set_aside(
        visit.workshop.quarantine, limit=_MOST_SET_ASIDE, after=int(after) if _NUMBER.fullmatch(after) else 0
    )
    return show(
        visit,
        "sources.html",
        charts=[chart],
        heard=heard,
        silent=[one for one in heard if one["days"] >= _SILENT_DAYS],
        silent_watched=[one for one in watched if one["is_silent"] or one["failures"]],
        watched=watched,
        runs=latest_runs(visit.workshop.runs, limit=_MOST_RUNS)["runs"],
        set_aside=quarantine["records"],
        set_aside_count=quarantine["total"],
        why=lambda record: _why(visit, record),
        where=lambda record: _where(visit, record["place"]),
        more_set_aside=_after(visit, quarantine["records"]),
        may_put_back=may(visit.caller.scopes, "write"),
        may_drop=may(visit.caller.scopes, "admin"),
        hours=lambda seconds: None if seconds is None else seconds / 3600,
        permalink=absolute(visit),
    )


def submit(visit: Visit, form: Form) -> Response:
    """Put a record that was set aside back, or delete it for good, as the API does."""
    check_form(visit, form)
    if not _NUMBER.fullmatch(form.get("number", "")):
        raise RequestError(visit.language.say("form_stale"))
    number, kind = int(form["number"]), form.get("kind")
    if kind == "retry":
        visit.workshop.quarantine.retry(number)
    elif kind == "drop" and form.get("confirmed") == "yes":
        if not may(visit.caller.scopes, "admin"):
            raise HTTPException(403, "This needs a key with the scope admin.")
        visit.workshop.quarantine.drop(number)
    else:
        raise RequestError(visit.language.say("form_stale"))
    return RedirectResponse("/sources#quarantine", status_code=303)


def _why(visit: Visit, record: Mapping[str, Any]) -> str:
    """Return why a record was set aside, in the reader's language as far as it is for one of the kinds there are."""
    say, kind, attempts = visit.language.say, record["kind"], record["attempts"]
    if kind is None:
        return ""
    words = say(f"reason.{kind}", **record["named"])
    return f"{words} {say('reason.attempts', n=attempts)}" if attempts else words


def _where(visit: Visit, place: str) -> str:
    """Return where a record stood, in the reader's language as far as it is counted."""
    counted = _PLACE.fullmatch(place)
    return visit.language.say(f"place.{counted[1]}", n=counted[2]) if counted else place


def _after(visit: Visit, set_aside: list[dict[str, Any]]) -> str:
    """Return where the list of records goes on, or nothing at its end."""
    if len(set_aside) < _MOST_SET_ASIDE:
        return ""
    return visit.view.choosing(cursor=str(set_aside[-1]["number"])).link(visit.path) + "#quarantine"


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
