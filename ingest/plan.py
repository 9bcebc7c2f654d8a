"""Plan: what of a source is read next, and when, as plain functions of its file, its position and the time."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from ingest.connector import Window
from ingest.history import Kind, Position
from ingest.source_file import Source

_REFRESHED_SHARE = 0.5
"""Of the time that a mention may be kept unmet, after which all is read again: time for one failure and another try."""
_FIRST_RETRY = timedelta(minutes=1)
_LONGEST_RETRY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Task:
    """What to read.

    Attributes:
        kind: See `Reading`.
        window: Which time.
    """

    kind: Kind
    window: Window


def next_task(source: Source, position: Position, now: datetime) -> Task:
    """Return what to read: the newest, or all of it, older time that was read too, where it must be met again."""
    start = position.backfilled_to or _midnight(source)
    keeps = source.keeps
    if position.read_through is None:
        return Task("full", Window(since=start))
    if keeps and (position.full_at is None or now - position.full_at > keeps * _REFRESHED_SHARE):
        return Task("full", Window(since=start))
    return Task("live", Window(since=max(filter(None, (start, position.read_through - source.spec.reread)))))


def backfill_task(source: Source, position: Position) -> Task | None:
    """Return the next piece of older time, the latest first, or None if there is none to read."""
    wanted, start = source.file.backfill_since, _midnight(source)
    if wanted is None or start is None or not source.spec.can_backfill or position.read_through is None:
        return None
    lowest = datetime.combine(wanted, time(), UTC)
    until = position.backfilled_to or start
    if until <= lowest:
        return None
    return Task("backfill", Window(max(lowest, until - source.file.backfill_piece), until))


def after_complete(
    source: Source, position: Position, task: Task, *, started_at: datetime, read_through: datetime | None
) -> Position:
    """Return where a source stands after a complete reading.

    Args:
        source: Which.
        position: Before.
        task: What was read.
        started_at: When it began.
        read_through: What was there then is read; None: the reading, of a stream, has yet to catch up with now.
    """
    if task.kind == "backfill":
        return replace(position, backfilled_to=task.window.since, failures=0)
    full_at = started_at if task.kind == "full" else position.full_at
    next_at = started_at + source.every
    through = read_through or position.read_through
    return replace(position, read_through=through, full_at=full_at, next_at=next_at, failures=0)


def after_failure(source: Source, position: Position, *, now: datetime, wait: timedelta | None) -> Position:
    """Return where a source stands after a reading that broke off: it is tried again, ever later.

    Args:
        source: Which.
        position: Before.
        now: The time.
        wait: What the source itself asks for; None if it says nothing; zero or more is kept to.
    """
    backoff = min(_FIRST_RETRY * 2 ** min(position.failures, 10), max(source.every, _FIRST_RETRY), _LONGEST_RETRY)
    failures = position.failures + (wait is None)
    return replace(position, next_at=now + (backoff if wait is None else wait), failures=failures)


def _midnight(source: Source) -> datetime | None:
    return datetime.combine(source.file.since, time(), UTC) if source.file.since else None
