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
from urllib.parse import quote

from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.keys import Key, Keys, KeyScope
from service.problems import problem
from service.quota import Quota
from service.scopes import OPEN_PATHS, is_asset, is_inbound
from service.sessions import ADMIN, COOKIE, Sessions
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


def caller_with(proof: bytes, *, keys: Keys, admin_key: str | None, now: datetime) -> Caller | None:
    """Return who has shown this key, or None if it is none of ours, has expired or was revoked.

    Args:
        proof: The key as it came.
        keys: The keys of the data folder.
        admin_key: The administrator's key, if there is one.
        now: The time.

    Raises:
        StoreUnavailableError: The keys cannot be read.
    """
    if admin_key is not None and hmac.compare_digest(proof, admin_key.encode("utf-8")):
        return Caller(_EVERYTHING_HERE)
    key = keys.find(proof.decode("ascii", "replace"))
    return Caller(key.scopes, key) if key is not None and key.is_good(now) else None


class Access:
    """Lets through who may call.

    Args:
        app: What is protected.
        keys: The keys of the data folder; once there is a good one, callers are asked for one until the end.
        admin_key: The administrator's key, which may do everything but `cases` as often as it likes, or None.
        sessions: Knows browsers again that have signed in.
        quota: Counts the requests of each key.
    """

    def __init__(
        self, app: ASGIApp, *, keys: Keys, admin_key: str | None, sessions: Sessions, quota: Quota | None = None
    ) -> None:
        self._app = app
        self._keys = keys
        self._admin_key = admin_key
        self._sessions = sessions
        self._quota = quota or Quota()
        self._asks_for_key = admin_key is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on with its caller in `state`, or answer 400, 401 or 429; scopes are checked by the route."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            caller = self._caller(scope, Headers(scope=scope))
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

    def _caller(self, scope: Scope, headers: Headers) -> Caller | Response:
        """Return who calls, or the answer for somebody who may not."""
        now = datetime.now(UTC)
        self._asks_for_key = self._asks_for_key or self._keys.has_good(now)
        if not self._asks_for_key:
            return Caller(_EVERYTHING_HERE) if _is_addressed_to_us(headers) else _misaddressed()
        scheme, _, text = headers.get("authorization", "").partition(" ")
        if scheme.casefold() == "bearer" and text.strip():
            caller = caller_with(text.strip().encode("latin-1"), keys=self._keys, admin_key=self._admin_key, now=now)
            if caller is not None:
                if caller.key is not None:
                    self._note_use(caller.key, now)
                return caller
        if scope["path"] in OPEN_PATHS or is_asset(scope["path"]) or is_inbound(scope["path"]):
            return Caller(frozenset())
        return self._signed_in(scope, headers, now) or (_to_sign_in(scope) if _is_page(scope, headers) else _unknown())

    def _signed_in(self, scope: Scope, headers: Headers, now: datetime) -> Caller | None:
        """Return whose session a request belongs to; the API takes one for questions alone, which need no form."""
        if scope["path"].startswith("/v1/") and scope["method"] not in ("GET", "HEAD"):
            return None
        session = self._sessions.read(cookie_parser(headers.get("cookie", "")).get(COOKIE), now)
        if session is None:
            return None
        if session.key_id == ADMIN:
            return Caller(_EVERYTHING_HERE) if self._admin_key is not None else None
        key = next((one for one in self._keys.list() if one.id == session.key_id), None)
        return Caller(key.scopes, key) if key is not None and key.is_good(now) else None

    def _note_use(self, key: Key, now: datetime) -> None:
        if key.used_on != now.date():  # one write a day and key
            with suppress(RetryableError):  # a full disk is no reason to refuse a question
                self._keys.note_use(key, on=now.date())


def _is_addressed_to_us(headers: Headers) -> bool:
    name = headers.get("host", "")
    return name in _LOOPBACK_NAMES or name.rpartition(":")[0] in _LOOPBACK_NAMES


def _is_page(scope: Scope, headers: Headers) -> bool:
    is_asked_by_browser = scope["method"] == "GET" and "text/html" in headers.get("accept", "")
    return is_asked_by_browser and not scope["path"].startswith("/v1/")


def _to_sign_in(scope: Scope) -> Response:
    query = scope["query_string"].decode("latin-1")
    wanted = f"{scope['path']}?{query}" if query else scope["path"]
    return RedirectResponse(f"/sign-in?next={quote(wanted, safe='')}", status_code=303)


def _misaddressed() -> Response:
    return problem(400, "bad-request", "The Host header names another machine; this service serves its own.")


def _unknown() -> Response:
    detail = "Send a key that is neither expired nor revoked, as `Authorization: Bearer KEY`."
    return problem(401, "unauthorized", detail, headers={"WWW-Authenticate": "Bearer"})
