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
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

import httpcore
import httpx
import orjson

from ingest.addresses import CheckedTransport, check_url
from ingest.answer import Answer, Limits, place_of, refusal
from ingest.budget import Budget, Rate
from ingest.listening import Inlet, Listening
from ingest.rate_limit import asked_wait_seconds, pace_seconds
from ingest.server_sent import ServerSent, follow_server_sent
from textcx.errors import (
    ConfigError,
    RateLimitedError,
    SourceRefusedError,
    SourceUnavailableError,
    TextCXError,
)

__all__ = ["Answer", "Fetcher", "Limits", "Rate"]

T = TypeVar("T")
AGENT = "textcx/0.1 (+https://github.com/textcx/textcx)"
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 5
_SERVER_FAILED, _FAILED, _TIMED_OUT = 500, 400, 408
_LASTED_SECONDS = 30.0
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS
_CHUNK_BYTES = 65_536
_KEPT_ON_REDIRECT = frozenset({"accept", "user-agent", "accept-encoding"})
_BROKEN = (httpx.TransportError, httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, OSError)


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
        raise SourceUnavailableError(f"{place_of(url)} does not answer with JSON.")

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

    @contextmanager
    def messages(
        self, url: str, *, params: Mapping[str, Any] | None = None, headers: Mapping[str, str] | None = None
    ) -> Iterator[Listening[str]]:
        """Give what a server sends over a web socket, for as long as it is needed.

        Args:
            url: Of the scheme ws or wss, without anything secret.
            params: Of the query.
            headers: Of the request.

        Raises: as `get`, and SourceUnavailableError from the listening where the connection breaks.
        """
        from ingest.web_socket import NotOpenedError, open_web_socket

        request = _built(lambda: self._client.build_request("GET", url, params=params, headers=headers))
        check_url(str(request.url), allows_private=self.allows_private)
        self.budget.spend()
        with ExitStack() as stack:
            opening = open_web_socket(
                str(request.url),
                headers=dict(headers or {}),
                agent=AGENT,
                allows_private=self.allows_private,
                largest_bytes=self.limits.message_bytes,
            )
            try:
                inlet = stack.enter_context(opening)
            except NotOpenedError as error:
                if error.status < _FAILED and error.status not in _REDIRECTS:
                    raise SourceUnavailableError(f"{place_of(url)} answers with a page instead of a stream.") from None
                raise self._refusal(error.status, error.headers, error.body, url) from None
            yield self._listening(inlet)

    @contextmanager
    def events(
        self, urls: Sequence[str], *, headers: Mapping[str, str] | None = None
    ) -> Iterator[Listening[ServerSent]]:
        """Give the server-sent events of some addresses of one server, as they come, for as long as it is needed.

        Silence for `silence_seconds` breaks one off: such servers send a heartbeat more often.

        Raises: as `messages`.
        """
        with ExitStack() as stack:
            answers = [stack.enter_context(self._open_stream(url, headers or {})) for url in urls]
            events = follow_server_sent(answers, place=place_of(urls[0]), largest_bytes=self.limits.message_bytes)
            yield self._listening(stack.enter_context(events))

    def keep_listening(self, listen: Callable[[], Iterator[T]]) -> Iterator[T]:
        """Give what listening gives, and listen again where it breaks off, with growing waits.

        Args:
            listen: Connects and gives what comes.

        Raises: as `get`, when it has broken off within half a minute for `attempts` times in a row.
        """
        failures = limits = 0
        while True:
            began_at = time.monotonic()
            try:
                yield from listen()
            except RateLimitedError as error:  # the budget is held until then
                limits += 1
                if error.retry_after_seconds > self.limits.longest_wait_seconds or limits >= self.limits.attempts:
                    raise
            except SourceUnavailableError:
                has_lasted = time.monotonic() - began_at > _LASTED_SECONDS
                failures, limits = (1, 0) if has_lasted else (failures + 1, limits)
                if failures >= self.limits.attempts:
                    raise
                self._back_off(failures - 1)
            else:
                return

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, build: Callable[[], httpx.Request], accepts: Collection[int]) -> Answer:
        for attempt in range(self.limits.attempts):
            request = _built(build)
            place = place_of(str(request.url))
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
                raise self._refusal(answer.status, answer.headers, answer.body, str(request.url))
        if wait is not None:
            raise RateLimitedError(
                f"{place} answers {answer.status} again and again.", retry_after_seconds=wait or 60.0
            )
        raise SourceUnavailableError(f"{place} answers {answer.status}.")

    def _listening(self, inlet: Inlet[T]) -> Listening[T]:
        return Listening(inlet, pause=lambda: self.sleep(0.0), quiet_seconds=self.limits.quiet_seconds)

    @contextmanager
    def _open_stream(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        """Give an answer that does not end, its body unread."""
        sent = {**headers, "Accept": "text/event-stream", "Accept-Encoding": "identity"}
        request = _built(lambda: self._client.build_request("GET", url, headers=sent))
        check_url(url, allows_private=self.allows_private)
        self.budget.spend()
        with self._failing_as_ours(url):
            response = self._client.send(request, stream=True, follow_redirects=False)
        try:
            if response.status_code >= _FAILED or response.status_code in _REDIRECTS:
                with self._failing_as_ours(url):
                    body = self._read(response, url)
                raise self._refusal(response.status_code, dict(response.headers), body, url)
            if not response.headers.get("content-type", "").startswith("text/event-stream"):
                raise SourceUnavailableError(f"{place_of(url)} answers with a page instead of a stream.")
            yield response
        finally:
            response.close()

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
        raise SourceRefusedError(f"{place_of(url)} redirects more than {_MOST_REDIRECTS} times.")

    def _read(self, response: httpx.Response, url: str) -> bytes:
        """Return a body, unpacked piece by piece, so that a small one cannot become a huge one in memory."""
        packing = response.headers.get("content-encoding", "identity").strip().lower()
        if packing not in ("identity", "", "gzip", "deflate", "x-gzip"):
            raise SourceUnavailableError(
                f"{place_of(url)} packs its answer as {packing[:20]!r}, which was not asked for."
            )
        unpacking = None if packing in ("identity", "") else zlib.decompressobj(_GZIP_OR_ZLIB)
        deadline = time.monotonic() + self.limits.seconds
        body = bytearray()
        for chunk in response.iter_raw(_CHUNK_BYTES):
            for piece in (chunk,) if unpacking is None else _unpacked(unpacking, chunk):
                body += piece
                if len(body) > self.limits.bytes:
                    raise SourceRefusedError(f"{place_of(url)} answers with more than {self.limits.bytes} bytes.")
            if time.monotonic() > deadline:
                raise SourceUnavailableError(f"{place_of(url)} took more than {self.limits.seconds:.0f} seconds.")
        if unpacking is not None and not unpacking.eof and body:
            raise SourceUnavailableError(f"{place_of(url)} broke off within its answer.")
        return bytes(body)

    def _refusal(self, status: int, headers: Mapping[str, str], body: bytes, url: str) -> TextCXError:
        """Return what a refusal means; where the source wants us to wait, nothing goes until then."""
        error = refusal(status, headers, body, url, now=self.clock())
        if isinstance(error, RateLimitedError):
            self.budget.hold(error.retry_after_seconds)
        return error

    def _back_off(self, attempt: int) -> None:
        """Wait up to one second, two, four and so on: full jitter, so that many who failed do not come back as one."""
        self.sleep(min(self.limits.longest_wait_seconds, 2.0**attempt) * self.jitter())

    @contextmanager
    def _failing_as_ours(self, url: str) -> Iterator[None]:
        try:
            yield
        except (*_BROKEN, zlib.error) as error:
            raise SourceUnavailableError(
                f"{place_of(url)} did not answer, or broke off ({type(error).__name__})."
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
        raise SourceRefusedError(f"{place_of(str(request.url))} redirects to what is no address.") from None
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
