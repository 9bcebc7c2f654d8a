"""Sign-in: a key shown once becomes a cookie; and the way out."""

import zlib
from datetime import UTC, datetime
from typing import cast

from fastapi.responses import RedirectResponse, Response

from service.access import caller_with
from service.dashboard.forms import Form, check_form, way_back
from service.dashboard.rendering import show
from service.dashboard.visit import Visit
from service.quota import Quota
from service.scopes import may
from service.sessions import ADMIN, COOKIE, LASTS

_ATTEMPTS_A_MINUTE = 10
_DRAWERS = 4096
"""Addresses share so many counters, so that no number of them fills the memory."""


def page(visit: Visit) -> Response:
    """Ask for a key."""
    return _form(visit, visit.request.query_params.get("next", "/"))


def submit(visit: Visit, form: Form) -> Response:
    """Give whoever shows a good key a cookie, and lead on."""
    check_form(visit, form)
    client = visit.request.client
    drawer = zlib.crc32((client.host if client else "").encode()) % _DRAWERS
    attempts = cast(Quota, visit.request.app.state.attempts)
    if not attempts.take(str(drawer), _ATTEMPTS_A_MINUTE).is_admitted:
        return _form(visit, way_back(form), trouble="sign_in.slow", status=429)
    now = datetime.now(UTC)
    proof = form.get("key", "").strip().encode("utf-8", "replace")
    caller = caller_with(proof, keys=visit.workshop.keys, admin_key=visit.request.app.state.admin_key, now=now)
    if caller is None or not may(caller.scopes, "read"):
        return _form(visit, way_back(form), trouble="sign_in.wrong", status=403)
    answer = RedirectResponse(way_back(form), status_code=303)
    value = visit.sessions.start(caller.key.id if caller.key else ADMIN, now)
    seconds = int(LASTS.total_seconds())
    answer.set_cookie(COOKIE, value, max_age=seconds, path="/", secure=True, httponly=True, samesite="strict")
    return answer


def leave(visit: Visit, form: Form) -> Response:
    """Take the cookie away."""
    check_form(visit, form)
    answer = RedirectResponse("/sign-in", status_code=303)
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    return answer


def _form(visit: Visit, wanted: str, *, trouble: str = "", status: int = 200) -> Response:
    return show(visit, "sign_in.html", status=status, wanted=way_back({"next": wanted}), trouble=trouble)
