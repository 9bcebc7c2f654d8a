"""View: what a page shows, as its address says it: query, filters, period, choices. There is no other state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType
from urllib.parse import urlencode

from textcx.query.text import value_text

PERIODS: Mapping[str, int | None] = MappingProxyType({"30d": 30, "90d": 90, "12m": 365, "all": None})
"""Lengths in days, counted back from the newest mention; None for all there is."""
USUAL_PERIOD = "90d"
CHOICES = ("measure", "interval", "by", "sort", "cursor", "a", "b", "emotion", "marks", "mode", "topic")
"""What pages let their readers choose, beside query, filters and period."""
_MOST_FILTERS = 40
_LONGEST_VALUE = 4096
_MONTH = 28
_LENGTHS: Mapping[str, int] = MappingProxyType({"day": 1, "week": 7, "month": 30, "quarter": 91})
_MOST_INTERVALS = 400


@dataclass(frozen=True, slots=True)
class View:
    """What a page shows.

    Attributes:
        q: The query as its reader wrote it.
        filters: Field and value of each chip.
        period: One of `PERIODS`, or empty where `since` and `until` say it.
        since: First day, or None.
        until: Last day, or None.
        timezone: The zone that the address names, or empty for the reader's.
        choices: The choices of the page, by name.
    """

    q: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    period: str = USUAL_PERIOD
    since: date | None = None
    until: date | None = None
    timezone: str = ""
    choices: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def clauses(self) -> str:
        """Return the filters as a query: values of one field are alternatives.

        Example:
            >>> View(filters=(("brand", "Hyllbo"), ("lang", "fi"), ("brand", "Nordvind Air"))).clauses()
            'brand:(Hyllbo OR "Nordvind Air") lang:fi'
        """
        by_field: dict[str, list[str]] = {}
        for name, value in self.filters:
            by_field.setdefault(name, []).append(value_text(value))
        return " ".join(
            f"{name}:{values[0]}" if len(values) == 1 else f"{name}:({' OR '.join(values)})"
            for name, values in by_field.items()
        )

    def query(self) -> str:
        """Return query and filters as one query."""
        clauses = self.clauses()
        return f"({self.q}) {clauses}" if self.q and clauses else self.q or clauses

    def choice(self, name: str, usual: str = "") -> str:
        """Return what was chosen, or what is usual."""
        return self.choices.get(name) or usual

    def with_filter(self, name: str, value: str) -> "View":
        """Return the view with one more chip; a page deep in a list begins again."""
        more = self.filters if (name, value) in self.filters else (*self.filters, (name, value))
        return replace(self, filters=more, choices=_without(self.choices, "cursor"))

    def without_filter(self, name: str, value: str) -> "View":
        """Return the view without a chip."""
        fewer = tuple(one for one in self.filters if one != (name, value))
        return replace(self, filters=fewer, choices=_without(self.choices, "cursor"))

    def choosing(self, **choices: str) -> "View":
        """Return the view with other choices."""
        return replace(self, choices=MappingProxyType({**_without(self.choices, "cursor"), **choices}))

    def cleared(self) -> "View":
        """Return the view with neither query nor filters."""
        return replace(self, q="", filters=(), choices=_without(self.choices, "cursor"))

    def carried(self) -> "View":
        """Return what goes along to another page: all but the choices of this one."""
        return replace(self, choices=MappingProxyType({}))

    def over(self, since: date | None, until: date | None) -> "View":
        """Return the view over exactly these days."""
        return replace(self, since=since, until=until, period="" if since or until else "all")

    def parameters(self) -> list[tuple[str, str]]:
        """Return what the address says behind its question mark; what is usual is left out."""
        pairs = [("q", self.q)] if self.q else []
        pairs += [("f", f"{name}:{value}") for name, value in self.filters]
        if self.since or self.until:
            pairs += [(name, day.isoformat()) for name, day in (("from", self.since), ("to", self.until)) if day]
        elif self.period != USUAL_PERIOD:
            pairs.append(("period", self.period))
        if self.timezone:
            pairs.append(("timezone", self.timezone))
        return [*pairs, *((name, value) for name, value in self.choices.items() if value)]

    def link(self, path: str) -> str:
        """Return the address that shows this view on a page."""
        pairs = self.parameters()
        return f"{path}?{urlencode(pairs)}" if pairs else path


def read_view(pairs: Sequence[tuple[str, str]]) -> View:
    """Return the view of an address; what cannot be read there is as if it were not there.

    Example:
        >>> read_view([("f", "brand:Nordvind Air"), ("from", "2026-03-01"), ("measure", "nps")]).link("/")
        '/?f=brand%3ANordvind+Air&from=2026-03-01&measure=nps'
    """
    given: dict[str, str] = {}
    filters: list[tuple[str, str]] = []
    for name, value in pairs:
        divided, _, wanted = value.partition(":")
        if name == "f" and divided and wanted and (divided, wanted) not in filters:
            filters.append((divided, wanted))
        elif name != "f":
            given[name] = value[:_LONGEST_VALUE].replace("\0", "")
    since, until = _day(given.get("from")), _day(given.get("to"))
    if since and until and since > until:
        since, until = until, since
    period = given.get("period", "")
    return View(
        q=given.get("q", "").strip(),
        filters=tuple(filters[:_MOST_FILTERS]),
        period="" if since or until else period if period in PERIODS else USUAL_PERIOD,
        since=since,
        until=until,
        timezone=given.get("timezone", "")[:64],
        choices=MappingProxyType({name: given[name] for name in CHOICES if given.get(name)}),
    )


def window(view: View, newest: date) -> tuple[date | None, date | None]:
    """Return the first and the last day a view shows; a period counts back from the newest mention."""
    if not view.period:
        return view.since, view.until
    days = PERIODS[view.period]
    return (None, None) if days is None else (newest - timedelta(days=days - 1), newest)


def before(since: date | None, until: date | None) -> tuple[date, date] | None:
    """Return as many days just before, or None where the window is open on a side.

    Example:
        >>> before(date(2026, 3, 1), date(2026, 3, 31))
        (datetime.date(2026, 1, 29), datetime.date(2026, 2, 28))
    """
    if since is None or until is None:
        return None
    try:
        return since - (until - since) - timedelta(days=1), since - timedelta(days=1)
    except OverflowError:
        return None


def usual_interval(since: date, until: date) -> str:
    """Return the interval in which a window of this length is read best.

    Example:
        >>> usual_interval(date(2026, 1, 1), date(2026, 3, 31)), usual_interval(date(2018, 1, 1), date(2026, 3, 31))
        ('week', 'quarter')
    """
    days = (until - since).days
    return "day" if days <= 21 else "week" if days <= 200 else "month" if days <= 365 * 3 else "quarter"


def fitting_intervals(since: date, until: date) -> tuple[str, ...]:
    """Return the intervals of which a window of this length has no more than a chart can show.

    Example:
        >>> fitting_intervals(date(2026, 1, 1), date(2026, 3, 31))
        ('day', 'week', 'month', 'quarter')
        >>> fitting_intervals(date(2018, 1, 1), date(2026, 3, 31))
        ('month', 'quarter')
    """
    days = (until - since).days
    return tuple(name for name, length in _LENGTHS.items() if days <= _MOST_INTERVALS * length or length >= _MONTH)


def _day(written: str | None) -> date | None:
    try:
        return date.fromisoformat(written) if written and len(written) == len("2026-01-01") else None
    except ValueError:
        return None


def _without(choices: Mapping[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in choices.items() if key != name}
