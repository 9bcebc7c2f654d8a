"""FaultyProxy: stands before a server and misbehaves as networks do, when told to."""

import socket
import struct
import threading
import time
from contextlib import suppress
from typing import Literal, Self

Fault = Literal["none", "refuse", "reset", "black hole", "stall", "cut", "busy"]
_STALL_SECONDS = 10.0
_CUT_AT_BYTES = 40
_BUFFER_BYTES = 65_536
_POLL_SECONDS = 0.2
_BUSY_BODY = b'{"error":{"type":"es_rejected_execution_exception","reason":"queue is full"},"status":429}'
_BUSY = (
    b"HTTP/1.1 429 Too Many Requests\r\nX-Elastic-Product: Elasticsearch\r\ncontent-type: application/json\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%s" % (len(_BUSY_BODY), _BUSY_BODY)
)


class FaultyProxy:
    """A TCP proxy on this machine's own address. Set `fault` at any time; it holds for bytes that come after.

    Args:
        port: Of the server, on this machine.

    Attributes:
        fault: What goes wrong: connections are refused, reset in the middle of an answer, swallowed without an
            answer, stalled for ten seconds, cut within an answer, or answered with 429.
        met: How many connections met a fault.
    """

    def __init__(self, port: int) -> None:
        self._server_port = port
        self.fault: Fault = "none"
        self.met = 0
        self._is_over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(_POLL_SECONDS)
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while not self._is_over.is_set():
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            if self.fault == "refuse":
                self.met += 1
                _reset(client)
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._server_port))
        except OSError:
            _reset(client)
            return
        threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
        self._give_back(server, client)

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        """Pass on what the client asks."""
        try:
            while received := client.recv(_BUFFER_BYTES):
                if self.fault == "busy":
                    self.met += 1
                    client.sendall(_BUSY)
                    break
                server.sendall(received)
        except OSError:
            pass
        _close(server)
        _close(client)

    def _give_back(self, server: socket.socket, client: socket.socket) -> None:
        """Pass on what the server answers, or what is left of it."""
        try:
            while received := server.recv(_BUFFER_BYTES):
                fault = self.fault
                self.met += fault != "none"
                if fault == "black hole":
                    continue
                if fault == "stall":
                    time.sleep(_STALL_SECONDS)
                if fault in ("cut", "reset"):
                    client.sendall(received[:_CUT_AT_BYTES])
                    if fault == "reset":
                        _reset(client)
                    break
                client.sendall(received)
        except OSError:
            pass
        _close(client)
        _close(server)


def _reset(connection: socket.socket) -> None:
    """Close a connection so that the other side hears of a reset."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    except OSError:
        return
    connection.close()


def _close(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
    connection.close()
