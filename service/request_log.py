"""Request log: one line a request, with the route's template, never its query or body."""

import logging
import re
import secrets
import sys
import time

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import problem
from service.scopes import route_of

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class _WithoutTraceback(logging.Handler):
    """Writes what libraries log as our own lines: a traceback ends in a message, which may hold a customer's words."""

    def emit(self, record: logging.LogRecord) -> None:
        error = type(record.exc_info[1]).__name__ if record.exc_info and record.exc_info[1] else None
        message = str(record.msg).strip().split("\n", 1)[0]  # the template: its arguments may be anything
        log = structlog.get_logger("textcx")
        log.warning("library", logger=record.name, message=message, **({"error": error} if error else {}))


def configure_log() -> None:
    """Write log lines as JSON to standard error, those of libraries included."""
    logging.basicConfig(handlers=[_WithoutTraceback()], level=logging.WARNING, force=True)
    logging.captureWarnings(True)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )


class RequestLog:
    """Logs each request and gives it an id, which the answer repeats as `X-Request-Id`.

    What no handler expected ends here as a 500: the log has the kind of the error alone.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._log = structlog.get_logger("textcx")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and log how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        request_id = given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        status = 0
        began = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        more = {}
        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:  # noqa: BLE001 - the last place where it can be kept from the server's own traceback
            more["error"] = type(error).__name__
            if not status:  # an answer that has begun cannot be taken back; the server closes the connection
                detail = "textcx failed on this request; the log has the kind of the error."
                await problem(500, "internal", detail)(scope, receive, send_with_id)
        finally:
            key = getattr(scope.get("state", {}).get("caller"), "key", None)
            self._log.info(
                "request",
                request_id=request_id,
                method=scope["method"] if scope["method"] in _METHODS else "other",
                route=route_of(scope) or "unknown",
                status=status,
                duration_ms=round((time.perf_counter() - began) * 1000, 1),
                **({"key": key.id} if key else {}),
                **more,
            )
