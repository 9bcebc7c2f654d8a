"""Access: who may call the service.

Without a key it serves this machine alone: it binds to loopback, and answers only requests addressed to it by a
loopback name, so that no web page elsewhere can reach it through its visitor's browser. With a key file it serves
whoever has the key.
"""

import hmac
from ipaddress import ip_address
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from service.problems import problem
from textcx.errors import ConfigError

LEAST_KEY_CHARACTERS = 20
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "testserver"})
_OPEN_PATHS = frozenset({"/healthz", "/readyz"})


def read_key(path: Path | None) -> str | None:
    """Return the administrator's key from its file, or None if no file is configured.

    Raises:
        ConfigError: The file is not there, or the key is too short to keep anyone out.
    """
    if path is None:
        return None
    try:
        key = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"admin_key_file: {path} cannot be read ({error.strerror}).") from error
    if len(key) < LEAST_KEY_CHARACTERS:
        message = f"admin_key_file: the key in {path} must have at least {LEAST_KEY_CHARACTERS} characters."
        raise ConfigError(message)
    return key


def check_address(host: str, key: str | None) -> None:
    """Refuse to serve other machines without a key.

    Raises:
        ConfigError: The address is not loopback and there is no key.
    """
    if key is not None or host == "localhost":
        return
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        message = (
            f"host {host} can be reached from other machines, and there is no key. "
            "Set admin_key_file (TEXTCX_ADMIN_KEY_FILE), or serve on 127.0.0.1."
        )
        raise ConfigError(message)


class Access:
    """Lets through who may call.

    Args:
        app: What is protected.
        key: The key to ask for, or None to serve this machine alone.
    """

    def __init__(self, app: ASGIApp, *, key: str | None) -> None:
        self._app = app
        self._key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer 400 or 401."""
        if scope["type"] != "http" or self._key_fits(scope):
            await self._app(scope, receive, send)
        elif self._key is None:
            answer = problem(400, "bad-request", "The Host header names another machine; this service serves its own.")
            await answer(scope, receive, send)
        else:
            detail = "Send the key as `Authorization: Bearer KEY`."
            answer = problem(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
            await answer(scope, receive, send)

    def _key_fits(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        if self._key is None:
            name = headers.get("host", "")
            return name in _LOOPBACK_NAMES or name.rpartition(":")[0] in _LOOPBACK_NAMES
        if scope["path"] in _OPEN_PATHS:
            return True
        given = headers.get("authorization", "").removeprefix("Bearer ").encode("utf-8", "replace")
        return hmac.compare_digest(given, self._key.encode("utf-8"))
