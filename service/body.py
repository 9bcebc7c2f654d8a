"""Body: request bodies, bounded before they are read and validated by pydantic's own JSON reader.

The framework's default reader lets lone surrogates and NaN through, which fail later, as an internal error.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.problems import problem
from textcx.errors import UnreadableRecordError
from textcx.validation import describe

Model = TypeVar("Model", bound=BaseModel)
_MOST_ERRORS = 10


class BodyLimit:
    """Refuses bodies over a limit with 413: by their stated length, or as soon as they exceed it.

    Args:
        app: What is protected.
        most_bytes: The largest body.
    """

    def __init__(self, app: ASGIApp, *, most_bytes: int) -> None:
        self._app = app
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its body bounded."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stated = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        if stated.isdigit() and int(stated) > self._most_bytes:
            await problem(413, "too-large", self._detail())(scope, receive, send)
            return
        received = 0

        async def bounded() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most_bytes:
                raise HTTPException(413, self._detail())
            return message

        await self._app(scope, bounded, send)

    def _detail(self) -> str:
        return f"The body is larger than {self._most_bytes} bytes; GET /v1/limits has all limits."


def json_body(model: type[Model]) -> Callable[[Request], Coroutine[Any, Any, Model]]:
    """Return a dependency that reads a request's body as this model."""

    async def read(request: Request) -> Model:
        body = await request.body()
        try:
            return model.model_validate_json(body)
        except ValidationError as error:
            details = error.errors(include_input=False, include_url=False, include_context=False)
            message = "; ".join(describe(one) for one in details[:_MOST_ERRORS])
            raise UnreadableRecordError(message) from None

    return read


def body_schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the description of such a body for OpenAPI."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.pop("$defs", {})
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _inlined(schema, definitions)}},
        }
    }


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
