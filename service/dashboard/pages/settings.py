"""Settings: the reader's language and zone, kept in the browser."""

from fastapi.responses import RedirectResponse, Response

from service.dashboard.forms import Form, check_form, way_back
from service.dashboard.languages import CODES
from service.dashboard.visit import LANGUAGE_COOKIE, ZONE_COOKIE, Visit
from service.questions.scope import read_zone

_LASTS_SECONDS = 365 * 86_400


def submit(visit: Visit, form: Form) -> Response:
    """Keep what was chosen, and go back."""
    check_form(visit, form)
    answer = RedirectResponse(way_back(form), status_code=303)
    if form.get("language") in CODES:
        answer.set_cookie(LANGUAGE_COOKIE, form["language"], max_age=_LASTS_SECONDS, path="/", samesite="strict")
    if form.get("zone"):
        zone = read_zone(form["zone"]).key
        answer.set_cookie(ZONE_COOKIE, zone, max_age=_LASTS_SECONDS, path="/", samesite="strict")
    return answer
