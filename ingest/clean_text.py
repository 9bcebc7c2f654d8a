"""Clean text: what a source sent as a string any later step can hold, index and show.

One pass at the border: HTML becomes text, characters that break stores or screens are replaced, floods of
combining marks are cut before they are normalised (normalising them is quadratic), and the result is NFC.
"""

import html
import unicodedata

import regex

MOST_MARKS = 30
"""Combining marks in a row that are kept: the stream-safe limit of Unicode Standard Annex 15, section 13."""

_MARK_FLOOD = regex.compile(rf"(\p{{M}}{{{MOST_MARKS}}})\p{{M}}+")
_UNSAFE = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\p{Cs}]")
_HIDDEN = regex.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>|<!--.*?-->", regex.IGNORECASE | regex.DOTALL)
_BREAK = regex.compile(r"</?(?:p|br|div|li|ul|ol|h[1-6]|tr|table|blockquote|hr)(?:\s[^<>]*)?/?>", regex.IGNORECASE)
_TAG = regex.compile(
    r"</?(?:a|abbr|b|body|cite|code|del|em|font|head|html|i|img|ins|mark|pre|q|s|small|span|strike|strong|sub|sup|"
    r"tbody|td|th|thead|u|video)(?:\s[^<>]*)?/?>",
    regex.IGNORECASE,
)
_BLANK_LINES = regex.compile(r"[^\S\n]*\n(?:[^\S\n]*\n)+")


def clean_text(text: str) -> str:
    r"""Return the text without markup and without characters that no one wrote.

    Tags are known HTML ones only, so "I <3 it" and "a < b" stay. Entities are read once, never twice.

    Example:
        >>> clean_text("Snabb leverans<br/>&amp; bra pris <3\x00")
        'Snabb leverans\n& bra pris <3\ufffd'
    """
    if "<" in text:
        text = _HIDDEN.sub(" ", text)
        text = _TAG.sub("", _BREAK.sub("\n", text))
        text = _BLANK_LINES.sub("\n\n", text)
    if "&" in text:
        text = html.unescape(text)
    if text.isascii() and text.isprintable():
        return text.strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNSAFE.sub("\ufffd", text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", _MARK_FLOOD.sub(r"\1", text))
    return text.strip()
