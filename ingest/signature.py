"""Signature: whether a delivery comes from whom it should, and is not an old one sent again.

Standard Webhooks (standardwebhooks.com): HMAC-SHA256 over id, time and body, a tolerance of five minutes, several
signatures and several secrets, so that a secret can be changed while deliveries go on.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from textcx.errors import RequestError

TOLERANCE_SECONDS = 300
_PREFIX = "whsec_"
_LONGEST_ID = 200
_MOST_SIGNATURES = 10


class SignatureError(RequestError):
    """A delivery is not signed as it should be, or is too old; nothing of it was looked at."""


def check_standard(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], *, now: datetime) -> str:
    """Return the id of a delivery that is signed after Standard Webhooks.

    Raises:
        SignatureError: It is not, or its time is not now.

    Example:
        >>> from datetime import UTC
        >>> now = datetime(2026, 11, 20, tzinfo=UTC)
        >>> headers = sign_standard("msg_1", b"{}", "whsec_c2VjcmV0", now=now)
        >>> check_standard(headers, b"{}", ["whsec_c2VjcmV0"], now=now)
        'msg_1'
    """
    identifier, at, given = (headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not identifier or len(identifier) > _LONGEST_ID:
        raise SignatureError("no webhook-id")
    if not (at.isascii() and at.isdigit()) or abs(now.timestamp() - int(at[:20])) > TOLERANCE_SECONDS:
        raise SignatureError("its webhook-timestamp is not now")
    signed = f"{identifier}.{at}.".encode() + body
    wanted = [hmac.digest(_key(secret), signed, "sha256") for secret in secrets]
    shown = [one.partition(",") for one in given.split(" ")[:_MOST_SIGNATURES]]
    if not _fits(wanted, [_decoded(signature) for version, _, signature in shown if version == "v1"]):
        raise SignatureError("its webhook-signature is not that of our secret")
    return identifier


def sign_standard(identifier: str, body: bytes, secret: str, *, now: datetime) -> dict[str, str]:
    """Return the headers of a delivery that is signed after Standard Webhooks."""
    at = str(int(now.timestamp()))
    made = hmac.digest(_key(secret), f"{identifier}.{at}.".encode() + body, "sha256")
    signature = f"v1,{base64.b64encode(made).decode()}"
    return {"webhook-id": identifier, "webhook-timestamp": at, "webhook-signature": signature}


def check_typeform(headers: Mapping[str, str], body: bytes, secrets: Sequence[str]) -> None:
    """Refuse a delivery that Typeform has not signed: HMAC-SHA256 over the body; it says no time.

    Raises:
        SignatureError: It has not.
    """
    kind, _, signature = headers.get("typeform-signature", "").partition("=")
    wanted = [hmac.digest(secret.encode(), body, "sha256") for secret in secrets]
    if kind != "sha256" or not _fits(wanted, [_decoded(signature)]):
        raise SignatureError("its Typeform-Signature is not that of our secret")


def check_address(proof: str | None, secrets: Sequence[str]) -> None:
    """Refuse a delivery whose address does not end with the secret, for senders that sign nothing.

    Raises:
        SignatureError: It does not.
    """
    if not _fits([secret.encode() for secret in secrets], [(proof or "").encode()]):
        raise SignatureError("its address does not end with our secret")


def _fits(wanted: Sequence[bytes], shown: Sequence[bytes]) -> bool:
    """Say whether one of these is one of those; how long it takes tells nothing."""
    return any([hmac.compare_digest(one, other) for one in wanted for other in shown if other])  # noqa: C419


def _key(secret: str) -> bytes:
    return _decoded(secret.removeprefix(_PREFIX)) or secret.encode()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
