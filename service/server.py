"""Server: uvicorn, configured so that slow clients starve nobody and a stop leaves nobody unanswered."""

import socket
from functools import partial
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from service.connections import BoundedConnection, Crowd
from service.limits import Limits

_ACCEPTED_AT_ONCE = 100
"""asyncio accepts as many as its `backlog` before any of them is counted."""
_HEAD_BYTES_OF_DOUBT = 4096
"""h11 bounds what it holds, not exactly the head; the exact limit has an answer of its own."""
_LONGEST_QUEUE = 4096
"""Of connections that the system holds for us: one too many would be tried again by its client after a second."""


class Server(uvicorn.Server):
    """Serves an app until SIGTERM or SIGINT; then no more requests are taken, and those taken are answered.

    Args:
        app: What is served.
        host: Where to listen.
        port: Where to listen; 0 for any free one.
        limits: The largest and longest requests.
        most_connections: How many may be open, where that is less than the limits allow.
        grace_seconds: How long the last requests may take after the signal.
    """

    def __init__(
        self, app: ASGIApp, *, host: str, port: int, limits: Limits, most_connections: int, grace_seconds: int
    ) -> None:
        http: Any = partial(
            BoundedConnection,
            crowd=Crowd(max(1, min(limits.connections, most_connections))),
            read_seconds=limits.request_seconds,
            write_seconds=limits.answer_stall_seconds,
            unwanted_bytes=limits.body_bytes,
        )
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                http=http,
                ws="none",
                backlog=_ACCEPTED_AT_ONCE,
                h11_max_incomplete_event_size=limits.header_bytes + _HEAD_BYTES_OF_DOUBT,
                timeout_keep_alive=limits.request_seconds,
                timeout_graceful_shutdown=grace_seconds,
                access_log=False,
                log_config=None,
                log_level="warning",
                server_header=False,
            )
        )
        self._socket = self.config.bind_socket()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._socket.getsockname()[1])

    def serve_until_stopped(self) -> None:
        """Serve."""
        self.run(sockets=[self._socket])

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen with a long queue, of which few are accepted at once."""
        await super().startup(sockets)
        self._socket.listen(_LONGEST_QUEUE)
