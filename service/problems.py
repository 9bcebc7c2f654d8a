"""Problems: each kind of error as an answer of the HTTP API (RFC 9457, `application/problem+json`).

One table says which error becomes which status; the core knows no HTTP. `type` is stable: programs may rely on it.
"""

from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from textcx import errors
from textcx.validation import describe

MEDIA_TYPE = "application/problem+json"
STATUS_OF = (
    (errors.QuerySyntaxError, 400, "query-syntax"),
    (errors.NotFoundError, 404, "not-found"),
    (errors.ConflictError, 409, "conflict"),
    (errors.RequestError, 400, "bad-request"),
    (errors.RecordError, 422, "unreadable-record"),
    (errors.BacklogFullError, 503, "backlog-full"),
    (errors.RetryableError, 503, "unavailable"),
    (errors.TextCXError, 500, "misconfigured"),
)
"""The first class that fits decides."""

_NAME_OF_STATUS = {
    400: "bad-request",
    401: "unauthorized",
    404: "not-found",
    405: "method-not-allowed",
    413: "too-large",
}


def problem(status: int, name: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """Return a problem as a response.

    Args:
        status: HTTP status.
        name: Stable name of the kind of problem, the end of its `type`.
        detail: What is wrong, where, and the way out.
        headers: Further headers.
        **more: Members of this kind of problem, such as `position`.
    """
    body = {"type": f"urn:textcx:problem:{name}", "title": name.replace("-", " "), "status": status, "detail": detail}
    return Response(orjson.dumps({**body, **more}), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of the app with a problem."""
    log = structlog.get_logger("textcx")

    def on_our_error(_request: Request, error: Exception) -> Response:
        for kind, status, name in STATUS_OF:
            if isinstance(error, kind):
                headers, more = {}, {}
                if isinstance(error, errors.BacklogFullError):
                    headers["Retry-After"] = str(error.retry_after_seconds)
                if isinstance(error, errors.QuerySyntaxError):
                    more = {"position": error.position, "expected": error.expected}
                return problem(status, name, str(error), headers=headers, **more)
        raise error

    def on_http_error(_request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        name = _NAME_OF_STATUS.get(error.status_code, "http-error")
        return problem(error.status_code, name, str(error.detail), headers=dict(error.headers or {}))

    def on_invalid_request(_request: Request, error: Exception) -> Response:
        if not isinstance(error, RequestValidationError):
            raise error
        return problem(422, "invalid-parameters", "; ".join(describe(one) for one in error.errors()))

    def on_surprise(request: Request, error: Exception) -> Response:
        # The kind alone: the message of a foreign error may hold a customer's words.
        log.error("failed", error=type(error).__name__, method=request.method)
        return problem(500, "internal", "textcx failed on this request; the log has the kind of the error.")

    app.add_exception_handler(errors.TextCXError, on_our_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(Exception, on_surprise)
