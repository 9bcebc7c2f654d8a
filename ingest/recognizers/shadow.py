"""Shadow: a text as the recognizers see it, so that a number is found however it was typed.

Digits of all scripts become ASCII, dashes a hyphen, odd spaces a space, and what nobody sees (zero-width spaces,
soft hyphens, directions) is left out. The text itself stays as it was written.
"""

import re
import unicodedata
from collections.abc import Iterable

import regex

Span = tuple[int, int]

STRUCK = "\x00"
"""Stands in the shadow where something was found: no recognizer reads across it, and clean texts hold none."""
_MAYBE_ODD = re.compile("[\xa0\xad\u0100-\U0010ffff]")
"""Spares most texts the look at categories: no other character of Western European languages is odd."""
_ODD = regex.compile(r"[^\P{Nd}0-9]|[^\P{Pd}\-]|[^\P{Zs} ]|\p{Cf}|[\u2212\uff20\ufe6b\uff0b\uff0e\ufe0f\u20e3]")
_LIKE = {"\u2212": "-", "\uff20": "@", "\ufe6b": "@", "\uff0b": "+", "\uff0e": ".", "\ufe0f": "", "\u20e3": ""}


class Shadow:
    """The shadow of a text, from which what was found is struck out.

    Attributes:
        text: The shadow as it stands now.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._places: list[int] | None = None
        if _MAYBE_ODD.search(text):
            self.text = _ODD.sub(lambda odd: _plain(odd.group()), text)
            if len(self.text) != len(text):
                self._places = [place for place, character in enumerate(text) if _plain(character)]

    def strike(self, spans: Iterable[Span]) -> list[Span]:
        """Strike out spans of the shadow and return where they stand in the text, without overlaps."""
        found = sorted(spans)
        if not found:
            return []
        parts, struck, position = [], [], 0
        for start, end in found:
            if start >= position:
                parts += [self.text[position:start], STRUCK * (end - start)]
                struck.append(self._in_text(start, end))
                position = end
        self.text = "".join(parts) + self.text[position:]
        return struck

    def _in_text(self, start: int, end: int) -> Span:
        if self._places is None:
            return start, end
        return self._places[start], self._places[end - 1] + 1


def _plain(character: str) -> str:
    if character.isascii():
        return character
    if character in _LIKE:
        return _LIKE[character]
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Cf":
        return ""
    if category == "Pd":
        return "-"
    return " " if category == "Zs" else character
