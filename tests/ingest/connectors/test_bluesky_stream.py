"""Jetstream: which posts are taken, whose voice they are, what goes when it is gone there, where reading goes on."""

import logging
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from ingest.connector import Cursor, Delete, Event, Gap, Place, Registry, State, Upsert, Window
from ingest.connectors.bluesky import Bluesky
from ingest.connectors.bluesky_stream import BlueskyStream, BlueskyStreamSettings
from ingest.connectors.jetstream import KEPT, POSTS, microseconds, time_of
from ingest.fetch import Fetcher, Limits
from ingest.raw import Unreadable
from ingest.reader import StoppedError
from ingest.source_file import Sources
from ingest.testing.bench import Bench
from ingest.testing.socket_server import SocketServer
from ingest.testing.source_server import Reply, Request, SourceServer
from ingest.testing.stage import START
from ingest.testing.stages.bluesky_stream import Stage
from textcx.errors import ConfigError, SourceRefusedError, SourceUnavailableError, SourceUnreadableError

NOW = START
ANNA, BRAND = "did:plc:anna", "did:plc:hyllbo"


def commit(rkey: str, text: str | None = "Hyllan från Hyllbo kom i tid.", **more: Any) -> dict[str, Any]:
    record = {"$type": POSTS, "langs": ["sv"], "createdAt": NOW.isoformat(), **more.pop("record", {})}
    record |= {} if text is None else {"text": text}
    said = {"operation": "create", "collection": POSTS, "rkey": rkey, "cid": f"cid-{rkey}", "record": record}
    at = more.pop("at", NOW)
    return {"did": ANNA, "time_us": microseconds(at), "kind": "commit", "commit": said | more.pop("commit", {}), **more}


class Server:
    """A stream; a test says what has happened."""

    def __init__(self) -> None:
        self.told: list[Any] = []
        self.sockets = SocketServer(self._talk)
        self.directory = SourceServer(lambda _: Reply({"did": BRAND}))

    def connector(self, fetcher: Fetcher, **settings: Any) -> BlueskyStream:
        settings = {"base_url": self.sockets.url, "searches": ("hyllbo",), **settings}
        settings.setdefault("directory_url", self.directory.url)
        return BlueskyStream(Place(BlueskyStreamSettings(**settings), fetcher, lambda: NOW + timedelta(minutes=5)))

    def read(self, *, cursor: Cursor | None = None, window: Window = Window(), **settings: Any) -> list[Event]:  # noqa: B008
        """Return what is given until all was given that is there."""
        events: list[Event] = []
        limits = Limits(attempts=1, quiet_seconds=0.4, message_bytes=2**20)
        with closing(Fetcher(allows_private=True, limits=limits, sleep=lambda _: None)) as fetcher:
            given: Any = self.connector(fetcher, **settings).read(cursor, window)
            with closing(given):
                for event in given:
                    events.append(event)
                    if isinstance(event, State) and event.is_current:
                        return events
        return events

    def fields(self, **settings: Any) -> list[dict[str, Any]]:
        return [dict(event.record.fields) for event in self.read(**settings) if isinstance(event, Upsert)]

    def _talk(self, _: Request) -> Iterator[str | bytes | None]:
        for one in self.told:
            yield one if isinstance(one, str | bytes) else _dumped(one)
        while True:
            yield None


def _dumped(event: dict[str, Any]) -> str:
    return orjson.dumps(event).decode()


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    with one.sockets, one.directory:
        yield one


@pytest.fixture
def open_bench(memory_folder: Path) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []
    with Stage() as stage:

        def make(**more: Any) -> Bench:
            made.append(Bench(memory_folder / f"data-{len(made)}", stage, BlueskyStream, **more))
            return made[-1]

        yield make
        for one in made:
            one.close()


def test_a_post_says_who_when_in_which_language_and_where_it_stands(server: Server) -> None:
    server.told = [commit("3k1")]
    (post,) = server.fields()
    assert (post["source"], post["kind"], post["author"], post["language"]) == ("bluesky", "post", ANNA, "sv")
    assert datetime.fromisoformat(post["published_at"]) == NOW
    assert (post["voice"], post["reply_to"]) == (None, None)
    assert post["thread"] == f"at://{ANNA}/{POSTS}/3k1"
    assert post["url"] == f"https://bsky.app/profile/{ANNA}/post/3k1"


