"""Problems: each kind of error as an answer of the HTTP API (RFC 9457, `application/problem+json`).

One table says which error becomes which status; the core knows no HTTP. `type` is stable: programs may rely on it.
"""

import errno
import sqlite3
from typing import Annotated, Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, Field
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
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    408: "too-slow",
    413: "too-large",
    415: "unsupported-media-type",
    429: "too-many-requests",
    431: "too-large",
    503: "busy",
}
_LONGEST_DETAIL = 2000
_OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG, errno.EMFILE, errno.ENFILE})


class Problem(BaseModel):
    """An error as every route answers it (RFC 9457); `type` is stable."""

    type: Annotated[str, Field(pattern="^urn:textcx:problem:[a-z-]+$")]
    title: str
    status: int
    detail: str
    position: Annotated[int, Field(ge=0, description="of a wrong query: where the trouble starts")] | None = None
    expected: Annotated[str, Field(description="of a wrong query: what would be accepted there")] | None = None
    kind: Annotated[errors.QueryFault, Field(description="of a wrong query: what is wrong")] | None = None


def problem_responses() -> dict[int | str, dict[str, Any]]:
    """Return the answers that any route may give instead of its own, for the description of the API."""
    content = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    known = {**_NAME_OF_STATUS, 409: "conflict", 422: "unreadable-record, invalid-parameters", 500: "internal"}
    return {status: {"description": known[status].replace("-", " "), "content": content} for status in sorted(known)}


def problem(status: int, name: str, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> Response:
    """Return a problem as a response.

    Args:
        status: HTTP status.
        name: Stable name of the kind of problem, the end of its `type`.
        detail: What is wrong, where, and the way out.
        headers: Further headers.
        **more: Members of this kind of problem, such as `position`.
    """
    title, shown = name.replace("-", " "), detail[:_LONGEST_DETAIL]
    body = {"type": f"urn:textcx:problem:{name}", "title": title, "status": status, "detail": shown}
    return Response(orjson.dumps({**body, **more}), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of the app with a problem."""

    def on_our_error(_request: Request, error: Exception) -> Response:
        for kind, status, name in STATUS_OF:
            if isinstance(error, kind):
                headers, more = {}, {}
                if isinstance(error, errors.BacklogFullError):
                    headers["Retry-After"] = str(error.retry_after_seconds)
                if isinstance(error, errors.QuerySyntaxError):
                    more = {"position": error.position, "expected": error.expected, "kind": error.kind}
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

    def on_failing_disk(_request: Request, error: Exception) -> Response:
        if isinstance(error, OSError) and error.errno not in _OF_THE_DISK:
            raise error
        return problem(503, "unavailable", "The disk refused. Is it full, or the data folder read-only?")

    app.add_exception_handler(errors.TextCXError, on_our_error)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(RequestValidationError, on_invalid_request)
    app.add_exception_handler(OSError, on_failing_disk)
    app.add_exception_handler(sqlite3.OperationalError, on_failing_disk)
