"""Try it: a text of the reader's own, with all that is said of it, and the matching call of the API."""

import time
from contextlib import suppress
from typing import Any, cast

import orjson
from fastapi.responses import Response
from starlette.background import BackgroundTask

from service.dashboard.forms import Form, check_form
from service.dashboard.hits import judged
from service.dashboard.languages import CODES, language
from service.dashboard.marks import evidence, pieces
from service.dashboard.rendering import name_of, show
from service.dashboard.visit import Visit
from service.enrichment import EnrichDocument, Enrichment
from service.limits import Limits
from textcx.errors import TextCXError

_BREATH_SECONDS = 0.02
_LANGUAGES = ("sv", "da", "nb", "nn", "fi", "en")


def page(visit: Visit) -> Response:
    """Ask for a text; while one is being written, what each language needs is loaded."""
    answer = _page(visit, visit.language.say("try.example"))
    enrichment = cast(Enrichment, visit.request.app.state.enrichment)
    answer.background = BackgroundTask(_warm_up, enrichment, visit.language.code)
    return answer


def submit(visit: Visit, form: Form) -> Response:
    """Show what is said of a text."""
    check_form(visit, form)
    text, language = form.get("text", "").replace("\r\n", "\n"), form.get("language", "")
    most = cast(Limits, visit.request.app.state.limits).enrich_text_bytes
    if len(text.encode("utf-8", "replace")) > most:
        return _page(visit, "", trouble=visit.language.say("try.too_large", n=visit.language.count(most)), status=413)
    enrichment = cast(Enrichment, visit.request.app.state.enrichment)
    document = EnrichDocument(text=text, language=language if language in _LANGUAGES else None)
    result = next(iter(enrichment.enrich([document])))
    if "error" in result:
        return _page(visit, text, language=language, trouble=result["error"]["message"], status=422)
    return _page(visit, text, language=language, result=result, versions=enrichment.versions())


def _warm_up(enrichment: Enrichment, first: str) -> None:
    """Analyse a text in each language, the first time that anybody is about to: it takes seconds, and later none.

    The reader's language comes first, and a text that is sent meanwhile comes between two languages.
    """
    if not enrichment.may_warm_up_languages():
        return
    with suppress(TextCXError):  # whoever sends a text is told why
        for code in dict.fromkeys((first, *CODES)):
            list(enrichment.enrich([EnrichDocument(text=language(code).say("try.example"))]))
            time.sleep(_BREATH_SECONDS)


def _page(
    visit: Visit, text: str, *, language: str = "", trouble: str = "", status: int = 200, **found: Any
) -> Response:
    result = found.get("result")
    sent = {"text": text, **({"language": language} if language in _LANGUAGES else {})}
    names = (
        {one[key]: name_of(visit, field, one[key]) for part, field, key in _NAMED for one in result[part]}
        if result
        else {}
    )
    return show(
        visit,
        "try.html",
        status=status,
        text=text,
        chosen=language,
        languages=_LANGUAGES,
        trouble=trouble,
        result=result,
        marked_text=pieces(text, evidence(result, names)) if result else [],
        judged=judged(visit, text, result) if result else [],
        versions=found.get("versions"),
        body=orjson.dumps({"documents": [sent]}).decode(),
        answer=orjson.dumps(result, option=orjson.OPT_INDENT_2).decode() if result else "",
    )


_NAMED = (("touchpoints", "touchpoint", "id"), ("emotions", "emotion", "name"), ("signals", "signal", "name"))