def test_a_post_is_the_same_mention_whether_it_was_searched_for_or_heard(server: Server) -> None:
    server.told = [commit("3k1")]
    (heard,) = (event.record for event in server.read() if isinstance(event, Upsert))
    at = NOW.isoformat()
    found = {"uri": f"at://{ANNA}/{POSTS}/3k1", "cid": "cid-3k1", "author": {"did": ANNA}, "indexedAt": at}
    page = {"posts": [found | {"record": server.told[0]["commit"]["record"]}]}

    def answer(request: Request) -> Reply:
        return Reply({"accessJwt": "jwt"} if request.method == "POST" else page)

    with SourceServer(answer) as web, closing(Fetcher(allows_private=True)) as fetcher:
        values = {"base_url": web.url, "account": "a", "password": {"env": "PATH"}, "searches": ["hyllbo"]}
        place = Place(Bluesky.spec.settings.model_validate(values), fetcher, lambda: NOW)
        (searched,) = (one.record for one in Bluesky(place).read(None, Window()) if isinstance(one, Upsert))
    for name in ("source_kind", "scope", "native_id", "source_revision"):
        assert getattr(heard, name) == getattr(searched, name), name
    for name in ("source", "author", "text", "thread", "url", "kind"):
        assert heard.fields[name] == searched.fields[name], name


def test_only_posts_with_what_is_searched_for_are_taken(server: Server) -> None:
    facet = {"features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://www.hyllbo.example/rea"}]}
    card = {"external": {"uri": "https://hyllbo.example/", "title": "Rea"}}
    server.told = [
        commit("3k1", "Hyllan från Hyllbo kom i tid."),
        commit("3k2", "Hyllan kom i tid."),
        commit("3k3", "Titta här.", record={"facets": [facet, {"features": "none"}, 7]}),
        commit("3k4", "Titta här.", record={"embed": {"media": card}}),
        commit("3k5", "Titta här.", record={"tags": ["Rea", 7]}),
        commit("3k6", "Titta här.", record={"tags": "rea", "facets": 7, "embed": []}),
    ]
    events = server.read(searches=["hyllbo", "domain:hyllbo.example", "#rea"])
    taken = [event.record.native_id[-3:] for event in events if isinstance(event, Upsert)]
    assert taken == ["3k1", "3k3", "3k4", "3k5"]


@pytest.mark.parametrize("search", ["from:acme.example", "-rea", "", "#", '""', "domain:"])
def test_what_only_a_search_can_be_asked_for_is_refused_when_the_source_is_made(search: str) -> None:
    with pytest.raises(ValueError, match="searches"):
        BlueskyStreamSettings(searches=(search,))


def test_what_the_brand_writes_and_what_answers_it_is_taken_whatever_it_says(server: Server) -> None:
    ours, theirs = f"at://{BRAND}/{POSTS}/3k1", f"at://{ANNA}/{POSTS}/3k2"
    answer = {"reply": {"root": {"uri": ours}, "parent": {"uri": ours}}}
    deeper = {"reply": {"root": {"uri": ours}, "parent": {"uri": theirs}}}
    server.told = [
        commit("3k1", "Vi har öppet.", did=BRAND),
        commit("3k2", "Tack!", record=answer),
        commit("3k3", "Varsågod!", record=deeper, did="did:plc:bo"),
        commit("3k4", "Något annat.", did="did:plc:bo"),
    ]
    posts = server.fields(own_accounts=("hyllbo.example",))
    assert [(post["text"], post["voice"], post["kind"]) for post in posts] == [
        ("Vi har öppet.", "brand", "post"),
        ("Tack!", None, "comment"),
        ("Varsågod!", None, "comment"),
    ]
    assert (posts[1]["reply_to"], posts[2]["reply_to"], posts[2]["thread"]) == (ours, theirs, ours)
    assert server.directory.requests[0].query == {"handle": "hyllbo.example"}
    assert server.fields(own_accounts=(BRAND,))[0]["voice"] == "brand"
    assert len(server.directory.requests) == 1, "a DID needs no directory"


