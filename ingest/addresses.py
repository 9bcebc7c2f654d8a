"""Addresses: which machines may be asked, checked where a connection is made, so that no second look-up can differ."""

import ipaddress
import socket
import ssl
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from textcx.errors import SourceRefusedError

_PORTS = (80, 443)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NOT_PUBLIC = (ipaddress.ip_network("192.0.0.0/24"), ipaddress.ip_network("192.88.99.0/24"))
"""Networks for protocols, some addresses of which Python 3.11 takes for public."""
_SCHEMES = ("http", "https", "ws", "wss")


def check_url(url: str, *, allows_private: bool) -> None:
    """Refuse an address that no source has: of another scheme, with a name and password in it, or of an odd port.

    Raises:
        SourceRefusedError: It is one of these.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SourceRefusedError("An address is written wrongly.") from None
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise SourceRefusedError("An address must be of http or https, with the name of a host.")
    if parts.username is not None or parts.password is not None:
        raise SourceRefusedError(f"An address of {parts.hostname} holds a name or password; give it as a credential.")
    if port is not None and port not in _PORTS and not allows_private:
        raise SourceRefusedError(f"{parts.hostname} is asked at port {port}; only {_PORTS} are, or set allow_private.")


def checked_addresses(host: str, port: int, *, allows_private: bool) -> list[str]:
    """Return the addresses of a host; if one of them is of a network that is not public, none is used.

    Raises:
        SourceRefusedError: One is private, of this machine, or of a network of its own.
        OSError: The name is not known.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(address[0]) for *_, address in found))
    if not allows_private and not all(is_public(address) for address in addresses):
        message = f"{host} is a machine of a private network; allow_private in the source's file permits that."
        raise SourceRefusedError(message)
    return addresses


def checked_socket(host: str, port: int, *, allows_private: bool, seconds: float) -> socket.socket:
    """Return a connection to a checked address of a host; its reads and writes have the same limit of time.

    Raises: as `checked_addresses`.
    """
    failure: OSError = ConnectionError(f"{host} has no address")
    for address in checked_addresses(host, port, allows_private=allows_private):
        try:
            return socket.create_connection((address, port), timeout=seconds)
        except OSError as error:
            failure = error
    raise failure


def is_public(address: str) -> bool:
    """Say whether an address belongs to a machine of the public internet.

    Example:
        >>> is_public("93.184.216.34"), is_public("169.254.169.254"), is_public("::ffff:10.0.0.1")
        (True, False, False)
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            ip = inner
    is_odd = ip.is_multicast or ip.is_reserved or any(ip in network for network in _NOT_PUBLIC)
    return ip.is_global and not is_odd


class CheckedTransport(httpx.BaseTransport):
    """Sends requests of httpx to checked addresses only; name and certificate are those of the host that was asked.

    Args:
        allows_private: Whether machines of private networks may be asked.
    """

    def __init__(self, *, allows_private: bool) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=trusted(),
            max_connections=10,
            keepalive_expiry=15.0,
            network_backend=_CheckedBackend(allows_private=allows_private),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                url,
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


@cache
def trusted() -> ssl.SSLContext:
    """Return whose certificates are believed: read once, since it takes a good part of a second."""
    return httpx.create_ssl_context()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Any:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _CheckedBackend(httpcore.SyncBackend):
    def __init__(self, *, allows_private: bool) -> None:
        self._allows_private = allows_private

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            addresses: Sequence[str] = checked_addresses(host, port, allows_private=self._allows_private)
        except OSError as error:
            raise httpcore.ConnectError(f"{host} has no address") from error
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in addresses:
            try:
                return super().connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure
