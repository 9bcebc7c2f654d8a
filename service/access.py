"""Access: who may call the service.

Without a key it serves this machine alone: it binds to loopback, and answers only requests addressed to it by a
loopback name, so that no web page elsewhere can reach it through its visitor's browser. With the administrator's
key (`admin_key_file`) or keys of its own (`textcx keys`) it serves whoever has one, within the key's scopes and quota.
"""

import hmac
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from fastapi.responses import Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.keys import Key, Keys, KeyScope
from service.problems import problem
from service.quota import Quota
from service.scopes import OPEN_PATHS
from textcx.errors import ConfigError, RetryableError

LEAST_KEY_CHARACTERS = 20
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_EVERYTHING_HERE: frozenset[KeyScope] = frozenset({"read", "write", "admin"})


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent a request, as routes find it in `request.state.caller`.

    Attributes:
        scopes: What it may do.
        key: Its key; None for this machine's own programs, and for whoever has the administrator's key.
    """

    scopes: frozenset[KeyScope]
    key: Key | None = None


def read_key(path: Path | None) -> str | None:
    """Return the administrator's key from its file, or None if no file is configured.

    Raises:
        ConfigError: The file is not there, or the key is too short to keep anyone out.
    """
    if path is None:
        return None
    try:
        key = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise ConfigError(f"admin_key_file: {path} cannot be read ({reason}).") from error
    if len(key) < LEAST_KEY_CHARACTERS:
        message = f"admin_key_file: the key in {path} must have at least {LEAST_KEY_CHARACTERS} characters."
        raise ConfigError(message)
    return key


def check_address(host: str, *, has_key: bool) -> None:
    """Refuse to serve other machines without a key.

    Raises:
        ConfigError: The address is not loopback and there is no key.
    """
    if has_key or host == "localhost":
        return
    try:
        is_loopback = ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        message = (
            f"host {host} can be reached from other machines, and there is no key. Make one (`textcx keys add NAME`), "
            "set admin_key_file (TEXTCX_ADMIN_KEY_FILE), or serve on 127.0.0.1."
        )
        raise ConfigError(message)


class Access:
    """Lets through who may call.

    Args:
        app: What is protected.
        keys: The keys of the data folder; once there is a good one, callers are asked for one until the end.
        admin_key: The administrator's key, which may do everything but `cases` as often as it likes, or None.
        quota: Counts the requests of each key.
    """

    def __init__(self, app: ASGIApp, *, keys: Keys, admin_key: str | None, quota: Quota | None = None) -> None:
        self._app = app
        self._keys = keys
        self._admin_key = admin_key
        self._quota = quota or Quota()
        self._asks_for_key = admin_key is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its caller in `state`, or answer 400, 401 or 429; scopes are checked by the route."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            caller = self._caller(Headers(scope=scope), is_open=scope["path"] in OPEN_PATHS)
        except RetryableError as error:
            caller = problem(503, "unavailable", str(error))
        if isinstance(caller, Response):
            await caller(scope, receive, send)
            return
        scope.setdefault("state", {})["caller"] = caller
        headers: dict[str, str] = {}
        if caller.key is not None:
            verdict = self._quota.take(caller.key.id, caller.key.requests_per_minute)
            headers = verdict.headers()
            if not verdict.is_admitted:
                detail = f"This key may send {verdict.most} requests a minute."
                await problem(429, "too-many-requests", detail, headers=headers)(scope, receive, send)
                return

        async def send_with_quota(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        await self._app(scope, receive, send_with_quota if headers else send)

    def _caller(self, headers: Headers, *, is_open: bool) -> Caller | Response:
        """Return who calls, or the answer for somebody who may not."""
        now = datetime.now(UTC)
        self._asks_for_key = self._asks_for_key or self._keys.has_good(now)
        if not self._asks_for_key:
            return Caller(_EVERYTHING_HERE) if _is_addressed_to_us(headers) else _misaddressed()
        scheme, _, text = headers.get("authorization", "").partition(" ")
        text = text.strip()
        if scheme.casefold() == "bearer" and text:
            if self._admin_key is not None and hmac.compare_digest(
                text.encode("latin-1"), self._admin_key.encode("utf-8")
            ):
                return Caller(_EVERYTHING_HERE)
            key = self._keys.find(text)
            if key is not None and key.is_good(now):
                self._note_use(key, now)
                return Caller(key.scopes, key)
        return Caller(frozenset()) if is_open else _unknown()

    def _note_use(self, key: Key, now: datetime) -> None:
        if key.used_on != now.date():  # one write a day and key
            with suppress(RetryableError):  # a full disk is no reason to refuse a question
                self._keys.note_use(key, on=now.date())


def _is_addressed_to_us(headers: Headers) -> bool:
    name = headers.get("host", "")
    return name in _LOOPBACK_NAMES or name.rpartition(":")[0] in _LOOPBACK_NAMES


def _misaddressed() -> Response:
    return problem(400, "bad-request", "The Host header names another machine; this service serves its own.")


def _unknown() -> Response:
    detail = "Send a key that is neither expired nor revoked, as `Authorization: Bearer KEY`."
    return problem(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
