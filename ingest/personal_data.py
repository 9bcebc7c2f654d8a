"""Personal data: finds e-mail addresses and the numbers of people in a text, and replaces them by `[kind]`.

National numbers of Sweden, Denmark, Finland and Norway, phone numbers, payment cards and bank accounts, each
checked by its own rule (`recognizers/`). Names are not recognized.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ingest.recognizers.accounts import card_numbers, ibans
from ingest.recognizers.mail import mail_addresses
from ingest.recognizers.national import national_numbers
from ingest.recognizers.phones import phone_numbers
from ingest.recognizers.shadow import Shadow, Span

LEAST_DIGITS = 6
"""A text with fewer digits holds no number of a person."""
_NOTHING = re.compile(
    "[A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\xff \n.,:;!?'\")\\]}>/*+=#_~^|$\xab\xb4\xbb\u2010-\u2027\u20ac-]*+"
)
"""Without a digit and without what may stand for an at sign nothing can be found; most texts are done with here."""
_NO_DIGITS = bytes(set(range(256)) - set(b"0123456789"))

_NUMBERS: tuple[tuple[str, int, Callable[[str], Iterable[Span]]], ...] = (
    ("iban", LEAST_DIGITS, ibans),
    ("card", 14, card_numbers),
    ("personal_number", 9, national_numbers),
    ("phone", 7, phone_numbers),
)
"""Kind, the fewest digits it has, and who finds it; surer kinds first: what one has found the next does not see."""


@dataclass(frozen=True, slots=True)
class Found:
    """A stretch of text that is personal data, in code points, end exclusive."""

    start: int
    end: int
    kind: str


def find_personal_data(text: str) -> list[Found]:
    """Return what is personal in a text, in order and without overlaps.

    Example:
        >>> [found.kind for found in find_personal_data("Mejla anna@example.com om order 4471-20931")]
        ['email']
    """
    if _NOTHING.fullmatch(text):
        return []
    shadow = Shadow(text)
    found = [Found(*span, "email") for span in shadow.strike(mail_addresses(shadow.text))]
    digits = _count_digits(shadow.text)
    if digits >= LEAST_DIGITS:
        for kind, least, recognize in _NUMBERS:
            if digits >= least:
                found += [Found(*span, kind) for span in shadow.strike(recognize(shadow.text))]
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


def _count_digits(text: str) -> int:
    return len(text.encode("latin-1", "replace").translate(None, _NO_DIGITS))
