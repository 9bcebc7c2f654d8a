"""Mastodon: whose posts are left alone, whose voice it is, how posts hang together, and where a token may go."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.connector import Event, Listed, Place, Upsert, Window
from ingest.connectors.mastodon import Mastodon, MastodonSettings
from ingest.credential import Credential
from ingest.fetch import Fetcher, Limits
from ingest.testing.source_server import Reply, Request, SourceServer
from textcx.errors import SourceRefusedError, SourceUnreadableError

NOW = datetime(2026, 11, 28, tzinfo=UTC)
POST = {
    "id": "115000000000000001",
    "created_at": "2026-11-27T10:00:00.000Z",
    "in_reply_to_id": None,
    "spoiler_text": "",
    "visibility": "public",
    "language": "sv",
    "uri": "https://annan.example/users/anna/statuses/9",
    "url": "https://annan.example/@anna/9",
    "replies_count": 2,
    "reblogs_count": 3,
    "favourites_count": 4,
    "content": "<p>Hyllan kom i tid.</p>",
    "reblog": None,
    "account": {"acct": "anna@annan.example", "note": "<p>Om mig</p>", "noindex": None},
}


class Server:
    """Two timelines of one server; a test says what they hold."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = [POST]
        self.headers: dict[str, str] = {}
        self.status = 200
        self.web = SourceServer(self._answer)
        self.fetcher = Fetcher(allows_private=True, limits=Limits(attempts=1), sleep=lambda _: None)

    def read(self, *, window: Window = Window(), **settings: Any) -> list[Event]:  # noqa: B008 - it is frozen
        return list(self.connector(**settings).read(None, window))

    def fields(self, **settings: Any) -> list[dict[str, Any]]:
        return [dict(event.record.fields) for event in self.read(**settings) if isinstance(event, Upsert)]

    def connector(self, **settings: Any) -> Mastodon:
        settings = {"base_url": self.web.url, "tags": ("hyllbo",), **settings}
        return Mastodon(Place(MastodonSettings(**settings), self.fetcher, lambda: NOW))

    def _answer(self, _: Request) -> Reply:
        return Reply(self.posts, status=self.status, headers=self.headers)


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    with one.web:
        yield one
    one.fetcher.close()


def test_a_post_says_who_when_in_which_language_and_how_it_was_met(server: Server) -> None:
    (post,) = server.fields()
    assert (post["kind"], post["voice"], post["author"]) == ("post", None, "anna@annan.example")
    assert (post["language"], post["published_at"]) == ("sv", "2026-11-27T10:00:00.000Z")
    assert post["engagement"] == {"likes": 4, "replies": 2, "reposts": 3}
    assert post["thread"] == POST["id"]


def test_an_answer_is_linked_to_what_it_answers(server: Server) -> None:
    server.posts = [POST | {"id": "2", "in_reply_to_id": POST["id"]}]
    (post,) = server.fields()
    assert (post["kind"], post["reply_to"], post["thread"]) == ("comment", POST["id"], POST["id"])


@pytest.mark.parametrize(
    ("handle", "own"), [("hyllbo", "@Hyllbo@{}"), ("hyllbo@annan.example", "hyllbo@annan.example")]
)
def test_what_the_brand_writes_is_its_voice(server: Server, handle: str, own: str) -> None:
    server.posts = [POST | {"account": {"acct": handle}}]
    (post,) = server.fields(own_accounts=(own.format(server.web.url.removeprefix("http://")),))
    assert post["voice"] == "brand"


@pytest.mark.parametrize(
    "change",
    [
        {"visibility": "unlisted"},
        {"visibility": "private"},
        {"account": {"acct": "anna", "noindex": True}},
        {"account": {"acct": "anna", "note": '<p>Snickare <a href="/tags/nobot">#<span>nobot</span></a></p>'}},
        {"language": "de"},
    ],
)
def test_who_wants_no_readers_is_left_alone(server: Server, change: dict[str, Any]) -> None:
    server.posts = [POST | change]
    assert server.fields(languages=("sv", "en")) == []


def test_a_post_with_two_of_the_tags_is_given_once(server: Server) -> None:
    assert len(server.fields(tags=("hyllbo", "soffa"))) == 1
    assert len(server.web.requests) == 2


def test_a_backfill_keeps_to_its_time_and_says_nothing_of_what_is_gone(server: Server) -> None:
    events = server.read(window=Window(until=NOW - timedelta(days=2)))
    assert not any(isinstance(event, Upsert | Listed) for event in events)


def test_a_token_goes_to_no_other_server(server: Server, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("not-a-secret\n")
    with SourceServer(lambda _: Reply([])) as other:
        server.headers = {"Link": f'<{other.url}/api/v1/timelines/tag/hyllbo?max_id=1>; rel="next"'}
        with pytest.raises(SourceUnreadableError):
            server.read(token=Credential(file=tmp_path / "token"))
        assert other.requests == []
    assert server.web.requests[0].headers["authorization"] == "Bearer not-a-secret"


def test_a_server_that_shows_tags_to_members_only_is_found_out_by_the_check(server: Server) -> None:
    server.status = 401
    with pytest.raises(SourceRefusedError, match="credential is missing"):
        server.connector().check()
