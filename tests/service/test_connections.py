"""Slow clients: each has its deadline, and however many there are, a quick one is answered."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.responses import Response
from pydantic import BaseModel

from service.body import body_schema, json_body
from service.limits import Limits
from service.problems import add_problem_handlers
from service.server import Server

SECOND = Limits(request_seconds=1, answer_stall_seconds=1, body_bytes=100_000)
HEAD = b"GET /quick HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n"


class Anything(BaseModel):
    """A body of which nothing is asked."""


def tiny_app() -> FastAPI:
    app = FastAPI()
    add_problem_handlers(app)

    @app.get("/quick")
    async def quick() -> str:
        return "quick"

    @app.get("/large")
    async def large() -> Response:
        return Response(b"a" * 50_000_000)

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(2.5)
        return "slow"

    @app.post("/echo", openapi_extra=body_schema(Anything))
    async def echo(body: Annotated[Anything, Depends(json_body(Anything))]) -> str:
        return repr(body)

    @app.post("/refuse")
    async def refuse() -> Response:
        return Response(status_code=401)

    return app


@contextmanager
def serving(limits: Limits, most_connections: int = 1000) -> Iterator[int]:
    server = Server(
        tiny_app(), host="127.0.0.1", port=0, limits=limits, most_connections=most_connections, grace_seconds=1
    )
    thread = threading.Thread(target=server.serve_until_stopped)
    thread.start()
    try:
        deadline = time.monotonic() + 10
        while not server.started:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        yield server.port
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        assert not thread.is_alive()


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(SECOND) as one:
        yield one


@contextmanager
def connected(port: int, *sent: bytes) -> Iterator[socket.socket]:
    with closing(socket.create_connection(("127.0.0.1", port), timeout=10)) as connection:
        for piece in sent:
            connection.sendall(piece)
        yield connection


def rest_of(connection: socket.socket) -> bytes:
    received = bytearray()
    with suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            received += piece
    return bytes(received)


def test_a_quick_client_keeps_its_connection(port: int) -> None:
    with connected(port) as connection:
        for number in range(3):
            connection.sendall(HEAD + b"\r\n")
            answer = b""
            while not answer.endswith(b'"quick"'):
                answer += connection.recv(65536)
            assert answer.startswith(b"HTTP/1.1 200 OK"), number
            time.sleep(0.4)  # longer in all than a request may take


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ((), b""),
        ((b"G",), b"HTTP/1.1 408 Request Timeout\r\n"),
        ((HEAD,), b"HTTP/1.1 408 Request Timeout\r\n"),
        ((POST % 1000, b"a" * 999), b"HTTP/1.1 408 Request Timeout\r\n"),
        ((b"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\naaaaa\r\n",), b"HTTP/1.1 408"),
    ],
    ids=["nothing", "a letter", "half a head", "nearly a body", "an endless body"],
)
def test_a_request_that_does_not_arrive_ends_at_its_deadline(port: int, sent: tuple[bytes, ...], answer: bytes) -> None:
    with connected(port, *sent) as connection:
        began = time.monotonic()
        received = rest_of(connection)
        assert 0.7 < time.monotonic() - began < 4
        assert received.startswith(answer)
        assert (b"urn:textcx:problem:too-slow" in received) == bool(answer)


def test_trickling_does_not_move_the_deadline(port: int) -> None:
    with connected(port, HEAD + b"X-A: ") as connection:
        began = time.monotonic()
        with suppress(OSError):  # reset or broken pipe, as it comes
            while time.monotonic() - began < 6:
                connection.sendall(b"a")
                time.sleep(0.05)
        assert 0.7 < time.monotonic() - began < 4


def test_the_deadline_is_for_the_client_and_not_for_the_answer(port: int) -> None:
    with connected(port, b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as connection:
        assert rest_of(connection).endswith(b'"slow"')


def test_a_second_request_sent_before_the_first_is_answered_has_its_deadline_too(port: int) -> None:
    with connected(port, HEAD + b"\r\n" + POST % 10 + b"half") as connection:
        began = time.monotonic()
        received = rest_of(connection)
        assert received.count(b"HTTP/1.1") == 2
        assert b"HTTP/1.1 408" in received
        assert time.monotonic() - began < 4


def test_who_does_not_read_the_answer_is_left(port: int) -> None:
    with connected(port, b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n") as connection:
        time.sleep(3)
        assert len(rest_of(connection)) < 50_000_000
    with connected(port, b"GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as connection:
        assert len(rest_of(connection)) > 50_000_000, "who reads gets all of it"


def test_what_has_been_refused_is_not_taken_in_for_long(port: int) -> None:
    with connected(port, (POST % 100_000_000).replace(b"/echo", b"/refuse")) as connection:
        taken = 0
        with suppress(OSError):
            while taken < 100_000_000:
                connection.sendall(b"a" * 10_000)
                taken += 10_000
                time.sleep(0.001)
        assert taken < 10_000_000
    with connected(port, (POST % 50_000).replace(b"/echo", b"/refuse"), b"a" * 50_000, HEAD + b"\r\n") as connection:
        connection.shutdown(socket.SHUT_WR)
        received = rest_of(connection)
        assert received.startswith(b"HTTP/1.1 401")
        assert received.endswith(b'"quick"'), "a body within the limit is no reason to lose the connection"


def test_what_is_no_request_is_answered_in_words(port: int) -> None:
    # Sent at once: whoever goes on sending to a closed connection may lose the answer that was on its way.
    for sent in (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET  /\r\n\r\n", HEAD + b"X:" + b"a" * 70_000):
        with connected(port, sent) as connection:
            assert rest_of(connection).startswith(b"HTTP/1.1 400 Bad Request")


def hold(port: int, count: int, sent: bytes) -> list[socket.socket]:
    held = [socket.create_connection(("127.0.0.1", port), timeout=10) for _ in range(count)]
    for connection in held:
        connection.sendall(sent)
    return held


@pytest.mark.parametrize("sent", [b"", HEAD, POST % 1000], ids=["silent", "half a head", "no body"])
def test_however_many_are_slow_a_quick_one_is_answered(sent: bytes) -> None:
    with serving(Limits(connections=20)) as port:
        slow = hold(port, 100, sent)
        try:
            for _ in range(10):
                began = time.monotonic()
                with connected(port, HEAD + b"Connection: close\r\n\r\n") as connection:
                    assert rest_of(connection).endswith(b'"quick"')
                assert time.monotonic() - began < 1
            assert closed(slow[0]), "the one that was waited for longest goes first"
            assert not closed(slow[-1])
        finally:
            for connection in slow:
                connection.close()


def test_who_is_being_answered_is_never_the_one_that_goes() -> None:
    asks = b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    with serving(Limits(connections=3)) as port, connected(port, asks) as answered:
        time.sleep(0.5)  # its request has been read
        slow = hold(port, 30, b"")
        assert rest_of(answered).endswith(b'"slow"')
        for connection in slow:
            connection.close()


def closed(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
