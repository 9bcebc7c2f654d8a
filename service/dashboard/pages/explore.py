"""Explore: read what people say, narrowed down by words, filters and facets, with the reasons marked."""

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi.responses import Response

from service.dashboard.figures import absolute
from service.dashboard.hits import hit_of
from service.dashboard.menus import FIELDS
from service.dashboard.rendering import name_of, show
from service.dashboard.visit import Visit

_FACETS = ("sentiment", "touchpoint", "emotion", "signal", "topic")
_SORTS = ("newest", "oldest", "relevance")
_MODES = ("words", "meaning", "both")
_PAGE = 20
_MOST_VALUES = 12
_OPEN = ("sentiment", "touchpoint", "emotion")


@dataclass(frozen=True, slots=True)
class Facet:
    """Values by which hits can be narrowed down.

    Attributes:
        field: Whose values.
        values: Value, name, count, whether it is chosen, and where choosing or leaving it leads.
        is_open: Shown at once.
    """

    field: str
    values: list[tuple[str, str, int, bool, str]]
    is_open: bool


def page(visit: Visit) -> Response:
    """Show hits and facets."""
    view = visit.view
    sort = view.choice("sort", "newest")
    mode = view.choice("mode", _MODES[0]) if view.q else _MODES[0]
    is_by_words = mode == _MODES[0]
    attributes = tuple(field for field in visit.menu.values if field not in FIELDS)
    facets = (*_FACETS, *FIELDS, *attributes)
    answer = visit.questions.search(
        sort=sort if is_by_words else None,  # type: ignore[arg-type]  # checked there
        mode=mode,  # type: ignore[arg-type]  # likewise
        limit=_PAGE,
        cursor=view.choice("cursor") or None,
        facets=facets,
        **visit.asked(),
    )
    cursor = answer["next_cursor"]
    return show(
        visit,
        "explore.html",
        hits=[hit_of(visit, hit, with_marks=view.choice("marks") != "off") for hit in answer["hits"]],
        total=answer["total"],
        facets=[facet for field in facets if (facet := _facet(visit, field, answer["facets"][field])).values],
        sort=sort,
        sorts=_SORTS,
        mode=mode,
        modes=_MODES,
        is_by_words=is_by_words,
        next_page=view.choosing(cursor=cursor).link(visit.path) if cursor else "",
        first_page=view.choosing().link(visit.path) if view.choice("cursor") else "",
        export=_export(visit),
        permalink=absolute(visit),
    )


def _facet(visit: Visit, field: str, counted: list[dict[str, int | str]]) -> Facet:
    view = visit.view
    values = []
    for one in counted[:_MOST_VALUES]:
        value, is_on = str(one["value"]), (field, str(one["value"])) in view.filters
        other = view.without_filter(field, value) if is_on else view.with_filter(field, value)
        values.append((value, name_of(visit, field, value), int(one["count"]), is_on, other.link(visit.path)))
    return Facet(field, values, field in _OPEN or any(is_on for *_, is_on, _ in values))


def _export(visit: Visit) -> str:
    asked = visit.asked()
    names = {"since": "from", "until": "to"}
    return "/v1/export?" + urlencode(
        {"format": "csv", **{names.get(name, name): value for name, value in asked.items() if value}}
    )
