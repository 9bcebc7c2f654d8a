"""Emotions: what people feel, how that changes, and at which touchpoints it is felt."""

from dataclasses import replace
from typing import get_args

from fastapi.responses import Response

from service.dashboard.figures import absolute, breakdown_chart, chart_of_breakdown, trend_chart
from service.dashboard.rendering import name_of, show
from service.dashboard.visit import Visit
from textcx.annotation import EmotionName

_NAMES: tuple[str, ...] = get_args(EmotionName)
_GOOD = frozenset({"joy", "surprise"})


def page(visit: Visit) -> Response:
    """Show how many mentions express each emotion, over time, and where one of them is felt.

    Where a browser has the page already and another emotion is chosen, it keeps the emotions over time, which take
    longer than all the rest and are the same.
    """
    answer = visit.questions.breakdown("emotion_share", by="emotion", **visit.asked())
    shares = chart_of_breakdown(visit, "emotion_share", answer, identifier="emotions")
    if shares.is_empty:
        return show(visit, "emotions.html", is_empty=True, permalink=absolute(visit))
    there = [row["key"] for row in answer["rows"]]
    usual = next((name for name in there if name not in _GOOD), there[0])
    chosen = visit.view.choice("emotion", usual)
    chosen = chosen if chosen in _NAMES else usual
    felt = replace(visit, view=visit.view.with_filter("emotion", chosen))
    say = visit.language.say
    title = say("emotions.where_one", emotion=name_of(visit, "emotion", chosen))
    where = replace(breakdown_chart(felt, "volume", "touchpoint", identifier="where"), title=title)
    signals = breakdown_chart(visit, "volume", "signal", identifier="signals")
    charts = [replace(shares, title=say("emotions.shares")), where, replace(signals, title=say("emotions.signals"))]
    keeps_trend = visit.request.query_params.get("keep") == "trend"
    if not keeps_trend:
        trend = trend_chart(visit, "emotion_share", by="emotion")
        charts.append(replace(trend, title=say("emotions.over_time")))
    shown = show(
        visit,
        "emotions.html",
        charts=charts,
        is_empty=False,
        keeps_trend=keeps_trend,
        emotions=[(one, name_of(visit, "emotion", one)) for one in _NAMES],
        chosen=chosen,
        read=visit.view.carried().with_filter("emotion", chosen).link("/explore"),
        n=next((row["mentions"] for row in answer["rows"] if row["key"] == chosen), 0),
        permalink=absolute(visit),
    )
    if keeps_trend:
        shown.headers["HX-Push-Url"] = visit.view.link(visit.path)
    return shown
