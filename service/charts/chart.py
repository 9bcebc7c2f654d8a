"""Chart: values with their intervals and n, under names; made of answers, drawn by others."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

ChartKind = Literal["line", "bars"]


@dataclass(frozen=True, slots=True)
class Point:
    """A value of a chart, with what one needs to trust it.

    Attributes:
        name: What it is the value of, for people.
        value: None where there is none.
        low: Lower end of the 95 % interval, or None.
        high: Its upper end, or None.
        n: What the value rests on.
        is_small: Too little to read it.
        is_incomplete: Its period is not over, or cut by the window.
        link: Where its mentions are, or empty.
    """

    name: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    is_small: bool = False
    is_incomplete: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class Series:
    """Points that belong together; `name` is empty where a chart has but one series."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, wherever it is drawn.

    Attributes:
        id: Its name in addresses.
        kind: How it is drawn.
        title: What it shows.
        over: Over which mentions and time.
        unit: Of its values, as measures name units.
        series: At least one has points, unless there is nothing to show.
        notes: What one must know to read it.
        formula: Name and version of the measure's formula.
        whole: What all values together rest on, where that is not the sum of theirs.
    """

    id: str
    kind: ChartKind
    title: str
    over: str
    unit: str
    series: tuple[Series, ...]
    notes: tuple[str, ...] = ()
    formula: str = ""
    whole: int | None = None

    @property
    def n(self) -> int:
        """What all values together rest on."""
        return (
            self.whole if self.whole is not None else sum(point.n for series in self.series for point in series.points)
        )

    @property
    def is_empty(self) -> bool:
        """Say whether there is no value at all."""
        return all(point.value is None for series in self.series for point in series.points)

    @property
    def has_intervals(self) -> bool:
        """Say whether any value has an interval."""
        return any(point.low is not None for series in self.series for point in series.points)

    @property
    def has_small(self) -> bool:
        """Say whether any value is too small to read."""
        return any(point.is_small and point.n for series in self.series for point in series.points)

    @property
    def has_incomplete(self) -> bool:
        """Say whether any period is not a whole one."""
        return any(point.is_incomplete for series in self.series for point in series.points)


def point_of(row: dict[str, Any], name: str, *, link: str = "") -> Point:
    """Return the point of an estimate, as answers hold it."""
    return Point(
        name,
        row["value"],
        row["low"],
        row["high"],
        row["n"],
        is_small=bool(row["is_small"]),
        is_incomplete=bool(row.get("incomplete")),
        link=link,
    )


def rows_of(chart: Chart) -> Iterator[Sequence[Any]]:
    """Give the chart as a table: series, name, value, low, high, n."""
    for series in chart.series:
        for point in series.points:
            yield series.name, point.name, point.value, point.low, point.high, point.n
