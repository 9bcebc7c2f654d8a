"""Forms: what a browser sends back from a page, and whether the page was ours."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from fastapi import Request
from starlette.exceptions import HTTPException

from service.dashboard.visit import Visit
from textcx.errors import RequestError

_MOST_FIELDS = 50
_OURS = frozenset({"same-origin", "none"})
Form = Mapping[str, str]


async def read_form(request: Request) -> Form:
    """Return the fields of a form by name; of one that comes twice the last.

    Raises:
        HTTPException: It is no form.
    """
    if request.headers.get("content-type", "").partition(";")[0] != "application/x-www-form-urlencoded":
        raise HTTPException(415, "This takes a form of a page.")
    body = await request.body()
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(400, "The form has too many fields.") from error


def check_form(visit: Visit, form: Form) -> None:
    """Refuse a form that is not of a page of ours: another site can neither make its token nor hide where it is from.

    Raises:
        RequestError: It is from elsewhere, or of a session that is over.
    """
    is_ours = visit.request.headers.get("sec-fetch-site", "same-origin") in _OURS
    if not is_ours or not visit.sessions.is_form_token(form.get("token", ""), visit.cookie):
        raise RequestError(visit.language.say("form_stale"))


def way_back(form: Form) -> str:
    """Return the page to go back to: one of ours, else the first one.

    Example:
        >>> way_back({"next": "/explore?q=sen"}), way_back({"next": "//elsewhere.example/"}), way_back({})
        ('/explore?q=sen', '/', '/')
    """
    wanted = form.get("next", "/")
    is_plain = wanted.isprintable() and "\\" not in wanted and wanted.startswith("/") and not wanted.startswith("//")
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return "/"
    return wanted if is_plain and not parts.scheme and not parts.netloc else "/"
