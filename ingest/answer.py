"""Answer: what a source's server said, how much of it is taken, and which of our errors a refusal is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpx

from ingest.rate_limit import asked_wait_seconds
from textcx.errors import RateLimitedError, SourceRefusedError, SourceUnavailableError, TextCXError

_UNCHANGED, _UNAUTHORIZED, _FORBIDDEN, _SERVER_FAILED = 304, 401, 403, 500


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an answer is taken, and for how long it is waited.

    Attributes:
        bytes: Of a body, unpacked.
        seconds: For one answer, from asking to its last byte.
        silence_seconds: Between two bytes.
        attempts: How often one request is sent at most.
        longest_wait_seconds: A source that asks for more ends the reading, to go on later.
        message_bytes: Of one message of a stream.
        quiet_seconds: A stream that gives nothing for so long has given all that it has.
    """

    bytes: int = 16 * 2**20
    seconds: float = 60.0
    silence_seconds: float = 20.0
    attempts: int = 5
    longest_wait_seconds: float = 60.0
    message_bytes: int = 4 * 2**20
    quiet_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A source's answer.

    Attributes:
        status: 2xx, 304, or one of the `accepts` that were asked for.
        headers: By name in small letters.
        body: Unpacked.
        url: Where it came from in the end.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    @property
    def is_unchanged(self) -> bool:
        """Say whether the source has nothing newer than the validators that it was asked with."""
        return self.status == _UNCHANGED

    @property
    def validators(self) -> dict[str, str]:
        """Return what to ask with the next time; part of a cursor."""
        return {name: self.headers[name] for name in ("etag", "last-modified") if name in self.headers}


def refusal(status: int, headers: Mapping[str, str], body: bytes, url: str, *, now: datetime) -> TextCXError:
    """Return what a status that is no answer means.

    Args:
        status: Of HTTP: a redirection, or 400 and above.
        headers: By name in small letters.
        body: What was said with it.
        url: Which was asked; nothing of it but host and path is told.
        now: The time.
    """
    place, wait = place_of(url), asked_wait_seconds(status, headers, body, now)
    if wait is not None:
        return RateLimitedError(f"{place} wants us to wait.", retry_after_seconds=wait)
    if status >= _SERVER_FAILED:
        return SourceUnavailableError(f"{place} answers {status}.")
    if status == _UNAUTHORIZED:
        return SourceRefusedError(f"{place} answers 401: the credential is missing, wrong or has expired.")
    if status == _FORBIDDEN:
        return SourceRefusedError(f"{place} answers 403: the credential lacks a right for this.")
    return SourceRefusedError(f"{place} answers {status}: there is no such place, or the question is wrong.")


def place_of(url: str) -> str:
    """Return of an address what may be told: queries hold secrets.

    Example:
        >>> place_of("https://api.torget.example/posts?key=not-a-secret")
        'api.torget.example/posts'
    """
    parts = httpx.URL(url)
    return f"{parts.host}{parts.path}"
