"""Mastodon's streams: what happens while somebody listens, what is read after a break, and who may listen."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingest.connector import Delete, Event, Place, State, Upsert, Window
from ingest.connectors.mastodon_stream import MastodonStream
from ingest.fetch import Fetcher, Limits
from ingest.raw import Unreadable
from ingest.reader import StoppedError
from ingest.testing.bench import Bench
from ingest.testing.source_server import Reply, Request
from ingest.testing.stage import Entry
from ingest.testing.stages.mastodon import id_of
from ingest.testing.stages.mastodon_stream import STREAM, Stage, event_of
from textcx.errors import SourceRefusedError, SourceUnavailableError

LIMITS = Limits(attempts=2, seconds=5.0, silence_seconds=5.0, message_bytes=100_000, quiet_seconds=0.2)


class Told(Stage):
    """A server whose stream says what a test wants, once, and then nothing more."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[list[bytes]] = []
        self.breaks = 0

    def answer(self, request: Request) -> Reply:
        """Answer as the stage does, with a stream of its own."""
        reply = super().answer(request)
        if request.path != STREAM or reply.status != 200:
            return reply
        return Reply(self._say(), headers=reply.headers)

    def _say(self) -> Iterator[bytes]:
        yield b":)\n\n"
        yield from self.told.pop(0) if self.told else []
        while not self.breaks:
            yield b""
            time.sleep(0.02)
        self.breaks -= 1


@pytest.fixture
def server() -> Iterator[Told]:
    with Told() as one:
        yield one


def listen(server: Told, *, until: Callable[[list[Event]], bool], **settings: Any) -> list[Event]:
    """Return what is given until a test has what it waits for."""
    events: list[Event] = []
    with closing(Fetcher(allows_private=True, limits=LIMITS, sleep=lambda _: None)) as fetcher:
        given: Any = connector(server, fetcher, **settings).read(None, Window())
        deadline = time.monotonic() + 10
        with closing(given):
            for event in given:
                events.append(event)
                if until(events):
                    return events
                assert time.monotonic() < deadline, events
    return events


def connector(server: Told, fetcher: Fetcher, **settings: Any) -> MastodonStream:
    values = MastodonStream.spec.settings.model_validate({**server.settings(), **settings})
    return MastodonStream(Place(values, fetcher, lambda: server.world.now))


def texts(events: list[Event]) -> list[str]:
    return [str(event.record.fields["text"]) for event in events if isinstance(event, Upsert)]


def entry(identifier: str, text: str, **more: Any) -> Entry:
    return Entry(identifier, text, **more)


def test_posts_edits_and_deletions_are_told_as_they_happen(server: Told) -> None:
    server.world.write("1", "Soffan är bra.")
    edited = entry("2", "Soffan är sämre.", edited_at=server.world.now)
    gone = entry("1", "", is_deleted=True)
    server.told = [[event_of(entry("2", "Soffan är sämst."), server.url), event_of(edited, server.url)]]
    server.told[0].append(event_of(gone, server.url))
    events = listen(server, until=lambda events: isinstance(events[-1], Delete))
    assert texts(events) == ["<p>Soffan är bra.</p>", "<p>Soffan är sämst.</p>", "<p>Soffan är sämre.</p>"]
    (deleted,) = (event for event in events if isinstance(event, Delete))
    assert (deleted.native_id, deleted.source_kind) == (str(id_of(gone)), "mastodon")
    upserts = [event.record for event in events if isinstance(event, Upsert)]
    assert {(record.source_kind, record.fields["source"]) for record in upserts} == {("mastodon", "mastodon")}


def test_who_wants_no_readers_is_left_alone_in_a_stream_too(server: Told) -> None:
    unlisted = event_of(entry("2", "Bara för mina vänner."), server.url).replace(b'"public"', b'"unlisted"')
    server.told = [[unlisted, event_of(entry("3", "Till alla."), server.url)]]
    assert texts(listen(server, until=lambda events: bool(texts(events)))) == ["<p>Till alla.</p>"]


