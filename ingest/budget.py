"""Budget: how many requests may be sent, for all who share one credential, in all processes, and after a kill.

What was sent is written down before it goes: a process that dies and comes back cannot send a day's worth twice.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from textcx.database import Database

_MARGIN_SHARE = 0.05
"""By which a period is taken longer than it is: requests may travel faster than those before them."""
_LATEST_SECONDS = 86_400.0
"""A time so far ahead of now was written by a clock that was wrong."""


@dataclass(frozen=True, slots=True)
class Rate:
    """The most requests in any period of so many seconds."""

    requests: int
    seconds: float


class Spent(Protocol):
    """What was sent with one credential, and until when its source wants to be left alone."""

    def spend(self, rates: Sequence[Rate], now: float) -> float:
        """Note a request that goes now and return 0, or return for how many seconds none may go."""
        ...

    def hold(self, until: float) -> None:
        """Let nothing go before this time."""
        ...


class SpentHere:
    """What this process sent."""

    def __init__(self) -> None:
        self._sent: dict[Rate, deque[float]] = {}
        self._held_until = 0.0
        self._guard = threading.Lock()

    def spend(self, rates: Sequence[Rate], now: float) -> float:
        """See Spent."""
        with self._guard:
            free_at = [self._held_until]
            for rate in rates:
                sent = self._sent.setdefault(rate, deque(maxlen=rate.requests))
                if len(sent) == rate.requests:
                    free_at.append(sent[0] + _period(rate))
            if (wait := max(free_at) - now) > 0:
                return wait
            for sent in self._sent.values():
                sent.append(now)
            return 0.0

    def hold(self, until: float) -> None:
        """See Spent."""
        with self._guard:
            self._held_until = max(self._held_until, until)


class SpentTogether:
    """What all processes that work on one data folder sent, in the inbox's file.

    Args:
        database: That file.
        credential: Whose; a keyed hash.
    """

    def __init__(self, database: Database, credential: str) -> None:
        self._database = database
        self._credential = credential

    def spend(self, rates: Sequence[Rate], now: float) -> float:
        """See Spent.

        Raises:
            StoreUnavailableError: The disk refused; nothing is sent that cannot be counted.
        """
        with self._database.transaction() as connection:
            row = connection.execute("SELECT until FROM held WHERE credential = ?", (self._credential,)).fetchone()
            free_at = [row[0] if row and row[0] <= now + 31 * _LATEST_SECONDS else 0.0]
            for rate in rates:
                row = connection.execute(
                    "SELECT at FROM spent WHERE credential = ? AND at <= ? ORDER BY at DESC LIMIT 1 OFFSET ?",
                    (self._credential, now + _LATEST_SECONDS, rate.requests - 1),
                ).fetchone()
                if row is not None:
                    free_at.append(row[0] + _period(rate))
            if (wait := max(free_at) - now) > 0:
                return wait
            longest = max((_period(rate) for rate in rates), default=0.0)
            connection.execute("DELETE FROM spent WHERE credential = ? AND at < ?", (self._credential, now - longest))
            connection.execute("INSERT INTO spent VALUES (?, ?)", (self._credential, now))
        return 0.0

    def hold(self, until: float) -> None:
        """See Spent."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO held VALUES (?, ?) ON CONFLICT DO UPDATE SET until = max(until, excluded.until)",
                (self._credential, until),
            )


class Budget:
    """Lets requests go no faster than all its rates allow, in any stretch of time.

    Args:
        rates: Of the source; the tightest counts.
        clock: Seconds, growing; of all processes alike where `spent` is shared.
        sleep: Waits for some.
        spent: What was sent before.
    """

    def __init__(
        self,
        rates: Sequence[Rate],
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        spent: Spent | None = None,
    ) -> None:
        self._rates = tuple(rates)
        self._clock = clock
        self._sleep = sleep
        self._spent = spent or SpentHere()

    def spend(self) -> None:
        """Wait until a request may go, and count it.

        Raises:
            StoreUnavailableError: It cannot be counted.
        """
        while (wait := self._spent.spend(self._rates, self._clock())) > 0:
            self._sleep(wait)

    def hold(self, seconds: float) -> None:
        """Let nothing go for so long: the source has said so."""
        self._spent.hold(self._clock() + seconds)


def _period(rate: Rate) -> float:
    return rate.seconds * (1 + _MARGIN_SHARE)
