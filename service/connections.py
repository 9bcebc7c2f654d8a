"""Connections: each bounded in time, all of them bounded in number, so that slow clients starve nobody.

uvicorn has neither a deadline for a request's arrival nor room for a new client once slow ones hold all descriptors
(encode/uvicorn issue 157; measured in DECISIONS). Its own protocol class, extended here, gets both.
"""

import asyncio
from http import HTTPStatus
from typing import Any

import h11
from fastapi.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

from service.problems import problem

_LEAST_READ_BYTES = 16 * 2**10
_AWAITS_CLIENT = frozenset({h11.IDLE, h11.SEND_BODY})


class Crowd:
    """The open connections of a server; where they are too many, the one that kept us waiting longest goes.

    A client that sends its request without delay is the youngest of those waited for, so it is never the one.

    Args:
        most: How many connections may be open.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._count = 0
        self._waited_for: dict[BoundedConnection, None] = {}  # the order of a dict is that of insertion

    def enter(self, connection: "BoundedConnection") -> None:
        """Note a new connection, and close the slowest one if that makes too many."""
        self._count += 1
        self.wait_for(connection)
        if self._count > self._most:
            slowest = next(iter(self._waited_for))
            self.answer(slowest)
            slowest.give_up()

    def wait_for(self, connection: "BoundedConnection") -> None:
        """Note that a connection owes us a request, or the rest of one."""
        self._waited_for[connection] = None

    def answer(self, connection: "BoundedConnection") -> None:
        """Note that a request has come whole: it is our turn."""
        self._waited_for.pop(connection, None)

    def leave(self, connection: "BoundedConnection") -> None:
        """Note that a connection has been closed."""
        self._waited_for.pop(connection, None)
        self._count -= 1


class BoundedConnection(H11Protocol):
    """A connection whose requests must arrive, and whose answers must be read, within a time.

    Args:
        *arguments: As uvicorn gives them.
        crowd: All connections of the server.
        read_seconds: From the first byte of a request to its last, and how long to wait for the first.
        write_seconds: In which time a client must read 16 KiB of its answer, or all that is left.
        unwanted_bytes: How much of a body is taken and thrown away once it has been refused.
        **options: As uvicorn gives them.
    """

    def __init__(
        self,
        *arguments: Any,
        crowd: Crowd,
        read_seconds: float,
        write_seconds: float,
        unwanted_bytes: int,
        **options: Any,
    ) -> None:
        super().__init__(*arguments, **options)
        self._crowd = crowd
        self._read_seconds = read_seconds
        self._write_seconds = write_seconds
        self._unwanted_bytes = unwanted_bytes
        self._unwanted_so_far = 0
        self._unread_bytes = 0
        self._read_timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._has_begun = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start the clock."""
        super().connection_made(transport)
        self._crowd.enter(self)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take bytes in, and stop the clock when a request is whole."""
        if not self._has_begun:
            self._has_begun = True
            self._wait()
        elif self._is_refused():
            self._unwanted_so_far += len(data)
            if self._unwanted_so_far > self._unwanted_bytes:
                self.transport.abort()
                return
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """Start the clock again for the next request; uvicorn calls this at the end of each answer."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._watch_writing()
        elif self.conn.their_state is h11.IDLE:
            self._has_begun = False
            self._unwanted_so_far = 0
            self._crowd.wait_for(self)
            self._wait()
        elif self.conn.their_state is h11.SEND_BODY and self._read_timer is not None and self._read_timer.cancelled():
            self._crowd.wait_for(self)  # the next request was sent before the last one was answered
            self._wait()

    def pause_writing(self) -> None:
        """Start the clock for a client that does not read."""
        super().pause_writing()
        self._watch_writing()

    def resume_writing(self) -> None:
        """Stop the clock: the client reads."""
        super().resume_writing()
        _cancel(self._write_timer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave."""
        _cancel(self._read_timer)
        _cancel(self._write_timer)
        self._crowd.leave(self)
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request that can be read; uvicorn calls this."""
        detail = f"{msg} It is no HTTP/1.1, or its head is too long; GET /v1/limits has all limits."
        self._close_with(problem(400, "bad-request", detail))

    def give_up(self) -> None:
        """Close the connection in favour of another."""
        self.transport.abort()

    def _wait(self) -> None:
        _cancel(self._read_timer)
        self._read_timer = self.loop.call_later(self._read_seconds, self._be_too_slow)

    def _look(self) -> None:
        if self.conn.their_state not in _AWAITS_CLIENT:
            _cancel(self._read_timer)
            self._crowd.answer(self)

    def _is_refused(self) -> bool:
        """Say whether the answer went out before the body had come: what is left of it is thrown away."""
        return self.conn.their_state is h11.SEND_BODY and self.cycle.response_complete

    def _watch_writing(self) -> None:
        _cancel(self._write_timer)
        self._unread_bytes = self.transport.get_write_buffer_size()
        self._write_timer = self.loop.call_later(self._write_seconds, self._check_writing)

    def _check_writing(self) -> None:
        unread = self.transport.get_write_buffer_size()
        if unread and self._unread_bytes - unread < _LEAST_READ_BYTES:
            self.transport.abort()
        elif unread:
            self._watch_writing()

    def _be_too_slow(self) -> None:
        if not self._has_begun:
            self._close()
            return
        detail = f"The request did not arrive within {self._read_seconds:g} seconds."
        self._close_with(problem(408, "too-slow", detail))

    def _close_with(self, answer: Response) -> None:
        """Send a last answer, unless another has begun, and close."""
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            status = HTTPStatus(answer.status_code)
            head = [f"HTTP/1.1 {status.value} {status.phrase}".encode("ascii"), b"connection: close"]
            head += [name + b": " + value for name, value in answer.raw_headers]
            self.transport.write(b"\r\n".join([*head, b"", bytes(answer.body)]))
        self._close()

    def _close(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            self.transport.close()


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
