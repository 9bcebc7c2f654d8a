"""Condition: how a source is doing: how far behind it is, what of it is covered, and whether it has fallen silent."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Literal

from ingest.history import History
from ingest.source_file import Source

State = Literal["paused", "new", "reading", "good", "waiting", "failing", "silent"]
_LEAST_PAUSES = 5
_LONGER_THAN_EVER = 3
_LEAST_SILENCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Condition:
    """How a source is doing.

    Attributes:
        state: "new" was never read; "waiting" is told by the source to wait; "silent" answers, and gives nothing new
            where it used to.
        lag: How long ago the last complete reading began; None before the first, and where the source sends.
        covers_from: From when on what is published there is read; None: as far back as the source goes.
        covers_to: Up to when it is read.
        last_new_at: When something came last that was not known of.
        expected_within: How soon after that more should have come; None while too little is known of it.
        next_at: When it is read next, at the earliest.
        failures: How many readings in a row failed.
    """

    state: State
    lag: timedelta | None
    covers_from: datetime | None
    covers_to: datetime | None
    last_new_at: datetime | None
    expected_within: timedelta | None
    next_at: datetime | None
    failures: int

    @property
    def is_silent(self) -> bool:
        """Say whether the silence alarm is on."""
        return self.state == "silent"


def condition_of(source: Source, history: History, *, now: datetime) -> Condition:
    """Return how a source is doing."""
    position = history.position(source.name)
    news = history.news(source.name)
    readings = history.readings(source.name, limit=1)
    start = datetime.combine(source.file.since, time(), now.tzinfo) if source.file.since else None
    read_through = position.read_through
    expected = source.file.expects_within or usual_pause(news, every=source.every)
    last_new_at = news[0] if news else None
    quiet_since = last_new_at or (history.first_read_at(source.name) if source.file.expects_within else None)
    is_quiet = expected is not None and quiet_since is not None and now - quiet_since > expected
    state: State = "good"
    if source.file.paused:
        state = "paused"
    elif not readings:
        state = "new"
    elif position.failures:
        state = "failing"
    elif is_quiet:
        state = "silent"
    elif readings[0].state in ("reading", "waiting"):
        state = "reading" if readings[0].state == "reading" else "waiting"
    return Condition(
        state=state,
        lag=None if read_through is None or source.spec.is_sent else max(timedelta(), now - read_through),
        covers_from=position.backfilled_to or start,
        covers_to=read_through,
        last_new_at=last_new_at,
        expected_within=expected,
        next_at=None if source.spec.is_sent else position.next_at,
        failures=position.failures,
    )


def usual_pause(news: list[datetime], *, every: timedelta) -> timedelta | None:
    """Return after how long a pause something is wrong: three times the longest of those before, or None.

    Args:
        news: When something new came, latest first.
        every: How often it is looked.

    Example:
        >>> from datetime import UTC
        >>> days = [datetime(2026, 11, day, tzinfo=UTC) for day in (20, 18, 17, 16, 15, 14)]
        >>> usual_pause(days, every=timedelta(hours=1)).days
        6
    """
    pauses = [later - earlier for later, earlier in pairwise(news)]
    if len(pauses) < _LEAST_PAUSES:
        return None
    return max(_LONGER_THAN_EVER * max(pauses), 2 * every, _LEAST_SILENCE)
