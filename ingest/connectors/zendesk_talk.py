"""Zendesk talk: what was said in tickets after their first message, out of the export of their events."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime

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
        find_staff: Gives those of some users who answer for the brand, or did; each user is asked for once.
        now: The time.

    Attributes:
        waiting: The same as it stands now: an answer is linked to what it answers, also at a later reading.
    """

    def __init__(
        self,
        scope: str,
        waiting: Mapping[str, str],
        find_staff: Callable[[Sequence[str]], Collection[str]],
        *,
        now: Callable[[], datetime],
    ) -> None:
        self.waiting = dict(waiting)
        self._scope = scope
        self._find_staff = find_staff
        self._now = now
        self._staff: set[str] = set()
        self._known: set[str] = set()

    def meet(self, events: Sequence[Item]) -> None:
        """Learn who of those who speak in a page of events answers for the brand: all are asked for at once.

        Whoever a ticket was assigned to did so when it was, even if the account is a customer's by now.
        """
        changes = [event.items("child_events") for event in events]
        self._staff.update(one for happened in changes for event in happened if (one := event.text("assignee_id")))
        speakers = {one.text("author_id") for happened in changes for one in _given(happened)}
        asked = sorted(one for one in speakers - self._known - self._staff if one)
        if asked:
            self._staff.update(self._find_staff(asked))
            self._known.update(asked)

    def read(self, event: Item) -> Iterator[Event]:
        """Give the public comments of one event, those left out that a ticket began with; and which are gone.

        Raises:
            UnreadableRecordError: It lacks what makes a comment.
        """
        ticket, happened = event.need_id("ticket_id"), event.items("child_events")
        for one in _given(happened):
            yield self._comment(one, event, ticket)
        for one in happened:
            kind = _kind(one)
            if kind in _HIDING and one.get("public") is _HIDING[kind]:
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


def _kind(event: Item) -> str | None:
    return event.text("event_type") or event.text("type")


def _given(happened: Sequence[Item]) -> list[Item]:
    """Return the public comments of one event, without that which a ticket begins with."""
    if any(_kind(one) == "Create" for one in happened):
        return []
    return [one for one in happened if _kind(one) == "Comment" and one.get("public") is True]


def _id(ticket: str, comment: str) -> str:
    return f"{ticket}/comments/{comment}"
