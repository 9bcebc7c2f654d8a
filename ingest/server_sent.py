"""Server-sent events: what a server says over an answer that does not end, as HTML's standard writes it."""

import queue
import socket
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import httpx

from ingest.listening import WAIT_SECONDS, Inlet
from textcx.errors import SourceUnavailableError

_WAITING_EVENTS = 256
_CLOSING_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ServerSent:
    """One event.

    Attributes:
        kind: "message" where the server names none.
        data: Its lines, as one text.
    """

    kind: str
    data: str


def read_server_sent(chunks: Iterable[bytes], *, largest_bytes: int) -> Iterator[ServerSent]:
    r"""Give events as they become complete; comments and heartbeats give none, what is cut off at the end neither.

    Args:
        chunks: The body, cut anywhere.
        largest_bytes: Of one event; a server that sends more could fill the memory.

    Raises:
        SourceUnavailableError: It sends more than that.

    Example:
        >>> chunks = [b":thump\n\nevent: del", b"ete\r\nda", b"ta: 1\n\nevent: update\ndata: {"]
        >>> list(read_server_sent(chunks, largest_bytes=100))
        [ServerSent(kind='delete', data='1')]
    """
    kind, data, held, waiting = "message", list[str](), 0, b""
    for chunk in chunks:
        *lines, waiting = (waiting + chunk).split(b"\n")
        for line in lines:
            written = line.rstrip(b"\r").decode("utf-8", "replace")
            name, _, value = written.partition(":")
            if name == "event":
                kind = value.removeprefix(" ")
            elif name == "data":
                data.append(value.removeprefix(" "))
                held += len(line)
            elif not written:
                if data:
                    yield ServerSent(kind, "\n".join(data))
                kind, data, held = "message", [], 0
        if held + len(waiting) > largest_bytes:
            raise SourceUnavailableError(f"sends an event of more than {largest_bytes} bytes.")


@contextmanager
def follow_server_sent(
    answers: Sequence[httpx.Response], *, place: str, largest_bytes: int
) -> Iterator[Inlet[ServerSent]]:
    """Give the events of answers that do not end, whichever brings one, and close the answers after that.

    Args:
        answers: Of one server; the head of each was read.
        place: For messages.
        largest_bytes: Of one event.
    """
    inlet = _EventInlet(answers, place=place, largest_bytes=largest_bytes)
    try:
        yield inlet
    finally:
        inlet.close()


class _EventInlet:
    """A thread for each answer, since none can be asked for news alone; all give into one queue of bounded length."""

    def __init__(self, answers: Sequence[httpx.Response], *, place: str, largest_bytes: int) -> None:
        self._answers = answers
        self._place = place
        self._largest_bytes = largest_bytes
        self._events: queue.Queue[ServerSent | SourceUnavailableError] = queue.Queue(_WAITING_EVENTS)
        self._is_closed = threading.Event()
        self._threads = [
            threading.Thread(target=self._follow, args=(answer,), name=f"events of {place}", daemon=True)
            for answer in answers
        ]
        for thread in self._threads:
            thread.start()

    def receive(self, seconds: float) -> ServerSent | None:
        try:
            found = self._events.get(timeout=seconds)
        except queue.Empty:
            return None
        if isinstance(found, SourceUnavailableError):
            raise found
        return found

    def close(self) -> None:
        """End the threads: a socket that is shut down wakes whoever reads from it."""
        self._is_closed.set()
        for answer in self._answers:
            stream = answer.extensions.get("network_stream")
            taken = stream.get_extra_info("socket") if stream is not None else None
            if taken is not None:
                with suppress(OSError):
                    taken.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(timeout=_CLOSING_SECONDS)

    def _follow(self, answer: httpx.Response) -> None:
        try:
            for event in read_server_sent(answer.iter_raw(), largest_bytes=self._largest_bytes):
                self._give(event)
            self._give(SourceUnavailableError(f"{self._place} ended its stream."))
        except SourceUnavailableError as error:
            self._give(SourceUnavailableError(f"{self._place} {error}"))
        except Exception as error:  # noqa: BLE001 - it is told where it is waited for, whatever it was
            self._give(SourceUnavailableError(f"{self._place} broke off ({type(error).__name__})."))
        finally:
            with suppress(Exception):
                answer.close()

    def _give(self, found: ServerSent | SourceUnavailableError) -> None:
        while not self._is_closed.is_set():
            with suppress(queue.Full):
                self._events.put(found, timeout=WAIT_SECONDS)
                return
