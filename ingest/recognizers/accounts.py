"""Account numbers: IBAN by country and check digits, payment cards by issuer, length and check digit."""

import re
from collections.abc import Iterator

import regex
from stdnum import iban, luhn

from ingest.recognizers.chains import longest_runs
from ingest.recognizers.shadow import Span
from ingest.recognizers.words_before import names_an_order

_IBAN_LENGTHS = {
    "AD": 24, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "EE": 20, "ES": 24,
    "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GI": 23, "GL": 18, "GR": 27, "HR": 21, "HU": 28, "IE": 22, "IS": 26,
    "IT": 27, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MT": 31, "NL": 18, "NO": 15, "PL": 28, "PT": 25,
    "RO": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TR": 26, "UA": 29, "VA": 22,
}  # fmt: skip
"""Characters of an IBAN by country, from the registry that SWIFT keeps for ISO 13616: Europe and its neighbours."""

_MAYBE_IBAN = re.compile(r"[0-9](?<=[A-Za-z]{2}.)(?<!\w[A-Za-z]{2}.)[ -]?[0-9](?=[ -]?[A-Za-z0-9])")
"""What stands behind its country. The digit is written first in this pattern and the next, for speed: few are met."""
_IBANS = {
    code: regex.compile(rf"{code}(?:[ -]?[A-Z0-9]){{{length - 2}}}(?!\w)", regex.IGNORECASE)
    for code, length in _IBAN_LENGTHS.items()
}
_CHAIN = re.compile(r"[0-9](?<!\w.)(?<!\w-.)(?:[ .-]?[0-9]){13,}")
_PIECE = re.compile(r"[^ ]+")
_GOES_ON = re.compile(r"-?\w")
_LEAST_CARD_DIGITS, _MOST_CARD_DIGITS = 14, 19
_ISSUERS = (
    ("4", "4", (16, 19)),  # Visa
    ("51", "55", (16,)),  # Mastercard
    ("2221", "2720", (16,)),
    ("34", "34", (15,)),  # American Express
    ("37", "37", (15,)),
    ("5019", "5019", (16,)),  # Dankort
    ("50", "50", (16, 18, 19)),  # Maestro
    ("56", "58", (16, 18, 19)),
    ("63", "63", (16, 18, 19)),
    ("67", "67", (16, 18, 19)),
    ("60", "60", (16,)),  # Discover
    ("64", "65", (16,)),
    ("30", "30", (14, 16)),  # Diners
    ("36", "36", (14, 16)),
    ("38", "38", (14, 16)),
    ("3528", "3589", (16,)),  # JCB
)
"""First and last prefix of an issuer, and the lengths of its numbers (ISO/IEC 7812)."""


def ibans(text: str) -> Iterator[Span]:
    """Give where the international bank account numbers stand."""
    position = 0
    for digits in _MAYBE_IBAN.finditer(text):
        start = digits.start() - 2
        pattern = _IBANS.get(text[start : digits.start()].upper())
        match = pattern.match(text, start) if pattern and start >= position else None
        if match and iban.is_valid(match.group(), check_country=False):
            position = match.end()
            yield match.span()


def card_numbers(text: str) -> Iterator[Span]:
    """Give where the payment card numbers stand."""
    for chain in _CHAIN.finditer(text):
        pieces = [piece.span() for piece in _PIECE.finditer(text, *chain.span())]
        if _GOES_ON.match(text, chain.end()):
            pieces.pop()
        counts = [sum(map(str.isdecimal, text[start:end])) for start, end in pieces]

        def is_one(first: int, last: int, pieces: list[Span] = pieces) -> bool:
            return _is_card(text, pieces[first][0], pieces[last][1])

        for first, last in longest_runs(counts, least=_LEAST_CARD_DIGITS, most=_MOST_CARD_DIGITS, is_one=is_one):
            yield pieces[first][0], pieces[last][1]


def _is_card(text: str, start: int, end: int) -> bool:
    digits = "".join(filter(str.isdecimal, text[start:end]))
    return (
        any(first <= digits[: len(first)] <= last and len(digits) in lengths for first, last, lengths in _ISSUERS)
        and bool(luhn.is_valid(digits))
        and (end - start > len(digits) or not names_an_order(text, start))  # cards are typed in groups, orders rarely
    )
