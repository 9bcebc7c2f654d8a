"""Scopes: which route asks for which, in one table."""

import re
from collections.abc import Iterable
from typing import Literal

from starlette.routing import BaseRoute, Route, compile_path

from service.keys import KeyScope

SCOPE_OF: dict[str, KeyScope | Literal["open"]] = {
    "POST /v1/enrich": "read",
    "GET /v1/search": "read",
    "POST /v1/search": "read",
    "GET /v1/trends": "read",
    "GET /v1/breakdown": "read",
    "GET /v1/measures": "read",
    "GET /v1/touchpoints": "read",
    "GET /v1/fields": "read",
    "GET /v1/limits": "read",
    "GET /v1/runs": "read",
    "GET /v1/runs/{run}": "read",
    "GET /v1/mentions/{identifier}": "read",
    "POST /v1/mentions": "write",
    "DELETE /v1/mentions/{identifier}": "admin",
    "GET /metrics": "read",
    "GET /docs": "read",
    "GET /openapi.json": "read",
    "GET /healthz": "open",
    "GET /readyz": "open",
}
"""A route that is missing here asks for `admin`, and fails a test. `admin` may do what `read` and `write` may;
`cases`, which shows the keys of the company's own systems, must be given by name."""


def may(scopes: frozenset[KeyScope], wanted: KeyScope) -> bool:
    """Say whether these scopes suffice.

    Example:
        >>> may(frozenset({"admin"}), "write"), may(frozenset({"admin"}), "cases"), may(frozenset({"read"}), "write")
        (True, False, False)
    """
    return wanted in scopes or ("admin" in scopes and wanted != "cases")


class RouteScopes:
    """Tells the scope that a request needs, from the routes of an app.

    Args:
        routes: All routes of the app.
    """

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._patterns: list[tuple[re.Pattern[str], dict[str, KeyScope | Literal["open"]]]] = []
        for path, methods in paths_and_methods(routes):
            scopes = {method: SCOPE_OF.get(f"{method} {path}", "admin") for method in methods}
            self._patterns.append((compile_path(path)[0], scopes))

    def wanted(self, method: str, path: str) -> KeyScope | Literal["open"] | None:
        """Return the scope that a request needs; None where no route answers it, which says nothing to anybody."""
        asked = "GET" if method == "HEAD" else method
        for pattern, scopes in self._patterns:
            if asked in scopes and pattern.fullmatch(path):
                return scopes[asked]
        return None


def paths_and_methods(routes: Iterable[BaseRoute]) -> list[tuple[str, frozenset[str]]]:
    """Return each route's path template and its methods, HEAD counted as GET."""
    return [(route.path, frozenset(route.methods or ()) - {"HEAD"}) for route in routes if isinstance(route, Route)]
