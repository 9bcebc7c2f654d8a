"""Questions: what people ask of the stored mentions, checked, and handed to the module that answers it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, get_args

from service.questions.answers import paged
from service.questions.breakdown import breakdown
from service.questions.comparison import comparison
from service.questions.meaning import Mode, by_both, by_meaning, like, ranked_page
from service.questions.scope import Scope, Scopes, check_dimension
from service.questions.tallies import Periods
from service.questions.thread import thread_of
from service.questions.trend import trend
from textcx.annotation import AnnotatedMention
from textcx.errors import RequestError, UnknownNameError
from textcx.query.interval import IntervalName, WeekStart
from textcx.query.meaning import divide, scope_alone
from textcx.query.measure import EVERY_DIMENSION, Measure
from textcx.query.measures import find_measure
from textcx.query.tree import Query
from textcx.store.base import LARGEST_PAGE, MentionStore, Sort
from textcx.topics.registry import Registry
from textcx.touchpoints import Taxonomy

MOST_ROWS = 200


def _now() -> datetime:
    return datetime.now(UTC)


class Questions:
    """Answers what people ask of the stored mentions.

    Args:
        store: Where the mentions live.
        taxonomy: The touchpoints and stages a query may name.
        saved: Gives the saved queries that a query may name.
        topics: Gives the topics that a query may name.
        timezone: The zone of dates in queries and of intervals, where the question names none.
        clock: Gives the time, which says which interval is running.
    """

    def __init__(
        self,
        store: MentionStore,
        taxonomy: Taxonomy,
        *,
        saved: Callable[[], Mapping[str, str]] = dict,
        topics: Callable[[], Registry] = Registry,
        timezone: str = "UTC",
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._store = store
        self._scopes = Scopes(taxonomy, saved=saved, timezone=timezone, topics=topics)
        self._clock = clock

    def complete(self, q: str, position: int) -> list[dict[str, Any]]:
        """Return what could stand at a position of a query: text, kind, help, and what of the query it replaces."""
        return [asdict(one) for one in self._scopes.complete(q, position)]

    def search(
        self,
        q: str = "",
        *,
        since: str | None = None,
        until: str | None = None,
        sort: Sort | None = None,
        limit: int = 20,
        cursor: str | None = None,
        facets: Sequence[str] = (),
        mode: Mode = "words",
        timezone: str | None = None,
    ) -> dict[str, Any]:
        """Return a page of hits: `total`, `hits`, `facets`, `next_cursor`.

        In the modes `meaning` and `both` the words of the query say what is sought and its fields which mentions may
        be found. The list holds 200 at most, near copies together, the nearest first; each hit says how it was found.

        Raises:
            RequestError: The query, a facet or a limit is not one that can be answered; the message says which.
            IndexVersionError: The store's vectors are of another embedding.
        """
        _check_choice("mode", mode, get_args(Mode))
        _check_choice("sort", sort or "newest", get_args(Sort))
        _check_limit(limit, LARGEST_PAGE)
        for facet in facets:
            check_dimension(facet)
        scope = self._scopes.of({"q": q}, since=since, until=until, timezone=timezone)
        if mode == "words":
            page = self._store.search(scope.query, sort=sort or "newest", limit=limit, cursor=cursor, facets=facets)
            return paged(page)
        if sort is not None:
            raise RequestError(f"sort is for mode=words; hits of mode={mode} stand by how near they are.")
        meant = divide(scope.query)
        ranked = by_meaning(self._store, meant) if mode == "meaning" else by_both(self._store, scope.query, meant)
        return ranked_page(ranked, mode, limit=limit, cursor=cursor, facets=facets)

    def similar(
        self,
        identifier: str,
        *,
        q: str = "",
        since: str | None = None,
        until: str | None = None,
        limit: int = 10,
        cursor: str | None = None,
        timezone: str | None = None,
    ) -> dict[str, Any] | None:
        """Return the mentions most like one, nearest first, and the ids of its near copies; None where there is none.

        Args:
            identifier: The mention.
            q: Fields that say which mentions may be found.
            since: First day, month or year.
            until: Last day, month or year.
            limit: How many.
            cursor: `next_cursor` of the page before.
            timezone: Zone of dates.

        Raises:
            RequestError: The query or a limit is not one that can be answered.
            IndexVersionError: The store's vectors are of another embedding.
        """
        _check_limit(limit, LARGEST_PAGE)
        scope = self._scopes.of({"q": q}, since=since, until=until, timezone=timezone)
        mention = self._store.get(identifier)
        if mention is None:
            return None
        ranked, copies = like(self._store, mention, scope_alone(scope.query))
        page = ranked_page(ranked, f"like {identifier}", limit=limit, cursor=cursor)
        return {"id": identifier, "copies": list(copies)} | {key: page[key] for key in ("total", "hits", "next_cursor")}

    def trends(
        self,
        measure: str = "volume",
        *,
        interval: IntervalName = "month",
        by: str | None = None,
        q: str = "",
        since: str | None = None,
        until: str | None = None,
        timezone: str | None = None,
        week_starts: WeekStart = "monday",
    ) -> dict[str, Any]:
        """Return a measure per interval, with n and its 95 % interval; empty intervals are there with n = 0.

        Raises:
            RequestError: The query, measure, interval, zone or dimension is not known.
        """
        found = _measure(measure, by, is_trend=True)
        scope = self._scopes.counted({"q": q}, since=since, until=until, timezone=timezone)
        periods = _periods(interval, scope, week_starts)
        return trend(self._store, found, scope, periods, by=by, now=self._clock())

    def breakdown(
        self,
        measure: str = "volume",
        *,
        by: str,
        q: str = "",
        since: str | None = None,
        until: str | None = None,
        limit: int = 20,
        timezone: str | None = None,
        interval: IntervalName = "month",
        week_starts: WeekStart = "monday",
    ) -> dict[str, Any]:
        """Return a measure per value of a dimension, the most frequent first, with the rest as `other`.

        The interval matters to a spread between periods alone.

        Raises:
            RequestError: The query, measure or dimension is not known.
        """
        found = _measure(measure, by)
        _check_limit(limit, MOST_ROWS)
        scope = self._scopes.counted({"q": q}, since=since, until=until, timezone=timezone)
        periods = _periods(interval, scope, week_starts)
        return breakdown(self._store, found, scope, periods, by=by, limit=limit)

    def compare(
        self,
        measure: str = "net_sentiment",
        *,
        a: str,
        b: str,
        by: str | None = None,
        q: str = "",
        since: str | None = None,
        until: str | None = None,
        limit: int = 20,
        timezone: str | None = None,
        interval: IntervalName = "month",
        week_starts: WeekStart = "monday",
    ) -> dict[str, Any]:
        """Return a measure of the mentions of two queries, and b less a with interval, p and q; with `by`, row by row.

        Args:
            measure: Its id.
            a: Of two periods the earlier one; of brands or segments, what b is held against.
            b: The other.
            by: A dimension, for a row per value.
            q: What both have in common.
            since: First day, month or year of both.
            until: Last day, month or year of both.
            limit: How many rows.
            timezone: Zone of dates.
            interval: How time is cut, for a spread between periods alone.
            week_starts: Likewise.

        Raises:
            RequestError: A query, the measure or the dimension is not known.
        """
        found = _measure(measure, by)
        _check_limit(limit, MOST_ROWS)
        first = self._scopes.counted({"q": q, "a": a}, since=since, until=until, timezone=timezone)
        second = self._scopes.counted({"q": q, "b": b}, since=since, until=until, timezone=timezone)
        periods = _periods(interval, first, week_starts)
        return comparison(self._store, found, first, second, periods, by=by, limit=limit)

    def mention(self, identifier: str) -> AnnotatedMention | None:
        """Return a stored mention with its annotations, or None."""
        return self._store.get(identifier)

    def thread(self, identifier: str) -> dict[str, Any] | None:
        """Return all that was said around a mention, each answer below what it answers; None where there is none.

        `mentions` stand in the order of a talk, each with its `depth` and the id that it `answers` among them.
        `is_whole` is false where the thread is longer than that.
        """
        mention = self._store.get(identifier)
        return thread_of(self._store, mention) if mention else None

    def export(
        self, q: str = "", *, since: str | None = None, until: str | None = None, timezone: str | None = None
    ) -> Iterator[AnnotatedMention]:
        """Give all hits, newest first, without holding them in memory.

        Raises:
            RequestError: The query or a date is not one that can be answered; raised before the first hit.
        """
        return self._store.export(self._scopes.of({"q": q}, since=since, until=until, timezone=timezone).query)

    def query(self, q: str, *, since: str | None = None, until: str | None = None) -> Query:
        """Return a query's tree, with the time window if one is given.

        Raises:
            QuerySyntaxError: The query does not follow the grammar.
        """
        return self._scopes.of({"q": q}, since=since, until=until).query


def _measure(identifier: str, by: str | None, *, is_trend: bool = False) -> Measure:
    """Return the measure of this id, to be asked by this dimension."""
    if by is not None:
        check_dimension(by)
    try:
        found = find_measure(identifier)
    except UnknownNameError as error:
        raise RequestError(str(error)) from error
    if by is None and (found.whole_by == EVERY_DIMENSION or (found.is_spread and is_trend)):
        raise RequestError(f"{found.id} needs by: the values it looks at, such as by=brand or by=source.")
    return found


def _periods(interval: IntervalName, scope: Scope, week_starts: WeekStart) -> Periods:
    _check_choice("interval", interval, get_args(IntervalName))
    _check_choice("week_starts", week_starts, get_args(WeekStart))
    return Periods(interval, scope.zone, week_starts)


def _check_choice(name: str, given: str, known: Sequence[str]) -> None:
    if given not in known:
        choice = known[0] if len(known) == 1 else f"one of {', '.join(known)}"
        raise RequestError(f"{name} {given!r} is not known; it must be {choice}.")


def _check_limit(limit: int, most: int) -> None:
    if not 1 <= limit <= most:
        raise RequestError(f"limit {limit} is out of range; it must lie between 1 and {most}.")
