"""Chains: numbers written in pieces, where it is not said which pieces belong together."""

from collections.abc import Callable, Iterator, Sequence

_MOST_PIECES = 8
"""Nobody writes a number in more; single digits by the thousand are none."""


def longest_runs(
    digit_counts: Sequence[int], *, least: int, most: int, is_one: Callable[[int, int], bool]
) -> Iterator[tuple[int, int]]:
    """Give first and last piece of the numbers in a chain: from each piece on the longest, then what follows it.

    Args:
        digit_counts: How many digits each piece has.
        least: The fewest digits of a number.
        most: The most digits.
        is_one: Whether the pieces from a first to a last, both included, are a number.
    """
    first = 0
    while first < len(digit_counts):
        ends, digits = [], 0
        for last in range(first, min(first + _MOST_PIECES, len(digit_counts))):
            digits += digit_counts[last]
            if digits > most:
                break
            if digits >= least:
                ends.append(last)
        last = next((last for last in reversed(ends) if is_one(first, last)), -1)
        if last >= first:
            yield first, last
        first = max(first, last) + 1
