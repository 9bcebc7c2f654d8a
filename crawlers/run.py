"""Run: the asking process, `python -m crawlers.run`. It is told what to ask on its input and answers on its output.

It ends when its input ends, however that came about, and writes nothing but its answers.
"""

import os
import sys
from pathlib import Path

from scrapy.crawler import AsyncCrawlerProcess
from twisted.internet.protocol import connectionDone
from twisted.protocols.basic import LineReceiver
from twisted.python.failure import Failure

from crawlers.asker import Asker
from crawlers.messages import Order, Told, read_ask, write_told
from crawlers.settings import scrapy_settings
from crawlers.spider import load_spider

_LONGEST_ASK_BYTES = 65_536


class Conversation(LineReceiver):
    """Hears which pages are wanted, a line each, and tells of them."""

    delimiter = b"\n"
    MAX_LENGTH = _LONGEST_ASK_BYTES

    def __init__(self) -> None:
        self.asker: Asker | None = None

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's name
        """Ask for a page."""
        assert self.asker is not None
        self.asker.ask(read_ask(line))

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: N802, ARG002
        """End: nobody listens any more."""
        os._exit(0)

    def tell(self, told: Told) -> None:
        """Tell of a page."""
        self.sendLine(write_told(told).rstrip(b"\n"))  # type: ignore[no-untyped-call]


def main() -> None:
    """Hear the order, then ask and tell until the input ends."""
    with open(0, "rb", buffering=0, closefd=False) as first:  # noqa: PTH123 - no byte more than the line
        order = Order.model_validate_json(first.readline())
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # whatever prints, prints nowhere
    os.chdir(Path(sys.executable).anchor)
    spider = load_spider(order.spider)
    settings = spider.settings.model_validate(order.settings)
    conversation = Conversation()

    def begin(asker: Asker) -> None:
        from twisted.internet.stdio import StandardIO  # it needs the reactor

        conversation.asker = asker
        StandardIO(conversation, stdin=0, stdout=answers)  # type: ignore[no-untyped-call, call-arg]

    process = AsyncCrawlerProcess(scrapy_settings(spider, settings, order), install_root_handler=False)
    process.crawl(Asker, kind=spider, given=settings, tell=conversation.tell, when_open=begin)
    process.start(install_signal_handlers=False)


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # noqa: BLE001 - only its name: the rest may hold what people wrote
        sys.stderr.write(f"{type(error).__name__}: the asking process\n")
        sys.exit(1)
