"""Scores as surveys export them: a number with the words that stood beside it on the scale."""

from typing import Any

import regex

_NUMBER = r"(?P<value>\d{1,3}(?:[.,]\d{1,2})?)"
_LABELLED = regex.compile(rf"{_NUMBER}\s*(?:[-–—:=]\s*[^\d\s].*|\([^\d\s].*|\p{{L}}[\p{{L}} ]*)", regex.DOTALL)
_OF = regex.compile(rf"{_NUMBER}\s*(?:/|av|of|out of|ud af)\s*(?P<highest>\d{{1,3}})", regex.IGNORECASE)
_STARS = regex.compile(r"(?P<full>[★⭐]\ufe0f?)+(?:[☆✩]\ufe0f?)*")
_LABELS_BEFORE = regex.compile(rf"\p{{L}}[\p{{L}} ,]*[-–—:(]\s*{_NUMBER}\)?")


def read_score(value: Any, *, highest: float | None = None) -> Any:
    """Return the number of a score that is written with words or stars; anything else as it is.

    Args:
        value: As the file has it.
        highest: Of the scale, where it is known: "4 of 5" is no score on a scale to 10.

    Example:
        >>> read_score("10 - Mycket troligt"), read_score("4 av 5"), read_score("★★★☆☆"), read_score("4,5")
        ('10', '4', 3, '4,5')
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return value
    if match := _STARS.fullmatch(text):
        return len(match.captures("full"))
    if match := _OF.fullmatch(text):
        return match["value"] if highest is None or float(match["highest"]) == highest else value
    match = _LABELLED.fullmatch(text) or _LABELS_BEFORE.fullmatch(text)
    return match["value"] if match else value
