"""BulkLoop: writes many documents, each with an outcome of its own.

Requests are of some megabytes and shrink while the server says it is busy. Items that were refused for want of room
are sent again, and so is everything of a request of which no whole answer came: versions make that safe.
"""

import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from textcx.errors import StoreUnavailableError
from textcx.store.elastic.connection import AgainError, Connection, Pauses

LARGEST_VERSION = 2**63 - 1
_LARGEST_REQUEST_BYTES = 4_000_000
_SMALLEST_REQUEST_BYTES = 50_000
_PATIENCE_SECONDS = 60.0
_AGAIN = frozenset({429, 502, 503, 504})
_BLOCKED = "cluster_block_exception"
_NO_INDEX = "index_not_found_exception"
_STALE = 409
_MISSING = 404
_FIELD = re.compile(r"field \[([\w.]+)\]")
Outcome = Literal["created", "updated", "deleted", "missing", "stale", "refused"]


@dataclass(frozen=True, slots=True)
class Write:
    """One document to be written or deleted.

    Attributes:
        index: Into which index.
        id: Its id.
        version: Its version.
        source: The document, or None to delete it.
        replaces_same_version: Whether it takes the place of a document of the same version.
    """

    index: str
    id: str
    version: int
    source: Mapping[str, Any] | None
    replaces_same_version: bool = False

    def lines(self) -> bytes:
        """Return its lines of a bulk request."""
        action = {
            "_index": self.index,
            "_id": self.id,
            "version": self.version,
            "version_type": "external_gte" if self.replaces_same_version else "external",
        }
        if self.source is None:
            return orjson.dumps({"delete": action}) + b"\n"
        return orjson.dumps({"index": action}) + b"\n" + orjson.dumps(self.source) + b"\n"


@dataclass(frozen=True, slots=True)
class Written:
    """How a write ended.

    Attributes:
        outcome: What became of it.
        reason: Why it was refused, without a value of it.
        is_repeat: It was sent more than once, so that "stale" may mean that an earlier try was carried out.
    """

    outcome: Outcome
    reason: str = ""
    is_repeat: bool = False


@dataclass(slots=True)
class _Waiting:
    at: int
    lines: bytes
    tries: int = 0


class BulkLoop:
    """Writes through a connection.

    Args:
        connection: To the cluster.
        make_index: Makes an index that is not there, or says False where there is to be none of that name any more.
        sleep: Waits so many seconds.
        clock: Seconds, ever rising.
    """

    def __init__(
        self,
        connection: Connection,
        make_index: Callable[[str], bool],
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connection = connection
        self._make_index = make_index
        self._sleep = sleep
        self._clock = clock
        self._request_bytes = _LARGEST_REQUEST_BYTES

    def run(self, writes: Sequence[Write], *, patience_seconds: float = _PATIENCE_SECONDS) -> list[Written]:
        """Carry out all writes, and say how each ended.

        Raises:
            StoreUnavailableError: The server did not take all of them in time; some may be there.
        """
        ended: dict[int, Written] = {}
        waiting = [_Waiting(at, write.lines()) for at, write in enumerate(writes)]
        deadline = self._clock() + patience_seconds
        pauses = Pauses()
        while waiting:
            request, rest = self._next_request(waiting)
            again = self._send(request, ended)
            waiting = again + rest
            if not again:
                pauses = Pauses()
                continue
            pause = pauses.next()
            if self._clock() + pause > deadline:
                raise StoreUnavailableError("Elasticsearch did not take all of a batch in time; try again.")
            self._sleep(pause)
        return [ended[at] for at in range(len(writes))]

    def _next_request(self, waiting: list[_Waiting]) -> tuple[list[_Waiting], list[_Waiting]]:
        size = 0
        for count, one in enumerate(waiting):
            size += len(one.lines)
            if count and size > self._request_bytes:
                return waiting[:count], waiting[count:]
        return waiting, []

    def _send(self, request: list[_Waiting], ended: dict[int, Written]) -> list[_Waiting]:
        """Send one request, note what ended, and return what is to be sent again."""
        for one in request:
            one.tries += 1
        try:
            answer = self._connection.ask_once("POST", "/_bulk", b"".join(one.lines for one in request))
        except AgainError as error:
            if error.is_too_large and len(request) == 1:
                ended[request[0].at] = Written("refused", "larger than Elasticsearch takes")
                return []
            if error.is_busy or error.is_too_large:
                self._shrink()
            return request
        items = answer.get("items")
        if not isinstance(items, list) or len(items) != len(request):
            return request  # cut short: versions make a repeat safe
        missing = {index for item in items if (index := _missing_index(item)) is not None}
        gone = {index for index in missing if not self._make_index(index)}
        again = [one for one, item in zip(request, items, strict=True) if not _end(one, item, ended, gone)]
        if again:
            self._shrink()
        else:
            self._request_bytes = min(_LARGEST_REQUEST_BYTES, self._request_bytes * 5 // 4)
        return again

    def _shrink(self) -> None:
        self._request_bytes = max(_SMALLEST_REQUEST_BYTES, self._request_bytes // 2)


def _end(one: _Waiting, item: Mapping[str, Any], ended: dict[int, Written], gone: Collection[str]) -> bool:
    """Note how a write ended; return False where it is to be sent again."""
    ((action, found),) = item.items()
    status = int(found["status"])
    is_repeat = one.tries > 1
    error = found.get("error")
    kind = str(error.get("type", "")) if isinstance(error, dict) else ""
    if kind == _NO_INDEX and found["_index"] in gone:
        ended[one.at] = Written("missing", is_repeat=is_repeat)
        return True
    if status in _AGAIN or kind in (_BLOCKED, _NO_INDEX):
        return False
    if status == _STALE:
        ended[one.at] = Written("stale", is_repeat=is_repeat)
    elif status == _MISSING and action == "delete":
        ended[one.at] = Written("missing", is_repeat=is_repeat)
    elif status < 300:
        ended[one.at] = Written(_done(found), is_repeat=is_repeat)
    else:
        ended[one.at] = Written("refused", _reason(kind, error))
    return True


def _missing_index(item: Mapping[str, Any]) -> str | None:
    ((_, found),) = item.items()
    error = found.get("error")
    return str(found["_index"]) if isinstance(error, dict) and error.get("type") == _NO_INDEX else None


def _done(found: Mapping[str, Any]) -> Outcome:
    result = found.get("result")
    return result if result in ("created", "updated", "deleted") else "updated"


def _reason(kind: str, error: object) -> str:
    """Return why, in the server's terms: the kind and the fields, since the rest may quote a customer."""
    reason = str(error.get("reason", "")) if isinstance(error, dict) else ""
    fields = sorted(set(_FIELD.findall(reason)))
    return f"Elasticsearch refused it: {kind}" + (f" (field {', '.join(fields)})" if fields else "")
