"""Lexer: a query's text as tokens with their positions, in one pass from left to right.

It knows what belongs together and nothing of what may follow what, so it raises no error: the grammar does. What a
run of signs is depends on where it stands: after `brand:` or inside `brand:(...)` it is a value as it stands.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from textcx.query.fields import find_field
from textcx.query.operators import KIND_OF_WORD

TokenKind = Literal[
    "open", "close", "not", "and", "or", "near", "onear", "field", "exact", "word", "value", "quoted", "unclosed", "end"
]

QUOTES = '"“”„‟«»'
"""Any of them opens and any closes: keyboards and phones turn quotes as they like."""
DASHES = "-‐‑‒–—−"
"""Phones make a dash of a minus."""
# Marks of direction, zero-width blanks and byte order marks come along when people copy, and nobody sees them.
INVISIBLE = "\u200b\u200e\u200f\u2028-\u202e\u2060\u2066-\u2069\ufeff"

_BLANKS = re.compile(rf"[\s{INVISIBLE}]*")
_RUN = re.compile(rf"[^\s{INVISIBLE}(){QUOTES}]+")
_FIELD = re.compile(rf"([^\s{INVISIBLE}(){QUOTES}:]*):[{INVISIBLE}]*")
_QUOTED = re.compile(rf"[{QUOTES}]((?:[^{QUOTES}\\]|\\.)*)[{QUOTES}]", re.DOTALL)
_ESCAPE = re.compile(rf"\\([{QUOTES}\\])")
_NEARS = ("near", "onear")
_Mode = Literal["words", "exact", "value", "values"]


class Token(NamedTuple):
    """A stretch of a query.

    Attributes:
        kind: What it is; `unclosed` is a quote that is never closed.
        text: What it says: a field without its colon, a quoted text without quotes and backslashes.
        start: Where it begins, in code points.
        end: Where it ends, exclusive.
    """

    kind: TokenKind
    text: str
    start: int
    end: int


def tokenize(text: str) -> Iterator[Token]:
    """Give the tokens of a query; the last one is of kind `end`.

    Example:
        >>> [(token.kind, token.text) for token in tokenize('-brand:Hyllbo "sen leverans"')]
        [('not', '-'), ('field', 'brand'), ('value', 'Hyllbo'), ('quoted', 'sen leverans'), ('end', '')]
    """
    holds_values: list[bool] = []  # for each open parenthesis: whether it belongs to a field with values
    token = Token("end", "", 0, 0)
    while (start := _end(_BLANKS, text, token.end)) < len(text):
        mode = _mode(token, start, in_values=bool(holds_values) and holds_values[-1])
        token = _token(text, start, mode)
        if token.kind == "open":
            holds_values.append(mode in ("value", "values"))
        elif token.kind == "close" and holds_values:
            holds_values.pop()
        yield token
    yield Token("end", "", len(text), len(text))


def quote(text: str) -> str:
    r"""Return a text in quotes, as the lexer reads it back.

    Example:
        >>> quote('Bed "Molnbo"')
        '"Bed \\"Molnbo\\""'
    """
    return '"' + re.sub(rf"([{QUOTES}\\])", r"\\\1", text) + '"'


def is_bare(text: str, kind: Literal["word", "value"]) -> bool:
    """Say whether a text is read as one word, or as one value of a field, without quotes.

    Example:
        >>> is_bare("H&M", "value"), is_bare("Nordvind Air", "value"), is_bare("OR", "word")
        (True, False, False)
    """
    if _RUN.fullmatch(text) is None or text[0] in DASHES:
        return False
    return (kind == "value" or _mark(text, 0) is None) and _word(kind, text, 0).kind == kind


def _end(pattern: re.Pattern[str], text: str, start: int) -> int:
    match = pattern.match(text, start)
    return match.end() if match else start


def _mode(previous: Token, start: int, *, in_values: bool) -> _Mode:
    if previous.end == start and previous.kind == "exact":
        return "exact"
    if previous.end == start and previous.kind == "field":
        field = find_field(previous.text)
        return "words" if field is not None and field.type == "text" else "value"
    return "values" if in_values else "words"


def _token(text: str, start: int, mode: _Mode) -> Token:
    character = text[start]
    if character == "(":
        return Token("open", character, start, start + 1)
    if character == ")":
        return Token("close", character, start, start + 1)
    if character in QUOTES:
        return _quoted(text, start)
    if mode == "value":
        return _run("value", text, start)
    if mode == "exact":
        return _run("word", text, start)
    # A dash that stands alone is no minus.
    if character in DASHES and start + 1 < len(text) and _end(_BLANKS, text, start + 1) == start + 1:
        return Token("not", character, start, start + 1)
    if mode == "values":
        return _word("value", text, start)
    return _mark(text, start) or _word("word", text, start)


def _quoted(text: str, start: int) -> Token:
    match = _QUOTED.match(text, start)
    if match is None:
        return Token("unclosed", text[start + 1 :], start, len(text))
    return Token("quoted", _ESCAPE.sub(r"\1", match[1]), start, match.end())


def _run(kind: TokenKind, text: str, start: int) -> Token:
    end = _end(_RUN, text, start)
    return Token(kind, text[start:end], start, end)


def _mark(text: str, start: int) -> Token | None:
    """Return a field with its colon, or the sign of equality before an exact word."""
    if text[start] == "=":
        return Token("exact", "=", start, start + 1)
    match = _FIELD.match(text, start)
    return Token("field", match[1], start, match.end()) if match else None


def _word(kind: TokenKind, text: str, start: int) -> Token:
    token = _run(kind, text, start)
    word, slash, _ = token.text.partition("/")
    operator = KIND_OF_WORD.get(word)
    if operator is None or (slash and operator not in _NEARS):
        return token
    return token._replace(kind=operator)  # type: ignore[arg-type]  # the table names kinds of tokens only
