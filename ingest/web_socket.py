"""Web socket: a connection over which a server sends messages by itself, to a checked address."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from ingest.addresses import checked_socket, trusted
from ingest.listening import Inlet
from textcx.errors import SourceUnavailableError

_PORTS = {"ws": 80, "wss": 443}
_LONGEST_OPENING_SECONDS = 10.0
_CLOSING_SECONDS = 1.0
_TOO_BIG = 1009
_FOUND = 302

logging.getLogger("websockets").setLevel(logging.CRITICAL)  # it logs whole requests, and what breaks off is told by us


class NotOpenedError(Exception):
    """A server answered a request for a web socket like one for a page; whoever asked says what that means.

    Attributes:
        status: Of HTTP.
        headers: By name in small letters.
        body: What it said.
    """

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers
        self.body = body


@contextmanager
def open_web_socket(
    url: str, *, headers: Mapping[str, str], agent: str, allows_private: bool, largest_bytes: int
) -> Iterator[Inlet[str]]:
    """Give what comes over a web socket for as long as it is needed. It is not led to any other address.

    Args:
        url: Of the scheme ws or wss.
        headers: Of the request.
        agent: How we call ourselves.
        allows_private: Whether machines of private networks may be asked.
        largest_bytes: Of one message.

    Raises:
        NotOpenedError: The server answers with a page instead.
        SourceRefusedError: The machine may not be asked.
        SourceUnavailableError: It does not answer.
    """
    parts = urlsplit(url)
    host, place = parts.hostname or "", f"{parts.hostname}{parts.path}"
    port = parts.port or _PORTS[parts.scheme]
    with ExitStack() as stack:
        try:
            opening = connect(
                url,
                sock=checked_socket(host, port, allows_private=allows_private, seconds=_LONGEST_OPENING_SECONDS),
                ssl=trusted() if parts.scheme == "wss" else None,
                proxy=None,
                compression=None,
                additional_headers=headers,
                user_agent_header=agent,
                open_timeout=_LONGEST_OPENING_SECONDS,
                close_timeout=_CLOSING_SECONDS,
                max_size=largest_bytes,
                legacy=False,
            )
            connection = stack.enter_context(opening)
        except InvalidStatus as error:
            answer = error.response
            found = {name.lower(): value for name, value in answer.headers.raw_items()}
            raise NotOpenedError(answer.status_code, found, bytes(answer.body or b"")) from None
        except (WebSocketException, OSError, EOFError) as error:
            raise SourceUnavailableError(f"{place} opened no web socket ({type(error).__name__}).") from error
        except ValueError:  # led to another address: the checked connection is the only one that is made
            raise NotOpenedError(_FOUND, {}, b"") from None
        yield _SocketInlet(connection, place, largest_bytes)


class _SocketInlet:
    def __init__(self, connection: ClientConnection, place: str, largest_bytes: int) -> None:
        self._connection = connection
        self._place = place
        self._largest_bytes = largest_bytes

    def receive(self, seconds: float) -> str | None:
        try:
            message = self._connection.recv(timeout=seconds)
        except TimeoutError:
            return None
        except ConnectionClosed as error:
            if error.sent is not None and error.sent.code == _TOO_BIG:
                told = f"{self._place} sends a message of more than {self._largest_bytes} bytes."
                raise SourceUnavailableError(told) from None
            raise SourceUnavailableError(f"{self._place} broke off.") from error
        return message if isinstance(message, str) else message.decode("utf-8", "replace")
