"""Google Business Profile: an access token for a refresh token, pages by token, changed last first."""

from typing import Any

from ingest.testing.source_server import Reply, Request
from ingest.testing.stage import CREDENTIAL, Entry, WebStage

_REVIEWS = "/v4/accounts/1/locations/2/reviews"
_PAGE = 5
_NAMES = ("ONE", "TWO", "THREE", "FOUR", "FIVE")


class Stage(WebStage):
    """One place with its reviews."""

    connector = "google_business"
    deletes = "listing"
    drift = (b'"starRating"', b'"stars_v2"')
    lacks = {"engagement": "Google gives no count of reactions to a review"}

    def settings(self) -> dict[str, Any]:
        """Return the least settings."""
        secret = CREDENTIAL
        return {
            "base_url": self.url,
            "token_url": f"{self.url}/token",
            "locations": ["accounts/1/locations/2"],
            "client_id": "client",
            "client_secret": secret,
            "refresh_token": secret,
            "full_every_days": 0,
        }

    def answer(self, request: Request) -> Reply:
        """Answer with a token or a page."""
        if request.path == "/token":
            return Reply({"access_token": "t-1", "expires_in": 3599, "token_type": "Bearer"})
        if request.headers.get("authorization") != "Bearer t-1":
            return Reply({"error": {"code": 401, "status": "UNAUTHENTICATED"}}, status=401)
        if request.path != _REVIEWS:
            return Reply({"error": {"code": 404, "status": "NOT_FOUND"}}, status=404)
        found = sorted(self.world.present, key=lambda one: one.edited_at or one.published_at, reverse=True)
        at = int(request.query.get("pageToken", "at-0").removeprefix("at-"))
        page: dict[str, Any] = {"averageRating": 4.0, "totalReviewCount": len(found)}
        if reviews := [_review(one) for one in found[at : at + _PAGE]]:
            page["reviews"] = reviews
        if at + _PAGE < len(found):
            page["nextPageToken"] = f"at-{at + _PAGE}"
        return Reply(page)


def _review(one: Entry) -> dict[str, Any]:
    return {
        "name": f"{_REVIEWS.removeprefix('/v4/')}/{one.id}",
        "reviewId": one.id,
        "reviewer": {"displayName": one.author, "isAnonymous": False},
        "starRating": _NAMES[one.rating - 1],
        "comment": one.text,
        "createTime": one.published_at.isoformat(),
        "updateTime": (one.edited_at or one.published_at).isoformat(),
    }
