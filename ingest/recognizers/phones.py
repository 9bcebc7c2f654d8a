"""Phone numbers, by the numbering plans of phonenumbers.

A number with + counts if it is possible, one with 0 if it is valid in a country of ours, and eight bare digits,
which may be anything, only alone in the groups of a Danish or Norwegian number or behind a word such as "tlf".
"""

import re
from collections.abc import Iterator

import regex

from ingest.recognizers.chains import longest_runs
from ingest.recognizers.shadow import STRUCK, Span
from ingest.recognizers.words_before import names_a_phone, names_an_order

_CHAIN = re.compile(r"[0-9](?:[ ().\-/+]{0,4}[0-9]){6,}")
"""Digits and what may stand between them: a chain may hold a price, an order number and two phone numbers."""
_PIECE = regex.compile(r"[+(]*\d[\d().\-+]*")
_LEAST_DIGITS, _MOST_DIGITS = 7, 15
_MOST_LOOKED_UP = 1000
"""Numbers of one text that are looked up in the plans (0.1 ms each); more that look like one count as one."""
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:19|20)\d{2}"
_BETWEEN = r"(?: ?[./-] ?|\.? )"
_HOUR = r"(?:[01]?\d|2[0-4])[.:]?[0-5]\d"
_NO_PHONE = regex.compile(
    rf"(?<!\d)(?<!\d[.\-/])(?:(?:{_DAY}{_BETWEEN}{_MONTH}|{_MONTH}{_BETWEEN}{_DAY})(?:{_BETWEEN}{_YEAR}|[./-]\d{{2}})"
    rf"|{_YEAR}[./-]{_MONTH}[./-]{_DAY}|{_HOUR} ?- ?{_HOUR}|{_YEAR}[ -]{_YEAR})(?![\-/]?\d)"
)
"""Dates, opening hours and spans of years."""
_END_OF_AMOUNT = regex.compile(r"\d,\d{3}(?:\.\d{1,2})?[^\d]*")
_WRITTEN = regex.compile(r"[+(]{0,2}\d+\)?(?:/ ?|[ .-]{0,3})(?:\(\d+\)|[\d .-])+")
"""An area code may be in brackets or before a slash; behind that there are digits, and "(0)" at most."""
_NORTH_AMERICAN = regex.compile(r"\(?\d{3}\)?[-. ]{1,2}\d{3}[-. ]\d{4}")
_EIGHT_IN_GROUPS = regex.compile(r"\d{2} \d{2} \d{2} \d{2}|\d{3} \d{2} \d{3}|\d{4} \d{4}")
_EIGHT_DIGITS = 8
_BARE_DIGITS = (_EIGHT_DIGITS, 10)
"""Digits of a number that begins with neither + nor 0: a Danish, Norwegian or North American one."""
_TRUNK_REGIONS = ("SE", "FI", "GB", "DE")
_EIGHT_DIGIT_REGIONS = ("DK", "NO")
_GLUED_WORD = regex.compile(r"\b(?:tel|tlf|tfn|mob|mobil|puh)\Z", regex.IGNORECASE)


def phone_numbers(text: str) -> Iterator[Span]:
    """Give where the phone numbers stand."""
    chains = [chain.span() for chain in _CHAIN.finditer(text)]
    if chains:
        finder = _Finder(_CHAIN.sub(lambda chain: _NO_PHONE.sub(_strike, chain.group()), text))
        for start, end in chains:
            yield from finder.in_chain(start, end)


class _Finder:
    """Finds the phone numbers of one text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lookups_left = _MOST_LOOKED_UP

    def in_chain(self, start: int, end: int) -> Iterator[Span]:
        """Give the phone numbers of a chain."""
        while start > 0 and self.text[start - 1] in "+(":
            start -= 1
        pieces = [piece.span() for piece in _PIECE.finditer(self.text, start, end) if self._is_whole(*piece.span())]
        counts = [sum(map(str.isdecimal, self.text[begin:stop])) for begin, stop in pieces]

        def is_one(first: int, last: int) -> bool:
            is_alone = first == 0 and last == len(pieces) - 1
            # A long order number may hold what looks like a phone number.
            return self._is_phone(pieces[first][0], self._last_digit(pieces[last][1]), is_alone=is_alone) and (
                first == last or not self._is_of_an_order(start)
            )

        for first, last in longest_runs(counts, least=_LEAST_DIGITS, most=_MOST_DIGITS, is_one=is_one):
            yield self._without_bracket(pieces[first][0], self._last_digit(pieces[last][1]))

    def _is_phone(self, start: int, end: int, *, is_alone: bool) -> bool:
        written = self.text[start:end]
        digits = "".join(filter(str.isdecimal, written))
        if digits[0] != "0" and "+" not in written and len(digits) not in _BARE_DIGITS:
            return False
        if not _WRITTEN.fullmatch(written):
            return False
        if "+" in written:
            return self._is_planned("+" + digits, None)
        if digits.startswith("00"):
            is_one = self._is_planned("+" + digits[2:], None)
        elif digits.startswith("0"):
            is_one = any(self._is_planned(digits, region) for region in _TRUNK_REGIONS)
        elif len(digits) == _EIGHT_DIGITS:
            is_grouped = is_alone and _EIGHT_IN_GROUPS.fullmatch(written)
            is_one = bool(is_grouped or names_a_phone(self.text, start)) and any(
                self._is_planned(digits, region) for region in _EIGHT_DIGIT_REGIONS
            )
        else:
            is_one = bool(_NORTH_AMERICAN.fullmatch(written)) and self._is_planned(digits, "US")
        return is_one and not self._is_of_an_order(start)

    def _is_planned(self, number: str, region: str | None) -> bool:
        """Say whether the plan of a region (of the number's own, if none is named) has such a number."""
        import phonenumbers  # here, since it takes 30 ms, which a command that redacts nothing need not wait for

        self._lookups_left -= 1
        if self._lookups_left < 0:
            return True
        try:
            parsed = phonenumbers.parse(number, region)
        except phonenumbers.NumberParseException:
            return False
        # Numbers reserved for films and examples are possible, not valid; people's own are both.
        return phonenumbers.is_valid_number(parsed) or (region is None and phonenumbers.is_possible_number(parsed))

    def _is_of_an_order(self, start: int) -> bool:
        return names_an_order(self.text, start) and not names_a_phone(self.text, start)

    def _is_whole(self, start: int, end: int) -> bool:
        """Say whether a piece is no part of a longer name, such as the end of "AB-0701234567"."""
        before, after = self.text[max(0, start - 2) : start], self.text[end : end + 1]
        if _is_of_a_word(after):
            return False
        if _is_of_a_word(before[-1:]):
            return bool(_GLUED_WORD.search(self.text, max(0, start - 8), start))
        if before.endswith(",") and _END_OF_AMOUNT.fullmatch(self.text, start - 2, end):
            return False
        return not (before.endswith("-") and _is_of_a_word(before[0]))

    def _last_digit(self, end: int) -> int:
        while not self.text[end - 1].isdecimal():
            end -= 1
        return end

    def _without_bracket(self, start: int, end: int) -> Span:
        """Return the span without a bracket that it opens and does not close."""
        return (start + 1 if self.text[start] == "(" and ")" not in self.text[start:end] else start), end


def _strike(match: "regex.Match[str]") -> str:
    return STRUCK * len(match.group())


def _is_of_a_word(character: str) -> bool:
    return character.isalnum() or character == "_"
