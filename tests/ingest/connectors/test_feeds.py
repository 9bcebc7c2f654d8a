"""Feeds of every sort: RSS as well as Atom, broken ones, ones that are gone, and the threads of comments."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ingest.connector import Event, Gap, Place, State, Upsert, Window
from ingest.connectors.feeds import Feeds, FeedsSettings
from ingest.fetch import Fetcher, Limits
from ingest.testing.source_server import Reply, SourceServer
from textcx.errors import SourceRefusedError, SourceUnavailableError

NOW = datetime(2026, 11, 28, tzinfo=UTC)
RSS = b"""<?xml version="1.0" encoding="iso-8859-1"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:thr="http://purl.org/syndication/thread/1.0" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel><title>Tidningen</title>
<item><title>Hyllbo \xf6ppnar igen</title><guid isPermaLink="false">a1</guid><link>https://tidning.example/1</link>
 <pubDate>Thu, 26 Nov 2026 09:30:00 +0100</pubDate><description>Kort.</description>
 <content:encoded><![CDATA[<p>Hela artikeln om Hyllbo.</p>]]></content:encoded><slash:comments>7</slash:comments></item>
<item><title>Sv: en fr\xe5ga</title><guid isPermaLink="false">a2</guid><description>Jag h\xe5ller med.</description>
 <thr:in-reply-to ref="a1"/></item>
<item><title>Bara en rubrik</title><link>https://tidning.example/3</link></item>
</channel></rss>"""


class Site:
    """A site; a test says what it answers at which path."""

    def __init__(self) -> None:
        headers = {"Content-Type": "application/rss+xml", "Last-Modified": "yesterday"}
        self.replies = {"/a": Reply(RSS, headers=headers)}
        self.web = SourceServer(lambda request: self.replies[request.path])
        self.fetcher = Fetcher(allows_private=True, limits=Limits(attempts=1), sleep=lambda _: None)

    def connector(self, **settings: Any) -> Feeds:
        settings = {"base_url": self.web.url, "feeds": ("/a",), **settings}
        return Feeds(Place(FeedsSettings(**settings), self.fetcher, lambda: NOW))

    def read(self, *, since: datetime | None = None, **settings: Any) -> list[Event]:
        return list(self.connector(**settings).read(None, Window(since)))


@pytest.fixture
def site() -> Iterator[Site]:
    one = Site()
    with one.web:
        yield one
    one.fetcher.close()


def fields(events: list[Event]) -> list[dict[str, Any]]:
    return [dict(event.record.fields) for event in events if isinstance(event, Upsert)]


def test_rss_is_read_with_its_longest_text_its_encoding_and_its_zone(site: Site) -> None:
    first = fields(site.read())[0]
    assert first["title"] == "Hyllbo öppnar igen"
    assert first["text"] == "<p>Hela artikeln om Hyllbo.</p>"
    assert first["published_at"] == "2026-11-26T08:30:00+00:00"
    assert (first["kind"], first["voice"], first["url"]) == ("article", "press", "https://tidning.example/1")
    assert first["engagement"] == {"replies": 7}


def test_an_answer_is_linked_to_what_it_answers(site: Site) -> None:
    answer = fields(site.read(kind="comment", voice="customer"))[1]
    assert (answer["kind"], answer["voice"]) == ("reply", "customer")
    assert (answer["reply_to"], answer["thread"]) == ("a1", "a1")


def test_a_title_alone_is_the_text(site: Site) -> None:
    last = fields(site.read())[2]
    assert (last["title"], last["text"]) == (None, "Bara en rubrik")


def test_only_what_is_about_the_brand_is_given_if_so_wanted(site: Site) -> None:
    assert [one["title"] for one in fields(site.read(about=("hyllbo",)))] == ["Hyllbo öppnar igen"]


def test_what_is_older_than_wanted_is_left_out_and_what_has_no_time_is_not(site: Site) -> None:
    assert len(fields(site.read(since=NOW - timedelta(days=1)))) == 2


def test_an_unchanged_feed_is_asked_for_with_what_it_said_and_gives_nothing(site: Site) -> None:
    connector = site.connector()
    state = [event for event in connector.read(None, Window()) if isinstance(event, State)][-1]
    site.replies["/a"] = Reply(status=304)
    events = list(connector.read(state.cursor, Window()))
    assert site.web.requests[-1].headers["if-modified-since"] == "yesterday"
    assert events == [state]


def test_a_feed_that_breaks_off_gives_what_it_has_and_is_read_whole_the_next_time(site: Site) -> None:
    site.replies["/a"] = Reply(RSS[: RSS.index(b"<item><title>Bara")], headers=site.replies["/a"].headers)
    events = site.read()
    assert len(fields(events)) == 2
    assert isinstance(events[-1], State)
    assert events[-1].cursor["feeds"] == {f"{site.web.url}/a": {}}


def test_a_feed_that_is_gone_is_told_and_does_not_hold_the_others(site: Site) -> None:
    site.replies["/gone"] = Reply(status=410)
    events = site.read(feeds=("/gone", "/a"))
    assert isinstance(events[0], Gap)
    assert len(fields(events)) == 3
    with pytest.raises(SourceRefusedError):
        site.connector(feeds=("/gone",)).check()


def test_an_answer_that_names_a_file_of_this_machine_opens_no_file(site: Site, tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(RSS)
    site.replies["/a"] = Reply(str(tmp_path / "feed.xml").encode())
    with pytest.raises(SourceUnavailableError):
        site.read()


def test_pages_that_lead_on_for_ever_end(site: Site) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><link rel="next" href="/{}"/>'
        "<entry><id>{}</id><title>x</title></entry></feed>"
    )
    site.replies.update({f"/{number}": Reply(atom.format(number + 1, number).encode()) for number in range(1, 9)})
    assert len(fields(site.read(feeds=("/1",), most_pages=3))) == 3


@pytest.mark.parametrize("feed", ["feed.xml", "file:///etc/feed.xml", "https://anna:word@tidning.example/feed"])
def test_what_is_no_address_of_a_feed_is_refused(feed: str) -> None:
    with pytest.raises(ValidationError):
        FeedsSettings(feeds=(feed,))
