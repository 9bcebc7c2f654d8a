"""The scheduler: ten sources with faults, for simulated hours; nothing is lost, no rate exceeded, nobody held up."""

import random
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.budget import Rate, SpentTogether
from ingest.collectors import Collectors
from ingest.connection import Connections
from ingest.connector import (
    ConnectorSettings,
    Cursor,
    Delete,
    Event,
    Place,
    Registry,
    Spec,
    State,
    Terms,
    Upsert,
    Window,
)
from ingest.engagement import EngagementSeries
from ingest.fetch import Limits
from ingest.history import History, Reading
from ingest.inbox import Inbox
from ingest.inbox_file import open_inbox_file
from ingest.intake import Intake
from ingest.item import Item, items_of, read_item
from ingest.lock import SourceLock
from ingest.met import Met
from ingest.pages import Page, follow_pages
from ingest.raw import RawRecord
from ingest.reader import Desk
from ingest.retention import Retention
from ingest.runs import Runs
from ingest.secret import open_secret
from ingest.source_file import Sources
from ingest.testing.simulated_time import SimulatedTime
from ingest.testing.source_server import FAULTS, Reply, Request
from ingest.testing.stage import START, Entry, WebStage, World
from ingest.traces import Traces
from textcx.errors import ConflictError
from textcx.mention import mention_id

HOURS = 3
SOURCES = 10
RATE = Rate(12, 60.0)
SLOW = Rate(2, 600.0)


class Forum:
    """Changes of a forum by number, five on a page."""

    spec = Spec(
        name="forum",
        title="A forum",
        settings=ConnectorSettings,
        terms=Terms(stored="text", page="none"),
        rates=(RATE,),
        every=timedelta(minutes=10),
    )

    def __init__(self, place: Place) -> None:
        self._url = place.settings.base_url
        self._fetcher = place.fetcher
        self._now = place.now

    def check(self) -> None:
        """Ask for the first page."""
        self._page("0")

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:  # noqa: ARG002
        """Give what has changed."""
        for posts in follow_pages(self._page, cursor["after"] if cursor else "0"):
            for post in posts:
                yield from read_item(post, self._post, place="post")
            if posts:
                yield State({"v": 1, "after": posts[-1].need("change")})

    def _page(self, after: str | None) -> Page[list[Item]]:
        posts = items_of(self._fetcher.get_json(f"{self._url}/changes", params={"after": after}), "posts")
        return Page(posts, posts[-1].need("change") if posts else None)

    def _post(self, post: Item) -> Iterator[Event]:
        if post.get("removed"):
            yield Delete("all", post.need_id("id"))
            return
        fields = {"kind": "post", "text": post.need("text"), "published_at": post.text("at")}
        yield Upsert(RawRecord(self.spec.name, "all", post.need_id("id"), "post", fields, collected_at=self._now()))


class SlowForum(Forum):
    """One that may hardly be asked."""

    spec = Spec(
        name="slow",
        title="A slow forum",
        settings=ConnectorSettings,
        terms=Terms(stored="text", page="none"),
        rates=(SLOW,),
        every=timedelta(minutes=10),
    )


class Spring(Forum):
    """A stream, a post a minute, of which each day before is known too."""

    spec = Spec(
        name="spring",
        title="A stream",
        settings=ConnectorSettings,
        terms=Terms(stored="text", page="none"),
        every=timedelta(minutes=10),
        can_backfill=True,
        is_stream=True,
    )

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:
        """Give a post of the day that is wanted, or what comes."""
        if window.until is not None:
            yield self._record(f"{window.since:%m-%d}")
            return
        number = cursor["number"] if cursor else 0
        while True:
            self._fetcher.sleep(60)
            number += 1
            yield self._record(str(number))
            yield State({"v": 1, "number": number})

    def _record(self, native_id: str) -> Upsert:
        fields = {"kind": "post", "text": f"Inlägg {native_id}.", "published_at": self._now().isoformat()}
        return Upsert(RawRecord(self.spec.name, "all", native_id, "post", fields, collected_at=self._now()))


