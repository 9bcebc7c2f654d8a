"""Clean text: what a source sent as a string any later step can hold, index and show.

One pass at the border: HTML becomes text, characters that break stores or screens are replaced, floods of
combining marks are cut before they are normalized (normalizing them is quadratic), and the result is NFC.
All of it takes time linear in the text, whatever it holds.
"""

import html
import re
import unicodedata

import regex

MOST_MARKS = 30
"""Combining marks in a row that are kept: the stream-safe limit of Unicode Standard Annex 15, section 13."""

_MARK_FLOOD = regex.compile(rf"(\p{{M}}{{{MOST_MARKS}}})\p{{M}}+")
_MAYBE_MARK = re.compile("[\u0300-\U0010ffff]")
_USUAL = re.compile(
    "[A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\xff0-9 \n.,:;!?'\"()\\[\\]{}<>&@%/\\\\*+=#_~^|$\xab\xb4\xbb\u2010-\u2027\u20ac-]*+"
)
"""Letters and signs of which none is unsafe or a mark: most texts hold no others."""
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_HIDDEN = (
    (regex.compile(r"<!--"), regex.compile(r"-->")),
    (regex.compile(r"<script\b[^<>]*>", regex.IGNORECASE), regex.compile(r"</script\s*+>", regex.IGNORECASE)),
    (regex.compile(r"<style\b[^<>]*>", regex.IGNORECASE), regex.compile(r"</style\s*+>", regex.IGNORECASE)),
)
_BREAK = regex.compile(r"</?(?:p|br|div|li|ul|ol|h[1-6]|tr|table|blockquote|hr)(?:\s[^<>]*)?/?>", regex.IGNORECASE)
_TAG = regex.compile(
    r"</?(?:a|abbr|b|body|cite|code|del|em|font|head|html|i|img|ins|mark|pre|q|s|small|span|strike|strong|sub|sup|"
    r"tbody|td|th|thead|u|video)(?:\s[^<>]*)?/?>",
    regex.IGNORECASE,
)
_BLANK_LINES = regex.compile(r"(?<![^\S\n])[^\S\n]*+\n(?:[^\S\n]*+\n)++")


def clean_text(text: str) -> str:
    r"""Return the text without markup and without characters that no one wrote.

    Tags are known HTML ones only, so "I <3 it" and "a < b" stay. Entities are read once, never twice.

    Example:
        >>> clean_text("Snabb leverans<br/>&amp; bra pris <3\x00")
        'Snabb leverans\n& bra pris <3\ufffd'
    """
    if "<" in text:
        for opening, closing in _HIDDEN:
            text = _without(text, opening, closing)
        text = _TAG.sub("", _BREAK.sub("\n", text))
        text = _BLANK_LINES.sub("\n\n", text)
    if "&" in text:
        text = html.unescape(text)
    return safe_text(text)


def safe_text(text: str) -> str:
    """Return the text without characters that no one wrote; markup stays."""
    if _USUAL.fullmatch(text):
        return text.strip()
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNSAFE.sub("\ufffd", text)
    if _MAYBE_MARK.search(text):
        text = unicodedata.normalize("NFC", _MARK_FLOOD.sub(r"\1", text))
    return text.strip()


def _without(text: str, opening: "regex.Pattern[str]", closing: "regex.Pattern[str]") -> str:
    """Return the text without what stands between an opening and the next closing; an opening alone stays."""
    parts, position = [], 0
    while begin := opening.search(text, position):
        end = closing.search(text, begin.end())
        if end is None:
            break
        parts.append(text[position : begin.start()])
        position = end.end()
    return " ".join([*parts, text[position:]])
