"""Shadow: a text as the recognizers see it, so that a number is found however it was typed.

Digits of all scripts become ASCII, dashes a hyphen, odd spaces a space, and what nobody sees (zero-width spaces,
soft hyphens, directions) is left out. The text itself stays as it was written.
"""

import unicodedata
from collections.abc import Sequence

import regex

Span = tuple[int, int]

_ODD = regex.compile(r"[^\P{Nd}0-9]|[^\P{Pd}\-]|[^\P{Zs} ]|\p{Cf}|[\u2212\uff20\ufe6b\uff0b\uff0e]")
_LIKE = {"\u2212": "-", "\uff20": "@", "\ufe6b": "@", "\uff0b": "+", "\uff0e": "."}
_FOUND = "\x00"
"""Stands in the shadow where something was found: no recognizer reads across it, and clean texts hold none."""


class Shadow:
    """The shadow of a text, from which what was found is struck out.

    Attributes:
        text: The shadow as it stands now.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._places: list[int] | None = None
        if _ODD.search(text):
            plain = [_plain(character) for character in text]
            if "" in plain:
                self._places = [place for place, character in enumerate(plain) if character]
            self.text = "".join(plain)

    def strike(self, spans: Sequence[Span]) -> None:
        """Strike spans out, in order and without overlaps."""
        parts, position = [], 0
        for start, end in spans:
            parts += [self.text[position:start], _FOUND * (end - start)]
            position = end
        self.text = "".join(parts) + self.text[position:]

    def in_text(self, span: Span) -> Span:
        """Return where a span of the shadow stands in the text itself."""
        if self._places is None:
            return span
        return self._places[span[0]], self._places[span[1] - 1] + 1


def _plain(character: str) -> str:
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Cf":
        return ""
    if category == "Pd":
        return "-"
    return " " if category == "Zs" else _LIKE.get(character, character)
