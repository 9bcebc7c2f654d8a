"""Zendesk talk: what was said in tickets after their first message, out of the export of their events."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cached_property

from ingest.connector import Delete, Event, Upsert
from ingest.item import Item
from ingest.raw import RawRecord

_MOST_WAITING = 1000
"""So many tickets are remembered in which a customer came back and has no answer yet; the oldest are let go."""
_HIDING = {"CommentPrivacyChange": False, "CommentRedactionEvent": None}
"""Events by which a comment is public no more, or no more what it was -> what they say of `public`."""


class Talk:
    """Reads public comments, in the order in which they were written.

    Args:
        scope: Of the records.
        waiting: Ticket -> the customer's last comment after the first message that has no answer yet.
        staff: Gives the ids of all who answer for the brand; asked once, and only if there is a comment.
        now: The time.

    Attributes:
        waiting: The same as it stands now: an answer is linked to what it answers, also at a later reading.
    """

    def __init__(
        self,
        scope: str,
        waiting: Mapping[str, str],
        staff: Callable[[], frozenset[str]],
        *,
        now: Callable[[], datetime],
    ) -> None:
        self.waiting = dict(waiting)
        self._scope = scope
        self._find_staff = staff
        self._now = now

    def read(self, event: Item) -> Iterator[Event]:
        """Give the public comments of one event, those left out that a ticket began with; and which are gone.

        Raises:
            UnreadableRecordError: It lacks what makes a comment.
        """
        ticket, happened = event.need_id("ticket_id"), event.items("child_events")
        is_beginning = any(_kind(one) == "Create" for one in happened)
        for one in happened:
            kind = _kind(one)
            if kind == "Comment" and one.get("public") is True and not is_beginning:
                yield self._comment(one, event, ticket)
            elif kind in _HIDING and one.get("public") is _HIDING[kind]:
                yield Delete(self._scope, _id(ticket, one.need_id("comment_id")), reason="hidden or redacted")

    def _comment(self, comment: Item, event: Item, ticket: str) -> Upsert:
        native_id, author = _id(ticket, comment.need_id("id")), comment.need_id("author_id")
        is_staff = author in self._staff
        answered = self.waiting.pop(ticket, ticket)
        if not is_staff:
            answered = ticket
            self.waiting[ticket] = native_id
            if len(self.waiting) > _MOST_WAITING:
                del self.waiting[next(iter(self.waiting))]
        fields = {
            "kind": "reply" if is_staff else "comment",
            "text": comment.text("plain_body") or comment.need("body"),
            "author": None if is_staff else author,
            "voice": "brand" if is_staff else "customer",
            "published_at": comment.time_text("created_at") or event.time_text("timestamp"),
            "reply_to": answered,
            "thread": ticket,
        }
        # A comment is never edited; that it was linked otherwise when it was met before is no change of it.
        record = RawRecord(
            "zendesk", self._scope, native_id, f"ticket {ticket}", fields, self._now(), source_revision=native_id
        )
        return Upsert(record, part_of=ticket)

    @cached_property
    def _staff(self) -> frozenset[str]:
        return self._find_staff()


def _kind(event: Item) -> str | None:
    return event.text("event_type") or event.text("type")


def _id(ticket: str, comment: str) -> str:
    return f"{ticket}/comments/{comment}"
