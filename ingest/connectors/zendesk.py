"""Zendesk connector: tickets by the incremental exports, what was said in them, and how customers were satisfied."""

import base64
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ingest.connector import ConnectorSettings, Cursor, Delete, Event, Place, Spec, State, Terms, Upsert, Window
from ingest.connectors.zendesk_talk import Talk
from ingest.credential import Credential
from ingest.fetch import Rate
from ingest.item import Item, items_of, read_item
from ingest.pages import Page, follow_pages
from ingest.raw import RawRecord
from textcx.errors import SourceUnreadableError

_API = "/api/v2"
_REREAD_SECONDS = 120
"""Events are written a little late, and the last minute is never given."""
_ANSWERED = {"good": 1, "bad": 0}
"""What an answer to the satisfaction question counts; "offered" and "unoffered" are no answers."""
_STAFF = frozenset({"agent", "admin"})
_MOST_USERS = 100
"""So many can be asked for at once."""


class ZendeskSettings(ConnectorSettings):
    """Whose tickets, and with which token."""

    base_url: Annotated[str, Field(min_length=1, description="Address of your Zendesk: https://NAME.zendesk.com")]
    token: Annotated[Credential, Field(description="Where the API token, or the OAuth access token, lies")]
    agent: Annotated[str, Field(description="The agent's address an API token belongs to; empty for OAuth")] = ""
    comments: Annotated[bool, Field(description="Whether what is said after a ticket's first message is read")] = True
    page_size: Annotated[int, Field(ge=1, le=1000, description="Tickets on a page")] = 500


