"""Shipped: the weight files that we ship, by what they may learn from."""

from enum import StrEnum


class Shipped(StrEnum):
    """Names of the files."""

    FULL = "full"
    OPEN = "open"
