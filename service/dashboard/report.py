"""Report: one page that needs nothing else, for those who never open a dashboard."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

from service.assembly import Workshop
from service.charts import Chart
from service.dashboard.figures import Tile, breakdown_chart, moves, tile, trend_chart
from service.dashboard.hits import Hit, hit_of
from service.dashboard.languages import Language
from service.dashboard.menus import Menu, Menus
from service.dashboard.rendering import drawing, environment, name_of
from service.dashboard.view import View
from service.dashboard.visit import Look

_MEASURES = ("volume", "net_sentiment", "average_stars", "nps", "csat", "nki")
_ALWAYS = 2
_VOICES = 3


@dataclass
class Printed(Look):
    """What a report shows, and to whom.

    Attributes:
        workshop: The parts of the data folder.
        view: Query, filters and time.
        words: The reader's language.
        clock_zone: The reader's zone.
    """

    workshop: Workshop
    view: View
    words: Language
    clock_zone: ZoneInfo

    @property
    def language(self) -> Language:
        """The reader's language."""
        return self.words

    @property
    def zone(self) -> ZoneInfo:
        """The reader's zone."""
        return self.clock_zone

    @cached_property
    def menu(self) -> Menu:
        """What there is to choose from."""
        return Menus(self.questions).menu()


def report(printed: Printed, *, made_at: datetime) -> str:
    """Return the report as one page of HTML.

    Raises:
        RequestError: The query is not one that can be answered.
    """
    template = environment.get_template("report.html")
    style = environment.get_template("report.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    tiles = [tile(printed, measure) for measure in _MEASURES]
    is_empty = not tiles[0].point.n
    return template.render(
        visit=printed,
        say=printed.language.say,
        number=printed.language.number,
        count=printed.language.count,
        language=printed.language,
        name_of=lambda field, value: name_of(printed, field, value),
        drawn=lambda chart: drawing(printed, chart),
        style=style,
        style_hash=digest,
        made=printed.language.instant(made_at.astimezone(printed.zone)),
        version=version("textcx"),
        tiles=_shown(tiles),
        is_empty=is_empty,
        charts=[] if is_empty else _charts(printed),
        moves=[] if is_empty else moves(printed),
        voices=[] if is_empty else _voices(printed),
    )


def _shown(tiles: Sequence[Tile]) -> list[Tile]:
    return [one for index, one in enumerate(tiles) if index < _ALWAYS or one.point.n]


def _charts(printed: Printed) -> list[Chart]:
    charts = [
        trend_chart(printed, "net_sentiment"),
        trend_chart(printed, "volume", identifier="volume"),
        breakdown_chart(printed, "net_sentiment", "touchpoint", identifier="touchpoints", limit=30, sorts=True),
        breakdown_chart(printed, "net_sentiment", "brand", identifier="brands"),
        breakdown_chart(printed, "emotion_share", "emotion", identifier="emotions"),
    ]
    return [chart for chart in charts if not chart.is_empty and (chart.kind == "line" or _has_several(chart))]


def _has_several(chart: Chart) -> bool:
    return len(chart.series[0].points) > 1


def _voices(printed: Printed) -> list[tuple[str, str, list[Hit]]]:
    """Return the newest mentions about the touchpoint most blamed, and about the one most praised."""
    found: list[tuple[str, str, list[Hit]]] = []
    for polarity in ("negative", "positive"):
        view = printed.view.with_filter("sentiment", polarity)
        asked: dict[str, Any] = {**printed.asked(), "q": view.query()}
        rows = printed.questions.breakdown("volume", by="touchpoint", limit=1, **asked)["rows"]
        if rows:
            about = view.with_filter("touchpoint", f"{rows[0]['key']}/{polarity}")
            answer = printed.questions.search(about.query(), limit=_VOICES, **printed.window())
            hits = [hit_of(printed, one) for one in answer["hits"]]
            found.append((polarity, name_of(printed, "touchpoint", rows[0]["key"]), hits))
    return [one for one in found if one[2]]
