"""Names in messages: what was written, and what is known instead, the likeliest first."""

from collections.abc import Collection, Iterable
from difflib import get_close_matches

_LONGEST_SHOWN = 40
_MOST_LISTED = 40


def shown(written: str) -> str:
    """Return what was written as a message shows it: in quotes, cut, and without signs that nobody sees.

    Example:
        >>> shown("brnd"), len(shown("x" * 4000))
        ("'brnd'", 42)
    """
    return repr(written if len(written) <= _LONGEST_SHOWN else written[: _LONGEST_SHOWN - 1] + "…")


def nearest(written: str, known: Iterable[str]) -> str | None:
    """Return the known name that was probably meant, or None.

    Example:
        >>> nearest("Brnd", ["brand", "source"])
        'brand'
    """
    close = get_close_matches(written[:_LONGEST_SHOWN].lower(), list(known), n=1)
    return close[0] if close else None


def named_among(known: Collection[str], written: str) -> dict[str, str]:
    """Return what a message in any language needs to say the same: what was written, meant, and is known.

    Example:
        >>> named_among(["brand", "source"], "brnd")
        {'name': 'brnd', 'meant': 'brand', 'known': 'brand, source'}
    """
    listed = ", ".join(list(known)[:_MOST_LISTED])
    return {"name": written[:_LONGEST_SHOWN], "meant": nearest(written, known) or "", "known": listed}


def one_of(known: Collection[str], written: str) -> str:
    """Return the known names for a message that says what was expected, the one that was probably meant first.

    Example:
        >>> one_of(["brand", "source"], "brnd"), one_of(["brand", "source"], "x")
        ("'brand' perhaps; known: brand, source", 'one of brand, source')
    """
    meant = nearest(written, known)
    more = f" and {len(known) - _MOST_LISTED} more" if len(known) > _MOST_LISTED else ""
    names = ", ".join(list(known)[:_MOST_LISTED]) + more
    return f"{meant!r} perhaps; known: {names}" if meant else f"one of {names}"
