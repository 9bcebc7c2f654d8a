"""Phone numbers, by the numbering plans of phonenumbers.

A number with + counts if it is possible, one with 0 if it is valid in a country of ours, and eight bare digits,
which may be anything, only in the groups of a Danish or Norwegian number or behind a word such as "tlf".
"""

from collections.abc import Iterator

import phonenumbers
import regex

from ingest.recognizers.shadow import Span
from ingest.recognizers.words_before import names_a_phone, names_an_order

_CHAIN = regex.compile(r"(?:\+|\()?\+?\d[\d ().\-/+]*+")
"""Digits and what may stand between them; one chain may hold a date, a price and two phone numbers."""
_PIECE = regex.compile(r"[^ /]+")
_LEAST_DIGITS, _MOST_DIGITS = 7, 15
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d{2}"
_HOUR = r"(?:[01]?\d|2[0-4])"
_NO_PHONE = regex.compile(
    rf"(?<![\d.\-/])(?:{_DAY}[./]{_MONTH}[./-](?:{_YEAR}|\d{{2}})|{_DAY}[ -]{_MONTH}[ -]{_YEAR}"
    rf"|{_MONTH}/{_DAY}/(?:{_YEAR}|\d{{2}})|{_YEAR}[./-]{_MONTH}[./-]{_DAY}"
    rf"|{_HOUR}[.:]?[0-5]\d ?- ?{_HOUR}[.:]?[0-5]\d|{_YEAR}[ -]{_YEAR})(?![.\-/]?\d)"
)
"""Dates, opening hours and spans of years."""
_NORTH_AMERICAN = regex.compile(r"\(?\d{3}\)?[-. ]{1,2}\d{3}[-. ]\d{4}")
_EIGHT_IN_GROUPS = regex.compile(r"\d{2} \d{2} \d{2} \d{2}|\d{3} \d{2} \d{3}|\d{4} \d{4}")
_EIGHT_DIGITS = 8
_TRUNK_REGIONS = ("SE", "FI", "GB", "DE")
_EIGHT_DIGIT_REGIONS = ("DK", "NO")
_GLUED_WORD = regex.compile(r"\b(?:tel|tlf|mob|mobil|tfn|puh)\Z", regex.IGNORECASE)


def phone_numbers(text: str) -> Iterator[Span]:
    """Give where the phone numbers stand."""
    text = _NO_PHONE.sub(lambda match: "\x00" * len(match.group()), text)
    for chain in _CHAIN.finditer(text):
        pieces = [piece.span() for piece in _PIECE.finditer(text, *chain.span()) if _is_whole(piece.span(), text)]
        first = 0
        while first < len(pieces):
            last = _last_piece(text, pieces, first)
            if last is None:
                first += 1
                continue
            yield pieces[first][0], _end(text, pieces[last][1])
            first = last + 1


def _is_whole(piece: Span, text: str) -> bool:
    """Say whether a piece is no part of a longer name, such as the end of "AB-0701234567"."""
    start, end = piece
    before, after = text[max(0, start - 2) : start], text[end : end + 1]
    if after.isalnum() or after == "_":
        return False
    if not before or not (before[-1].isalnum() or before[-1] == "_"):
        return not (before.endswith("-") and before[0].isalnum())
    return bool(_GLUED_WORD.search(text, max(0, start - 8), start))


def _last_piece(text: str, pieces: list[Span], first: int) -> int | None:
    """Return the last piece of the longest phone number that begins with piece `first`, or None."""
    start = pieces[first][0]
    longest = first
    while longest + 1 < len(pieces) and _count(text[start : pieces[longest + 1][1]]) <= _MOST_DIGITS:
        longest += 1
    for last in range(longest, first - 1, -1):
        if _is_phone(text[start : pieces[last][1]].rstrip("().-+/ "), text, start):
            return last
    return None


def _end(text: str, end: int) -> int:
    while not text[end - 1].isdecimal():
        end -= 1
    return end


def _is_phone(written: str, text: str, start: int) -> bool:
    digits = "".join(filter(str.isdecimal, written))
    if not _LEAST_DIGITS <= len(digits) <= _MOST_DIGITS:
        return False
    if "+" in written[:2]:
        return written.count("+") == 1 and _is_valid("+" + digits, None, is_possible_enough=True)
    has_word = names_a_phone(text, start)
    if names_an_order(text, start) and not has_word:
        return False
    if digits.startswith("00"):
        return _is_valid("+" + digits[2:], None)
    if digits.startswith("0"):
        return any(_is_valid(digits, region) for region in _TRUNK_REGIONS)
    if len(digits) == _EIGHT_DIGITS and (has_word or _EIGHT_IN_GROUPS.fullmatch(written)):
        return any(_is_valid(digits, region) for region in _EIGHT_DIGIT_REGIONS)
    return bool(_NORTH_AMERICAN.fullmatch(written)) and _is_valid(digits, "US")


def _is_valid(number: str, region: str | None, *, is_possible_enough: bool = False) -> bool:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    # Numbers reserved for films and examples are possible, not valid; people's own are both.
    return phonenumbers.is_valid_number(parsed) or (is_possible_enough and phonenumbers.is_possible_number(parsed))


def _count(text: str) -> int:
    return sum(map(str.isdecimal, text))