def test_posts_in_other_languages_are_left_and_odd_languages_harm_nothing(server: Server) -> None:
    for number, langs in enumerate((["de"], ["sv-SE"], [], None, "sv", [1, None], [["sv"]])):
        server.told.append(commit(f"3k{number}", record={"langs": langs}))
    assert len(server.fields(languages=("sv",))) == 6


def test_a_deleted_post_and_a_gone_account_are_told(server: Server) -> None:
    account = {"did": ANNA, "time_us": microseconds(NOW), "kind": "account"}
    server.told = [
        commit("3k1", commit={"operation": "delete", "record": None, "cid": None}),
        *(
            account | {"account": {"active": False, "status": status}}
            for status in ("deleted", "takendown", "suspended")
        ),
        *(account | {"account": {"active": active, "status": "throttled"}} for active in (True, False)),
    ]
    gone = [event for event in server.read() if isinstance(event, Delete)]
    assert (gone[0].of, gone[0].native_id, gone[0].source_kind) == ("record", f"at://{ANNA}/{POSTS}/3k1", "bluesky")
    assert [(one.of, one.native_id, one.source) for one in gone[1:]] == [("author", ANNA, "bluesky")] * 3


def test_an_edit_that_takes_the_words_away_takes_the_post_away(server: Server) -> None:
    edited = {"operation": "update", "cid": "cid-2"}
    server.told = [
        commit("3k1", "Hyllbo är bra.", commit=edited, at=NOW + timedelta(hours=1)),
        commit("3k2", "Ingenting.", commit=edited),
    ]
    upsert, delete, _ = server.read()
    assert isinstance(upsert, Upsert)
    assert datetime.fromisoformat(upsert.record.fields["published_at"]) == NOW, "the time of the post, not of the edit"
    assert isinstance(delete, Delete)
    assert delete.native_id == f"at://{ANNA}/{POSTS}/3k2"


