"""Sessions: a browser that has shown a key once, known again by its cookie; and the token of every form.

A cookie says which key was shown and until when it holds, sealed by the data folder's secret; nothing is kept. So a
revoked key ends its sessions at once, and a restart ends none.
"""

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.secret import Secret

COOKIE = "__Host-textcx"
"""The prefix makes browsers refuse one without `Secure`, of another host's making, or for a part of the paths."""
ADMIN = "admin"
"""Stands for the administrator's key, which has no id."""
LASTS = timedelta(hours=12)
_WRITTEN = re.compile(r"((admin|[0-9a-f]{8})\.([0-9]{10,12})\.[0-9a-f]{16})\.([0-9a-f]{32})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Session:
    """What a good cookie says.

    Attributes:
        key_id: Id of the key that was shown, or `ADMIN`.
    """

    key_id: str


class Sessions:
    """Makes cookies and reads them.

    Args:
        secret: The data folder's secret.
        admin_key: The administrator's key; with another one its sessions end.
    """

    def __init__(self, secret: Secret, admin_key: str | None) -> None:
        self._secret = secret
        self._admin_key = admin_key or ""

    def start(self, key_id: str, now: datetime) -> str:
        """Return the cookie's value for whoever has just shown this key."""
        body = f"{key_id}.{int((now + LASTS).timestamp())}.{secrets.token_hex(8)}"
        return f"{body}.{self._seal(body, key_id)}"

    def read(self, cookie: str | None, now: datetime) -> Session | None:
        """Return the session of a cookie, or None if it is over, or none of ours."""
        written = _WRITTEN.fullmatch(cookie or "")
        if written is None or int(written[3]) <= now.timestamp():
            return None
        if not hmac.compare_digest(written[4], self._seal(written[1], written[2])):
            return None
        return Session(written[2])

    def form_token(self, cookie: str | None) -> str:
        """Return what a form of this session must send back: another site can neither read nor make it."""
        return self._secret.fingerprint(b"form\0" + (cookie or "").encode("utf-8", "replace"))

    def is_form_token(self, token: str, cookie: str | None) -> bool:
        """Say whether a form was made by us for this session."""
        return hmac.compare_digest(token.encode("utf-8", "replace"), self.form_token(cookie).encode("ascii"))

    def _seal(self, body: str, key_id: str) -> str:
        proof = self._admin_key if key_id == ADMIN else ""
        return self._secret.fingerprint(b"session\0" + body.encode("ascii") + b"\0" + proof.encode("utf-8"))
