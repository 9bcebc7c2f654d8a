"""Body: request bodies, bounded before they are read, and read by a strict reader of JSON.

The framework's own reader has no bound, and lets lone surrogates and NaN through, which fail later, as an internal
error.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import problem
from service.strict_json import read_json
from textcx.errors import UnreadableRecordError
from textcx.validation import describe

Model = TypeVar("Model", bound=BaseModel)
_MOST_ERRORS = 10
_READ_AT_ONCE_BYTES = 64 * 2**10
_MOST_DIGITS = 20
"""Of a stated length: Python takes quadratic time over many."""


class RequestLimit:
    """Refuses bodies over a limit with 413: by their stated length, or as soon as they exceed it; and long heads.

    A packed body (`Content-Encoding`) is refused with 415: a kilobyte of it may hold a gigabyte.

    Args:
        app: What is protected.
        most_head_bytes: The longest request line and headers together.
        most_bytes: The largest body.
        most_bytes_together: The largest sum of the bodies that are held at a time; over it the answer is 503.
    """

    def __init__(self, app: ASGIApp, *, most_head_bytes: int, most_bytes: int, most_bytes_together: int) -> None:
        self._app = app
        self._most_head_bytes = most_head_bytes
        self._most_bytes = most_bytes
        self._most_bytes_together = most_bytes_together
        self._held_bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body bounded."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _head_bytes(scope) > self._most_head_bytes:
            detail = f"The head is longer than {self._most_head_bytes} bytes. POST /v1/search takes long queries."
            await problem(431, "too-large", detail)(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if headers.get("content-encoding", "identity").strip().lower() not in ("identity", ""):
            detail = "A packed body is not read: send it without Content-Encoding."
            await problem(415, "unsupported-media-type", detail)(scope, receive, send)
            return
        stated = headers.get("content-length", "0")
        if stated.isdecimal() and int(stated[:_MOST_DIGITS]) > self._most_bytes:
            await problem(413, "too-large", self._detail())(scope, receive, send)
            return
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            size = len(message.get("body", b""))
            received += size
            self._held_bytes += size
            if received > self._most_bytes:
                raise HTTPException(413, self._detail())
            if self._held_bytes > self._most_bytes_together:
                detail = "Too many large bodies are on their way at once."
                raise HTTPException(503, detail, headers={"Retry-After": "1"})
            return message

        try:
            await self._app(scope, bounded, send)
        finally:
            self._held_bytes -= received

    def _detail(self) -> str:
        return f"The body is larger than {self._most_bytes} bytes; GET /v1/limits has all limits."


def _head_bytes(scope: Scope) -> int:
    """Return the length of a request's head, as HTTP/1.1 writes it."""
    line = len(scope["method"]) + len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"]) + 12
    return line + sum(len(name) + len(value) + 4 for name, value in scope["headers"])


def json_body(model: type[Model]) -> Callable[[Request], Coroutine[Any, Any, Model]]:
    """Return a dependency that reads a request's body as this model."""

    async def read(request: Request) -> Model:
        try:
            body = await request.body()
        except ClientDisconnect as error:  # the caller has gone, or was too slow: nobody reads this answer but the log
            raise HTTPException(408, "The body did not arrive.") from error
        if len(body) <= _READ_AT_ONCE_BYTES:
            return _read(model, body)
        return await run_in_threadpool(_read, model, body)  # a fifth of a second at worst, in which others are answered

    return read


def _read(model: type[Model], body: bytes) -> Model:
    try:
        return model.model_validate(read_json(body))
    except ValidationError as error:
        details = error.errors(include_input=False, include_url=False, include_context=False)
        message = "; ".join(describe(one) for one in details[:_MOST_ERRORS])
        raise UnreadableRecordError(message) from None


def body_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the description of such a body for OpenAPI."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": _schema(model)}}}}


def answer_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the description of an answer for OpenAPI."""
    content = {"application/json": {"schema": _schema(model, is_answer=True)}}
    return {"description": str(model.__doc__).partition("\n")[0], "content": content}


def _schema(model: type[BaseModel], *, is_answer: bool = False) -> dict[str, Any]:
    schema = model.model_json_schema(mode="serialization" if is_answer else "validation")
    definitions = schema.pop("$defs", {})
    schema.pop("description", None)  # of the class, for programmers
    inlined: dict[str, Any] = _inlined(schema, definitions)
    return inlined


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """Return the schema with its references replaced, so that it stands alone."""
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return _inlined(definitions[reference.rsplit("/", 1)[-1]], definitions)
        return {key: _inlined(value, definitions) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_inlined(one, definitions) for one in schema]
    return schema
