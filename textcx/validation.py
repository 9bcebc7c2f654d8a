"""Validation: pydantic's findings in words that name the place and the trouble, and never the value."""

from typing import Any

from pydantic import ValidationError


def describe(fault: Any) -> str:
    """Return where a value is wrong and why, without the value.

    Args:
        fault: One of pydantic's error details.
    """
    where = ".".join(str(part) for part in fault["loc"])
    return f"{where}: {fault['msg']}" if where else str(fault["msg"])


def first_fault(error: ValidationError) -> str:
    """Return the first finding in words: a person mends one at a time."""
    return describe(error.errors(include_input=False, include_url=False, include_context=False)[0])
