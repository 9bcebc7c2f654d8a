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
_LONGEST_QUEUE = 4096
"""Of connections that the system holds for us: one too many would be tried again by its client after a second."""


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen with a long queue, of which few are accepted at once."""
        await super().startup(sockets)
        for one in sockets or ():
            one.listen(_LONGEST_QUEUE)


def run(app: ASGIApp, *, host: str, port: int, limits: Limits, most_connections: int, grace_seconds: int) -> None:
    """Serve an app until SIGTERM or SIGINT; then no more requests are taken, and those taken are answered.

    Args:
        app: What is served.
        host: Where to listen.
        port: Where to listen.
        limits: The largest and longest requests.
        most_connections: What the system allows, if that is less than the limits do.
        grace_seconds: How long the last requests may take after the signal.
    """
    crowd = Crowd(max(1, min(limits.connections, most_connections)))
    http: Any = partial(
        BoundedConnection,
        crowd=crowd,
        read_seconds=limits.request_seconds,
        write_seconds=limits.answer_stall_seconds,
        unwanted_bytes=limits.body_bytes,
    )
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=http,
        ws="none",
        backlog=_ACCEPTED_AT_ONCE,
        h11_max_incomplete_event_size=limits.header_bytes,
        timeout_keep_alive=limits.request_seconds,
        timeout_graceful_shutdown=grace_seconds,
        access_log=False,
        log_config=None,
        log_level="warning",
        server_header=False,
    )
    _Server(config).run(sockets=[config.bind_socket()])