def test_what_is_no_event_is_set_aside_and_what_nobody_knows_is_passed_over_and_counted(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.told = [
        "no json",
        b'{"kind": "commit"}',
        commit("3k1") | {"time_us": "now"},
        commit("3k1") | {"time_us": microseconds(NOW + timedelta(days=900))},
        commit("3k1", commit={"rkey": ""}),
        commit("3k1", None, record={"tags": ["hyllbo"]}),
        commit("3k1", commit={"operation": "explode"}),
        {"did": ANNA, "time_us": microseconds(NOW), "kind": "sync"},
        {"did": ANNA, "time_us": microseconds(NOW), "kind": "sync"},
        commit("3k2"),
    ]
    events = server.read(searches=["hyllbo", "#hyllbo"])
    assert len([event for event in events if isinstance(event, Unreadable)]) == 6
    assert [event.record.native_id[-3:] for event in events if isinstance(event, Upsert)] == ["3k2"]
    assert "'sync': 2" in caplog.text
    assert "'explode app.bsky.feed.post': 1" in caplog.text
    state = events[-1]
    assert isinstance(state, State)
    assert time_of(state.cursor["time_us"]) == NOW, "a time that cannot be does not move the position"


def test_posts_of_strangers_without_text_stop_the_reading_and_are_not_kept(server: Server) -> None:
    server.told = [commit(f"3k{number}", None) for number in range(20)]
    with pytest.raises(SourceUnreadableError, match="20 of 20 posts have no text"):
        server.read()


def test_the_server_is_asked_for_posts_from_a_little_before_the_position(server: Server) -> None:
    server.told = [commit("3k1")]
    state = server.read()[-1]
    assert isinstance(state, State)
    assert state.cursor == {"v": 1, "time_us": microseconds(NOW), "met": True}
    server.read(cursor=state.cursor)
    first, second = (request.query for request in server.sockets.requests)
    assert (first["wantedCollections"], first["maxMessageSizeBytes"]) == (POSTS, "1000000")
    assert time_of(int(first["cursor"])) == NOW + timedelta(minutes=5) - KEPT - timedelta(seconds=5)
    assert time_of(int(second["cursor"])) == NOW - timedelta(seconds=5)


@pytest.mark.parametrize(("hours", "is_told"), [(0.0, False), (2.0, True)])
def test_what_the_server_no_longer_has_is_told_as_a_gap(server: Server, hours: float, is_told: bool) -> None:
    server.told = [commit("3k1", at=NOW)]
    asked = NOW - timedelta(hours=hours)
    cursor = {"v": 1, "time_us": microseconds(asked), "met": True}
    for events in (server.read(cursor=cursor), server.read(window=Window(since=asked))):
        gaps = [event for event in events if isinstance(event, Gap)]
        assert [(gap.since, gap.until) for gap in gaps] == ([(asked, NOW)] if is_told else [])
    assert not any(isinstance(event, Gap) for event in server.read()), "nothing was asked for"


def test_a_gap_is_kept_where_the_source_was_away_longer_than_the_server_keeps(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench()
    world = bench.stage.world
    world.write("1", "Jag är kund.")
    bench.read()
    world.let_pass(timedelta(hours=1))
    world.write("2", "Jag är också kund.")
    world.let_pass(timedelta(days=3))
    world.write("3", "Jag med.")
    bench.read()
    assert bench.texts() == ["Jag med.", "Jag är kund."]
    (gap,) = bench.history.gaps("trial")
    assert gap.since is not None
    assert gap.since - START < timedelta(seconds=1)
    assert gap.until == world.now


def test_an_account_that_is_gone_takes_all_its_posts_along(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench()
    world = bench.stage.world
    for number in range(6):
        world.write(str(number), f"Jag är kund nummer {number}.", author="anna" if number % 2 else "bo")
    bench.read()
    assert len(bench.texts()) == 6
    events = bench.stage.server  # type: ignore[attr-defined]
    gone = {"did": "did:plc:anna", "time_us": microseconds(world.now) + 10, "kind": "account"}
    events._talk = lambda _: iter([_dumped(gone | {"account": {"active": False, "status": "deleted"}}), *[None] * 100])
    reading, _ = bench.read()
    assert reading.deleted == 3
    assert all(int(text[-2]) % 2 == 0 for text in bench.texts())


def test_a_connection_that_breaks_is_made_again_from_the_position_on(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench()
    world = bench.stage.world
    texts = []
    for number in range(30):
        texts.append(f"Jag är kund nummer {number}.")
        world.write(str(number), texts[-1])
        world.let_pass(timedelta(minutes=1))
    bench.stage.plan("half a page", after=3)
    reading, report = bench.read()
    assert reading.state == "complete", reading.note
    assert bench.texts() == sorted(texts)
    server = bench.stage.server  # type: ignore[attr-defined]
    first, second = (int(request.query["cursor"]) for request in server.requests)
    assert first < second
    assert reading.given > 30, "the overlap was given twice"
    assert report.outcomes["stored"] == 30


def test_a_message_that_is_too_big_breaks_the_stream_off(server: Server) -> None:
    server.told = ["x" * (2**20 + 1)]
    with pytest.raises(SourceUnavailableError, match="more than 1048576 bytes"):
        server.read()


def test_a_stream_is_read_for_its_interval_and_says_each_time_how_far_it_is(open_bench: Callable[..., Bench]) -> None:
    bench = open_bench(stream_for=None)
    world, heard = bench.stage.world, []
    world.write("1", "Jag är kund nummer 1.")

    def live(number: int) -> None:
        heard.append(number)
        world.let_pass(timedelta(minutes=1))
        if len(heard) == 2:
            world.write("2", "Jag är kund nummer 2.")

    bench.at_event = live
    reading, _ = bench.read()
    assert reading.state == "complete"
    assert bench.texts() == ["Jag är kund nummer 1.", "Jag är kund nummer 2."]
    position = bench.history.position("trial")
    assert position.read_through is not None
    assert position.read_through - START >= bench.source.every - timedelta(minutes=1)


def test_the_stop_reaches_a_stream_that_says_nothing(server: Server) -> None:
    def stop(_: float) -> None:
        raise StoppedError("Stop.")

    with closing(Fetcher(allows_private=True, sleep=stop)) as fetcher:
        events: Any = server.connector(fetcher).read(None, Window())
        with pytest.raises(StoppedError):
            next(events)


def test_a_connection_is_made_to_no_private_machine(server: Server) -> None:
    for url, reason in ((server.sockets.url, "at port"), ("ws://localhost", "private")):
        with closing(Fetcher(limits=Limits(attempts=1))) as fetcher:
            events = server.connector(fetcher, base_url=url).read(None, Window())
            with pytest.raises(SourceRefusedError, match=reason):
                next(iter(events))
    assert server.sockets.requests == []


def test_the_check_opens_the_stream_and_finds_the_own_accounts(server: Server) -> None:
    with closing(Fetcher(allows_private=True)) as fetcher:
        server.connector(fetcher, own_accounts=("hyllbo.example",)).check()
    assert len(server.sockets.requests) == len(server.directory.requests) == 1


def test_older_posts_are_searched_for_and_are_those_that_would_have_been_heard(server: Server) -> None:
    page = {
        "posts": [
            found("1", "Hyllan från Hyllbo kom i tid."),
            found("2", "Hyllbos kundtjänst svarar.", author=BRAND),
            found("3", "Tack!", reply={"parent": {"uri": f"at://{BRAND}/{POSTS}/2"}}),
            found("4", "En hyllboare är något annat."),
            found("5", "Hyllbo er dårligt.", langs=["da"]),
        ]
    }
    asked: list[Request] = []

    def answer(request: Request) -> Reply:
        asked.append(request)
        return Reply({"accessJwt": "jwt"} if request.method == "POST" else page)

    window = Window(NOW - timedelta(days=60), NOW - timedelta(days=30))
    with SourceServer(answer) as web:
        more = {"account": "a", "password": {"env": "PATH"}, "search_url": web.url, "languages": ["sv"]}
        events = server.read(window=window, own_accounts=("hyllbo.example",), searches=("hyllbos*", "hyllbo"), **more)
    records = {event.record.native_id: event.record for event in events if isinstance(event, Upsert)}
    assert sorted(uri.rpartition("/")[2] for uri in records) == ["1", "2", "3"]
    assert [record.fields["voice"] for record in records.values()] == [None, "brand", None]
    assert {(record.source_kind, record.scope) for record in records.values()} == {("bluesky", "posts")}
    searched = [request.query for request in asked if request.method == "GET"]
    assert [one["q"] for one in searched] == ["hyllbos", "hyllbo", "from:hyllbo.example"]
    assert {(one["since"], one["until"]) for one in searched} == {tuple(map(_written, (window.since, window.until)))}
    assert not server.sockets.requests, "nothing was listened to"


def test_a_stream_without_a_search_has_no_older_time_and_says_so() -> None:
    with Stage() as stage:
        values = {"connector": "bluesky_stream", "since": "2026-11-20", "backfill_since": "2026-10-01"}
        values["settings"] = stage.settings()
        sources = Sources(Path("nowhere"), Registry())
        with pytest.raises(ConfigError, match="backfill_since: .*set account and password too"):
            sources.check("world", values)
        values["settings"] |= {"account": "a", "password": {"env": "PATH"}}
        assert sources.check("world", values).file.backfill_since is not None


def found(rkey: str, text: str, author: str = ANNA, **more: Any) -> dict[str, Any]:
    at = (NOW - timedelta(days=40)).isoformat()
    record = {"$type": POSTS, "text": text, "langs": ["sv"], "createdAt": at, **more}
    uri = f"at://{author}/{POSTS}/{rkey}"
    return {"uri": uri, "cid": f"cid-{rkey}", "author": {"did": author}, "indexedAt": at, "record": record}


def _written(at: datetime | None) -> str:
    assert at is not None
    return at.isoformat()
