"""Questions: search, trends and breakdowns over the store, answered as plain JSON values.

The HTTP API and the command line give the same answers because both ask here.
"""

from collections.abc import Mapping, Sequence
from typing import Any, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from textcx.errors import QuerySyntaxError, RequestError, UnknownNameError
from textcx.query.fields import ATTRIBUTE_PREFIX, FIELDS, is_dimension
from textcx.query.grammar import parse
from textcx.query.interval import IntervalName, borders
from textcx.query.lexer import quote
from textcx.query.measures import Measure, find_measure
from textcx.query.tally import Estimate, Moments, Tally
from textcx.query.tree import And, Keyword, Not, Or, Query
from textcx.store.base import LARGEST_PAGE, MentionStore, Page, Sort
from textcx.touchpoints import Taxonomy

CUSTOMER_VOICES = ("customer", "prospect", "unknown")
"""Who is counted by measures unless the query names `voice:`: a company's own words are no customer experience."""
MOST_SERIES = 20
MOST_ROWS = 200
_MODES = ("words",)


class Questions:
    """Answers what people ask of the stored mentions.

    Args:
        store: Where the mentions live.
        taxonomy: The touchpoints and stages a query may name.
        timezone: The zone of dates in queries and of intervals, where the question names none.
    """

    def __init__(self, store: MentionStore, taxonomy: Taxonomy, *, timezone: str = "UTC") -> None:
        self._store = store
        self._taxonomy = taxonomy
        self._timezone = timezone

    def search(
        self,
        q: str = "",
        *,
        since: str | None = None,
        until: str | None = None,
        sort: Sort = "newest",
        limit: int = 20,
        cursor: str | None = None,
        facets: Sequence[str] = (),
        mode: str = "words",
        timezone: str | None = None,
    ) -> dict[str, Any]:
        """Return a page of hits: `total`, `hits`, `facets`, `next_cursor`.

        Raises:
            RequestError: The query, a facet or a limit is not one that can be answered; the message says which.
        """
        if mode not in _MODES:
            raise RequestError(f"mode {mode!r} is not known; it must be {' or '.join(_MODES)}.")
        if sort not in get_args(Sort):
            raise RequestError(f"sort {sort!r} is not known; it must be one of {', '.join(get_args(Sort))}.")
        if not 1 <= limit <= LARGEST_PAGE:
            raise RequestError(f"limit {limit} is out of range; it must lie between 1 and {LARGEST_PAGE}.")
        for facet in facets:
            _check_dimension(facet)
        query = self._query(q, since, until, self._zone(timezone))
        return _page(self._store.search(query, sort=sort, limit=limit, cursor=cursor, facets=facets))

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
    ) -> dict[str, Any]:
        """Return a measure per interval, with n and its 95 % interval; empty intervals are there with n = 0.

        Raises:
            RequestError: The query, measure, interval, zone or dimension is not known.
        """
        found, zone = _measure(measure), self._zone(timezone)
        if interval not in get_args(IntervalName):
            raise RequestError(f"interval {interval!r} is not known; it must be one of {_listed(IntervalName)}.")
        if by is not None:
            _check_dimension(by)
        query = _counted(self._query(q, since, until, zone))
        answer: dict[str, Any] = {
            "measure": _describe(found, by),
            "interval": interval,
            "timezone": zone.key,
            "series": [],
            "coverage": [],
            "omitted": 0,
        }
        span = self._store.published_range(query)
        if span is None:
            return {**answer, "undated": self._store.count(query)}
        edges = borders(span[0], span[1], interval=interval, timezone=zone)
        tallies = self._store.trend(query, found.needs, borders=edges, by=by)
        starts = [edge.isoformat() for edge in edges[:-1]]
        keys = _largest_keys([bucket.tallies for bucket in tallies.buckets]) if by else [""]
        empty = Tally(0)
        for key in keys[:MOST_SERIES]:
            values = [bucket.tallies.get(key, empty) for bucket in tallies.buckets]
            scale = found.scale_of(*values)
            answer["series"].append(
                {
                    "key": {by: key} if by else {},
                    "points": [
                        {"start": start, **_estimate(found.estimate(value, scale=scale))}
                        for start, value in zip(starts, values, strict=True)
                    ],
                }
            )
        answer["omitted"] = max(0, len(keys) - MOST_SERIES)
        answer["coverage"] = [
            {"start": start, "sources": dict(bucket.sources), "models": dict(bucket.models)}
            for start, bucket in zip(starts, tallies.buckets, strict=True)
        ]
        return {**answer, "undated": tallies.undated}

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
    ) -> dict[str, Any]:
        """Return a measure per value of a dimension, the most frequent first, with the rest as `other`.

        Raises:
            RequestError: The query, measure or dimension is not known.
        """
        found = _measure(measure)
        _check_dimension(by)
        if not 1 <= limit <= MOST_ROWS:
            raise RequestError(f"limit {limit} is out of range; it must lie between 1 and {MOST_ROWS}.")
        query = _counted(self._query(q, since, until, self._zone(timezone)))
        tallies = self._store.breakdown(query, found.needs, by=by)
        keys = _largest_keys([tallies.rows])
        scale = found.scale_of(*tallies.rows.values())
        rest = [tallies.rows[key] for key in keys[limit:]]
        return {
            "measure": _describe(found, by),
            "by": by,
            "rows": [{"key": key, **_estimate(found.estimate(tallies.rows[key], scale=scale))} for key in keys[:limit]],
            "other": _estimate(found.estimate(_sum(rest), scale=scale)) if rest else None,
            "total": _estimate(found.estimate(tallies.total, scale=scale)),
            "missing": tallies.missing,
        }

    def query(self, q: str, *, since: str | None = None, until: str | None = None) -> Query:
        """Return a query's tree, with the time window if one is given.

        Raises:
            QuerySyntaxError: The query does not follow the grammar.
        """
        return self._query(q, since, until, self._zone(None))

    def _query(self, q: str, since: str | None, until: str | None, zone: ZoneInfo) -> Query:
        parts = [self._parse(q, zone)]
        for name, bound in (("from", f">={since}" if since else ""), ("to", f"<={until}" if until else "")):
            if bound:
                try:
                    parts.append(self._parse(f"published:{quote(bound)}", zone))
                except QuerySyntaxError as error:
                    message = f"{name} must be a date such as 2026, 2026-03 or 2026-03-15."
                    raise RequestError(message) from error
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _parse(self, q: str, zone: ZoneInfo) -> Query:
        return parse(
            q,
            touchpoints=[touchpoint.id for touchpoint in self._taxonomy.touchpoints],
            stages=self._taxonomy.stages,
            timezone=zone,
        )

    def _zone(self, name: str | None) -> ZoneInfo:
        try:
            return ZoneInfo(name or self._timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise RequestError("timezone must be a name of the IANA database, such as Europe/Helsinki.") from error


def _counted(query: Query) -> Query:
    """Return the query as measures count it: customers' voices, unless the query names voices itself."""
    if _names_voice(query):
        return query
    voices: Query = Or(tuple(Keyword("voice", voice) for voice in CUSTOMER_VOICES))
    return And((*query.children, voices)) if isinstance(query, And) else And((query, voices))


def _names_voice(query: Query) -> bool:
    if isinstance(query, And | Or):
        return any(_names_voice(child) for child in query.children)
    if isinstance(query, Not):
        return _names_voice(query.child)
    return isinstance(query, Keyword) and query.field == "voice"


def _check_dimension(name: str) -> None:
    if not is_dimension(name):
        known = [field.name for field in FIELDS if field.divides]
        raise RequestError(str(UnknownNameError("dimension", name, [*known, f"{ATTRIBUTE_PREFIX}NAME"])))


def _measure(identifier: str) -> Measure:
    try:
        return find_measure(identifier)
    except UnknownNameError as error:
        raise RequestError(str(error)) from error


def _describe(measure: Measure, by: str | None) -> dict[str, Any]:
    counts_judgements = measure.counts_judgements and by in ("touchpoint", "stage")
    return {
        "id": measure.id,
        "label": measure.label,
        "formula": measure.formula_id,
        "unit": measure.unit,
        "counts": "judgement" if counts_judgements else "mention",
        "interval": measure.interval,
    }


def _estimate(estimate: Estimate) -> dict[str, Any]:
    return {
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "n": estimate.n,
        "mentions": estimate.mentions,
        "is_small": estimate.is_small,
    }


def _largest_keys(groups: Sequence[Mapping[str, Tally]]) -> list[str]:
    """Return the values of a dimension, the one with most mentions first, equal ones by name."""
    mentions: dict[str, int] = {}
    for group in groups:
        for key, tally in group.items():
            mentions[key] = mentions.get(key, 0) + tally.mentions
    return sorted(mentions, key=lambda key: (-mentions[key], key))


def _sum(tallies: Sequence[Tally]) -> Tally:
    """Return tallies added up; a mention with several values of the dimension counts once for each."""
    counts: dict[str, int] = {}
    moments: dict[str, Moments] = {}
    for tally in tallies:
        for value, count in tally.counts.items():
            counts[value] = counts.get(value, 0) + count
        for scale, one in tally.moments.items():
            so_far = moments.get(scale, Moments(0, 0.0, 0.0))
            moments[scale] = Moments(so_far.count + one.count, so_far.total + one.total, so_far.squares + one.squares)
    return Tally(
        mentions=sum(tally.mentions for tally in tallies),
        counts=counts,
        moments=moments,
        judgements=any(tally.judgements for tally in tallies),
    )


def _page(page: Page) -> dict[str, Any]:
    return {
        "total": page.total,
        "hits": [
            {
                "mention": hit.annotated.mention.model_dump(mode="json", exclude={"reference"}, exclude_none=True),
                "annotations": hit.annotated.annotations.model_dump(mode="json"),
                "score": hit.score,
                "highlights": {
                    field: [{"start": start, "end": end} for start, end in spans]
                    for field, spans in hit.highlights.items()
                },
            }
            for hit in page.hits
        ],
        "facets": {
            field: [{"value": one.value, "count": one.count} for one in values] for field, values in page.facets.items()
        },
        "next_cursor": page.next_cursor,
    }


def _listed(names: Any) -> str:
    return ", ".join(get_args(names))
