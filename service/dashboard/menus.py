"""Menus: which values the filters of a page offer, asked for once in a while, as a reader opens page after page."""

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from service.questions import Questions

FIELDS = ("brand", "country", "lang", "source", "kind")
MOST_VALUES = 30
_KEPT_SECONDS = 20.0
_LOOKED_THROUGH = 100
"""Mentions whose attributes are offered: no list of all attributes is kept."""
_MOST_ATTRIBUTES = 6
_ATTRIBUTE = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Menu:
    """What there is to choose from.

    Attributes:
        values: Values of each field with how many mentions have them, the most frequent first.
        oldest: The day of the oldest mention that has a date; today if there is none.
        newest: The day of the newest mention that has a date not in the future; today if there is none.
        total: All mentions.
    """

    values: Mapping[str, tuple[tuple[str, int], ...]]
    oldest: date
    newest: date
    total: int


class Menus:
    """Gives the menu, at most twenty seconds old.

    Args:
        questions: What is asked.
        clock: Gives the time.
        seconds: Gives seconds that never go back.
    """

    def __init__(
        self,
        questions: Questions,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._questions = questions
        self._clock = clock
        self._seconds = seconds
        self._guard = threading.Lock()
        self._menu: Menu | None = None
        self._asked = 0.0

    def menu(self) -> Menu:
        """Return what there is to choose from."""
        with self._guard:
            if self._menu is None or self._seconds() - self._asked > _KEPT_SECONDS:
                self._menu = self._ask()
                self._asked = self._seconds()
            return self._menu

    def _ask(self) -> Menu:
        today = self._clock().date()
        dated = self._questions.search(until=today.isoformat(), limit=_LOOKED_THROUGH)
        first = self._questions.search(until=today.isoformat(), sort="oldest", limit=1)
        facets = (*FIELDS, *_attributes(dated["hits"]))
        answer = self._questions.search(limit=1, facets=facets)
        values = {
            field: tuple((one["value"], one["count"]) for one in answer["facets"][field][:MOST_VALUES])
            for field in facets
        }
        oldest, newest = (_day(one["hits"]) or today for one in (first, dated))
        return Menu({field: found for field, found in values.items() if found}, oldest, newest, answer["total"])


def _day(hits: list[dict[str, Any]]) -> date | None:
    published = next((hit["mention"].get("published_at") for hit in hits), None)
    return datetime.fromisoformat(published).date() if published else None


def _attributes(hits: list[dict[str, Any]]) -> list[str]:
    counts: dict[str, int] = {}
    for hit in hits:
        for name in hit["mention"].get("attributes", {}):
            if _ATTRIBUTE.fullmatch(name):
                counts[name] = counts.get(name, 0) + 1
    return [f"attr.{name}" for name in sorted(counts, key=lambda name: (-counts[name], name))[:_MOST_ATTRIBUTES]]
