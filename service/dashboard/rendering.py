"""Rendering: a page as HTML under a strict policy; or one of its charts as a file."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson
from fastapi.responses import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ingest.inert_cells import inert
from service.charts import Chart, rows_of
from service.charts.drawing import draw
from service.dashboard import view as views
from service.dashboard.assets import address
from service.dashboard.languages import CODES, NAMES, Language
from service.dashboard.visit import Look, Visit
from textcx.errors import NotFoundError

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
PAGES = (
    ("/", "overview"),
    ("/explore", "explore"),
    ("/journey", "journey"),
    ("/compare", "compare"),
    ("/emotions", "emotions"),
    ("/topics", "topics"),
    ("/try", "try"),
    ("/sources", "sources"),
    ("/measures", "measures"),
)
"""Paths and names of the pages in the navigation, in its order."""
ZONES = ("Europe/Stockholm", "Europe/Copenhagen", "Europe/Oslo", "Europe/Helsinki", "Europe/London", "UTC")
"""Zones that are offered beside the reader's own."""
environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_WEB = ("http", "https")


def compile_templates() -> None:
    """Compile all pages, which takes longer than to show one."""
    for name in environment.list_templates(extensions=["html"]):
        environment.get_template(name)


def show(visit: Visit, template: str, *, charts: Sequence[Chart] = (), status: int = 200, **context: Any) -> Response:
    """Return a page; or the chart as a file that the address asks for with `file=ID.csv` or `file=ID.svg`.

    Raises:
        NotFoundError: The page has no such chart, or it is empty.
    """
    file = visit.request.query_params.get("file")
    if file:
        return _file(visit.language, charts, file)
    return render(visit, template, charts=charts, status=status, **context)


def render(visit: Visit, template: str, *, charts: Sequence[Chart] = (), status: int = 200, **context: Any) -> Response:
    """Return a page, whatever else its address asks for."""
    html = environment.get_template(template).render(
        visit=visit,
        view=visit.view,
        say=visit.language.say,
        number=visit.language.number,
        count=visit.language.count,
        language=visit.language,
        asset=address,
        pages=PAGES,
        periods=tuple(views.PERIODS),
        codes=CODES,
        zones=tuple(dict.fromkeys((visit.zone.key, *ZONES))),
        language_names=NAMES,
        charts={chart.id: chart for chart in charts},
        drawn=lambda chart: drawing(visit, chart),
        spec=_spec,
        web_address=web_address,
        name_of=lambda field, value: name_of(visit, field, value),
        **context,
    )
    return Response(html, status_code=status, media_type="text/html", headers=_HEADERS)


def drawing(visit: Look, chart: Chart) -> Markup:
    """Return a chart as SVG; what people wrote is escaped where it is drawn."""
    return Markup(draw(chart, _sayer(visit.language, chart)))


def name_of(visit: Look, field: str, value: str) -> str:
    """Return a value of a field as people call it in the reader's language."""
    return visit.name_of(field, value)


def web_address(written: str | None) -> str:
    """Return a mention's address if a browser may follow it, else nothing."""
    try:
        return written if written and urlsplit(written).scheme in _WEB else ""
    except ValueError:
        return ""


def _file(language: Language, charts: Sequence[Chart], file: str) -> Response:
    identifier, _, form = file.rpartition(".")
    chart = next((one for one in charts if one.id == identifier), None)
    if chart is None or chart.is_empty or form not in ("csv", "svg"):
        raise NotFoundError("This page has no such chart, or there is nothing in it.")
    headers = {**_HEADERS, "Content-Disposition": f'attachment; filename="textcx-{identifier}.{form}"'}
    if form == "svg":
        return Response(draw(chart, _sayer(language, chart)), media_type="image/svg+xml", headers=headers)
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    writer.writerow(("series", "name", "value", "low", "high", "n", "unit", "formula", "over"))
    for row in rows_of(chart):
        cells = ("" if cell is None else str(cell) for cell in (*row, chart.unit, chart.formula, chart.over))
        writer.writerow([cell if _is_number(cell) else inert(cell, delimiter=",") for cell in cells])
    return Response(lines.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _sayer(language: Language, chart: Chart) -> Any:
    return lambda value: language.number(value, chart.unit)


def _spec(chart: Chart) -> str:
    """Return what the script needs to draw a chart; all words it takes from the table below."""

    def near(value: float | None) -> float | None:
        return None if value is None else float(f"{value:.6g}")

    names = [point.name for point in chart.series[0].points] if chart.series else []
    series = [
        {
            "name": one.name,
            "values": [near(point.value) for point in one.points],
            "lows": [near(point.low) for point in one.points],
            "highs": [near(point.high) for point in one.points],
            "hollow": [int(point.is_small or point.is_incomplete) for point in one.points],
        }
        for one in chart.series
    ]
    return orjson.dumps({"kind": chart.kind, "unit": chart.unit, "names": names, "series": series}).decode()
