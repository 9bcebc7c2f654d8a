"""Outcome: how a record ended, and the report of a run, whose counts add up to what was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["stored", "duplicate", "filtered", "quarantined"]
OUTCOMES: tuple[Outcome, ...] = ("stored", "duplicate", "filtered", "quarantined")
Remark = Literal["changed", "near_copy", "undated", "redacted"]
REMARKS: tuple[Remark, ...] = ("changed", "near_copy", "undated", "redacted")


@dataclass(frozen=True, slots=True)
class Finished:
    """How one leased entry ended.

    Attributes:
        sequence: The entry.
        outcome: Its end, or "retry" where it may work another time.
        reason: Why, for filtered, quarantined and retry; never holds a customer's words.
        remarks: What else is worth counting about a stored one.
    """

    sequence: int
    outcome: Outcome | Literal["retry"]
    reason: str | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class RunReport:
    """What became of a run's records; `read` equals the four outcomes and what is still pending.

    Attributes:
        run: The run's id.
        source: What was read.
        state: "reading", "complete" (all was read) or "failed" (reading broke off; what was read counts).
        read: Records read from the source.
        outcomes: Records by outcome.
        remarks: Of the stored ones: changed before, near copies, undated, with something redacted.
        pending: Records in the inbox, not yet ended.
        note: Why reading broke off, or None.
    """

    run: str
    source: str
    state: Literal["reading", "complete", "failed"]
    read: int
    outcomes: Mapping[Outcome, int]
    remarks: Mapping[Remark, int]
    pending: int
    note: str | None = None

    @property
    def is_done(self) -> bool:
        """Say whether nothing more will happen in this run."""
        return self.state != "reading" and self.pending == 0

    @property
    def adds_up(self) -> bool:
        """Say whether each record read has exactly one outcome or is pending."""
        return self.read == sum(self.outcomes.values()) + self.pending
