"""SocketServer: a server of web sockets on this machine's own address that talks as told, and misbehaves on order."""

import http
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response
from websockets.sync.server import ServerConnection, serve

from ingest.testing.source_server import FakeService, Fault, Request, faulty

PAGE = 5
"""So many messages count as what one request is to a server of pages: faults come between them."""
_WAIT_SECONDS = 0.02
_BEGUN_FRAME = b"\x81\x7e\x01\x00half of a mess"
"""The head of a text of 256 bytes, and its beginning."""
_AT_THE_DOOR = frozenset({"rate limit", "long rate limit", "expired credential", "page of HTML", "failure"})
"""Faults that a connection meets when it is opened; one that is open is dropped first."""


class SocketServer(FakeService):
    """Talks over web sockets; those turned away at the door are among the requests.

    Args:
        talk: What a healthy service says to whoever asks: texts or bytes, and None where it has nothing to say for
            now. When it ends, so does the connection.
        drift: What is replaced in a message when the service has changed its shape.

    Attributes:
        most_at_once: So many connections were open at once.
    """

    def __init__(
        self, talk: Callable[[Request], Iterator[str | bytes | None]], *, drift: tuple[bytes, bytes] = (b"", b"")
    ) -> None:
        super().__init__()
        self.most_at_once = 0
        self._open = 0
        self._talk = talk
        self._drift = drift
        self._is_closed = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._server = serve(
            self._serve, sock=self._listening, process_request=self._at_the_door, compression=None, close_timeout=1.0
        )
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"ws://127.0.0.1:{self._listening.getsockname()[1]}"

    def drop_all(self) -> None:
        """Break all connections, in the middle of a message."""
        for connection in list(self._server.connections):
            _drop(connection)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_closed.set()
        self._server.shutdown()
        self._thread.join()

    def _at_the_door(self, _: ServerConnection, asked: HttpRequest) -> Response | None:
        parts = urlsplit(asked.path)
        headers = {name.lower(): value for name, value in asked.headers.raw_items()}
        request = Request("GET", parts.path, dict(parse_qsl(parts.query)), headers, b"", at=time.monotonic())
        with self._guard:
            self.requests.append(request)
            fault = self._faults.popleft() if self._faults and self._faults[0] in _AT_THE_DOOR else None
        if fault is None:
            return None
        reply = faulty(fault)
        assert reply is not None
        told = Headers({"Content-Length": str(len(reply.body)), "Connection": "close", **reply.headers})
        return Response(reply.status, http.HTTPStatus(reply.status).phrase, told, reply.body)

    def _serve(self, connection: ServerConnection) -> None:
        asked = connection.request
        assert asked is not None
        with self._guard:
            request = next(one for one in reversed(self.requests) if _is_of(one, asked))
            self._open += 1
            self.most_at_once = max(self.most_at_once, self._open)
        try:
            with suppress(ConnectionClosed, OSError):
                self._say(connection, request)
        except Exception as error:  # noqa: BLE001 - the trial tells it
            self.trouble = self.trouble or error
        finally:
            with self._guard:
                self._open -= 1

    def _say(self, connection: ServerConnection, request: Request) -> None:
        fault: Fault | None = None
        said = 0
        for message in self._talk(request):
            if self._is_closed.is_set():
                return
            if message is None:
                time.sleep(_WAIT_SECONDS)
                continue
            if said % PAGE == 0:
                fault = self._next_fault()
                if fault == "half a page" or fault in _AT_THE_DOOR:
                    _drop(connection)
                    return
            said += 1
            if fault == "drift" and isinstance(message, str):
                message = message.encode().replace(*self._drift).decode()
            connection.send(message)

    def _next_fault(self) -> Fault | None:
        with self._guard:
            if not self._faults or self._faults[0] in _AT_THE_DOOR:  # the next connection meets that one
                return self._faults[0] if self._faults else None
            return self._faults.popleft()


def _is_of(request: Request, asked: HttpRequest) -> bool:
    return bool(request.headers.get("sec-websocket-key") == asked.headers.get("Sec-WebSocket-Key"))


def _drop(connection: ServerConnection) -> None:
    """Break a connection off in the middle of a message."""
    with suppress(OSError):
        connection.socket.sendall(_BEGUN_FRAME)
        connection.socket.shutdown(socket.SHUT_RDWR)
