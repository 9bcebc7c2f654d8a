"""Connection: a source's connector with its way out, one budget for all who use the same credential."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

from pydantic import BaseModel

from ingest.budget import Budget, Spent
from ingest.connector import Connector, Place, Registry
from ingest.credential import Credential
from ingest.fetch import Fetcher, Limits
from ingest.source_file import Source
from textcx.errors import ConfigError


def _now() -> datetime:
    return datetime.now(UTC)


class Connections:
    """Builds connectors for as long as they are needed.

    Args:
        registry: Knows the connectors.
        spent: Gives what was sent by whoever these bytes stand for: a service, and the secrets shown to it.
        now: The time.
        clock: Seconds, growing: budgets count by it. By default those since 1970, which all processes share.
        sleep: Waits for seconds, or raises where the reading is to stop.
        limits: Of each answer.
    """

    def __init__(
        self,
        registry: Registry,
        spent: Callable[[bytes], Spent],
        *,
        now: Callable[[], datetime] = _now,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        limits: Limits | None = None,
    ) -> None:
        self._registry = registry
        self._spent = spent
        self._now = now
        self._clock = clock
        self._sleep = sleep
        self._limits = limits or Limits()

    @contextmanager
    def open(self, source: Source) -> Iterator[Connector]:
        """Give a source's connector, for as long as a reading lasts: its connections are closed at the end.

        Raises:
            ConfigError: A secret is not where its file says, or a setting cannot be used.
        """
        who = "\0".join([source.spec.name, source.settings.base_url, *_secrets(source.settings)]).encode()
        fetcher = Fetcher(
            budget=Budget(source.spec.rates, clock=self._clock, sleep=self._sleep, spent=self._spent(who)),
            allows_private=source.file.allow_private,
            limits=self._limits,
            clock=self._now,
            sleep=self._sleep,
        )
        with closing(fetcher):
            yield self._registry.load(source.file.connector)(Place(source.settings, fetcher, self._now))


def _secrets(settings: BaseModel) -> list[str]:
    """Return the secrets of some settings; one that is missing is told of by the connector that needs it."""
    found = []
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, Credential):
            try:
                found.append(value.reveal())
            except ConfigError:
                found.append("")
    return found
