"""Trend checks: which interval a mention falls into, in zones and around changes of the clock, and large trends."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from textcx.annotation import AnnotatedMention
from textcx.errors import RequestError
from textcx.query.interval import IntervalName, borders
from textcx.query.tally import Needs, Tally
from textcx.query.tree import Everything, Exact
from textcx.store.base import MentionStore
from textcx.testing.builders import NOON, a_mention, annotated
from textcx.testing.store_suite.check import Check, Stores, same

_MANY_DAYS = 331
_MANY_TOPICS = 200
"""Together over 65,000 pairs of day and topic: more than an engine adds up in one answer."""


def _at(written: str, *, name: str | None = None) -> AnnotatedMention:
    return annotated(a_mention("ord", name=name or written, published_at=datetime.fromisoformat(written)))


def _volumes(store: MentionStore, edges: Sequence[datetime]) -> list[int]:
    trend = store.trend(Everything(), Needs(), borders=edges)
    return [bucket.tallies[""].mentions for bucket in trend.buckets]


_ZONES: Sequence[tuple[str, IntervalName, str, Sequence[str], Sequence[int]]] = (
    ("a month begins at midnight UTC", "month", "UTC", ("2026-01-31T23:59:59Z", "2026-02-01T00:00:00Z"), (1, 1)),
    (
        "a month begins two hours earlier in Helsinki",
        "month",
        "Europe/Helsinki",
        ("2026-01-31T21:59:59Z", "2026-01-31T22:00:00Z", "2026-02-28T21:59:59Z"),
        (1, 2),
    ),
    (
        "a year begins later in New York",
        "year",
        "America/New_York",
        ("2026-01-01T04:59:59Z", "2026-01-01T05:00:00Z"),
        (1, 1),
    ),
    (
        "a day of spring has 23 hours",
        "day",
        "Europe/Stockholm",
        ("2026-03-28T22:59:59Z", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z"),
        (1, 2, 1),
    ),
    (
        "a day of autumn has 25 hours",
        "day",
        "Europe/Stockholm",
        ("2025-10-25T21:59:59Z", "2025-10-25T22:00:00Z", "2025-10-26T22:59:59Z", "2025-10-26T23:00:00Z"),
        (1, 2, 1),
    ),
    (
        "an hour that comes twice is two intervals",
        "hour",
        "Europe/Stockholm",
        ("2025-10-25T23:30:00Z", "2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z", "2025-10-26T02:30:00Z"),
        (1, 1, 1, 1),
    ),
    (
        "an hour that is skipped is none",
        "hour",
        "Europe/Stockholm",
        ("2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"),
        (1, 1),
    ),
    ("a week begins on Monday", "week", "UTC", ("2026-03-15T23:59:59Z", "2026-03-16T00:00:00Z"), (1, 1)),
    ("a quarter begins in April", "quarter", "UTC", ("2026-03-31T23:59:59Z", "2026-04-01T00:00:00Z"), (1, 1)),
    (
        "an interval without mentions is there",
        "month",
        "UTC",
        ("2025-11-30T12:00:00Z", "2026-02-01T12:00:00Z"),
        (1, 0, 0, 1),
    ),
    ("a moment belongs to the second it began in", "day", "UTC", ("2026-01-31T23:59:59.999999Z",), (1,)),
    ("days before 1970", "day", "UTC", ("1969-12-31T23:59:59.500000Z", "1970-01-01T00:00:00Z"), (1, 1)),
    ("years after 2106", "year", "UTC", ("2105-12-31T23:59:59Z", "2106-12-31T23:59:59Z"), (1, 1)),
)


def _cuts_time(
    interval: IntervalName, zone: str, times: Sequence[str], expected: Sequence[int], stores: Stores
) -> None:
    mentions = [_at(written) for written in times]
    found = [one.mention.published_at for one in mentions if one.mention.published_at]
    edges = borders(min(found), max(found), interval=interval, timezone=ZoneInfo(zone))
    same(_volumes(stores.holding(mentions), edges), list(expected), f"mentions by {interval} in {zone}")


def _leaves_out_what_no_interval_holds(stores: Stores) -> None:
    undated = [annotated(a_mention("ord", name=f"undated{at}", published_at=None)) for at in range(3)]
    dated = [_at("2025-12-31T23:59:59Z"), _at("2026-01-01T00:00:00Z"), _at("2026-03-01T00:00:00Z")]
    store = stores.holding([*undated, *dated])
    edges = [datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3)]
    trend = store.trend(Everything(), Needs(), borders=edges)
    same([bucket.tallies[""].mentions for bucket in trend.buckets], [1, 0], "mentions by month")
    same(trend.undated, 3, "undated mentions")
    same(store.trend(Exact("zebra"), Needs(), borders=edges).undated, 0, "undated mentions of another query")


def _takes_uneven_borders(stores: Stores) -> None:
    store = stores.holding([_at("2026-01-01T00:00:00Z"), _at("2026-01-01T00:00:01Z"), _at("2026-06-01T00:00:00Z")])
    edges = [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=at) for at in (0, 1, 2)]
    same(_volumes(store, [*edges, datetime(2027, 1, 1, tzinfo=UTC)]), [1, 1, 1], "mentions by uneven intervals")


def _says_what_an_interval_rests_on(stores: Stores) -> None:
    store = stores.holding(
        [
            annotated(a_mention(name="a", source="Forum"), said_by={"sentiment": "b 2", "emotions": "a 1"}),
            annotated(a_mention(name="b", source="Forum"), said_by={"sentiment": "b 2", "signals": "a 1"}),
            annotated(a_mention(name="c", source="survey"), said_by={"sentiment": "b 3"}),
            annotated(a_mention(name="d", source="survey")),
            annotated(a_mention(name="e", source="forum", published_at=NOON + timedelta(days=31))),
        ]
    )
    edges = [datetime(2026, month, 1, tzinfo=UTC) for month in (3, 4, 5)]
    march, april = store.trend(Everything(), Needs(), borders=edges, by="brand").buckets
    same(dict(march.sources), {"Forum": 2, "survey": 2}, "sources of March")
    same(dict(march.models), {"a 1; b 2": 2, "b 3": 1}, "models of March")
    same((dict(april.sources), dict(april.models)), ({"forum": 1}, {}), "sources and models of April")


def _holds_many_intervals(stores: Stores) -> None:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    edges = [start + timedelta(days=at) for at in range(800)]
    days = (0, 1, 399, 400, 401, 798)
    store = stores.holding([_at((start + timedelta(days=day, hours=5)).isoformat()) for day in days])
    found = [day for day, mentions in enumerate(_volumes(store, edges)) if mentions]
    same(found, list(days), "days with mentions")


def _many_topics(stores: Stores, *, days: int) -> tuple[MentionStore, list[datetime]]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    mentions = [
        annotated(
            a_mention(name=str(at), published_at=start + timedelta(days=at % days)),
            topics=[f"t{(at if days == 1 else 0) * _MANY_TOPICS + topic}" for topic in range(_MANY_TOPICS)],
        )
        for at in range(_MANY_DAYS)
    ]
    return stores.holding(mentions), [start + timedelta(days=at) for at in range(days + 1)]


def _adds_up_more_than_fits_one_answer(stores: Stores) -> None:
    store, edges = _many_topics(stores, days=_MANY_DAYS)
    expected = {f"t{topic}": Tally(1) for topic in range(_MANY_TOPICS)}
    for bucket in store.trend(Everything(), Needs(), borders=edges, by="topic").buckets:
        same(bucket.tallies, expected, "topics of a day")


def _never_gives_a_part_as_the_whole(stores: Stores) -> None:
    store, edges = _many_topics(stores, days=1)
    try:
        rows = store.breakdown(Everything(), Needs(), by="topic").rows
        bucket = store.trend(Everything(), Needs(), borders=edges, by="topic").buckets[0]
    except RequestError:
        return  # refused: that is honest too
    same((len(rows), len(bucket.tallies)), (_MANY_DAYS * _MANY_TOPICS,) * 2, "values that were not refused")


TREND_CHECKS = (
    *(
        Check(f"cuts time: {name}", partial(_cuts_time, interval, zone, times, expected))
        for name, interval, zone, times, expected in _ZONES
    ),
    Check("leaves out what no interval holds, and counts the undated", _leaves_out_what_no_interval_holds),
    Check("takes uneven borders", _takes_uneven_borders),
    Check("says what an interval rests on", _says_what_an_interval_rests_on),
    Check("holds many intervals", _holds_many_intervals),
    Check("adds up more than fits one answer", _adds_up_more_than_fits_one_answer),
    Check("never gives a part as the whole", _never_gives_a_part_as_the_whole),
)
