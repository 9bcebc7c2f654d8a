"""Inbound: takes in what others send: checked, once, and answered when the inbox has it on disk."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from ingest.lock import SourceLock
from service.assembly import Workshop
from service.strict_json import read_json
from textcx.errors import BacklogFullError, ConfigError, NotFoundError, StoreUnavailableError

if TYPE_CHECKING:
    from ingest.connectors.webhook import Webhook
    from ingest.source_file import Source

_UNKNOWN = "There is no such webhook, or what was sent is not signed with its secret, or is too old."
"""One answer for all: whoever tries names or secrets learns nothing."""
_LOCK_SECONDS, _POLL_SECONDS = 5.0, 0.02


def take_delivery(
    workshop: Workshop, name: str, *, headers: Mapping[str, str], body: bytes, proof: str | None, now: datetime
) -> dict[str, Any]:
    """Take in what a sender delivered.

    Args:
        workshop: The parts of the data folder.
        name: Of the source.
        headers: By name in small letters.
        body: As it came: the signature is over these bytes.
        proof: What the address ends with.
        now: The time.

    Raises:
        NotFoundError: There is no such source, or the delivery is not what its sender would send now.
        UnreadableRecordError: It is signed, and is no JSON.
        RetryableError: It cannot be taken in now; the sender tries again.
    """
    source = _source(workshop, name)
    with workshop.build_connections(sleep=_refuse).open(source) as connector:
        webhook = cast("Webhook", connector)
        identifier = _verified(webhook, headers, body, proof=proof, now=now)
        if source.file.paused:
            raise StoreUnavailableError(f"{name} is paused.")
        values = read_json(body)
        identifier = identifier or webhook.delivery_of(values) or workshop.secret.fingerprint(body)
        with _locked(workshop, name):
            if workshop.deliveries.is_known(name, identifier):
                return {"state": "already taken", "run": None, "given": 0, "new": 0, "erased": 0}
            taken = _read(workshop, source, webhook, values, now=now)
            workshop.deliveries.note(name, identifier, at=now)
    return taken


def _source(workshop: Workshop, name: str) -> "Source":
    try:
        source = workshop.sources.read(name)
    except (NotFoundError, ConfigError):
        raise NotFoundError(_UNKNOWN) from None
    if not source.spec.is_sent:
        raise NotFoundError(_UNKNOWN)
    return source


def _verified(
    webhook: "Webhook", headers: Mapping[str, str], body: bytes, *, proof: str | None, now: datetime
) -> str | None:
    from ingest.signature import SignatureError

    try:
        return webhook.verify(headers, body, proof=proof, now=now)
    except SignatureError:
        raise NotFoundError(_UNKNOWN) from None


def _read(workshop: Workshop, source: "Source", webhook: "Webhook", values: Any, *, now: datetime) -> dict[str, Any]:
    from ingest.connector import Window
    from ingest.plan import Task
    from ingest.reader import Reader

    reader = Reader(
        workshop.build_desk(sleep=_refuse), lambda _source: nullcontext(_Delivered(webhook, values)), now=lambda: now
    )
    reading = reader.read(source, Task("live", Window()))
    if reading.state != "complete":
        raise StoreUnavailableError("It cannot be taken in now; send it again later.")
    return {
        "state": "taken",
        "run": reading.run,
        "given": reading.given,
        "new": reading.fresh,
        "erased": reading.deleted,
    }


class _Delivered:
    """A delivery as a connector: its events are all there is to read."""

    def __init__(self, webhook: "Webhook", values: Any) -> None:
        self.spec = webhook.spec
        self._webhook = webhook
        self._values = values

    def check(self) -> None:
        """Do nothing: it is here already."""

    def read(self, cursor: Any, window: Any) -> Iterator[Any]:  # noqa: ARG002
        """Give its events."""
        return self._webhook.events(self._values)


@contextmanager
def _locked(workshop: Workshop, name: str) -> Iterator[None]:
    """Let one delivery of a source be taken in after another."""
    end_at = time.monotonic() + _LOCK_SECONDS
    with SourceLock(workshop.settings.data, name) as lock:
        while not lock.take():
            if time.monotonic() > end_at:
                raise StoreUnavailableError("Too many deliveries come at once; send it again later.")
            time.sleep(_POLL_SECONDS)
        yield


def _refuse(seconds: float) -> None:
    """Do not wait while somebody waits for an answer: the inbox is full."""
    raise BacklogFullError("The inbox is full; send it again later.", retry_after_seconds=max(1, round(seconds * 10)))
