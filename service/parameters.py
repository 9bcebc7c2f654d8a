"""Parameters: those in an address that a route does not know are refused, not left alone.

`?form=2026` for `?from=2026` would otherwise be answered with numbers of all time.
"""

from collections.abc import Mapping
from typing import Any, cast

from fastapi import Request

from service.scopes import route_of
from textcx.errors import RequestError

_LONGEST_SHOWN_NAME = 40


async def refuse_unknown_parameters(request: Request) -> None:
    """Answer 400 to a parameter that the route's description does not have; a dependency of the whole app.

    Raises:
        RequestError: The parameter is not known, or is given twice where one value is wanted.
    """
    route = request.scope.get("route")
    if not request.query_params or not getattr(route, "include_in_schema", True):  # a page reads its own address
        return
    known = _described(request)
    for name in request.query_params:
        if name not in known:
            shown = name[:_LONGEST_SHOWN_NAME]
            names = ", ".join(sorted(known)) or "none"
            raise RequestError(f"parameter {shown!r} is not known here; known are: {names}.")
        if not known[name] and len(request.query_params.getlist(name)) > 1:
            raise RequestError(f"parameter {name!r} is given more than once.")


def _described(request: Request) -> Mapping[str, bool]:
    """Return the parameters of the route, each with whether it may be repeated, from the app's own description."""
    paths: dict[str, dict[str, Any]] = cast(Any, request.app).openapi()["paths"]  # made once and kept by the app
    described = paths.get(route_of(request.scope) or "", {}).get(request.method.lower(), {})
    return {
        one["name"]: one["schema"].get("type") == "array"
        for one in described.get("parameters", ())
        if one["in"] == "query"
    }
