"""Fetch: the one way out to a source's server, with its manners and its limits.

Budgets, retries with jitter, the waits that a source asks for, limits on size and time, and addresses that may be
asked are all here; connectors have none of it. Nothing of a request but host and path is ever put into words: queries
and headers hold secrets.
"""

import logging
import random
import time
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import httpcore
import httpx
import orjson

from ingest.addresses import CheckedTransport, check_url
from ingest.budget import Budget, Rate
from ingest.rate_limit import asked_wait_seconds, pace_seconds
from textcx.errors import ConfigError, RateLimitedError, SourceRefusedError, SourceUnavailableError

__all__ = ["Answer", "Fetcher", "Limits", "Rate"]

AGENT = "textcx/0.1 (+https://github.com/textcx/textcx)"
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_UNCHANGED, _UNAUTHORIZED, _FORBIDDEN, _SERVER_FAILED, _FAILED, _TIMED_OUT = 304, 401, 403, 500, 400, 408
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_CHUNK_BYTES = 65_536
_KEPT_ON_REDIRECT = frozenset({"accept", "user-agent", "accept-encoding"})
_BROKEN = (httpx.TransportError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of an answer is taken, and for how long it is waited.

    Attributes:
        bytes: Of a body, unpacked.
        seconds: For one answer, from asking to its last byte.
        silence_seconds: Between two bytes.
        attempts: How often one request is sent at most.
        longest_wait_seconds: A source that asks for more ends the reading, to go on later.
    """

    bytes: int = 16 * 2**20
    seconds: float = 60.0
    silence_seconds: float = 20.0
    attempts: int = 5
    longest_wait_seconds: float = 60.0


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


@dataclass
class Fetcher:
    """Asks servers.

    Attributes:
        budget: Shared by all who use one credential.
        allows_private: Whether machines of private networks may be asked.
        limits: See there.
        clock: The time, aware.
        sleep: Waits for seconds.
        jitter: A number from 0 to 1.
    """

    budget: Budget = field(default_factory=lambda: Budget((), clock=time.monotonic, sleep=time.sleep))
    allows_private: bool = False
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random

    def __post_init__(self) -> None:
        for name in ("httpx", "httpcore"):  # they log whole addresses, with the keys in them
            logging.getLogger(name).setLevel(logging.WARNING)
        self._client = httpx.Client(
            transport=CheckedTransport(allows_private=self.allows_private),
            trust_env=False,
            timeout=httpx.Timeout(self.limits.silence_seconds, connect=10.0),
            headers={"User-Agent": AGENT, "Accept-Encoding": "gzip, deflate"},
        )

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        validators: Mapping[str, str] | None = None,
        accepts: Collection[int] = (),
        expects_json: bool = False,
    ) -> Answer:
        """Ask for a page.

        Args:
            url: Without anything secret; that goes into `params` or `headers`.
            params: Of the query.
            headers: Beside ours.
            validators: `Answer.validators` of the last time: the answer may then be `is_unchanged`.
            accepts: Statuses of 400 and above that are answers, such as 404.
            expects_json: A page that is no JSON counts as an answer that broke off, and is asked for again.

        Raises:
            RateLimitedError: The source wants a longer wait than `longest_wait_seconds`.
            SourceUnavailableError: It does not answer, breaks off, or fails, also after some attempts.
            SourceRefusedError: 401, 403, or another refusal; or the address may not be asked.
        """
        names = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}
        conditions = {names[name]: value for name, value in (validators or {}).items() if name in names}
        sent = {**(headers or {}), **conditions}
        for attempt in range(self.limits.attempts):
            answer = self._ask(lambda: self._client.build_request("GET", url, params=params, headers=sent), accepts)
            if not expects_json or answer.status >= _FAILED or answer.is_unchanged or _is_json(answer.body):
                return answer
            self._back_off(attempt)
        raise SourceUnavailableError(f"{_place(url)} does not answer with JSON.")

    def post(
        self,
        url: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        accepts: Collection[int] = (),
    ) -> Answer:
        """Ask with a body, for a token or a search: it is sent again like a `get`, so it must not change anything.

        Raises: as `get`.
        """
        return self._ask(
            lambda: self._client.build_request("POST", url, json=json, data=form, headers=headers), accepts
        )

    def get_json(self, url: str, **asked: Any) -> Any:
        """Return the JSON of a page; `asked` is as for `get`, which asks again for what is none.

        Raises: as `get`.
        """
        return orjson.loads(self.get(url, **asked, expects_json=True).body)

    def stream_lines(self, url: str, *, headers: Mapping[str, str] | None = None) -> Iterator[str]:
        """Give the lines of an answer that does not end, as they come; silence for `silence_seconds` breaks it off.

        Raises: as `get`.
        """
        check_url(url, allows_private=self.allows_private)
        self.budget.spend()
        request = self._client.build_request("GET", url, headers={**(headers or {}), "Accept-Encoding": "identity"})
        with self._failing_as_ours(url):
            response = self._client.send(request, stream=True)
            try:
                if response.status_code >= _FAILED:
                    self._refuse(response.status_code, dict(response.headers), response.read(), url)
                waiting = b""
                for chunk in response.iter_raw():
                    *lines, waiting = (waiting + chunk).split(b"\n")
                    if len(waiting) > self.limits.bytes:
                        raise SourceUnavailableError(
                            f"{_place(url)} sends a line of more than {self.limits.bytes} bytes."
                        )
                    yield from (line.decode("utf-8", "replace").rstrip("\r") for line in lines)
            finally:
                response.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, build: Callable[[], httpx.Request], accepts: Collection[int]) -> Answer:
        for attempt in range(self.limits.attempts):
            request = _built(build)
            place = _place(str(request.url))
            try:
                answer = self._follow(request)
            except SourceUnavailableError:
                if attempt + 1 == self.limits.attempts:
                    raise
                self._back_off(attempt)
                continue
            if (pace := pace_seconds(answer.headers, self.clock())) > 0:
                self.budget.hold(pace)
            if answer.status < _FAILED or answer.status in accepts:
                return answer
            wait = asked_wait_seconds(answer.status, answer.headers, answer.body, self.clock())
            if wait is not None:
                self.budget.hold(wait)
                if wait > self.limits.longest_wait_seconds:
                    raise RateLimitedError(
                        f"{place} wants us to wait for {wait:.0f} seconds.", retry_after_seconds=wait
                    )
                self.sleep(wait)
            elif answer.status >= _SERVER_FAILED or answer.status == _TIMED_OUT:
                self._back_off(attempt)
            else:
                self._refuse(answer.status, answer.headers, answer.body, str(request.url))
        if wait is not None:
            raise RateLimitedError(
                f"{place} answers {answer.status} again and again.", retry_after_seconds=wait or 60.0
            )
        raise SourceUnavailableError(f"{place} answers {answer.status}.")

    def _follow(self, request: httpx.Request) -> Answer:
        """Send a request and those that it is redirected to; what is secret goes to no other host."""
        for _ in range(_MOST_REDIRECTS + 1):
            url = str(request.url)
            check_url(url, allows_private=self.allows_private)
            self.budget.spend()
            with self._failing_as_ours(url):
                response = self._client.send(request, stream=True, follow_redirects=False)
                try:
                    if response.status_code in _REDIRECTS and "location" in response.headers:
                        request = _redirected(request, response.headers["location"])
                        continue
                    body = self._read(response, url)
                finally:
                    response.close()
            return Answer(response.status_code, dict(response.headers), body, url)
        raise SourceRefusedError(f"{_place(url)} redirects more than {_MOST_REDIRECTS} times.")

    def _read(self, response: httpx.Response, url: str) -> bytes:
        """Return a body, unpacked piece by piece, so that a small one cannot become a huge one in memory."""
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("identity", "", "gzip", "deflate", "x-gzip"):
            raise SourceUnavailableError(
                f"{_place(url)} packs its answer as {packing[:20]!r}, which was not asked for."
            )
        unpacking = None if packing in ("identity", "") else zlib.decompressobj(_GZIP_OR_ZLIB)
        deadline = time.monotonic() + self.limits.seconds
        body = bytearray()
        for chunk in response.iter_raw(_CHUNK_BYTES):
            for piece in (chunk,) if unpacking is None else _unpacked(unpacking, chunk):
                body += piece
                if len(body) > self.limits.bytes:
                    raise SourceRefusedError(f"{_place(url)} answers with more than {self.limits.bytes} bytes.")
            if time.monotonic() > deadline:
                raise SourceUnavailableError(f"{_place(url)} took more than {self.limits.seconds:.0f} seconds.")
        if unpacking is not None and not unpacking.eof and body:
            raise SourceUnavailableError(f"{_place(url)} broke off within its answer.")
        return bytes(body)

    def _back_off(self, attempt: int) -> None:
        """Wait up to one second, two, four and so on: full jitter, so that many who failed do not come back as one."""
        self.sleep(min(self.limits.longest_wait_seconds, 2.0**attempt) * self.jitter())

    def _refuse(self, status: int, headers: Mapping[str, str], body: bytes, url: str) -> None:
        wait = asked_wait_seconds(status, headers, body, self.clock())
        if wait is not None:
            raise RateLimitedError(f"{_place(url)} wants us to wait.", retry_after_seconds=wait)
        if status >= _SERVER_FAILED:
            raise SourceUnavailableError(f"{_place(url)} answers {status}.")
        if status == _UNAUTHORIZED:
            raise SourceRefusedError(f"{_place(url)} answers 401: the credential is missing, wrong or has expired.")
        if status == _FORBIDDEN:
            raise SourceRefusedError(f"{_place(url)} answers 403: the credential lacks a right for this.")
        raise SourceRefusedError(f"{_place(url)} answers {status}: there is no such place, or the question is wrong.")

    @contextmanager
    def _failing_as_ours(self, url: str) -> Iterator[None]:
        try:
            yield
        except (*_BROKEN, zlib.error) as error:
            raise SourceUnavailableError(
                f"{_place(url)} did not answer, or broke off ({type(error).__name__})."
            ) from error


def _built(build: Callable[[], httpx.Request]) -> httpx.Request:
    try:
        return build()
    except UnicodeEncodeError:
        raise ConfigError("A source's key holds letters that no header of HTTP may have.") from None
    except httpx.InvalidURL:
        raise ConfigError("A source's address is written wrongly.") from None


def _redirected(request: httpx.Request, location: str) -> httpx.Request:
    try:
        url = request.url.join(location)
    except httpx.InvalidURL:
        raise SourceRefusedError(f"{_place(str(request.url))} redirects to what is no address.") from None
    headers: Sequence[tuple[str, str]] = request.headers.multi_items()
    if (url.scheme, url.host, url.port) != (request.url.scheme, request.url.host, request.url.port):
        headers = [(name, value) for name, value in headers if name.lower() in _KEPT_ON_REDIRECT]
    headers = [(name, value) for name, value in headers if name.lower() not in ("host", "content-length")]
    method: Literal["GET"] = "GET"
    return httpx.Request(method, url, headers=headers, extensions=request.extensions)


def _unpacked(unpacking: Any, chunk: bytes) -> Iterator[bytes]:
    while chunk:
        yield unpacking.decompress(chunk, _CHUNK_BYTES)
        chunk = unpacking.unconsumed_tail


def _is_json(body: bytes) -> bool:
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True


def _place(url: str) -> str:
    parts = httpx.URL(url)
    return f"{parts.host}{parts.path}"
