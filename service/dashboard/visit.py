"""Visit: one reader's request of a page: what is asked, by whom, in which language and zone."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any, cast
from zoneinfo import ZoneInfo

from fastapi import Request

from service.access import Caller
from service.assembly import Workshop
from service.dashboard.languages import Language, choose
from service.dashboard.menus import Menu, Menus
from service.dashboard.view import View, before, fitting_intervals, read_view, usual_interval, window
from service.questions import Questions
from service.questions.scope import read_zone
from service.sessions import COOKIE, Sessions
from textcx.errors import RequestError
from textcx.query.fields import is_dimension

LANGUAGE_COOKIE = "textcx_language"
ZONE_COOKIE = "textcx_zone"
_NAMED = ("sentiment", "emotion", "signal", "stage", "kind", "lang", "voice")
"""Fields whose values have names of their own in each language."""


class Look(ABC):
    """What is shown of the mentions, to whom: a page, or a report.

    Attributes:
        workshop: The parts of the data folder.
        view: What is to be shown.
    """

    workshop: Workshop
    view: View

    @property
    @abstractmethod
    def language(self) -> Language:
        """The reader's language."""

    @property
    @abstractmethod
    def zone(self) -> ZoneInfo:
        """The reader's zone."""

    @property
    @abstractmethod
    def menu(self) -> Menu:
        """What there is to choose from."""

    @property
    def questions(self) -> Questions:
        """What answers, as the API does."""
        return self.workshop.questions

    @cached_property
    def days(self) -> tuple[date | None, date | None]:
        """First and last day shown."""
        return window(self.view, self.menu.newest)

    @property
    def intervals(self) -> tuple[str, ...]:
        """The intervals in which the time shown can be cut."""
        return fitting_intervals(*self._ends)

    @property
    def interval(self) -> str:
        """The interval chosen, if it suits the time shown, or the one that suits it best."""
        chosen = self.view.choice("interval")
        return chosen if chosen in self.intervals else usual_interval(*self._ends)

    @property
    def _ends(self) -> tuple[date, date]:
        since, until = self.days
        return since or self.menu.oldest, until or self.menu.newest

    @property
    def days_before(self) -> tuple[date, date] | None:
        """As many days just before."""
        return before(*self.days)

    def window(self) -> dict[str, Any]:
        """Return the time of a question: `since`, `until` and `timezone`."""
        since, until = self.days
        return {
            "since": since and since.isoformat(),
            "until": until and until.isoformat(),
            "timezone": self.zone.key,
        }

    @cached_property
    def query(self) -> str:
        """Query and filters as one query.

        Raises:
            QuerySyntaxError: What the reader wrote is no query by itself.
        """
        if self.view.q and self.view.filters:
            self.questions.query(self.view.q)
        return self.view.query()

    def asked(self) -> dict[str, Any]:
        """Return query and time of a question, as all its kinds take them."""
        return {"q": self.query, **self.window()}

    def over(self) -> str:
        """Return in words over which mentions and time a page speaks."""
        since, until = self.days
        say, day = self.language.say, self.language.day
        time = f"{day(since)} – {day(until)}" if since and until else say("all_time")
        if (since is None) != (until is None):
            time = f"{day(since)} –" if since else f"– {day(until or self.menu.newest)}"
        return f"{self.about()} · {time}"

    def about(self) -> str:
        """Return in words over which mentions a page speaks, whatever its time."""
        parts = [self.view.q, *dict.fromkeys(self.name_of(*one) for one in self.view.filters)]
        return ", ".join(part for part in parts if part) or self.language.say("all_mentions")

    def name_of(self, field: str, value: str) -> str:
        """Return a value of a field as people call it in the reader's language."""
        say, code = self.language.say, self.language.code
        if field == "touchpoint":
            identifier, _, polarity = value.partition("/")
            label = self._touchpoints.get(identifier, {})
            name = label.get(code) or label.get("en") or identifier
            return f"{name}, {say('sentiment.' + polarity)}" if polarity else name
        if field == "topic":
            topic = self.workshop.topics.registry().topics.get(value)
            return topic.label if topic else value
        return say(f"{field}.{value}") if field in _NAMED else value

    @cached_property
    def _touchpoints(self) -> Mapping[str, Mapping[str, str]]:
        return {one.id: one.label for one in self.workshop.taxonomy.touchpoints}

    def local(self, written: str) -> datetime:
        """Return an instant of an answer in the reader's zone."""
        return datetime.fromisoformat(written).astimezone(self.zone)


@dataclass
class Visit(Look):
    """One request of a page.

    Attributes:
        request: As it came.
        workshop: The parts of the data folder.
        view: What the address says is to be shown.
    """

    request: Request
    workshop: Workshop
    view: View

    @property
    def path(self) -> str:
        """The page."""
        return self.request.url.path

    @property
    def caller(self) -> Caller:
        """Who asks."""
        return cast(Caller, self.request.state.caller)

    @property
    def sessions(self) -> Sessions:
        """What knows a signed-in browser again."""
        return cast(Sessions, self.request.app.state.sessions)

    @property
    def cookie(self) -> str | None:
        """The session's cookie."""
        return self.request.cookies.get(COOKIE)

    @cached_property
    def form_token(self) -> str:
        """What each form sends back."""
        return self.sessions.form_token(self.cookie)

    @cached_property
    def language(self) -> Language:
        """The reader's language."""
        chosen = self.request.cookies.get(LANGUAGE_COOKIE)
        return choose(chosen, self.request.headers.get("accept-language", ""))

    @cached_property
    def zone(self) -> ZoneInfo:
        """The reader's zone: as the address says, else as the browser told, else the usual one.

        Raises:
            RequestError: The address names a zone that there is not.
        """
        if self.view.timezone:
            return read_zone(self.view.timezone)
        try:
            return read_zone(self.request.cookies.get(ZONE_COOKIE, "")[:64] or self.workshop.settings.timezone)
        except RequestError:
            return read_zone(self.workshop.settings.timezone)

    @cached_property
    def menu(self) -> Menu:
        """What the filters offer."""
        return cast(Menus, self.request.app.state.menus).menu()


def visit_of(request: Request) -> Visit:
    """Return the visit of a request; filters by what is no field are left out, as nothing could be found by them."""
    view = read_view(list(request.query_params.multi_items()))
    known = tuple((field, value) for field, value in view.filters if _is_field(field))
    workshop = cast(Workshop, request.app.state.workshop)
    return Visit(request, workshop, replace(view, filters=known))


def _is_field(field: str) -> bool:
    return is_dimension(field) and field.replace(".", "").replace("_", "").isalnum()
