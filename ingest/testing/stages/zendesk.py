"""Zendesk's incremental export: tickets by when they changed, a cursor that lasts, deleted ones marked."""

from typing import Any, ClassVar

from ingest.testing.source_server import Reply, Request
from ingest.testing.stage import CREDENTIAL, KEY, Entry, WebStage

_PAGE = 5


class Stage(WebStage):
    """The tickets of one company."""

    connector = "zendesk"
    deletes = "event"
    drift = (b'"description"', b'"words_v2"')
    lacks: ClassVar = {"engagement": "nobody likes a ticket"}

    def settings(self) -> dict[str, Any]:
        """Return the least settings."""
        return {"base_url": self.url, "token": CREDENTIAL, "page_size": _PAGE}

    def answer(self, request: Request) -> Reply:
        """Answer with a page of what changed after a cursor or a time."""
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return Reply({"error": "Couldn't authenticate you"}, status=401)
        if request.path != "/api/v2/incremental/tickets/cursor.json":
            return Reply({"error": "RecordNotFound"}, status=404)
        changed = self.world.history
        if "cursor" in request.query:
            changed = [one for one in changed if one.changed > int(request.query["cursor"])]
        else:
            since = int(request.query["start_time"])
            changed = [one for one in changed if (one.edited_at or one.published_at).timestamp() >= since]
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