class Stage(WebStage):
    """What a forum's server says."""

    connector = "forum"

    def answer(self, request: Request) -> Reply:
        """Answer with a page of changes."""
        after = int(request.query["after"])
        return Reply({"posts": [_post(one) for one in self.world.history if one.changed > after][:5]})


def _post(one: Entry) -> dict[str, Any]:
    if one.is_deleted:
        return {"id": one.id, "change": one.changed, "removed": True}
    return {"id": one.id, "change": one.changed, "text": one.text, "at": one.published_at.isoformat()}


class Timed(World):
    """A world whose time is the simulated one."""

    clock: SimulatedTime

    @property  # type: ignore[override]
    def now(self) -> datetime:
        """The time."""
        return self.clock.now() if hasattr(self, "clock") else START

    @now.setter
    def now(self, _: datetime) -> None:
        pass


@dataclass
class Folder:
    """A data folder, and what of it a trial looks at."""

    time: SimulatedTime
    collectors: Collectors
    inbox: Inbox
    history: History
    erased: set[str]
    readings: list[tuple[str, Reading]]

    def run(self) -> None:
        """Read until the time is over."""
        self.collectors.watch(self._note)

    def _note(self, name: str, told: Reading | str) -> None:
        assert isinstance(told, Reading), told
        self.readings.append((name, told))


@pytest.fixture
def stages() -> Iterator[list[Stage]]:
    with ExitStack() as opened:
        yield [opened.enter_context(Stage()) for _ in range(SOURCES)]


@pytest.fixture
def folder(memory_folder: Path, stages: list[Stage]) -> Iterator[Folder]:
    time = SimulatedTime(START, end=START + timedelta(hours=HOURS))
    data = memory_folder / "data"
    (data / "sources").mkdir(parents=True)
    for number, stage in enumerate(stages):
        stage.server.clock = time.seconds
        stage.world = Timed()
        stage.world.clock = time
        file = {
            "connector": "slow" if number == 0 else "forum",
            "every": f"{5 + number}min",
            "allow_private": True,
            "settings": {"base_url": stage.url},
        }
        (data / "sources" / f"forum-{number}.yaml").write_text(yaml.safe_dump(file), encoding="utf-8")
    database, secret = open_inbox_file(data), open_secret(data)
    inbox, runs, history, met = Inbox(database), Runs(database), History(database), Met(database)
    erased: set[str] = set()
    traces = Traces(database, secret)

    def erase(identifiers: Any) -> int:
        erased.update(identifiers)
        return traces.forget(identifiers)

    desk = Desk(
        inbox_cursor=inbox.cursor,
        intake=Intake(inbox, runs, secret, sleep=time.sleep),
        runs=runs,
        history=history,
        met=met,
        series=EngagementSeries(database),
        traces=traces,
        secret=secret,
        erase=erase,
        written_by=lambda _person: [],
    )
    registry = Registry({"forum": Forum, "slow": SlowForum, "spring": Spring})
    connections = Connections(
        registry,
        lambda who: SpentTogether(database, secret.fingerprint(who)),
        now=time.now,
        clock=time.seconds,
        sleep=time.sleep,
        limits=Limits(attempts=3, seconds=5.0, silence_seconds=5.0),
    )
    collectors = Collectors(
        data, Sources(data / "sources", registry), desk, Retention(met, erase), connections, waiting=time
    )
    yield Folder(time, collectors, inbox, history, erased, [])
    database.close()


def live(time: SimulatedTime, stages: list[Stage], *, until: datetime) -> None:
    """Let people write, edit and delete, and services fail, for a while; then all is well until the end."""
    chance = random.Random(11)
    number = 0
    while time.now() < until:
        time.sleep(chance.uniform(10, 60))
        stage = chance.choice(stages)
        number += 1
        stage.world.write(str(number), f"Inlägg {number} handlar om leveransen.")
        present = stage.world.present
        match chance.randrange(6):
            case 0:
                stage.world.edit(chance.choice(present).id, f"Inlägg {number}, ändrat.")
            case 1:
                stage.world.delete(chance.choice(present).id)
            case 2:
                stage.plan(chance.choice(FAULTS), times=chance.randrange(1, 8))
    for stage in stages:
        stage.heal()


