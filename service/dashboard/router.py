"""Router: the pages by path, and how errors look to somebody with a browser."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from service.dashboard.faults import fault
from service.dashboard.forms import Form, read_form
from service.dashboard.pages import (
    compare,
    emotions,
    explore,
    journey,
    measures,
    mention,
    overview,
    query,
    settings,
    sign_in,
    sources,
    topics,
    try_it,
)
from service.dashboard.rendering import render
from service.dashboard.visit import Visit, visit_of
from service.deps import EnrichTurnDep
from textcx.errors import NotFoundError, QuerySyntaxError, RequestError, RetryableError, TextCXError

Page = Callable[[Visit], Response]
PAGES: Mapping[str, Page] = {
    "/": overview.page,
    "/explore": explore.page,
    "/journey": journey.page,
    "/compare": compare.page,
    "/emotions": emotions.page,
    "/topics": topics.page,
    "/try": try_it.page,
    "/sources": sources.page,
    "/measures": measures.page,
    "/mention/{identifier}": mention.page,
    "/query": query.page,
    "/sign-in": sign_in.page,
}
"""The pages by path; those of the navigation are in `rendering.PAGES` too."""
FORMS: Mapping[str, Callable[[Visit, Form], Response]] = {
    "/sign-in": sign_in.submit,
    "/sign-out": sign_in.leave,
    "/settings": settings.submit,
    "/topics": topics.submit,
    "/sources": sources.submit,
}
"""What forms are sent to."""
router = APIRouter(include_in_schema=False)


def answered(page: Page, visit: Visit) -> Response:
    """Return a page; where it cannot be shown, one that says why, and what to do."""
    try:
        return page(visit)
    except QuerySyntaxError as error:
        return _trouble(visit, "query", 400, error)
    except NotFoundError as error:
        return _trouble(visit, "missing", 404, error)
    except RequestError as error:
        return _trouble(visit, "request", 400, error)
    except RetryableError as error:
        return _trouble(visit, "later", 503, error)
    except TextCXError as error:
        return _trouble(visit, "broken", 500, error)


def _trouble(visit: Visit, kind: str, status: int, error: TextCXError) -> Response:
    """Return the page that says what is wrong; in the reader's zone, as the address may name one that there is not."""
    shown = replace(visit, view=replace(visit.view, timezone=""))
    found = fault(visit.language, error, visit.view.q) if isinstance(error, QuerySyntaxError) else None
    return render(shown, "trouble.html", status=status, trouble=error, kind=kind, fault=found)


def _page_route(page: Page) -> Callable[[Request], Response]:
    def route(request: Request) -> Response:
        return answered(page, visit_of(request))

    return route


def _form_route(take: Callable[[Visit, Form], Response]) -> Callable[..., Response]:
    def route(request: Request, form: Annotated[Form, Depends(read_form)]) -> Response:
        return answered(lambda visit: take(visit, form), visit_of(request))

    return route


for _path, _page in PAGES.items():
    router.add_api_route(_path, _page_route(_page), response_class=Response)
for _path, _take in FORMS.items():
    router.add_api_route(_path, _form_route(_take), methods=["POST"], response_class=Response)


@router.post("/try", response_class=Response)
def try_a_text(request: Request, form: Annotated[Form, Depends(read_form)], _turn: EnrichTurnDep) -> Response:
    """Analyse a text when it is its turn, as the API does."""
    return answered(lambda visit: try_it.submit(visit, form), visit_of(request))
