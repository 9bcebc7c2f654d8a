"""Zendesk connector: tickets by the incremental export, with what the customers said of how they were helped."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ingest.connector import ConnectorSettings, Cursor, Delete, Event, Place, Spec, State, Terms, Upsert, Window
from ingest.credential import Credential
from ingest.fetch import Rate
from ingest.item import Item, items_of, read_item
from ingest.pages import Page, follow_pages
from ingest.raw import RawRecord
from textcx.errors import SourceUnreadableError

_PATH = "/api/v2/incremental/tickets/cursor.json"
_ANSWERED = {"good": 1, "bad": 0}
"""What an answer to the satisfaction question counts; "offered" and "unoffered" are no answers."""


class ZendeskSettings(ConnectorSettings):
    """Whose tickets, and with which token."""

    base_url: Annotated[str, Field(min_length=1, description="Address of your Zendesk: https://NAME.zendesk.com")]
    token: Annotated[Credential, Field(description="Where the API token, or the OAuth access token, lies")]
    agent: Annotated[str, Field(description="The agent's address an API token belongs to; empty for OAuth")] = ""
    page_size: Annotated[int, Field(ge=1, le=1000, description="Tickets on a page")] = 500


class Zendesk:
    """Reads tickets as they change. Addresses, custom fields and the notes of agents stay at the source."""

    spec: ClassVar = Spec(
        name="zendesk",
        title="Zendesk tickets",
        settings=ZendeskSettings,
        terms=Terms(
            stored="subject, first message, author as a pseudonym, channel, satisfaction with its comment",
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
        """Ask for one ticket."""
        self._ask({"start_time": 0, "per_page": 1})

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:
        """Give what has changed since the cursor, which is kept for ever; without one, since the window's beginning."""

        def ask(token: str | None) -> Page[tuple[list[Item], str]]:
            since = int(window.since.timestamp()) if window.since else 0
            page = self._ask(
                {"per_page": self._settings.page_size, **({"cursor": token} if token else {"start_time": since})}
            )
            after = page.get("after_cursor") or token or ""
            return Page((items_of(page, "tickets"), after), None if page.get("end_of_stream") else after)

        for tickets, after in follow_pages(ask, cursor["after"] if cursor else None):
            for ticket in tickets:
                yield from read_item(ticket, self._ticket, place=f"ticket {ticket.get('id')}")
            if after:
                yield State({"v": 1, "after": after})

    def _ask(self, params: dict[str, Any]) -> Any:
        page = self._fetcher.get_json(
            f"{self._settings.base_url.rstrip('/')}{_PATH}", params=params, headers=self._headers()
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
        answer_id = f"{native_id}/satisfaction"
        if ticket.text("status") == "deleted":
            yield Delete(self._scope, native_id)
            yield Delete(self._scope, answer_id)
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
            yield Upsert(self._record(answer_id, answer))

    def _record(self, native_id: str, fields: dict[str, Any]) -> RawRecord:
        return RawRecord(
            source_kind="zendesk",
            scope=self._scope,
            native_id=native_id,
            place=f"ticket {native_id}",
            fields=fields,
            collected_at=self._now(),
        )
