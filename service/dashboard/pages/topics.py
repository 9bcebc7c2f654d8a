"""Topics: what people speak of by itself: shares, words, growth; one of them in full; and the changes people make."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from fastapi.responses import RedirectResponse, Response

from service.charts import Chart, Point, Series
from service.dashboard.figures import absolute, breakdown_chart, sides_in_time, trend_chart
from service.dashboard.forms import Form, check_form
from service.dashboard.rendering import name_of, show
from service.dashboard.visit import Visit
from service.questions.topics import HealthInterval
from service.scopes import may
from service.topics.changes import planned
from service.topics.finding import PROPOSED_FROM, by_centroids
from service.topics.plan import born
from textcx.errors import ConflictError, RequestError
from textcx.query.estimates import SMALLEST_READABLE_N

_KINDS = ("accept", "rename", "merge", "map", "retire", "undo")
_MOST_GROWING = 8
_SHOWN_PROPOSALS = 6
_EXAMPLES = 2
_BY_DAY, _BY_MONTH = 45, 365 * 4
"""Up to so many days the share without a topic is shown by day, and by month; else by year."""
_DATE = len("2026-01-01")


def page(visit: Visit) -> Response:
    """Show all topics, or the one that is chosen; or how well they still fit, which takes longer and comes after."""
    parameters = visit.request.query_params
    if parameters.get("part") == "health":
        return _health(visit)
    return _one(visit) if visit.view.choice("topic") else _all(visit)


def submit(visit: Visit, form: Form) -> Response:
    """Show what a change would move; and make it when that has been seen."""
    check_form(visit, form)
    kind = form.get("kind", "")
    if kind == "propose":
        return _propose(visit, is_wanted=form.get("confirmed") == "yes")
    if kind not in _KINDS:
        raise RequestError(f"kind {kind[:20]!r} is not known; it must be one of {', '.join((*_KINDS, 'propose'))}.")
    editor = visit.workshop.topic_editor
    given = {name: form[name] for name in ("topic", "into", "label", "touchpoint", "reason") if form.get(name)}
    proposals = tuple(one for one in form.get("proposals", "").split() if one)
    plan = planned(editor, kind, proposals=proposals, **given)  # type: ignore[arg-type]  # kind is one of `_KINDS`
    is_done = form.get("confirmed") == "yes"
    if is_done:
        editor.carry_out(plan)
        if plan.reassigns is not None:
            editor.reassign(plan.reassigns)
    return show(visit, "topic_change.html", plan=plan.shown(), is_done=is_done, form={**form, "kind": kind})


def _propose(visit: Visit, *, is_wanted: bool) -> Response:
    """Show what proposing would look through and replace; and do it when that has been seen."""
    if not is_wanted:
        without = visit.workshop.topic_questions.topics("")["without"]["mentions"]
        waiting = len(visit.workshop.topics.proposals())
        return show(visit, "topic_proposing.html", without=without, sample=PROPOSED_FROM, waiting=waiting)
    try:
        visit.workshop.topic_editor.propose(by_centroids, most=PROPOSED_FROM)
    except ConflictError:
        return show(visit, "topic_proposing.html", without=None, status=409)
    return RedirectResponse("/topics?period=all#proposals", status_code=303)


def _all(visit: Visit) -> Response:
    window, say = visit.window(), visit.language.say
    answer = visit.workshop.topic_questions.topics(visit.query, since=window["since"], until=window["until"])
    charts: list[Chart] = []
    if any(topic["mentions"] for topic in answer["topics"]):
        charts = [
            replace(breakdown_chart(visit, "share_of_voice", "topic", identifier="shares"), title=say("topics.shares")),
            replace(trend_chart(visit, "share_of_voice", by="topic"), title=say("topics.over_time")),
        ]
    return show(
        visit,
        "topics.html",
        charts=charts,
        answer=answer,
        growing=_growing(visit) if charts else [],
        proposals=_proposals(visit),
        shown_proposals=_SHOWN_PROPOSALS,
        health_link=_health_link(visit.view.link(visit.path)),
        **_shared(visit),
    )


def _proposals(visit: Visit) -> list[dict[str, Any]]:
    """Return the proposals, the largest first; those shown at once with some of their mentions, to judge them by."""
    found = sorted((born(one) for one in visit.workshop.topics.proposals()), key=lambda one: -one["mentions"])
    for at, one in enumerate(found):
        names = one["representatives"][:_EXAMPLES] if at < _SHOWN_PROPOSALS else ()
        texts = (visit.questions.mention(name) for name in names)
        one["examples"] = [
            {"text": text.mention.text, "language": text.annotations.language.code} for text in texts if text
        ]
    return found


def _one(visit: Visit) -> Response:
    topic = visit.workshop.topic_questions.topic(visit.view.choice("topic"))
    narrowed = replace(visit, view=visit.view.with_filter("topic", topic["id"]))
    is_live = topic["state"] == "live"
    charts = [trend_chart(narrowed, "volume"), trend_chart(narrowed, "net_sentiment", identifier="sentiment")]
    others = [one for one in visit.workshop.topics.registry().live() if one.id != topic["id"]]
    return show(
        visit,
        "topic.html",
        charts=charts if is_live else [],
        topic=topic,
        is_live=is_live,
        others=[(one.id, one.label) for one in others],
        touchpoints=[(one.id, name_of(visit, "touchpoint", one.id)) for one in visit.workshop.taxonomy.touchpoints],
        **_shared(visit),
    )


def _health(visit: Visit) -> Response:
    """Show the share without a topic over time, and which topics people speak of in other words than they did."""
    since, until = visit.days
    days = ((until or visit.menu.newest) - (since or visit.menu.oldest)).days
    interval: HealthInterval = "day" if days <= _BY_DAY else "month" if days <= _BY_MONTH else "year"
    window = visit.window()
    found = visit.workshop.topic_questions.health(
        visit.query, since=window["since"], until=window["until"], interval=interval
    )
    drifts = [{**one, "tone": _drift(one["drift"])} for one in found["topics"]]
    shared = _shared(visit)
    return show(
        visit,
        "topics_health.html",
        charts=[_without(visit, found["share_without_topic"], interval)],
        drifts=sorted(drifts, key=lambda one: (one["tone"] != "lower", one["label"])),
        has_drifted=any(one["tone"] == "lower" for one in drifts),
        **{**shared, "permalink": _health_link(shared["permalink"])},
    )


def _without(visit: Visit, rows: list[dict[str, Any]], interval: HealthInterval) -> Chart:
    points = tuple(
        Point(
            visit.language.period(datetime.fromisoformat(f"{row['start']}-01-01"[:_DATE]), interval),
            row["share"],
            row["low"],
            row["high"],
            row["n"],
            is_small=row["n"] < SMALLEST_READABLE_N,
        )
        for row in rows
    )
    title = visit.language.say("topics.without_over_time")
    return Chart("without", "line", title, visit.over(), "share", (Series("", points),))


def _drift(drift: Mapping[str, Any]) -> str:
    """Return how a topic's drift is to be read: lower is farther from its middle, beyond chance."""
    difference = drift["difference"]
    if drift["n"] < SMALLEST_READABLE_N or difference is None:
        return "too_few"
    high = difference["high"]
    return "lower" if high is not None and high < 0 else "unclear"


def _health_link(address: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}part=health"


def _shared(visit: Visit) -> dict[str, Any]:
    return {
        "may_change": may(visit.caller.scopes, "write"),
        "topic_link": lambda identifier: visit.view.choosing(topic=identifier).link("/topics"),
        "read_link": lambda identifier: visit.view.carried().with_filter("topic", identifier).link("/explore"),
        "permalink": absolute(visit),
    }


def _growing(visit: Visit) -> list[dict[str, Any]]:
    """Return the topics whose share has grown since the time before."""
    if visit.days_before is None:
        return []
    asked = sides_in_time(visit)
    found = visit.workshop.topic_questions.emerging(
        recent=asked["b"], before=asked["a"], q=asked["q"], limit=_MOST_GROWING
    )
    return list(found["topics"])
