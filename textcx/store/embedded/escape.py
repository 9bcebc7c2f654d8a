"""Escape: words as they must stand in the regular expressions that tantivy takes."""

from collections.abc import Iterable

_SPECIAL = frozenset("\\.+*?()|[]{}^$#&-~")


def escape_regex(text: str) -> str:
    r"""Return a regular expression that matches this text and nothing else.

    Python's own escapes letters outside ASCII in ways that tantivy refuses.

    Example:
        >>> escape_regex("a.b ä*")
        'a\\.b ä\\*'
    """
    return "".join(f"\\{character}" if character in _SPECIAL else character for character in text)


def starts_with_regex(prefix: str) -> str:
    """Return a regular expression for everything that begins so, line ends included."""
    return f"(?s){escape_regex(prefix)}.*"


def any_regex(texts: Iterable[str], prefixes: Iterable[str] = ()) -> str:
    r"""Return a regular expression for each of these texts, and for everything that begins with one of the prefixes.

    Example:
        >>> any_regex(["a.b"], ["ä"])
        '(?s)(a\\.b|ä.*)'
    """
    alternatives = [*map(escape_regex, texts), *(f"{escape_regex(prefix)}.*" for prefix in prefixes)]
    return f"(?s)({'|'.join(alternatives)})"