class Zendesk:
    """Reads tickets and their comments as they change. Addresses, custom fields and internal notes stay there."""

    spec: ClassVar = Spec(
        name="zendesk",
        title="Zendesk tickets",
        settings=ZendeskSettings,
        terms=Terms(
            stored="subject, messages, customers as pseudonyms, channel, satisfaction with its comment",
            page="your own agreement with Zendesk; its API terms read 2026-11",
        ),
        rates=(Rate(9, 60.0),),
        reread=timedelta(minutes=5),
        every=timedelta(minutes=15),
    )

    def __init__(self, place: Place) -> None:
        self._settings: ZendeskSettings = place.settings
        self._fetcher = place.fetcher
        self._now = place.now
        self._scope = self._settings.base_url.rstrip("/").rpartition("/")[2]

    def check(self) -> None:
        """Ask for one ticket and, where comments are wanted, for one page of events and for who a user is."""
        self._ask("/incremental/tickets/cursor.json", {"start_time": 0, "per_page": 1})
        if self._settings.comments:
            self._events(int(self._now().timestamp()) - 3600)
            self._find_staff(["1"])

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:
        """Give what has changed since the cursor, which is kept for ever; without one, since the window's beginning.

        What was said comes first: a ticket that is gone takes along what was given of it.
        """
        start: Cursor = {"v": 2, "after": None, "events": None, "waiting": {}}
        if cursor is None or (self._settings.comments and "events" not in cursor):
            cursor = start
        position = {**start, **cursor, "v": 2}
        since = int(window.since.timestamp()) if window.since else 0
        if self._settings.comments:
            yield from self._read_talk(position, since)
        yield from self._read_tickets(position, since)

    def _read_talk(self, position: dict[str, Any], since: int) -> Iterator[Event]:
        """Give comments page by page; `position` goes along."""
        talk = Talk(self._scope, position["waiting"], self._find_staff, now=self._now)
        begun = position["events"]

        def ask(token: str | None) -> Page[tuple[list[Item], int]]:
            start = int(token) if token else max(0, begun - _REREAD_SECONDS) if begun is not None else since
            page = self._events(start)
            end = page.get("end_time")
            end = end if isinstance(end, int) else start
            return Page((items_of(page, "ticket_events"), end), None if page.get("end_of_stream") else str(end))

        for events, end in follow_pages(ask):
            talk.meet(events)
            for event in events:
                yield from read_item(event, talk.read, place=f"ticket {event.get('ticket_id')}")
            position.update(events=max(end, position["events"] or 0), waiting=talk.waiting)
            yield State(dict(position))

    def _read_tickets(self, position: dict[str, Any], since: int) -> Iterator[Event]:
        def ask(token: str | None) -> Page[tuple[list[Item], str]]:
            page = self._ask(
                "/incremental/tickets/cursor.json",
                {"per_page": self._settings.page_size, **({"cursor": token} if token else {"start_time": since})},
            )
            after = page.get("after_cursor") or token or ""
            return Page((items_of(page, "tickets"), after), None if page.get("end_of_stream") else after)

        for tickets, after in follow_pages(ask, position["after"]):
            for ticket in tickets:
                yield from read_item(ticket, self._ticket, place=f"ticket {ticket.get('id')}")
            if after:
                position["after"] = after
                yield State(dict(position))

    def _events(self, start: int) -> Any:
        return self._ask("/incremental/ticket_events.json", {"start_time": start, "include": "comment_events"})

    def _find_staff(self, ids: Sequence[str]) -> frozenset[str]:
        """Return who of these users works there, or did: suspended and deleted users keep their role."""
        staff: set[str] = set()
        for start in range(0, len(ids), _MOST_USERS):
            page = self._ask("/users/show_many.json", {"ids": ",".join(ids[start : start + _MOST_USERS])})
            staff.update(user.need_id("id") for user in items_of(page, "users") if user.text("role") in _STAFF)
        return frozenset(staff)

    def _ask(self, path: str, params: dict[str, Any]) -> Any:
        page = self._fetcher.get_json(
            f"{self._settings.base_url.rstrip('/')}{_API}{path}", params=params, headers=self._headers()
        )
        if not isinstance(page, dict):
            raise SourceUnreadableError("Zendesk's export is no page of tickets; it seems to have changed its shape.")
        return page

    def _headers(self) -> dict[str, str]:
        token, agent = self._settings.token.reveal(), self._settings.agent
        if not agent:
            return {"Authorization": f"Bearer {token}"}
        return {"Authorization": f"Basic {base64.b64encode(f'{agent}/token:{token}'.encode()).decode()}"}

    def _ticket(self, ticket: Item) -> Iterator[Upsert | Delete]:
        native_id = ticket.need_id("id")
        if ticket.text("status") == "deleted":
            yield Delete(self._scope, native_id, of="whole")
            return
        requester = ticket.need("requester_id")
        is_own = ticket.get("submitter_id") in (None, ticket.get("requester_id"))
        channel = ticket.text("via", "channel")
        fields = {
            "kind": "ticket",
            "title": ticket.text("subject"),
            "text": ticket.need("description"),
            "author": requester if is_own else None,
            "voice": "customer" if is_own else "brand",
            "published_at": ticket.text("created_at"),
            "thread": native_id,
            "attributes": {"channel": channel} if channel else {},
        }
        yield Upsert(self._record(native_id, fields))
        score = _ANSWERED.get(ticket.text("satisfaction_rating", "score") or "")
        if score is not None:
            answer = {
                "kind": "survey_answer",
                "text": ticket.text("satisfaction_rating", "comment"),
                "author": requester,
                "voice": "customer",
                "published_at": ticket.text("updated_at"),
                "ratings": [{"measure": "csat", "value": score, "lowest": 0, "highest": 1}],
                "reply_to": native_id,
                "thread": native_id,
            }
            yield Upsert(self._record(f"{native_id}/satisfaction", answer), part_of=native_id)

    def _record(self, native_id: str, fields: dict[str, Any]) -> RawRecord:
        return RawRecord(
            source_kind="zendesk",
            scope=self._scope,
            native_id=native_id,
            place=f"ticket {native_id}",
            fields=fields,
            collected_at=self._now(),
        )
