"""What is told of a page that could not be read, as the errors that Scrapy hands to whoever asked for it."""

from datetime import UTC, datetime

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from ingest.rate_limit import asked_wait_seconds

IS_PRIVATE = "it is a machine of a private network (allow_private permits that)"


class Refused(IgnoreRequest):
    """The page may not be asked for; the message says why, without its address."""


class Silent(IgnoreRequest):
    """The page may perhaps be asked for later; the message says why."""


class Resting(IgnoreRequest):
    """The site wants to be left alone for `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait for {seconds:.0f} seconds")
        self.seconds = seconds


def headers_of(answer: Response) -> dict[str, str]:
    """Return the headers of an answer, by name in small letters."""
    return {
        name.decode("latin-1").lower(): b", ".join(values).decode("latin-1") for name, values in answer.headers.items()
    }


def wait_of(answer: Response) -> float | None:
    """Return how long a site asks us to wait, or None if it does not."""
    return asked_wait_seconds(answer.status, headers_of(answer), answer.body, datetime.now(UTC))
