"""Suggestion: the command that reads a file which could not be read as it was given."""

import shlex


def suggest(file_name: str, *arguments: str) -> str:
    """Return a command; its arguments are quoted already.

    Example:
        >>> suggest("min fil.csv", "--map", quoted("text=Vad tycker du?"))
        "textcx ingest 'min fil.csv' --map 'text=Vad tycker du?'"
    """
    return " ".join(("textcx ingest", quoted(file_name), *arguments))


def quoted(argument: str) -> str:
    """Return an argument as a shell wants it."""
    return shlex.quote(argument)
