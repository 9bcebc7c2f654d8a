"""Access token: what a service of OAuth gives for a secret, for an hour or so; asked for again before it ends."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import orjson

from ingest.connector import Clock
from ingest.credential import Credential
from ingest.fetch import Fetcher
from textcx.errors import SourceUnavailableError

_EARLIER = timedelta(minutes=1)
_USUAL_SECONDS = 3600.0


class AccessToken:
    """Gives the header that lets in.

    Args:
        fetcher: Asks.
        url: Where tokens are given (RFC 6749, section 3.2).
        form: What is asked, without secrets.
        secrets: What of the form is secret: revealed when asked, never kept.
        headers: Beside it.
        now: The time.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        url: str,
        form: Mapping[str, str],
        *,
        secrets: Mapping[str, Credential],
        now: Clock,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._fetcher = fetcher
        self._url = url
        self._form = form
        self._secrets = secrets
        self._headers = headers
        self._now = now
        self._token = ""
        self._until: datetime | None = None

    def headers(self) -> dict[str, str]:
        """Return the header for a request.

        Raises:
            SourceRefusedError: The secret is wrong, or was taken back.
            RetryableError: No token is given now.
        """
        if self._until is None or self._now() >= self._until:
            self._ask()
        return {"Authorization": f"Bearer {self._token}"}

    def _ask(self) -> None:
        form = {**self._form, **{name: secret.reveal() for name, secret in self._secrets.items()}}
        answer = self._fetcher.post(self._url, form=form, headers=self._headers)
        try:
            found = orjson.loads(answer.body)
            self._token = str(found["access_token"])
            seconds = float(found.get("expires_in", _USUAL_SECONDS))
        except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
            raise SourceUnavailableError("The service gave no access token.") from None
        self._until = self._now() + timedelta(seconds=seconds) - _EARLIER
