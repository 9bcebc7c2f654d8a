"""National numbers of people in Sweden, Denmark, Finland and Norway, by their check digits.

Organisation numbers are none: they belong to companies.
"""

import re
from collections.abc import Iterator

import regex
from stdnum import luhn
from stdnum.dk import cpr
from stdnum.fi import hetu
from stdnum.no import fodselsnummer
from stdnum.se import personnummer

from ingest.recognizers.shadow import Span
from ingest.recognizers.words_before import names_a_person, names_an_order

_START, _END = r"(?<!\w)(?<!\w-)", r"(?!\w|-\w)"
_FINNISH = regex.compile(rf"{_START}\d{{6}}(?: ?[-+] ?|[A-FU-Y])\d{{3}}[0-9A-Y]{_END}", regex.IGNORECASE)
_OTHER = regex.compile(
    rf"{_START}(?:(?:(?:18|19|20) ?)?\d{{6}} ?[-+]? ?(?:\d{{4,5}}|\d{{3}} \d{{2}})"
    rf"|(?:18|19|20)?\d{{2}}(?P<separator>[-. ])\d{{2}}(?P=separator)\d{{2}} ?[-+] ?\d{{4,5}}"
    rf"|\d{{2}} \d{{2}} \d{{2}} \d{{4,5}}){_END}"
)
_MAYBE = re.compile(r"[0-9]{2}[-. ]?[0-9]{2}[-. ]?[0-9]{2}(?:[A-FU-Ya-fu-y]| ?[-+]? ?)[0-9]{3}")
"""What stands in all of these; a text without it is spared the slower look."""
_MOBILE = regex.compile(r"07[02369]\d{7}|(?:04\d|050)\d{7}")
"""A Swedish or Finnish mobile number, typed in one run: one in six would pass for a birth date with a check digit."""
_SWEDISH_DIGITS = (10, 12)
_DANISH_DIGITS = 10


def national_numbers(text: str) -> Iterator[Span]:
    """Give where the national numbers stand."""
    if not _MAYBE.search(text):
        return
    for match in _FINNISH.finditer(text):
        if hetu.is_valid(match.group().replace(" ", "").upper(), allow_temporary=True):
            yield match.span()
    for match in _OTHER.finditer(text):
        if _is_national(match.group(), text, match.start()):
            yield match.span()


def _is_national(written: str, text: str, start: int) -> bool:
    digits = "".join(filter(str.isdecimal, written))
    if _MOBILE.fullmatch(written) and not names_a_person(text, start):
        return False
    is_one = (
        _is_swedish(digits, "+" if "+" in written else "-")
        or bool(fodselsnummer.is_valid(digits))
        or (_is_danish(digits) and (_has_danish_check_digit(digits) or names_a_person(text, start)))
    )
    return is_one and (names_a_person(text, start) or not names_an_order(text, start))


def _is_swedish(digits: str, separator: str) -> bool:
    """Say whether it is a personnummer or, with 60 added to its day, a samordningsnummer."""
    if len(digits) not in _SWEDISH_DIGITS:
        return False
    day = int(digits[-6:-4])
    if day > 60:
        if not luhn.is_valid(digits[-10:]):
            return False
        digits = f"{digits[:-6]}{day - 60:02d}{digits[-4:-1]}"
        digits += luhn.calc_check_digit(digits[-9:])
    return bool(personnummer.is_valid(f"{digits[:-4]}{separator}{digits[-4:]}"))


def _is_danish(digits: str) -> bool:
    return len(digits) == _DANISH_DIGITS and bool(cpr.is_valid(digits))


def _has_danish_check_digit(digits: str) -> bool:
    """Say whether the check digit is right, which numbers of 1 January may lack since 2007."""
    return cpr.checksum(digits) == 0 or digits.startswith("0101")
