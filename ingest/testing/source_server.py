"""SourceServer: an HTTP server on this machine's own address that answers as told, misbehaves on order, and counts."""

import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, urlsplit

import orjson

Fault = Literal[
    "rate limit", "long rate limit", "expired credential", "page of HTML", "half a page", "failure", "drift"
]
FAULTS: tuple[Fault, ...] = (
    "rate limit", "long rate limit", "expired credential", "page of HTML", "half a page", "failure", "drift",
)  # fmt: skip
SHORT_WAIT_SECONDS = 2
LONG_WAIT_SECONDS = 600
_HTML = b"<!doctype html><title>Oops</title><p>We are doing some maintenance.</p>"
_STATUSES = {"rate limit": 429, "long rate limit": 429, "expired credential": 401, "failure": 503}


@dataclass(frozen=True, slots=True)
class Request:
    """What a connector asked.

    Attributes:
        method: GET or POST.
        path: Without the query.
        query: The last value of each name.
        headers: By name in small letters.
        body: As sent.
        at: When it came, by the server's clock.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server answers.

    Attributes:
        content: Bytes, or anything else as JSON; pieces of bytes one after another where the answer does not end.
        status: Of HTTP.
        headers: Beside the usual ones.
    """

    content: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """The bytes that are sent."""
        return self.content if isinstance(self.content, bytes) else orjson.dumps(self.content)


class FakeService:
    """A service on this machine's own address that misbehaves on order, and counts; a context manager.

    Attributes:
        requests: All that came, those met by a fault too.
        trouble: An error in the fake itself, which the connector only meets as a connection that ends.
    """

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.trouble: BaseException | None = None
        self._faults: deque[Fault | None] = deque()
        self._guard = threading.Lock()

    def plan(self, fault: Fault, *, times: int = 1, after: int = 0) -> None:
        """Misbehave for so many requests (or pages), after so many good ones."""
        with self._guard:
            self._faults.extend([None] * after + [fault] * times)

    def heal(self) -> None:
        """Misbehave no more."""
        with self._guard:
            self._faults.clear()

    @property
    def url(self) -> str:
        """Where it answers."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        raise NotImplementedError

    def __exit__(self, *_: object) -> None:
        raise NotImplementedError


class SourceServer(FakeService):
    """Answers requests.

    Args:
        answer: What a healthy service says.
        drift: What is replaced in a body when the service has changed its shape.
        clock: Seconds, by which requests are counted.

    Attributes:
        clock: See there; a trial may set its own.
    """

    def __init__(
        self,
        answer: Callable[[Request], Reply],
        *,
        drift: tuple[bytes, bytes] = (b"", b""),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._answer = answer
        self._drift = drift
        self.clock = clock
        self._is_closed = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                with suppress(ConnectionError):
                    server._reply(self)

            do_POST = do_GET

            def log_message(self, *_: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: object) -> None:
                error = sys.exc_info()[1]
                if not isinstance(error, ConnectionError):  # whoever asked may leave at any time
                    server.trouble = server.trouble or error

        self._server = Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def most_requests_in(self, seconds: float) -> int:
        """Return the most requests that came in any stretch of so many seconds."""
        times = sorted(request.at for request in self.requests)
        most, first = 0, 0
        for last, at in enumerate(times):
            while at - times[first] >= seconds:
                first += 1
            most = max(most, last - first + 1)
        return most

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closed.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _reply(self, handler: BaseHTTPRequestHandler) -> None:
        parts = urlsplit(handler.path)
        request = Request(
            method=handler.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in handler.headers.items()},
            body=handler.rfile.read(int(handler.headers.get("content-length") or 0)),
            at=self.clock(),
        )
        with self._guard:
            self.requests.append(request)
            fault = self._faults.popleft() if self._faults else None
        reply = faulty(fault) or self._answer(request)
        if isinstance(reply.content, Iterator):
            self._stream(handler, reply)
            return
        body = reply.body.replace(*self._drift) if fault == "drift" else reply.body
        handler.send_response(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        if fault == "half a page":
            handler.wfile.write(body[: len(body) // 2])
            handler.close_connection = True
        else:
            handler.wfile.write(body)

    def _stream(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        """Send what comes for as long as it comes; empty pieces are for the server to see whether it is to end."""
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.close_connection = True
        for piece in reply.content:
            if self._is_closed.is_set():
                return
            handler.wfile.write(piece)
            handler.wfile.flush()


def faulty(fault: Fault | None) -> Reply | None:
    """Return the answer that a fault gives instead, or None if it gives none."""
    if fault == "page of HTML":
        return Reply(_HTML, headers={"Content-Type": "text/html"})
    if fault not in _STATUSES:
        return None
    waits = {"rate limit": SHORT_WAIT_SECONDS, "long rate limit": LONG_WAIT_SECONDS}
    headers = {"Retry-After": str(waits[fault])} if fault in waits else {}
    return Reply({"error": fault}, status=_STATUSES[fault], headers=headers)