def taken_in(folder: Folder) -> dict[str, str]:
    """Return the last text of each record in the inbox by id."""
    found = {}
    now = folder.time.seconds()
    while lease := folder.inbox.lease(most=1000, now=now, seconds=3600):
        for entry in lease.entries:
            found[entry.record.id] = str(entry.record.fields["text"])
    return found


def test_ten_sources_with_faults_lose_nothing_and_keep_to_their_rates(folder: Folder, stages: list[Stage]) -> None:
    folder.time.start(lambda: live(folder.time, stages[1:], until=START + timedelta(hours=HOURS - 2)), "people")
    folder.run()
    held = taken_in(folder)
    for stage in stages[1:]:
        for entry in stage.world.entries.values():
            identifier = mention_id("forum", "all", entry.id)
            if entry.is_deleted:
                assert identifier not in held
            else:
                assert held[identifier] == entry.text
    assert folder.erased, "nothing was deleted"
    for stage in stages[1:]:
        assert stage.server.most_requests_in(RATE.seconds) <= RATE.requests
    states = {reading.state for _, reading in folder.readings}
    assert {"complete", "failed", "waiting"} <= states, "no fault was met"


def test_a_slow_source_holds_no_other(folder: Folder, stages: list[Stage]) -> None:
    for number in range(60):
        stages[0].world.write(f"s{number}", f"Långsamt inlägg {number}.")
    for number in range(30):
        stages[1].world.write(f"f{number}", f"Snabbt inlägg {number}.")
    folder.run()
    assert stages[0].server.most_requests_in(SLOW.seconds) <= SLOW.requests
    assert stages[0].server.requests[-1].at - stages[0].server.requests[0].at > 3600
    ended = [reading.ended_at for name, reading in folder.readings if name == "forum-1" and reading.ended_at]
    assert ended[0] - START < timedelta(minutes=3)
    assert len(ended) > HOURS * 60 / 6 * 0.8
    assert len([1 for name, _ in folder.readings if name == "forum-9"]) > HOURS * 60 / 14 * 0.8


def test_a_source_is_read_by_one_process_at_a_time(folder: Folder, stages: list[Stage], memory_folder: Path) -> None:
    stages[1].world.write("1", "Ett inlägg.")
    with SourceLock(memory_folder / "data", "forum-1") as lock:
        assert lock.take()
        with pytest.raises(ConflictError, match="another process"):
            folder.collectors.read_once("forum-1")
    reading = folder.collectors.read_once("forum-1")
    assert reading is not None
    assert reading.fresh == 1


def test_every_source_is_read_at_its_own_interval(folder: Folder, stages: list[Stage]) -> None:
    folder.run()
    for number in range(1, SOURCES):
        starts = [reading.started_at for name, reading in folder.readings if name == f"forum-{number}"]
        pauses = {later - earlier for earlier, later in zip(starts, starts[1:], strict=False)}
        wanted = timedelta(minutes=5 + number)
        assert all(wanted <= pause <= wanted + timedelta(seconds=5) for pause in pauses), pauses


def test_a_stream_and_its_older_time_take_turns_and_neither_is_lost(folder: Folder, memory_folder: Path) -> None:
    file = {"connector": "spring", "since": "2026-11-20", "backfill_since": "2026-11-15", "backfill_piece": "1d"}
    (memory_folder / "data" / "sources" / "spring.yaml").write_text(yaml.safe_dump(file), encoding="utf-8")
    folder.run()
    kinds = [reading.kind for name, reading in folder.readings if name == "spring"]
    assert kinds[:11] == ["full", *["backfill", "live"] * 5]
    assert "backfill" not in kinds[11:], "when it is all there, the stream is not interrupted any more"
    texts = [text for identifier, text in taken_in(folder).items() if "." in text]
    assert {f"Inlägg 11-{day}." for day in range(15, 20)} <= set(texts)
    assert len([text for text in texts if "-" not in text]) >= HOURS * 60 - 3
