"""Reader: one reading of a source, from its connector's events to the inbox, the cursor with them, deletions after.

The order makes it safe to die anywhere. What was met is noted first, then the records are taken in, then what is gone
is erased, and only then does the cursor move: whatever is lost is read again, and changes nothing twice.
"""

import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from ingest.connector import (
    Connector,
    Delete,
    Event,
    Gap,
    Listed,
    Observation,
    RateLimited,
    State,
    Upsert,
)
from ingest.engagement import EngagementSeries, Observed, read_counts
from ingest.history import History, Reading
from ingest.intake import BATCH_RECORDS, Intake
from ingest.met import Meeting, Met
from ingest.plan import Task, after_complete, after_failure
from ingest.raw import RawRecord, Unreadable, digest
from ingest.redact import identity
from ingest.runs import Runs
from ingest.secret import Secret
from ingest.source_file import Source
from ingest.times import read_time
from ingest.traces import Traces
from textcx.errors import (
    RateLimitedError,
    RunError,
    SourceUnreadableError,
    StoreUnavailableError,
    TextCXError,
    UnreadableRecordError,
)
from textcx.mention import mention_id
from textcx.store.base import Person

_LEAST_UNREADABLE = 5
_LONGEST_CATCHING_UP = timedelta(minutes=10)
"""How much longer than wanted a stream is read that is behind; then its reading ends all the same, and goes on."""


class StoppedError(RunError):
    """All is to end in order: nothing has failed, and the next reading goes on."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a reader works with: the data folder's parts, passed in.

    Attributes:
        inbox_cursor: Gives the cursor of a name.
        intake: Takes records in.
        runs: Counts them.
        history: Notes readings.
        met: Notes what was met.
        series: Notes engagement.
        traces: Knows what is held.
        secret: Makes fingerprints and pseudonyms.
        erase: Erases mentions for good; returns how many were stored or waited.
        written_by: Gives the ids of what a person wrote.
    """

    inbox_cursor: Callable[[str], str | None]
    intake: Intake
    runs: Runs
    history: History
    met: Met
    series: EngagementSeries
    traces: Traces
    secret: Secret
    erase: Callable[[Sequence[str]], int]
    written_by: Callable[[Person], Sequence[str]]


@dataclass
class _Batch:
    records: list[RawRecord | Unreadable] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    observed: list[tuple[str, Observed]] = field(default_factory=list)
    wholes: dict[str, str] = field(default_factory=dict)


