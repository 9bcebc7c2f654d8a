"""Asking process: the process that runs Scrapy, as seen from the one that keeps what it finds."""

import os
import selectors
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import IO, Self

from crawlers.frontier import Waiting
from crawlers.link import Link
from crawlers.messages import LONGEST_LINE, Order, Told, read_told, write_ask
from textcx.errors import SourceUnavailableError

_READ_BYTES = 2**20
_LAST_WORDS_BYTES = 400
_LONGEST_SILENCE_SECONDS = 600.0


class AskingProcess:
    """A process that asks for pages as told; a context manager. It ends with us, however we end.

    Args:
        order: What it crawls, and how.
    """

    def __init__(self, order: Order) -> None:
        self._order = order
        self._process: subprocess.Popen[bytes] | None = None
        self._words: IO[bytes] | None = None
        self._selector = selectors.DefaultSelector()
        self._waiting = bytearray()
        self._silence_seconds = 0.0

    def __enter__(self) -> Self:
        self._words = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-W", "ignore", "-m", "crawlers.run"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
        )
        assert self._process.stdout is not None
        self._selector.register(self._process.stdout, selectors.EVENT_READ)
        self._write(self._order.model_dump_json().encode() + b"\n")
        return self

    def __exit__(self, *_: object) -> None:
        process, words = self._process, self._words
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with suppress(BrokenPipeError):  # it was dead before us
                        pipe.close()
        self._selector.close()
        if words is not None:
            words.close()

    @property
    def pid(self) -> int | None:
        """Its number, while it lives."""
        return self._process.pid if self._process is not None else None

    def ask(self, waiting: Waiting) -> None:
        """Let it ask for a page.

        Raises:
            SourceUnavailableError: It has ended.
        """
        self._write(write_ask(waiting))

    def ask_link(self, link: Link) -> None:
        """Let it ask for a page of which nothing is known.

        Raises: as `ask`.
        """
        self.ask(Waiting(link))

    def hear(self, *, timeout_seconds: float) -> Told | None:
        """Return what it says next of a page, or None if it says nothing for so long.

        Raises:
            SourceUnavailableError: It has ended, or is silent for ten minutes.
        """
        assert self._process is not None
        assert self._process.stdout is not None
        while (end := self._waiting.find(b"\n")) < 0:
            if not self._selector.select(timeout_seconds):
                self._silence_seconds += timeout_seconds
                if self._silence_seconds > _LONGEST_SILENCE_SECONDS:
                    raise SourceUnavailableError("The crawl says nothing any more.")
                return None
            piece = os.read(self._process.stdout.fileno(), _READ_BYTES)
            if not piece or len(self._waiting) > LONGEST_LINE:
                raise SourceUnavailableError(f"The crawl's process ended: {self._last_words()}")
            self._silence_seconds = 0.0
            self._waiting += piece
        line = bytes(self._waiting[:end])
        del self._waiting[: end + 1]
        return read_told(line)

    def _write(self, line: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except BrokenPipeError:
            raise SourceUnavailableError(f"The crawl's process ended: {self._last_words()}") from None

    def _last_words(self) -> str:
        """Return the kind of error that it ended with; the rest may hold addresses and what people wrote."""
        assert self._words is not None
        self._words.seek(0, os.SEEK_END)
        self._words.seek(max(0, self._words.tell() - _LAST_WORDS_BYTES))
        lines = self._words.read().decode("utf-8", "replace").strip().splitlines() or ["no word"]
        return lines[-1].partition(":")[0][:100]
