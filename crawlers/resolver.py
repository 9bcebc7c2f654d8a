"""Resolver: which machine a name stands for, as Twisted asks it; names of private networks stand for none."""

from collections.abc import Sequence
from typing import Any, Self

from scrapy.crawler import Crawler
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from twisted.internet.threads import deferToThreadPool
from zope.interface import implementer

from ingest.addresses import checked_addresses
from textcx.errors import SourceRefusedError

PRIVATE: set[str] = set()
"""Hosts of this process's crawl that were found to be machines of private networks."""


@implementer(IHostnameResolver)
class CheckedResolver:
    """Gives only addresses that may be asked; the connection goes to them, so that no second look-up can differ.

    Args:
        reactor: Whose threads ask the system.
        allows_private: Whether machines of private networks may be asked.
    """

    def __init__(self, reactor: Any, *, allows_private: bool) -> None:
        self._reactor = reactor
        self._allows_private = allows_private

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        """Build it as Scrapy does."""
        return cls(reactor, allows_private=crawler.settings.getbool("TEXTCX_ALLOWS_PRIVATE"))

    def install_on_reactor(self) -> None:
        """Take the place of the usual resolver."""
        self._reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Sequence[Any] | None = None,
        transportSemantics: str = "TCP",  # noqa: ARG002
    ) -> Any:
        """Tell a receiver the addresses of a host, none where one of them is private."""
        resolution = _Resolution(hostName)
        resolutionReceiver.resolutionBegan(resolution)

        def tell(found: list[str]) -> None:
            for address in found:
                kind = IPv6Address if ":" in address else IPv4Address
                if addressTypes is None or kind in addressTypes:
                    resolutionReceiver.addressResolved(kind("TCP", address, portNumber))
            resolutionReceiver.resolutionComplete()

        asked = deferToThreadPool(self._reactor, self._reactor.getThreadPool(), self._addresses, hostName, portNumber)
        asked.addCallback(tell)
        return resolution

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            return checked_addresses(host, port, allows_private=self._allows_private)
        except SourceRefusedError:
            PRIVATE.add(host)
        except OSError:
            pass
        return []


@implementer(IHostResolution)
class _Resolution:
    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        raise NotImplementedError