class Reader:
    """Reads sources, one at a time.

    Args:
        desk: See there.
        connect: Gives a source's connector for one reading.
        now: The time.
        is_stopped: Says whether to stop at the next event.
        stream_for: How long a stream is read at least; without it for its source's interval.
    """

    def __init__(
        self,
        desk: Desk,
        connect: Callable[[Source], AbstractContextManager[Connector]],
        *,
        now: Callable[[], datetime],
        is_stopped: Callable[[], bool] = lambda: False,
        stream_for: timedelta | None = None,
    ) -> None:
        self._desk = desk
        self._connect = connect
        self._now = now
        self._is_stopped = is_stopped
        self._stream_for = stream_for

    def read(self, source: Source, task: Task) -> Reading:
        """Read a source as far as it goes, and return how it went; whoever calls holds the source's lock.

        Raises:
            StoreUnavailableError: Our own disk refused.
        """
        # A failure of ours in a connector ends this reading like one of its source: others go on, it is tried again.
        desk, started_at = self._desk, self._now()
        run = desk.runs.start(f"source {source.name}")
        desk.history.begin(run, source.name, task.kind, task.window, at=started_at)
        position = desk.history.position(source.name)
        state, note, wait = "complete", None, None
        read_through: datetime | None = None
        try:
            read_through = self._read(source, task, run, started_at)
        except RateLimitedError as error:
            state, note, wait = "waiting", str(error), timedelta(seconds=error.retry_after_seconds)
        except StoppedError as error:
            state, note = "stopped", str(error)
        except StoreUnavailableError:
            self._end(source, run, state="failed", note="our own disk refused", position=position)
            raise
        except TextCXError as error:
            state, note = "failed", str(error)
        except Exception as error:  # noqa: BLE001 - see above
            state, note = "failed", f"The connector {source.spec.name} failed: {_place_of(error)}."
        except BaseException:
            self._end(source, run, state="failed", note="the reading was stopped", position=position)
            raise
        if state == "complete":
            position = after_complete(source, position, task, started_at=started_at, read_through=read_through)
        elif state != "stopped":
            position = after_failure(source, position, now=self._now(), wait=wait)
        return self._end(source, run, state=state, note=note, position=position)

    def _end(self, source: Source, run: str, *, state: Any, note: str | None, position: Any) -> Reading:
        desk = self._desk
        desk.runs.end(run, state="complete" if state == "complete" else "failed", note=note)
        reading = next(one for one in desk.history.readings(source.name, limit=10) if one.run == run)
        reading = replace(reading, state=state, ended_at=self._now(), note=note)
        desk.history.end(reading, position)
        return reading

    def _read(self, source: Source, task: Task, run: str, started_at: datetime) -> datetime | None:
        """Read, and return up to when everything that was there is read; None of a stream that has yet to catch up."""
        name = source.name if task.kind != "backfill" else f"{source.name}/backfill"
        at = self._desk.inbox_cursor(name)
        cursor = orjson.loads(at) if at else None
        batches = _Batches(self._desk, source, run, cursor_name=name, now=self._now, started_at=started_at)
        is_stream = source.spec.is_stream and task.kind != "backfill"
        current_at = None if is_stream else started_at
        with (
            self._connect(source) as connector,
            closing(_as_generator(connector.read(cursor, task.window))) as events,
        ):
            try:
                for event in events:
                    batches.take(event)
                    if self._is_stopped():
                        raise StoppedError("The reading was stopped; the next one goes on.")
                    if isinstance(event, State) and is_stream:
                        current_at = self._now() if event.is_current else current_at
                        if self._is_long_enough(source, event, started_at):
                            break
                else:  # it ended by itself, so there is no more
                    current_at = current_at or started_at
            except TextCXError:
                batches.flush()
                raise
        batches.flush()
        if task.kind == "backfill" and cursor is not None:
            batches.save_cursor(None)
        return current_at

    def _is_long_enough(self, source: Source, state: State, started_at: datetime) -> bool:
        period = source.every if self._stream_for is None else self._stream_for
        return self._now() - started_at >= (period if state.is_current else period + _LONGEST_CATCHING_UP)


