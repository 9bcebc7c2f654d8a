"""A reading: what becomes of what a connector gives, and how it ends."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.condition import condition_of
from ingest.connector import (
    ConnectorSettings,
    Cursor,
    Delete,
    Event,
    Gap,
    Listed,
    Observation,
    Place,
    Spec,
    State,
    Terms,
    Upsert,
    Window,
)
from ingest.history import Position
from ingest.listing import plan_listing
from ingest.plan import Task, after_failure, backfill_task, next_task
from ingest.raw import RawRecord
from ingest.retention import Retention
from ingest.testing.bench import SOURCE, Bench
from ingest.testing.stage import START, Stage
from textcx.errors import ConfigError

Script = Callable[[Place, Cursor | None], Iterator[Event]]


def connector(script: Script, **more: Any) -> Any:
    """Return a connector that gives what a script says."""

    class Scripted:
        spec = Spec(
            name="scripted",
            title="A script",
            settings=ConnectorSettings,
            **{"terms": Terms(stored="text", page="none"), **more},
        )

        def __init__(self, place: Place) -> None:
            self._place = place

        def check(self) -> None:
            pass

        def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:  # noqa: ARG002
            return script(self._place, cursor)

    return Scripted


class Nowhere(Stage):
    """A stage without a service."""

    connector = "scripted"

    def settings(self) -> dict[str, Any]:
        """Return none."""
        return {}


@pytest.fixture
def open_bench(memory_folder: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(script: Script, *, stream_for: timedelta | None = None, **more: Any) -> Bench:
        folder = memory_folder / f"data-{len(made)}"
        made.append(Bench(folder, Nowhere(), connector(script, **more), stream_for=stream_for))
        return made[-1]

    yield make
    for one in made:
        one.close()


def record(native_id: str, text: str, at: datetime = START, **fields: Any) -> Upsert:
    values = {"kind": "post", "text": text, "published_at": at.isoformat(), **fields}
    return Upsert(RawRecord("scripted", "all", native_id, native_id, values, collected_at=at))


def test_all_that_an_author_wrote_goes_with_the_author(open_bench: Callable[..., Bench]) -> None:
    def script(_place: Place, cursor: Cursor | None) -> Iterator[Event]:
        if cursor is None:
            yield record("1", "Leveransen var sen.", author="did:anna")
            yield record("2", "Och dyr.", author="did:anna")
            yield record("3", "Jag är nöjd.", author="did:bo")
        else:
            yield Delete("all", "did:anna", of="author")
        yield State({"v": 1})

    bench = open_bench(script)
    bench.read()
    assert len(bench.texts()) == 3
    reading, _ = bench.read()
    assert reading.deleted == 2
    assert bench.texts() == ["Jag är nöjd."]


def test_a_deletion_within_the_same_reading_counts(open_bench: Callable[..., Bench]) -> None:
    def script(_place: Place, _cursor: Cursor | None) -> Iterator[Event]:
        yield record("1", "Jag ångrar mig.")
        yield record("2", "Jag inte.")
        yield Delete("all", "1")
        yield State({"v": 1})

    bench = open_bench(script)
    bench.read()
    assert bench.texts() == ["Jag inte."]
    bench.read()
    assert bench.texts() == ["Jag inte."], "what was erased does not come back"


def test_a_fault_of_ours_in_a_connector_ends_its_reading_alone_and_tells_no_words(
    open_bench: Callable[..., Bench],
) -> None:
    def script(_place: Place, _cursor: Cursor | None) -> Iterator[Event]:
        yield record("1", "Det första.")
        yield State({"v": 1})
        raise KeyError("Anna Andersson skrev det")

    bench = open_bench(script)
    reading, _ = bench.read()
    assert reading.state == "failed"
    assert reading.note is not None
    assert "KeyError in test_reader.py" in reading.note
    assert "Anna" not in reading.note
    assert bench.texts() == ["Det första."]
    assert bench.history.position(SOURCE).failures == 1


def test_a_stream_is_ended_at_a_state_and_goes_on_there(open_bench: Callable[..., Bench]) -> None:
    def script(place: Place, cursor: Cursor | None) -> Iterator[Event]:
        number = int(cursor["after"]) if cursor else 0
        while True:
            number += 1
            bench.sleep(4)
            yield record(str(number), f"Händelse nummer {number}.", at=place.now())
            if number % 5 == 0:
                yield State({"v": 1, "after": number})

    bench = open_bench(script, is_stream=True, every=timedelta(minutes=1))
    first, _ = bench.read()
    second, _ = bench.read()
    assert (first.state, first.given, second.given) == ("complete", 15, 15)
    assert len(bench.texts()) == 30


def test_a_stream_that_is_read_once_is_read_until_it_has_caught_up(open_bench: Callable[..., Bench]) -> None:
    def script(place: Place, cursor: Cursor | None) -> Iterator[Event]:
        number = int(cursor["after"]) if cursor else 0
        while True:
            number += 1
            yield record(str(number), f"Händelse nummer {number}.", at=place.now())
            yield State({"v": 1, "after": number}, is_current=number >= 7)

    bench = open_bench(script, is_stream=True, stream_for=timedelta())
    first, _ = bench.read()
    assert (first.state, first.given) == ("complete", 7)
    position = bench.history.position(SOURCE)
    assert position.read_through == START
    second, _ = bench.read()
    assert second.given == 1


def test_a_stream_that_never_catches_up_is_read_on_and_said_to_be_behind(open_bench: Callable[..., Bench]) -> None:
    def script(place: Place, cursor: Cursor | None) -> Iterator[Event]:
        number = int(cursor["after"]) if cursor else 0
        while True:
            number += 1
            bench.sleep(60)
            yield record(str(number), f"Händelse nummer {number}.", at=place.now())
            yield State({"v": 1, "after": number}, is_current=False)

    bench = open_bench(script, is_stream=True, every=timedelta(minutes=5))
    first, _ = bench.read()
    second, _ = bench.read()
    assert [first.state, second.state] == ["complete", "complete"]
    assert len(bench.texts()) == first.given + second.given == 30
    position = bench.history.position(SOURCE)
    assert position.read_through is None
    assert position.failures == 0


def test_what_is_gone_as_a_whole_takes_its_parts_along_and_nothing_else(open_bench: Callable[..., Bench]) -> None:
    def script(_place: Place, cursor: Cursor | None) -> Iterator[Event]:
        if cursor is None:
            for ticket in ("1", "2", "12"):
                yield record(ticket, f"Ärende {ticket}.")
                yield Upsert(record(f"{ticket}/a", f"Svar på ärende {ticket}.").record, part_of=ticket)
        elif cursor["v"] == 1:
            yield Upsert(record("1/b", "Ett sent svar på ärende 1.").record, part_of="1")
            yield Delete("all", "1", of="whole")
            yield Delete("all", "7", of="whole")
        yield State({"v": (cursor["v"] if cursor else 0) + 1})

    bench = open_bench(script)
    bench.read()
    assert len(bench.texts()) == 6
    reading, report = bench.read()
    assert reading.deleted == 3
    assert report.outcomes["filtered"] == 1
    assert bench.texts() == ["Svar på ärende 12.", "Svar på ärende 2.", "Ärende 12.", "Ärende 2."]
    bench.read()
    assert len(bench.texts()) == 4


def test_counts_and_gaps_are_kept(open_bench: Callable[..., Bench]) -> None:
    def script(_place: Place, cursor: Cursor | None) -> Iterator[Event]:
        if cursor is None:
            yield record("1", "Bra.", engagement={"likes": 1})
        yield Observation(
            "all", "1", {"likes": 5 if cursor else 1, "views": 9}, START + timedelta(hours=1 + bool(cursor))
        )
        yield Gap("comments are turned off", since=START)
        yield State({"v": 1})

    bench = open_bench(script)
    bench.read()
    bench.read()
    (mention,) = bench.mentions()
    series = [(one.counts["likes"], one.counts["views"]) for one in bench.series.of(mention.id)]
    assert series == [(1, None), (1, 9), (5, 9)]
    assert bench.history.gaps(SOURCE) == [Gap("comments are turned off", since=START)]


def test_only_what_two_lists_in_a_row_lack_is_gone(open_bench: Callable[..., Bench]) -> None:
    lists = [["1", "2"], ["1"], ["1", "2"], ["1"], ["1"]]

    def script(_place: Place, _cursor: Cursor | None) -> Iterator[Event]:
        for native_id in listed:
            yield record(native_id, f"Recension nummer {native_id}.")
        yield Listed("all")

    bench = open_bench(script)
    counts = []
    for listed in lists:  # noqa: B007 - the script reads it
        bench.sleep(3600)
        bench.read()
        counts.append(len(bench.texts()))
    assert counts == [2, 2, 2, 2, 1]


def test_many_missing_at_once_are_more_likely_a_whim_of_the_source(open_bench: Callable[..., Bench]) -> None:
    def script(_place: Place, _cursor: Cursor | None) -> Iterator[Event]:
        for number in range(listed):
            yield record(str(number), f"Recension nummer {number}.")
        yield Listed("all")

    bench = open_bench(script)
    counts = []
    for listed in (40, 4, 4, 4, 4, 4):  # noqa: B007 - the script reads it
        bench.sleep(3600)
        bench.read()
        counts.append(len(bench.texts()))
    assert counts == [40, 40, 40, 40, 40, 4]


def test_what_is_not_met_again_in_time_is_erased(open_bench: Callable[..., Bench]) -> None:
    def script(_place: Place, _cursor: Cursor | None) -> Iterator[Event]:
        yield record("1", "Detta finns kvar.")
        if bench.now() < START + timedelta(days=1):
            yield record("2", "Detta försvinner.")

    bench = open_bench(script, terms=Terms(stored="text", page="none", refresh_days=30))
    retention = Retention(bench.met, lambda ids: bench.store.forget(ids) + bench.traces.forget(ids))
    bench.read()
    for _ in range(4):
        bench.sleep(timedelta(days=10).total_seconds())
        bench.read()
        retention.enforce(bench.source, now=bench.now())
    assert bench.texts() == ["Detta finns kvar."]


def test_full_readings_come_in_time_for_what_must_be_met_again(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench(lambda _place, _cursor: iter(()), terms=Terms(stored="text", page="none", refresh_days=30))
    now = START + timedelta(days=100)
    fresh = Position(read_through=now, full_at=now - timedelta(days=14))
    assert next_task(bench.source, fresh, now).kind == "live"
    due = Position(read_through=now, full_at=now - timedelta(days=16))
    assert next_task(bench.source, due, now) == Task("full", Window())


def test_older_time_is_read_piece_by_piece_down_to_where_it_is_wanted(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench(lambda _place, _cursor: iter(()), can_backfill=True)
    values = {"connector": "scripted", "since": "2026-11-01", "backfill_since": "2026-09-15", "backfill_piece": "30d"}
    source = bench.sources.check("older", values)
    pieces, position = [], Position(read_through=START)
    while task := backfill_task(source, position):
        assert task.window.since is not None
        assert task.window.until is not None
        pieces.append((f"{task.window.since:%m-%d}", f"{task.window.until:%m-%d}"))
        position = Position(read_through=START, backfilled_to=task.window.since)
    assert pieces == [("10-02", "11-01"), ("09-15", "10-02")]


def test_what_was_read_of_older_time_is_met_again_like_the_rest(open_bench: Callable[..., Bench]) -> None:
    terms = Terms(stored="text", page="none", refresh_days=30)
    bench = open_bench(lambda _place, _cursor: iter(()), can_backfill=True, terms=terms)
    values = {"connector": "scripted", "since": "2026-11-01", "backfill_since": "2026-09-15"}
    source = bench.sources.check("older", values)
    now, lowest = START + timedelta(days=100), datetime(2026, 9, 15, tzinfo=UTC)
    done = Position(read_through=now, full_at=now - timedelta(days=16), backfilled_to=lowest)
    task = next_task(source, done, now)
    assert task == Task("full", Window(since=lowest))
    cursor = {"v": 1, "since": "2026-11-01T00:00:00+00:00", "listed_at": START.isoformat()}
    listing = plan_listing(cursor, task.window, every=timedelta(days=1), now=now)
    assert (listing.is_full, listing.window.since) == (True, lowest)


def test_older_time_that_could_not_be_read_is_refused_with_the_way_out(open_bench: Callable[..., Bench]) -> None:
    wanted = {"connector": "scripted", "backfill_since": "2026-09-15"}
    nothing: Script = lambda _place, _cursor: iter(())  # noqa: E731
    with pytest.raises(ConfigError, match=r"older\.yaml: backfill_since: scripted cannot read older time"):
        open_bench(nothing).sources.check("older", {**wanted, "since": "2026-11-01"})
    with pytest.raises(ConfigError, match=r"older\.yaml: backfill_since: set since too"):
        open_bench(nothing, can_backfill=True).sources.check("older", wanted)


def test_what_fails_is_tried_ever_later_and_what_is_told_to_wait_waits(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench(lambda _place, _cursor: iter(()), every=timedelta(days=1))
    position, waits = Position(), []
    for _ in range(12):
        position = after_failure(bench.source, position, now=START, wait=None)
        assert position.next_at is not None
        waits.append((position.next_at - START).total_seconds() / 60)
    assert waits[:4] == [1, 2, 4, 8]
    assert max(waits) == 360
    told = after_failure(bench.source, Position(), now=START, wait=timedelta(hours=9))
    assert (told.next_at, told.failures) == (START + timedelta(hours=9), 0)


def test_a_source_that_falls_silent_is_told_from_a_quiet_and_from_a_broken_one(
    open_bench: Callable[..., Bench],
) -> None:
    speaks = True

    def script(place: Place, _cursor: Cursor | None) -> Iterator[Event]:
        if speaks:
            yield record(f"{place.now():%d-%H}", f"Något nytt klockan {place.now():%H}.", at=place.now())

    bench = open_bench(script, every=timedelta(hours=1))

    def state() -> str:
        return condition_of(bench.source, bench.history, now=bench.now()).state

    assert state() == "new"
    for _ in range(8):
        bench.sleep(4 * 3600)
        bench.read()
    assert state() == "good"
    speaks = False
    for hours in (4, 4, 3):
        bench.sleep(hours * 3600)
        bench.read()
    assert state() == "good", "three times the longest pause are not over"
    bench.sleep(2 * 3600)
    bench.read()
    assert state() == "silent"
    speaks = True
    bench.read()
    assert state() == "good"


def test_a_stream_that_falls_silent_is_told_though_it_is_always_being_read(open_bench: Callable[..., Bench]) -> None:
    speaks = True

    def script(place: Place, _cursor: Cursor | None) -> Iterator[Event]:
        while True:
            bench.sleep(600)
            if speaks:
                yield record(f"{place.now():%d-%H-%M}", f"Något nytt klockan {place.now():%H:%M}.", at=place.now())
            yield State({"v": 1})
            states.append(condition_of(bench.source, bench.history, now=bench.now()).state)

    bench, states = open_bench(script, is_stream=True, every=timedelta(hours=1)), list[str]()
    for _ in range(8):
        bench.read()
    assert set(states) == {"reading"}
    speaks = False
    for _ in range(4):
        bench.read()
    assert states[-1] == "silent"
