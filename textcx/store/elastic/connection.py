"""Connection: JSON in, JSON out, with one loop of retries; the one module that imports Elasticsearch's client.

Every error of the client becomes one of ours here, and none of ours holds an address, a key or a customer's words.
"""

import random
import time
from collections.abc import Callable, Mapping
from typing import Any

import orjson
from elastic_transport import ConnectionError, ObjectApiResponse  # noqa: A004
from elastic_transport.client_utils import DEFAULT
from elasticsearch import ApiError, Elasticsearch, OrjsonSerializer, TransportError

from textcx.errors import StoreUnavailableError, TextCXError
from textcx.store.elastic.access import Access
from textcx.store.elastic.breaker import CircuitBreaker

_BUSY = frozenset({429, 502, 503, 504})
_TOO_LARGE = 413
_NOT_ALLOWED = frozenset({401, 403})
_MISSING = 404
_BLOCKED = "cluster_block_exception"
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_PATIENCE_SECONDS = 5.0


class AgainError(StoreUnavailableError):
    """The same request may work later; whether this one was carried out is not known.

    Attributes:
        is_busy: The server asked for less at a time.
        is_too_large: The request was larger than the server takes, and was not carried out.
    """

    def __init__(self, message: str, *, is_busy: bool = False, is_too_large: bool = False) -> None:
        super().__init__(message)
        self.is_busy = is_busy
        self.is_too_large = is_too_large


class RefusedError(TextCXError):
    """The server will never do this.

    Attributes:
        status: The HTTP status.
        kinds: Its names for what is wrong, from the outermost to the cause.
    """

    def __init__(self, status: int, kinds: tuple[str, ...]) -> None:
        super().__init__(f"Elasticsearch refused a request: {status} {', '.join(kinds) or 'without a reason'}.")
        self.status = status
        self.kinds = kinds


class Connection:
    """Asks one Elasticsearch cluster. Safe to use from many threads, not to be carried into a fork.

    Args:
        access: Where it is, and who we are.
        sleep: Waits so many seconds.
        clock: Seconds, ever rising.
    """

    def __init__(
        self,
        access: Access,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = Elasticsearch(
            list(access.urls),
            api_key=access.api_key,
            basic_auth=access.basic_auth,
            ca_certs=str(access.ca_file) if access.ca_file else DEFAULT,
            request_timeout=access.timeout_seconds,
            max_retries=0,  # one loop of retries: those of the client would multiply ours
            retry_on_timeout=False,
            serializer=OrjsonSerializer(),
            http_compress=False,
        )
        self._breaker = CircuitBreaker(clock)
        self._sleep = sleep
        self._clock = clock

    def ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        patience_seconds: float = _PATIENCE_SECONDS,
        **params: str | int | bool,
    ) -> dict[str, Any]:
        """Return the server's answer to a request that may be repeated.

        Raises:
            RefusedError: The server will never answer it.
            StoreUnavailableError: It did not answer in time.
        """
        deadline = self._clock() + patience_seconds
        pauses = Pauses()
        while True:
            try:
                return self.ask_once(method, path, body, **params)
            except AgainError:
                pause = pauses.next()
                if self._clock() + pause > deadline:
                    raise
            self._sleep(pause)

    def ask_once(
        self, method: str, path: str, body: Mapping[str, Any] | bytes | None = None, **params: str | int | bool
    ) -> dict[str, Any]:
        """Return the server's answer to one request.

        Raises:
            AgainError: It may work later.
            RefusedError: The server will never answer it.
            StoreUnavailableError: Nothing was sent, since the server has not answered for a while, or refuses us.
        """
        if not self._breaker.allows():
            raise StoreUnavailableError(
                "Elasticsearch has not answered for a while; it is asked again in some seconds."
            )
        try:
            answer = self._send(method, path, body, params)
        except ApiError as error:
            raise self._refusal(error) from None  # the cause quotes what was sent
        except TransportError as error:
            self._breaker.failed()
            raise AgainError(f"Elasticsearch did not answer ({type(error).__name__}).") from None
        self._breaker.succeeded()
        return answer

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(
        self, method: str, path: str, body: Mapping[str, Any] | bytes | None, params: Mapping[str, str | int | bool]
    ) -> dict[str, Any]:
        headers = {"accept": "application/json"}
        sent: bytes | None = None
        if isinstance(body, bytes):
            headers["content-type"] = "application/x-ndjson"
            sent = body
        elif body is not None:
            headers["content-type"] = "application/json"
            sent = orjson.dumps(body)
        answer = self._client.perform_request(method, path, params=dict(params), headers=headers, body=sent)
        if not isinstance(answer, ObjectApiResponse):
            raise ConnectionError("the answer was cut within its headers")  # which HTTP takes for an empty answer
        return dict(answer.body)

    def _refusal(self, error: ApiError) -> TextCXError:
        status, kinds = error.meta.status, _kinds(error.body)
        if status == _TOO_LARGE:
            return AgainError("Elasticsearch takes smaller requests only.", is_too_large=True)
        if _BLOCKED in kinds:
            self._breaker.failed()
            return AgainError("Elasticsearch refuses writes: is its disk full?", is_busy=True)
        if status in _BUSY:
            if status != 429:
                self._breaker.failed()
            return AgainError(f"Elasticsearch is not ready: {status} {', '.join(kinds)}.", is_busy=status == 429)
        if status in _NOT_ALLOWED:
            self._breaker.failed()
            return StoreUnavailableError(
                f"Elasticsearch does not let us in ({status}): check elastic_api_key_file, or elastic_user and "
                "elastic_password_file, and the role in textcx/store/elastic/README.md."
            )
        self._breaker.succeeded()
        return RefusedError(status, kinds)


class Pauses:
    """How long to wait before each further try: random, up to twice as long each time."""

    def __init__(self) -> None:
        self._longest = _FIRST_PAUSE_SECONDS

    def next(self) -> float:
        """Return the next pause in seconds."""
        pause = random.uniform(0, self._longest)  # noqa: S311
        self._longest = min(2 * self._longest, _LONGEST_PAUSE_SECONDS)
        return pause


def is_missing(error: RefusedError) -> bool:
    """Return whether the server refused since there is no such thing."""
    return error.status == _MISSING


def _kinds(body: object) -> tuple[str, ...]:
    """Return the types of an error and of its causes; their reasons would quote what was sent."""
    error = body.get("error") if isinstance(body, dict) else None
    kinds: list[str] = []
    while isinstance(error, dict) and len(kinds) < 8:
        kinds.append(str(error.get("type", "")))
        inner = error.get("caused_by")
        if inner is None:
            inner = next((root for root in error.get("root_cause") or () if root.get("type") not in kinds), None)
        error = inner
    failed = (
        body["error"].get("failed_shards") if isinstance(body, dict) and isinstance(body.get("error"), dict) else ()
    )
    for shard in failed or ():
        reason = shard.get("reason") or {}
        for part in (reason, reason.get("caused_by") or {}):
            if part.get("type") and part["type"] not in kinds:
                kinds.append(str(part["type"]))
    return tuple(kind for kind in kinds if kind)
