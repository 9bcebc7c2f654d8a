"""Personal data: finds e-mail addresses and the numbers of people in a text.

National numbers of Sweden, Denmark, Finland and Norway, phone numbers, payment cards and bank accounts, each
checked by its own rule, so that order numbers and dates survive. What is found is replaced by `[kind]`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import phonenumbers
import regex
from stdnum import iban, luhn
from stdnum.dk import cpr
from stdnum.fi import hetu
from stdnum.no import fodselsnummer
from stdnum.se import personnummer

LEAST_DIGITS = 6
"""A text with fewer digits holds no number of a person; most texts are done with here."""

_EMAIL = regex.compile(
    r"[\p{L}\p{N}._%+\-]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}\-]{0,62})\.){1,8}\p{L}{2,24}", regex.IGNORECASE
)
_IBAN = regex.compile(r"(?<![\w-])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)", regex.IGNORECASE)
_CARD = regex.compile(r"(?<![\w-])\d(?:[ -]?\d){12,18}(?![\w-])")
_HETU = regex.compile(r"(?<![\w-])\d{6}[-–+A-FU-Y]\d{3}[0-9A-Y](?![\w-])", regex.IGNORECASE)
_PERSONAL = regex.compile(r"(?<![\w-])(?:\d{2})?\d{6}[-–+ ]?\d{4,5}(?![\w-])")
_PHONE = regex.compile(r"(?<![\w.,/-])(?:\+|00)?\(?\d(?:[\s().\-–/]{0,3}\d){6,14}(?![\w-])")
_DATE = regex.compile(
    r"\(?(?:\d{1,2}[./]\d{1,2}[./-](?:\d{4}|\d{2})|\d{1,2}[ -]\d{1,2}[ -]\d{4}|\d{4}[./-]\d{1,2}[./-]\d{1,2})(?!\d)"
    r"|\(?\d{1,2}[.:]\d{2}\s?[-–]\s?\d{1,2}[.:]\d{2}(?!\d)"
)
"""A day or opening hours at the start of what looks like a phone number."""
_NORTH_AMERICAN = regex.compile(r"\(?\d{3}\)?[-. ]{1,2}\d{3}[-. ]\d{4}")
_EIGHT_IN_GROUPS = regex.compile(r"\d{2} \d{2} \d{2} \d{2}|\d{3} \d{2} \d{3}|\d{4} \d{4}")
_PHONE_WORD = regex.compile(
    r"\b(?:tel|tlf|telefon\w*|phone|mobil\w*|mob|ring\w*|call|sms\w*|puh|puhelin\w*|soit\w*|nummer|nr|numero\w*|text)"
    r"\b[^\n]{0,20}$",
    regex.IGNORECASE,
)
_PERSONAL_WORD = regex.compile(
    r"\b(?:cpr\w*|person(?:al)?\W?num\w*|pers\W?nr|fødsels\w*|henkilötunnus\w*|hetu\w*|ssn)\b[^\n]{0,20}$",
    regex.IGNORECASE,
)
_ORDER_WORD = regex.compile(
    r"\b(?:\p{L}*(?:order|ordre|tilaus|track|spår|kolli|sporing|seuranta|booking|bokning|varaus|faktura|lasku|invoice|"
    r"ref|ärende|sags?|sak|ticket|case|kund|customer)\p{L}*)\b[^\n]{0,20}$",
    regex.IGNORECASE,
)
_TRUNK_REGIONS = ("SE", "FI", "GB", "DE")
_EIGHT_DIGIT_REGIONS = ("DK", "NO")
_CONTEXT_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of text that is personal data, in code points, end exclusive."""

    start: int
    end: int
    kind: str


def find_personal_data(text: str) -> list[Found]:
    """Return what is personal in a text, in order and without overlaps; the surer kind wins.

    Example:
        >>> [found.kind for found in find_personal_data("Mejla anna@example.com om order 4471-20931")]
        ['email']
    """
    found: list[Found] = []
    if "@" in text:
        found.extend(Found(match.start(), match.end(), "email") for match in _EMAIL.finditer(text))
    if sum(map(text.count, "0123456789")) >= LEAST_DIGITS:
        for kind, pattern, is_one in _RECOGNIZERS:
            for match in pattern.finditer(text):
                start, end = match.span()
                if not any(start < other.end and other.start < end for other in found) and is_one(
                    match.group(), text[max(0, start - _CONTEXT_CHARACTERS) : start]
                ):
                    found.append(Found(start, end, kind))
    return sorted(found, key=lambda one: one.start)


