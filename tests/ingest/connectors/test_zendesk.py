"""Zendesk: what was said after a ticket's first message, by whom, what it answers, and what goes with a ticket."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.connector import Cursor, Delete, Event, Place, State, Upsert, Window
from ingest.connectors.zendesk import Zendesk
from ingest.fetch import Fetcher, Limits
from ingest.raw import RawRecord, Unreadable
from ingest.testing.bench import Bench
from ingest.testing.source_server import Reply, Request, SourceServer
from ingest.testing.stage import CREDENTIAL, load_stage
from textcx.errors import SourceRefusedError

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
AGENT, ANNA, BO = 77, 501, 502
TICKET = {
    "id": 9,
    "subject": "Hyllan",
    "description": "Hyllan kom inte.",
    "status": "open",
    "requester_id": ANNA,
    "submitter_id": ANNA,
    "created_at": "2026-11-27T08:00:00Z",
    "updated_at": "2026-11-27T12:00:00Z",
    "satisfaction_rating": {"score": "good", "comment": "Tack!"},
    "via": {"channel": "email"},
}


def comment(number: int, author: int, body: str, **more: Any) -> dict[str, Any]:
    said = {"id": number, "event_type": "Comment", "author_id": author, "body": body, "public": True}
    return said | {"created_at": f"2026-11-27T09:{number % 60:02}:00Z"} | more


def event(*happened: dict[str, Any], ticket: int = 9, at: int = 1795770000) -> dict[str, Any]:
    return {"id": at, "ticket_id": ticket, "timestamp": at, "event_type": "Audit", "child_events": list(happened)}


class Server:
    """One company; a test says what was said."""

    def __init__(self) -> None:
        self.tickets: list[dict[str, Any]] = [TICKET]
        self.events: list[dict[str, Any]] = []
        self.users: list[dict[str, Any]] = [
            {"id": AGENT, "role": "agent", "active": True, "suspended": False},
            {"id": 78, "role": "admin", "active": True, "suspended": False},
            {"id": ANNA, "role": "end-user", "active": True, "suspended": False},
        ]
        self.refused = ""
        self.web = SourceServer(self._answer)
        self.fetcher = Fetcher(allows_private=True, limits=Limits(attempts=1), sleep=lambda _: None)

    def connector(self, **settings: Any) -> Zendesk:
        values = {"base_url": self.web.url, "token": CREDENTIAL, **settings}
        return Zendesk(Place(Zendesk.spec.settings.model_validate(values), self.fetcher, lambda: NOW))

    def read(self, cursor: Cursor | None = None, **settings: Any) -> list[Event]:
        return list(self.connector(**settings).read(cursor, Window()))

    def said(self, cursor: Cursor | None = None) -> list[RawRecord]:
        records = [event.record for event in self.read(cursor) if isinstance(event, Upsert)]
        return [record for record in records if "/comments/" in str(record.native_id)]

    def users_asked_for(self) -> list[list[str]]:
        return [one.query["ids"].split(",") for one in self.web.requests if "users" in one.path]

    def _answer(self, request: Request) -> Reply:
        if self.refused and self.refused in request.path:
            return Reply({"error": "Forbidden"}, status=403)
        if request.path == "/api/v2/users/show_many.json":
            asked = request.query["ids"].split(",")
            assert len(asked) <= 100, "Zendesk refuses more"
            return Reply({"users": [one for one in self.users if str(one["id"]) in asked]})
        if "ticket_events" in request.path:
            assert request.query["include"] == "comment_events"
            return Reply({"ticket_events": self.events, "end_time": 1795770000, "end_of_stream": True})
        return Reply({"tickets": self.tickets, "after_cursor": "c", "end_of_stream": True})


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    with one.web, closing(one.fetcher):
        yield one


def test_comments_say_whose_voice_they_are_and_what_they_answer(server: Server) -> None:
    server.events = [
        event(comment(1, ANNA, "Hyllan kom inte."), {"id": 2, "event_type": "Create", "status": "new"}),
        event(comment(3, AGENT, "Vi letar.", plain_body="Vi letar efter den.")),
        event(comment(4, ANNA, "Och nu?"), {"id": 5, "event_type": "Change", "field_name": "status"}),
        event(comment(6, 78, "Den kommer i morgon.")),
        event(comment(7, 78, "Klockan nio.")),
        event(comment(8, BO, "Jag är grannen."), ticket=10),
    ]
    said = server.said()
    assert [record.fields["text"] for record in said] == [
        "Vi letar efter den.", "Och nu?", "Den kommer i morgon.", "Klockan nio.", "Jag är grannen.",
    ]  # fmt: skip
    assert [(record.fields["voice"], record.fields["kind"]) for record in said] == [
        ("brand", "reply"), ("customer", "comment"), ("brand", "reply"), ("brand", "reply"), ("customer", "comment"),
    ]  # fmt: skip
    assert [record.fields["reply_to"] for record in said] == ["9", "9", "9/comments/4", "9", "10"]
    assert [record.fields["thread"] for record in said] == ["9", "9", "9", "9", "10"]
    assert [record.fields["author"] for record in said] == [None, str(ANNA), None, None, str(BO)]
    assert said[0].fields["published_at"] == "2026-11-27T09:03:00Z"
    assert len({record.scope for record in said}) == 1


def test_an_answer_finds_what_it_answers_at_a_later_reading_and_met_again_is_the_same(server: Server) -> None:
    server.events = [event(comment(4, ANNA, "Och nu?"))]
    state = [one for one in server.read() if isinstance(one, State)][-1]
    server.events = [event(comment(6, AGENT, "I morgon."))]
    (answer,) = server.said(state.cursor)
    assert answer.fields["reply_to"] == "9/comments/4"
    server.events = [event(comment(4, ANNA, "Och nu?")), event(comment(6, AGENT, "I morgon."))]
    again = server.said(state.cursor)
    assert again[1].source_revision == answer.source_revision


def test_what_is_internal_stays_there_and_what_becomes_so_is_gone(server: Server) -> None:
    server.events = [
        event(comment(3, AGENT, "Kunden är besvärlig.", public=False)),
        event({"id": 4, "event_type": "VoiceComment", "public": True, "body": "Samtal"}),
        event({"id": 5, "event_type": "CommentPrivacyChange", "comment_id": 3, "public": False}),
        event({"id": 6, "event_type": "CommentPrivacyChange", "comment_id": 7, "public": True}),
        event({"id": 8, "type": "CommentRedactionEvent", "comment_id": 9}),
    ]
    events = server.read()
    assert server.said() == []
    gone = [event.native_id for event in events if isinstance(event, Delete)]
    assert gone == ["9/comments/3", "9/comments/9"]
    assert not server.users_asked_for(), "nobody asked who answers"


@pytest.mark.parametrize(
    "left",
    [
        {"id": 79, "role": "agent", "active": True, "suspended": True},
        {"id": 79, "role": "admin", "active": False, "suspended": False},
    ],
    ids=["suspended", "deleted"],
)
def test_who_has_left_the_company_spoke_for_it(server: Server, left: dict[str, Any]) -> None:
    server.users.append(left)
    server.events = [event(comment(3, 79, "Vi letar.")), event(comment(4, ANNA, "Tack!"))]
    answer, thanks = server.said()
    assert (answer.fields["voice"], answer.fields["author"]) == ("brand", None)
    assert thanks.fields["voice"] == "customer"


def test_whose_account_is_a_customers_now_spoke_for_the_company_when_tickets_were_theirs(server: Server) -> None:
    server.users.append({"id": 79, "role": "end-user", "active": True, "suspended": False})
    server.events = [
        event(comment(3, 79, "Vi letar.")),
        event({"id": 5, "event_type": "Change", "assignee_id": 79, "previous_value": None}, ticket=10),
        event(comment(6, BO, "Jag är grannen."), ticket=10),
    ]
    assert [record.fields["voice"] for record in server.said()] == ["brand", "customer"], "BO is no user any more"


def test_users_are_asked_for_once_a_hundred_at_a_time_and_only_those_who_speak(server: Server) -> None:
    beginning = event(comment(1, 999, "Hyllan kom inte."), {"id": 2, "event_type": "Create", "status": "new"})
    server.events = [beginning, *(event(comment(3, 1000 + one % 150, "Hej.", id=one)) for one in range(300))]
    server.read()
    asked = server.users_asked_for()
    assert [len(one) for one in asked] == [100, 50]
    assert "999" not in {user for one in asked for user in one}


def test_a_comment_without_what_makes_it_one_is_set_aside(server: Server) -> None:
    broken = comment(3, ANNA, "Hej.")
    del broken["author_id"]
    server.events = [event(broken), event(comment(4, ANNA, "Hej igen."))]
    events = server.read()
    (aside,) = (event for event in events if isinstance(event, Unreadable))
    assert "author_id" in aside.reason


def test_events_are_asked_for_again_from_a_little_before_and_not_where_nobody_wants_them(server: Server) -> None:
    first = [one for one in server.read() if isinstance(one, State)][-1]
    server.read(first.cursor)
    asked = [int(one.query["start_time"]) for one in server.web.requests if "ticket_events" in one.path]
    assert asked == [0, 1795770000 - 120]
    server.web.requests.clear()
    without = [one for one in server.read(comments=False) if isinstance(one, State)][-1]
    assert not any("ticket_events" in one.path for one in server.web.requests)
    assert without.cursor["after"] == "c"


def test_a_position_of_before_comments_were_read_begins_anew(server: Server) -> None:
    server.read({"v": 1, "after": "b"})
    tickets = [one for one in server.web.requests if "tickets/cursor" in one.path]
    assert tickets[0].query["start_time"] == "0"


@pytest.mark.parametrize("part", ["tickets/cursor", "ticket_events", "users/show_many"])
def test_a_missing_right_is_found_out_by_the_check(server: Server, part: str) -> None:
    server.connector().check()
    server.refused = part
    with pytest.raises(SourceRefusedError, match="lacks a right"):
        server.connector().check()


def test_a_deleted_ticket_takes_its_comments_and_satisfaction_along(memory_folder: Path) -> None:
    with load_stage("zendesk")() as stage:
        bench = Bench(memory_folder / "data", stage)
        for number in range(1, 6):
            stage.world.write(str(number), f"Kund {number} skriver.", author=f"kund-{number}")
            bench.sleep(600)
        bench.read()
        assert len(bench.texts()) == 5
        bench.sleep(600)
        stage.world.delete("1")
        bench.sleep(600)
        reading, _ = bench.read()
        assert reading.deleted == 3
        assert bench.texts() == ["Kund 4 skriver.", "Kund 5 skriver."]
        bench.sleep(600)
        bench.read()
        assert len(bench.texts()) == 2, "they do not come back"
        bench.close()
