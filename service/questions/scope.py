"""Scope: which mentions a question is about: its query as a tree, its window of time, its zone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from textcx.errors import QuerySyntaxError, RequestError, UnknownNameError
from textcx.query.completion import Completion, complete
from textcx.query.fields import ATTRIBUTE_PREFIX, FIELDS, is_dimension
from textcx.query.grammar import parse
from textcx.query.periods import Period, read_period
from textcx.query.tree import And, DateRange, Everything, Keyword, Not, Or, Query
from textcx.store.facts import folded
from textcx.topics.asked import in_topics_today
from textcx.topics.registry import Registry
from textcx.touchpoints import Taxonomy

CUSTOMER_VOICES = ("customer", "prospect", "unknown")
"""Who is counted by measures unless the query names `voice:`: a company's own words are no customer experience."""
_SINGLE = frozenset({"brand", "source", "kind", "voice", "sentiment", "country", "author"})
"""Fields of which a mention has one value at most; `lang:no` stands for two, so `lang` is none of them."""
# What zone files beside those of IANA hold: copies with other clocks, and whatever this machine is set to.
_NO_ZONES = ("localtime", "Factory", "posixrules")
_NO_FOLDERS = ("posix/", "right/")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which mentions a question is about.

    Attributes:
        query: Which mentions; the window is in it.
        zone: In whose calendar dates and intervals are meant.
        since: Where the window begins; None where it is open.
        until: Where the window ends, exclusive; None where it is open.
    """

    query: Query
    zone: ZoneInfo
    since: datetime | None = None
    until: datetime | None = None


class Scopes:
    """Makes scopes of what people write.

    Args:
        taxonomy: The touchpoints and stages a query may name.
        saved: Gives the saved queries that a query may name.
        timezone: The zone where a question names none.
        topics: Gives the topics that a query may name, by id or label.
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        *,
        saved: Callable[[], Mapping[str, str]],
        timezone: str,
        topics: Callable[[], Registry] = Registry,
    ) -> None:
        self._touchpoints = [touchpoint.id for touchpoint in taxonomy.touchpoints]
        self._stages = taxonomy.stages
        self._saved = saved
        self._timezone = timezone
        self._topics = topics

    def complete(self, query: str, position: int) -> tuple[Completion, ...]:
        """Return what could stand at a position of a query."""
        labels = [topic.label for topic in self._topics().live()]
        known = {"touchpoints": self._touchpoints, "stages": self._stages, "saved": self._saved()}
        return complete(query, position, **known, values={"topic": labels})

    def of(
        self,
        queries: Mapping[str, str],
        *,
        since: str | None = None,
        until: str | None = None,
        timezone: str | None = None,
    ) -> Scope:
        """Return the scope of what all the queries find within the window.

        Args:
            queries: By the names people know them by; where there are several, an error says which it is about.
            since: First day, month or year; None where the window is open.
            until: Last day, month or year; None where the window is open.
            timezone: Name of the zone, or None for the usual one.

        Raises:
            QuerySyntaxError: A query does not follow the grammar.
            RequestError: A date or the zone is none, or the window ends before it begins.
        """
        zone = read_zone(timezone or self._timezone)
        trees = [self._parse(name, query, zone, is_alone=len(queries) == 1) for name, query in queries.items()]
        first, last = _read_bound("from", since, zone), _read_bound("to", until, zone)
        start, end = first.start if first else None, last.end if last else None
        if start is not None and end is not None and start >= end:
            raise RequestError(f"from {since} lies after to {until}: swap the two.")
        if start is not None or end is not None:
            trees.append(DateRange("published", start, end))
        return Scope(both(trees), zone, start, end)

    def counted(
        self,
        queries: Mapping[str, str],
        *,
        since: str | None = None,
        until: str | None = None,
        timezone: str | None = None,
    ) -> Scope:
        """Return the scope as measures count it: customers' voices, unless a query names voices itself.

        Raises:
            QuerySyntaxError: A query does not follow the grammar.
            RequestError: A date or the zone is none, or the window ends before it begins.
        """
        scope = self.of(queries, since=since, until=until, timezone=timezone)
        return Scope(_by_customers(scope.query), scope.zone, scope.since, scope.until)

    def _parse(self, name: str, query: str, zone: ZoneInfo, *, is_alone: bool) -> Query:
        try:
            topics = self._topics()
            tree = parse(
                query,
                touchpoints=self._touchpoints,
                stages=self._stages,
                timezone=zone,
                saved=self._saved(),
                topics=topics.names() if topics.changes else (),
            )
            return in_topics_today(tree, topics)
        except QuerySyntaxError as error:
            if is_alone:
                raise
            message = f"{name}: {str(error).partition(' at position ')[0]}"
            raise QuerySyntaxError(
                message, position=error.position, expected=error.expected, kind=error.kind, **error.named
            ) from error