class _Batches:
    """Gathers events and hands them on in batches, in the order that makes it safe to die anywhere."""

    def __init__(
        self,
        desk: Desk,
        source: Source,
        run: str,
        *,
        cursor_name: str,
        now: Callable[[], datetime],
        started_at: datetime,
    ) -> None:
        self._desk = desk
        self._source = source
        self._run = run
        self._cursor_name = cursor_name
        self._now = now
        self._started_at = started_at
        self._batch = _Batch()
        self._most_unreadable = source.spec.most_unreadable_share
        self._given = self._unreadable = 0

    def take(self, event: Event) -> None:
        """Take in one event."""
        batch, desk, source = self._batch, self._desk, self._source
        match event:
            case Upsert(record, part_of):
                self._given += 1
                self._add(record, part_of)
            case Unreadable():
                self._given += 1
                self._unreadable += 1
                batch.records.append(event)
            case Observation(scope, native_id, engagement, at):
                identifier = mention_id(source.spec.name, scope, native_id)
                batch.observed.append((identifier, Observed(at, read_counts(engagement))))
            case Delete():
                self._delete(event)
            case Listed():
                self.flush()
                self._erase(desk.met.miss(source.name, event, started_at=self._started_at))
            case State(cursor):
                self.flush(cursor=cursor)
            case Gap():
                desk.history.add_gap(source.name, event, at=self._now())
            case RateLimited(until):
                self.flush()
                wait = max(0.0, (until - self._now()).total_seconds())
                raise RateLimitedError("The source lets us go on later.", retry_after_seconds=wait)
        if len(batch.records) >= BATCH_RECORDS:
            self.flush()

    def flush(self, *, cursor: Any = None) -> None:
        """Hand on what was gathered; with a cursor, that everything up to it is done.

        Raises:
            SourceUnreadableError: Too much of it cannot be read: the source has changed its shape; the cursor stays.
        """
        desk, batch, name = self._desk, self._batch, self._source.name
        self._batch = _Batch()
        reasons = [one.reason for one in batch.records if isinstance(one, Unreadable)]
        is_much = self._unreadable >= _LEAST_UNREADABLE and self._unreadable > self._most_unreadable * self._given
        if reasons and is_much:
            message = f"{self._unreadable} of {self._given} records cannot be read, such as: {reasons[0]}"
            raise SourceUnreadableError(f"{message}. The source seems to have changed its shape; they are read again.")
        fresh = desk.met.note(name, batch.meetings, at=self._now()) if batch.meetings else 0
        observed = desk.series.note(batch.observed) if batch.observed else 0
        position = None if cursor is None else (self._cursor_name, orjson.dumps(cursor).decode())
        records = batch.records
        if batch.wholes:  # what is gone may stand among the records
            if records:
                desk.intake.enqueue(self._run, records)
            self._erase_wholes(batch.wholes)
            records = []
        if records or position:
            desk.intake.enqueue(self._run, records, cursor=position)
        desk.history.count(self._run, given=len(batch.records), fresh=fresh, observed=observed)

    def save_cursor(self, cursor: Any) -> None:
        """Keep a cursor by itself."""
        self._desk.intake.enqueue(self._run, [], cursor=(self._cursor_name, orjson.dumps(cursor).decode()))

    def _add(self, record: RawRecord, part_of: str | None) -> None:
        batch = self._batch
        record = completed(record, self._source)
        fields = record.fields
        if record.source_revision is None:  # a new like does not make another text of it
            words = {name: value for name, value in fields.items() if name != "engagement"}
            record = replace(record, source_revision=self._desk.secret.fingerprint(digest(words)))
        batch.records.append(record)
        identifier = identity(record, self._desk.secret)
        scope = record.scope if part_of is None else _scope_of_parts(record.scope, part_of)
        batch.meetings.append(Meeting(identifier, scope, _published(fields.get("published_at"))))
        if counts := read_counts(fields.get("engagement")):
            batch.observed.append((identifier, Observed(record.collected_at, counts)))

    def _delete(self, event: Delete) -> None:
        """Erase what is gone, if something of it is here: a stream tells of deletions by all the world."""
        desk, kind = self._desk, self._source.spec.name
        if event.of == "record":
            identifier = mention_id(event.source_kind or kind, event.scope, event.native_id)
            if desk.traces.held([identifier]) or any(one.id == identifier for one in self._batch.meetings):
                self.flush()
                self._erase([identifier])
            return
        if event.of == "whole":
            scope = _scope_of_parts(event.scope, event.native_id)
            self._batch.wholes[scope] = mention_id(event.source_kind or kind, event.scope, event.native_id)
            return
        self.flush()
        person = Person(author=desk.secret.pseudonym(event.source or kind, event.native_id))
        self._erase([*desk.written_by(person), *desk.traces.mentions_of(person)])

    def _erase_wholes(self, wholes: Mapping[str, str]) -> None:
        """Erase records with their parts, all of a batch at once: the parts are found by a look at all that was met."""
        parts = self._desk.met.of_scopes(self._source.name, list(wholes))
        self._erase([*self._desk.traces.held(list(wholes.values())), *parts])

    def _erase(self, identifiers: Sequence[str]) -> None:
        if identifiers:
            self._desk.erase(identifiers)
            self._desk.history.count(self._run, deleted=len(identifiers))


def _as_generator(events: Any) -> Any:
    """Return something that can be closed: a connector may give any iterator."""
    return events if hasattr(events, "close") else (event for event in events)


def completed(record: RawRecord, source: Source) -> RawRecord:
    """Return a record that says where it is from and whom it is about, where it does not say so itself."""
    fields = dict(record.fields)
    fields.setdefault("source", source.spec.name)
    if source.file.brand is not None:
        fields.setdefault("brand", source.file.brand)
    return replace(record, fields=fields)


def _scope_of_parts(scope: str, native_id: str) -> str:
    return f"{scope}/{native_id}"


def _place_of(error: Exception) -> str:
    """Return the kind of an error and where it was raised; its message may hold a customer's words."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"


def _published(written: Any) -> datetime | None:
    try:
        return read_time(str(written))[0] if written else None
    except UnreadableRecordError:
        return None
