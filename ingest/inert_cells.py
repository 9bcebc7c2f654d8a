"""Inert cells: text in a CSV file that no spreadsheet takes for a formula, and how it is read back.

A spreadsheet takes what begins with = + - @ for a formula, and one that splits at another character than the file's
begins cells in the midst of a text. So an apostrophe is put before these characters, at the beginning of a cell and
after a line break, a tab, or the other usual delimiter. A run of apostrophes that is already there gets one more, so
that taking one away always gives the text as it was.
"""

from functools import cache

import regex

_OTHER = {",": ";", ";": ","}
_STARTS = r"=+\-@\t\r＝＋－＠"


def inert(text: str, *, delimiter: str) -> str:
    """Return a text as a cell that no spreadsheet calculates.

    Example:
        >>> inert("=1+1", delimiter=","), inert("- dyr frakt", delimiter=","), inert("5,-", delimiter=",")
        ("'=1+1", "'- dyr frakt", '5,-')
    """
    return _places(delimiter).sub("'", text)


def read_inert(cell: str, *, delimiter: str) -> str:
    r"""Return the text that `inert` made a cell of.

    Example:
        >>> read_inert("'=1+1\n'- a", delimiter=","), read_inert("'t is goed", delimiter=",")
        ('=1+1\n- a', "'t is goed")
    """
    return _guards(delimiter).sub("", cell) if "'" in cell else cell


@cache
def _places(delimiter: str) -> regex.Pattern[str]:
    """Find the empty places before which a guard goes."""
    return regex.compile(rf"{_beginning(delimiter)}(?=[ ']*[{_STARTS}])")


@cache
def _guards(delimiter: str) -> regex.Pattern[str]:
    return regex.compile(rf"{_beginning(delimiter)}'(?=[ ']*[{_STARTS}])")


def _beginning(delimiter: str) -> str:
    return rf"(?<![^\n\r\t{regex.escape(_OTHER.get(delimiter, ''))}])"
