"""Reasons: the closed kinds of why a record is set aside, told from the words it was set aside with.

Those words are what is kept, also by earlier versions. The kind is for whoever says the same in another language.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import regex

SHAPES: tuple[tuple[str, str], ...] = (
    ("no_json", "is no JSON: {found} at column {column}"),
    ("no_json", "is no JSON"),
    ("no_json", "it is no JSON"),
    ("no_object", "is no JSON object"),
    ("too_deep", "is nested more than {most} deep"),
    ("too_deep", "a value is nested more than {most} deep"),
    ("too_long", "is longer than {most} bytes"),
    ("quotes", "its quotes do not match"),
    ("cells", "has {n} cells, the header {most}"),
    ("cell_error", "column '{field}' holds the error {found}"),
    ("cell_formula", "column '{field}' holds a formula that was never calculated: open and save it in Excel"),
    ("cell_unreadable", "column '{field}' holds a value that cannot be read"),
    ("cell_unreadable", "column '{field}' holds bytes that are no text"),
    ("text_too_long", "text has {n} characters; at most {most} are read"),
    ("date", "{field}: the date is not like 2026-11-01, 2026-11-01T12:00:00Z or 01.11.2026"),
    ("time", "{field}: the time of day is not like 12:00, 12:00:30 or 12:00:30+01:00"),
    ("year", "{field}: the year lies outside {least} to {most}"),
    ("no_such_day", "{field}: there is no such day or time of day"),
    (
        "date_order",
        "{field}: the date may be day/month or month/day; say which, as in --map published_at=COLUMN:dmy",
    ),
    ("measure", "rating: measure must be one of {known}"),
    ("no_scale", "rating {field}: its scale is not given"),
    ("no_number", "rating {field}: not a number such as 4 or 4.5"),
    ("outside_scale", "rating {field}: Value error, {found} lies outside the scale {least} to {most}"),
    ("empty_scale", "rating {field}: Value error, the scale {least} to {most} is empty"),
    ("ratings", "ratings must be a list of mappings: measure, value, lowest, highest"),
    ("voice", "voice must be one of {known}"),
    ("no_field", "no field '{field}'"),
    ("no_text", "field '{field}' is no text"),
    ("empty_field", "field '{field}' is empty"),
    ("no_id", "it has no id at {field}"),
    ("says_nothing", "nothing in it is a score or words; not there: {known}"),
    ("says_nothing", "an entry has neither title nor text"),
    ("unknown_field", "unknown field '{field}'"),
    ("reference", "reference must have a system and an id"),
    ("wrong_type", "a value is of type {found}, which no field holds"),
    ("wrong_type", "{field} is of type {found}"),
    ("analysis", "the analysis failed: {found}"),
    ("worker", "the worker that analysed it died or ran out of time"),
    ("store", "Elasticsearch refused it: {found}"),
    ("unfit", "{field}: Input should be {found}"),
    ("unfit", "{field}: String should {found}"),
    ("unfit", "{field}: Value error, {found}"),
)
"""Each kind with the words it is known by, in the order in which they are tried. In braces stands what is named."""
KINDS = tuple(dict.fromkeys(kind for kind, _ in SHAPES))
"""All that is told apart."""
_AROUND = regex.compile(r"(?:cannot be redacted: )?(?P<said>.*?)(?: \((?P<attempts>\d{1,3}) attempts\))?", regex.DOTALL)
_NAMED = regex.compile(r"\\\{(\w+)\\\}")
_PATTERNS = tuple(
    (kind, regex.compile(_NAMED.sub(r"(?P<\1>.{1,300}?)", regex.escape(shape)), regex.DOTALL)) for kind, shape in SHAPES
)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a record was set aside, so that it can be said in any language.

    Attributes:
        kind: One of `KINDS`.
        named: What it is about, by name: `field`, `found`, `known`, `n`, `most`, `least`, `column`.
        attempts: How often the record was tried, where that is told.
    """

    kind: str
    named: Mapping[str, str]
    attempts: int | None = None


def read_reason(written: str, *, place: str) -> Reason | None:
    """Return what kind of reason these words are, or None where they are of none.

    Args:
        written: The words.
        place: Where the record stood in its source, which they may begin with.

    Example:
        >>> reason = read_reason("line 7: published_at: there is no such day or time of day", place="line 7")
        >>> reason.kind, dict(reason.named)
        ('no_such_day', {'field': 'published_at'})
    """
    around = _AROUND.fullmatch(written)
    if around is None:
        return None
    said = around["said"]
    if said.startswith((f"{place}: ", f"{place} ")):
        said = said.removeprefix(place).removeprefix(":").strip()
    for kind, pattern in _PATTERNS:
        if match := pattern.fullmatch(said):
            return Reason(kind, match.groupdict(), int(around["attempts"]) if around["attempts"] else None)
    return None
