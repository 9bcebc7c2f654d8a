"""Tally: what a store adds up for a measure, and what a measure makes of it.

The store counts, the measure judges: a store never divides, a measure never asks a store. So both
engines give the same numbers as soon as they count alike.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Needs:
    """What a measure wants added up over the mentions of a bucket.

    Attributes:
        counts: Keyword field whose values are counted (a mention counts once per distinct value), or None.
        moments: Number field whose count, sum and sum of squares are wanted, or None.
        scale: Keyword field that says on which scale `moments` were given, or None where there is one scale.
        judgements: When the bucket is a touchpoint or stage, count the judgements about it by polarity
            (from the composed tokens `delivery/negative`) instead of `counts`.
    """

    counts: str | None = None
    moments: str | None = None
    scale: str | None = None
    judgements: bool = False


@dataclass(frozen=True, slots=True)
class Moments:
    """Count, sum and sum of squares of a number field."""

    count: int
    total: float
    squares: float


@dataclass(frozen=True, slots=True)
class Tally:
    """What was added up in one bucket.

    Attributes:
        mentions: Mentions in the bucket, judged or not.
        counts: Mentions (or judgements) per value of the counted field.
        moments: Moments per scale; key "" where the measure has one scale.
        judgements: True if `counts` are judgements about a touchpoint or stage, not mentions.
        whole: What the bucket is a part of, for a measure that says how large a part. No store sets it: who asks does.
        groups: The bucket by period or place, for a measure that looks at the spread between them. Likewise.
    """

    mentions: int
    counts: Mapping[str, int] = field(default_factory=dict)
    moments: Mapping[str, Moments] = field(default_factory=dict)
    judgements: bool = False
    whole: "Tally | None" = None
    groups: tuple["Tally", ...] = ()


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure's value with what one needs to trust it.

    Attributes:
        value: The value, or None where nothing was judged.
        low: Lower end of the 95 % interval, or None.
        high: Upper end of the 95 % interval, or None.
        n: Mentions or judgements the value rests on.
        mentions: Mentions in the bucket, judged or not: n over mentions is the coverage.
        is_small: n is under 10: too small to read.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    mentions: int
    is_small: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """How far a measure's value in one bucket lies from that in another.

    Attributes:
        value: The second less the first, or None where one of them has no value.
        low: Lower end of the 95 % interval, or None.
        high: Upper end of the 95 % interval, or None.
        p: The probability of a difference as large as this or larger if there were none; None where no test is known.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    p: float | None = None
