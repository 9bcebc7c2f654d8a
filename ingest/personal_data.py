"""Personal data: finds e-mail addresses and the numbers of people in a text, and replaces them by `[kind]`.

National numbers of Sweden, Denmark, Finland and Norway, phone numbers, payment cards and bank accounts, each
checked by its own rule (`recognizers/`). Names are not recognized.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ingest.recognizers.accounts import card_numbers, ibans
from ingest.recognizers.mail import mail_addresses
from ingest.recognizers.national import national_numbers
from ingest.recognizers.phones import phone_numbers
from ingest.recognizers.shadow import Shadow, Span

LEAST_DIGITS = 6
"""A text with fewer digits holds no number of a person; most texts are done with here."""

_NUMBERS: tuple[tuple[str, Callable[[str], Iterable[Span]]], ...] = (
    ("iban", ibans),
    ("card", card_numbers),
    ("personal_number", national_numbers),
    ("phone", phone_numbers),
)
"""Surer kinds first: what one has found the next does not see."""


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
    shadow = Shadow(text)
    found = [Found(*span, "email") for span in shadow.strike(mail_addresses(shadow.text))]
    if sum(map(shadow.text.count, "0123456789")) >= LEAST_DIGITS:
        for kind, recognize in _NUMBERS:
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