def read_zone(name: str) -> ZoneInfo:
    """Return the zone of this name.

    Raises:
        RequestError: There is none in the IANA database.
    """
    message = f"timezone {name[:40]!r} is not known; it must be a name of the IANA database, such as Europe/Helsinki."
    if name in _NO_ZONES or name.startswith(_NO_FOLDERS):
        raise RequestError(message)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RequestError(message) from error


def check_dimension(name: str) -> None:
    """Refuse what mentions cannot be divided by.

    Raises:
        RequestError: It is no dimension; the message lists those there are.
    """
    if not is_dimension(name):
        known = [field.name for field in FIELDS if field.divides]
        raise RequestError(str(UnknownNameError("dimension", name, [*known, f"{ATTRIBUTE_PREFIX}NAME"])))


def both(queries: Iterable[Query]) -> Query:
    """Return the query for what all of these find."""
    children: list[Query] = []
    for query in queries:
        if not isinstance(query, Everything):
            children += query.children if isinstance(query, And) else (query,)
    if not children:
        return Everything()
    return children[0] if len(children) == 1 else And(tuple(children))


def are_apart(first: Query, second: Query) -> bool:
    """Say whether no mention can be in both, as far as the queries alone tell: most comparisons need no count for it.

    Example:
        >>> are_apart(And((Keyword("brand", "Hyllbo"), Keyword("lang", "sv"))), Keyword("brand", "Klarvik"))
        True
        >>> are_apart(Keyword("brand", "Hyllbo"), Keyword("touchpoint", "delivery"))
        False
    """
    return any(_contradict(one, other) for one in _conditions(first) for other in _conditions(second))


def _conditions(query: Query) -> tuple[Query, ...]:
    return query.children if isinstance(query, And) else (query,)


def _contradict(one: Query, other: Query) -> bool:
    match one, other:
        case Not(child), _ if child == other:
            return True
        case _, Not(child) if child == one:
            return True
        case DateRange(field, start, end), DateRange(other_field, other_start, other_end) if field == other_field:
            return _is_before(end, other_start) or _is_before(other_end, start)
        case Keyword(field, value), Keyword(other_field, other_value) if field == other_field and field in _SINGLE:
            return folded(value) != folded(other_value)
    return False


def _is_before(end: datetime | None, start: datetime | None) -> bool:
    return end is not None and start is not None and end <= start


def _read_bound(name: str, written: str | None, zone: ZoneInfo) -> Period | None:
    if not written:
        return None
    period = read_period(written.strip(), zone)
    if period is None:
        raise RequestError(f"{name} must be a date such as 2026, 2026-Q1, 2026-03, 2026-W12 or 2026-03-15.")
    return period


def _by_customers(query: Query) -> Query:
    if _names_voice(query):
        return query
    return both([query, Or(tuple(Keyword("voice", voice) for voice in CUSTOMER_VOICES))])


def _names_voice(query: Query) -> bool:
    if isinstance(query, And | Or):
        return any(_names_voice(child) for child in query.children)
    if isinstance(query, Not):
        return _names_voice(query.child)
    return isinstance(query, Keyword) and query.field == "voice"
