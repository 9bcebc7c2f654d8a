"""Trustpilot's business API: a token for key and secret, pages by number, an empty list past the end."""

from datetime import datetime
from typing import Any

from ingest.testing.source_server import Reply, Request
from ingest.testing.stage import CREDENTIAL, Entry, WebStage

_TOKEN = "/v1/oauth/oauth-business-users-for-applications/accesstoken"
_REVIEWS = "/v1/private/business-units/46d6a890/reviews"


class Stage(WebStage):
    """The reviews of one business unit; the company answers the first of them."""

    connector = "trustpilot"
    deletes = "listing"

    def settings(self) -> dict[str, Any]:
        """Return the least settings."""
        secret = CREDENTIAL
        return {
            "base_url": self.url,
            "business_unit": "46d6a890",
            "api_key": secret,
            "api_secret": secret,
            "full_every_days": 0,
            "page_size": 5,
        }

    def answer(self, request: Request) -> Reply:
        """Answer with a token or a page."""
        if request.path == _TOKEN:
            if request.headers.get("authorization", "").startswith("Basic ") and b"client_credentials" in request.body:
                return Reply({"access_token": "t-1", "expires_in": "359999", "token_type": "Bearer"})
            return Reply({"message": "Unauthorized"}, status=401)
        if request.headers.get("authorization") != "Bearer t-1":
            return Reply({"message": "Unauthorized"}, status=401)
        if request.path != _REVIEWS:
            return Reply({"message": "Not found"}, status=404)
        size, number = int(request.query["perPage"]), int(request.query["page"])
        since = datetime.fromisoformat(request.query.get("startDateTime", "2000-01-01T00:00:00+00:00"))
        found = [one for one in self.world.present if one.published_at >= since]
        return Reply({"links": [], "reviews": [_review(one) for one in found[(number - 1) * size :][:size]]})


def _review(one: Entry) -> dict[str, Any]:
    return {
        "id": one.id,
        "stars": one.rating,
        "title": "",
        "text": one.text,
        "language": "sv",
        "createdAt": one.published_at.isoformat(),
        "updatedAt": one.edited_at and one.edited_at.isoformat(),
        "numberOfLikes": one.likes,
        "isVerified": True,
        "companyReply": None,
        "consumer": {"id": one.author, "displayName": "Sample Person", "displayLocation": "Malmö, SE"},
        "businessUnit": {"displayName": "Hyllbo", "identifyingName": "hyllbo.example"},
        "location": None,
        "referenceId": "order-17",
    }