def test_events_come_cut_anywhere_and_unknown_ones_are_passed_over(server: Told) -> None:
    whole = b"event: filters_changed\ndata: undefined\n\n:thump\n\nevent: update\ndata: {\n\n"
    whole += event_of(entry("2", "Räksmörgås till soffan."), server.url)
    server.told = [[whole[at : at + 7] for at in range(0, len(whole), 7)]]
    events = listen(server, until=lambda events: bool(texts(events)))
    assert texts(events) == ["<p>Räksmörgås till soffan.</p>"]
    assert [event.reason for event in events if isinstance(event, Unreadable)] == ["it is no JSON"]


def test_after_a_break_what_was_missed_is_read_from_the_timeline(server: Told) -> None:
    def until(events: list[Event]) -> bool:
        if texts(events) == ["<p>Före.</p>"] and isinstance(events[-1], State) and not server.told:
            server.world.write("2", "Under avbrottet.")
            server.told = [[event_of(entry("3", "Efter."), server.url)]]
            server.breaks = 1
        return "<p>Efter.</p>" in texts(events)

    server.world.write("1", "Före.")
    events = listen(server, until=until)
    assert "<p>Under avbrottet.</p>" in texts(events)


def test_a_server_that_always_breaks_off_ends_the_reading(server: Told) -> None:
    server.breaks = LIMITS.attempts
    with pytest.raises(SourceUnavailableError, match="ended its stream"):
        listen(server, until=lambda _: False)
    assert len([one for one in server.server.requests if one.path == STREAM]) == LIMITS.attempts


def test_an_event_that_is_too_big_breaks_the_stream_off(server: Told) -> None:
    server.told = [[b"data: " + b"x" * 200_000], [b"data: " + b"x" * 200_000]]
    with pytest.raises(SourceUnavailableError, match="more than 100000 bytes"):
        listen(server, until=lambda _: False)


def test_each_tag_has_a_stream_and_none_holds_another(server: Told) -> None:
    server.told = [[], [event_of(entry("2", "Till alla."), server.url)]]
    events = listen(server, until=lambda events: bool(texts(events)), tags=["hyllbo", "hyllbo"])
    assert texts(events) == ["<p>Till alla.</p>"]
    with pytest.raises(ValueError, match="at most 8"):
        MastodonStream.spec.settings.model_validate({**server.settings(), "tags": ["hyllbo"] * 9})


def test_whoever_may_not_listen_is_found_out_by_the_check(server: Told, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("another")
    with closing(Fetcher(allows_private=True, limits=LIMITS)) as fetcher:
        connector(server, fetcher).check()
        with pytest.raises(SourceRefusedError, match="401"):
            connector(server, fetcher, token={"file": str(tmp_path / "token")}).check()


def test_a_stream_that_says_nothing_is_closed_within_moments(server: Told) -> None:
    def stop(_: float) -> None:
        raise StoppedError("Stop.")

    with closing(Fetcher(allows_private=True, sleep=stop)) as fetcher:
        given: Any = connector(server, fetcher).read(None, Window())
        began_at = time.monotonic()
        with closing(given), pytest.raises(StoppedError):
            list(given)
        assert time.monotonic() - began_at < 5


def test_counts_add_up_with_a_stream_that_is_read_for_its_interval(memory_folder: Path) -> None:
    with Stage() as stage:
        bench = Bench(memory_folder / "data", stage, MastodonStream, stream_for=None)
        stage.world.write("1", "Soffan är bra.")

        def live(number: int) -> None:
            if number == 4:
                stage.world.write("2", "Stolen är bra.")
                stage.world.edit("1", "Soffan är sämre.")
            if number > 4:
                time.sleep(0.1)
                bench.sleep(240)

        bench.at_event = live
        reading, report = bench.read()
        assert reading.state == "complete"
        assert report.outcomes["stored"] >= 2
        assert bench.texts() == ["Soffan är sämre.", "Stolen är bra."]
        bench.close()
