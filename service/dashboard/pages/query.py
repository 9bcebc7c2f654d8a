"""Query: what is wrong with a query that is being typed, as a piece of a page; nothing where it can be read."""

from fastapi.responses import Response

from service.dashboard.faults import fault
from service.dashboard.rendering import render
from service.dashboard.visit import Visit
from textcx.errors import QuerySyntaxError, RequestError


def page(visit: Visit) -> Response:
    """Explain a query, as far as it needs it."""
    found, said = None, ""
    try:
        visit.questions.query(visit.view.q)
    except QuerySyntaxError as error:
        found = fault(visit.language, error, visit.view.q)
    except RequestError as error:  # such as a topic that there is not; said by those who know, in English
        said = str(error)
    return render(visit, "query.html", fault=found, said=said)
