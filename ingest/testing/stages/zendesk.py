"""Zendesk's incremental exports: tickets by when they changed, with a lasting cursor, and their events by time."""

from typing import Any, ClassVar

from ingest.testing.source_server import Reply, Request
from ingest.testing.stage import CREDENTIAL, KEY, Entry, WebStage

_PAGE = 5
_TICKET, _COMMENTS = "1", ("2", "3")
"""Who writes these comments to the first ticket; all others write tickets."""
_LAST_SECONDS = 60
"""Events of so recent a time are not given, and may not be asked for."""


class Stage(WebStage):
    """The tickets of one company."""

    connector = "zendesk"
    deletes = "event"
    drift = (b'"ticket', b'"case')
    lacks: ClassVar = {"engagement": "nobody likes a ticket"}

    def settings(self) -> dict[str, Any]:
        """Return the least settings."""
        return {"base_url": self.url, "token": CREDENTIAL, "page_size": _PAGE}

    def answer(self, request: Request) -> Reply:
        """Answer with a page of what changed after a cursor or a time."""
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return Reply({"error": "Couldn't authenticate you"}, status=401)
        if request.path == "/api/v2/users/show_many.json":
            return Reply({"users": [{"id": one, "role": "end-user"} for one in request.query["ids"].split(",")]})
        if request.path == "/api/v2/incremental/ticket_events.json":
            return self._events(int(request.query["start_time"]))
        if request.path != "/api/v2/incremental/tickets/cursor.json":
            return Reply({"error": "RecordNotFound"}, status=404)
        changed = [one for one in self.world.history if one.id not in _COMMENTS]
        if "cursor" in request.query:
            changed = [one for one in changed if one.changed > int(request.query["cursor"])]
        else:
            since = int(request.query["start_time"])
            changed = [one for one in changed if one.changed_at.timestamp() >= since]
        size = min(int(request.query.get("per_page", _PAGE)), _PAGE)
        page, after = changed[:size], request.query.get("cursor")
        return Reply(
            {
                "tickets": [_ticket(one) for one in page],
                "after_cursor": str(page[-1].changed) if page else after,
                "before_cursor": None,
                "end_of_stream": len(changed) <= size,
            }
        )

    def _events(self, start: int) -> Reply:
        latest = self.world.now.timestamp() - _LAST_SECONDS
        if start > latest:
            return Reply({"error": "StartTimeTooRecent", "description": "Too recent start_time."}, status=422)
        written = sorted(self.world.entries.values(), key=lambda one: one.published_at)
        found = [one for one in written if start <= one.published_at.timestamp() <= latest]
        page = found[:_PAGE]
        return Reply(
            {
                "ticket_events": [_event(one) for one in page],
                "count": len(page),
                "end_time": int(page[-1].published_at.timestamp()) if page else start,
                "end_of_stream": len(found) <= _PAGE,
            }
        )


def _ticket(one: Entry) -> dict[str, Any]:
    return {
        "id": one.id,
        "subject": "",
        "description": one.text,
        "status": "deleted" if one.is_deleted else "open",
        "requester_id": one.author,
        "submitter_id": one.author,
        "created_at": one.published_at.isoformat(),
        "updated_at": (one.edited_at or one.published_at).isoformat(),
        "satisfaction_rating": {"score": "unoffered"},
        "via": {"channel": "web"},
    }


def _event(one: Entry) -> dict[str, Any]:
    said = {
        "id": int(one.id) + 1000,
        "event_type": "Comment",
        "type": "Comment",
        "author_id": one.author,
        "public": True,
        "body": one.text,
        "created_at": one.published_at.isoformat(),
    }
    begun = [] if one.id in _COMMENTS else [{"id": int(one.id) + 2000, "event_type": "Create", "status": "new"}]
    return {
        "id": int(one.id) + 3000,
        "ticket_id": _TICKET if one.id in _COMMENTS else one.id,
        "timestamp": int(one.published_at.timestamp()),
        "event_type": "Audit",
        "child_events": [said, *begun],
    }
