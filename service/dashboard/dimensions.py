"""Dimensions: what a page can be divided by, and its parts: values of a field, or the time shown and before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from service.dashboard.menus import FIELDS
from service.dashboard.rendering import name_of
from service.dashboard.view import View
from service.dashboard.visit import Look

PERIOD = "period"
MOST_SIDES = 5
_BEFORE, _NOW = "before", "now"


@dataclass(frozen=True, slots=True)
class Side:
    """A part of what is shown.

    Attributes:
        key: Its value in addresses.
        name: For people.
        clause: The query that finds it within the view; empty where its time alone sets it apart.
        view: The view narrowed down to it.
        window: Its time, where that differs from the view's.
    """

    key: str
    name: str
    clause: str
    view: View
    window: Mapping[str, Any] = field(default_factory=dict)


def dimensions(visit: Look, *, with_period: bool) -> list[str]:
    """Return what a page can be divided by: that of which there are several values, and time if there is one before."""
    fields = [name for name in (*FIELDS, *_attributes(visit)) if len(visit.menu.values.get(name, ())) > 1]
    return [*fields, *([PERIOD] if with_period and visit.days_before else [])]


def dimension_name(visit: Look, dimension: str) -> str:
    """Return what people call a dimension."""
    return visit.language.say(f"by.{dimension}")


def sides(visit: Look, dimension: str) -> list[Side]:
    """Return the parts by a dimension: the most frequent values, or the time before and the time shown."""
    if dimension != PERIOD:
        chosen = [value for name, value in visit.view.filters if name == dimension]
        there = [value for value, _ in visit.menu.values.get(dimension, ())]
        return [side(visit, dimension, value) for value in (chosen if len(chosen) > 1 else there)[:MOST_SIDES]]
    return [side(visit, PERIOD, key) for key in (_BEFORE, _NOW)] if visit.days_before else []


def side(visit: Look, dimension: str, key: str) -> Side:
    """Return one part."""
    view = visit.view.carried()
    if dimension != PERIOD:
        clause = View(filters=((dimension, key),)).clauses()
        return Side(key, name_of(visit, dimension, key), clause, view.with_filter(dimension, key))
    days = visit.days_before if key == _BEFORE else visit.days
    since, until = days or (None, None)
    window = {"since": since and since.isoformat(), "until": until and until.isoformat()}
    name = f"{visit.language.day(since)} – {visit.language.day(until)}" if since and until else key
    return Side(key, name, "", view.over(since, until), window)


def _attributes(visit: Look) -> list[str]:
    return [name for name in visit.menu.values if name not in FIELDS]