def replace_personal_data(text: str) -> tuple[str, tuple[Found, ...]]:
    """Return the text with `[kind]` for what is personal, and where these stand in the new text."""
    found = find_personal_data(text)
    if not found:
        return text, ()
    parts, places, position, length = [], [], 0, 0
    for one in found:
        before, mark = text[position : one.start], f"[{one.kind}]"
        parts += [before, mark]
        length += len(before)
        places.append(Found(length, length + len(mark), one.kind))
        length += len(mark)
        position = one.end
    return "".join(parts) + text[position:], tuple(places)


def _is_card(number: str, before: str) -> bool:
    digits = _digits(number)
    issuer = (
        digits[0] == "4"
        or digits[:2] in {"34", "37", "51", "52", "53", "54", "55", "60", "65"}
        or (2221 <= int(digits[:4]) <= 2720)
    )
    is_grouped = len(number) > len(digits)
    return issuer and luhn.is_valid(digits) and (is_grouped or not _ORDER_WORD.search(before))


def _is_iban(number: str, _before: str) -> bool:
    return bool(iban.is_valid(number))


def _is_hetu(number: str, _before: str) -> bool:
    return bool(hetu.is_valid(number.replace("–", "-").upper(), allow_temporary=True))


def _is_personal_number(number: str, before: str) -> bool:
    plain = number.replace("–", "-").replace(" ", "")
    if _ORDER_WORD.search(before) and not _PERSONAL_WORD.search(before):
        return False
    return _is_swedish(plain) or _is_danish(plain, before) or bool(fodselsnummer.is_valid(plain))


def _is_swedish(number: str) -> bool:
    """Say whether it is a personnummer or, with 60 added to its day, a samordningsnummer."""
    separator = "+" if "+" in number else "-"
    digits = _digits(number)
    if len(digits) not in (10, 12):
        return False
    day = int(digits[-6:-4])
    if day > 60:
        if not luhn.is_valid(digits[-10:]):
            return False
        digits = f"{digits[:-6]}{day - 60:02d}{digits[-4:]}"
        digits = digits[:-1] + luhn.calc_check_digit(digits[-10:-1])
    return bool(personnummer.is_valid(f"{digits[:-4]}{separator}{digits[-4:]}"))


def _is_danish(number: str, before: str) -> bool:
    """Say whether it is a CPR number: by its check digit (which those of 1 January may lack since 2007) or context."""
    digits = _digits(number)
    if len(digits) != 10 or not cpr.is_valid(digits):
        return False
    return cpr.checksum(digits) == 0 or digits.startswith("0101") or bool(_PERSONAL_WORD.search(before))


def _is_phone(number: str, before: str) -> bool:
    digits = _digits(number)
    if _DATE.match(number) or len(digits) > 15:
        return False
    if number.startswith(("+", "00")):
        return _is_valid_phone("+" + digits.removeprefix("00"), None)
    has_context = bool(_PHONE_WORD.search(before))
    if _ORDER_WORD.search(before) and not has_context:
        return False
    if digits.startswith("0"):
        return any(_is_valid_phone(digits, region) for region in _TRUNK_REGIONS)
    if len(digits) == 8 and (has_context or _EIGHT_IN_GROUPS.fullmatch(number)):
        return any(_is_valid_phone(digits, region) for region in _EIGHT_DIGIT_REGIONS)
    return len(digits) == 10 and bool(_NORTH_AMERICAN.fullmatch(number)) and _is_valid_phone(digits, "US")


def _is_valid_phone(number: str, region: str | None) -> bool:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    # Numbers reserved for fiction are "possible", not "valid"; people's own are both.
    return phonenumbers.is_valid_number(parsed) or (region is None and phonenumbers.is_possible_number(parsed))


def _digits(number: str) -> str:
    return "".join(character for character in number if character.isdecimal())


_RECOGNIZERS: tuple[tuple[str, "regex.Pattern[str]", Callable[[str, str], bool]], ...] = (
    ("iban", _IBAN, _is_iban),
    ("card", _CARD, _is_card),
    ("personal_number", _HETU, _is_hetu),
    ("personal_number", _PERSONAL, _is_personal_number),
    ("phone", _PHONE, _is_phone),
)
"""Surer kinds first: a card number is not also looked at as a phone number."""
