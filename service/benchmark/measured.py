"""Measured: one figure of the benchmark, beside what we promise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure.

    Attributes:
        name: What was measured.
        value: The figure.
        unit: Its unit.
        floor: The least (or, for times and memory, the most) that we promise; None where we promise nothing.
        is_better_high: Higher is better.
    """

    name: str
    value: float
    unit: str
    floor: float | None
    is_better_high: bool

    @property
    def reaches_floor(self) -> bool:
        """Say whether the promise is kept."""
        return self._reaches(1.0)

    @property
    def reaches_half(self) -> bool:
        """Say whether the figure is at least half as good as promised: below that, CI fails."""
        return self._reaches(2.0)

    def _reaches(self, factor: float) -> bool:
        if self.floor is None:
            return True
        return self.value * factor >= self.floor if self.is_better_high else self.value <= self.floor * factor
