"""Scopes: which route asks for which, in one table."""

from collections.abc import Mapping
from typing import Any, Literal

from fastapi import Request
from starlette.exceptions import HTTPException

from service.keys import KeyScope

OPEN_PATHS = frozenset({"/healthz", "/readyz", "/sign-in"})
"""For whoever watches over the service, and for whoever is about to show a key."""
_ASSETS = "/static/"
_INBOUND = "/v1/inbound/"
Wanted = KeyScope | Literal["open"]
API_SCOPES: Mapping[str, Wanted] = {
    "POST /v1/enrich": "read",
    "GET /v1/search": "read",
    "POST /v1/search": "read",
    "GET /v1/export": "read",
    "GET /v1/trends": "read",
    "GET /v1/breakdown": "read",
    "GET /v1/compare": "read",
    "GET /v1/measures": "read",
    "GET /v1/measures/{identifier}": "read",
    "GET /v1/queries": "read",
    "PUT /v1/queries/{name}": "write",
    "DELETE /v1/queries/{name}": "write",
    "GET /v1/complete": "read",
    "GET /v1/touchpoints": "read",
    "GET /v1/topics": "read",
    "POST /v1/topics": "write",
    "GET /v1/topics/proposals": "read",
    "POST /v1/topics/proposals": "write",
    "GET /v1/topics/health": "read",
    "GET /v1/topics/emerging": "read",
    "GET /v1/topics/distinctive": "read",
    "GET /v1/topics/{identifier}": "read",
    "GET /v1/fields": "read",
    "GET /v1/limits": "read",
    "GET /v1/mentions/{identifier}/engagement": "read",
    "GET /v1/sources": "read",
    "GET /v1/sources/{name}": "read",
    "POST /v1/inbound/{name}": "open",
    "POST /v1/inbound/{name}/{proof}": "open",
    "GET /v1/runs": "read",
    "GET /v1/runs/{run}": "read",
    "GET /v1/quarantine": "read",
    "POST /v1/quarantine/{number}/retry": "write",
    "DELETE /v1/quarantine/{number}": "admin",
    "GET /v1/mentions/{identifier}": "read",
    "GET /v1/mentions/{identifier}/similar": "read",
    "GET /v1/mentions/{identifier}/thread": "read",
    "POST /v1/mentions": "write",
    "DELETE /v1/mentions/{identifier}": "admin",
    "GET /metrics": "read",
    "GET /healthz": "open",
    "GET /readyz": "open",
}
"""The routes that the API's description has."""
PAGE_SCOPES: Mapping[str, Wanted] = {
    "GET /static/{name}": "open",
    "GET /sign-in": "open",
    "POST /sign-in": "open",
    "POST /sign-out": "read",
    "POST /settings": "read",
    "GET /": "read",
    "GET /explore": "read",
    "GET /journey": "read",
    "GET /compare": "read",
    "GET /emotions": "read",
    "GET /topics": "read",
    "POST /topics": "write",
    "GET /query": "read",
    "GET /try": "read",
    "POST /try": "read",
    "GET /sources": "read",
    "POST /sources": "write",
    "GET /measures": "read",
    "GET /mention/{identifier}": "read",
}
"""The pages, and what they load."""
SCOPE_OF: Mapping[str, Wanted] = {**API_SCOPES, **PAGE_SCOPES}
"""A route that is missing here asks for `admin`, and fails a test. `admin` may do what `read` and `write` may;
`cases`, which shows the keys of the company's own systems, must be given by name."""
_PREFIX = "/v1"


def may(scopes: frozenset[KeyScope], wanted: KeyScope) -> bool:
    """Say whether these scopes suffice.

    Example:
        >>> may(frozenset({"admin"}), "write"), may(frozenset({"admin"}), "cases"), may(frozenset({"read"}), "write")
        (True, False, False)
    """
    return wanted in scopes or ("admin" in scopes and wanted != "cases")


def is_asset(path: str) -> bool:
    """Say whether this is a file that pages load, which holds nothing of anybody's data."""
    return path.startswith(_ASSETS)


def is_inbound(path: str) -> bool:
    """Say whether this is where others send: they have no key of ours, but sign what they send."""
    return path.startswith(_INBOUND)


def route_of(scope: Mapping[str, Any]) -> str | None:
    """Return the template of the route that a request was given to, such as `/v1/runs/{run}`; None before that."""
    template = getattr(scope.get("route"), "path", None)
    if template is None:
        return None
    prefix = _PREFIX if scope["path"].startswith(f"{_PREFIX}/") else ""
    return f"{prefix}{template.removeprefix(_PREFIX)}"


async def require_scope(request: Request) -> None:
    """Answer 403 unless the caller has the scope of the route; a dependency of the whole app, run before all others.

    Raises:
        HTTPException: The caller may not do this.
    """
    wanted = SCOPE_OF.get(f"{request.method} {route_of(request.scope)}", "admin")
    scopes = request.state.caller.scopes
    if wanted != "open" and not may(scopes, wanted):
        has = ", ".join(sorted(scopes)) or "none"
        raise HTTPException(403, f"This needs a key with the scope {wanted}; this one has {has}.")
