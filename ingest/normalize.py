"""Normalize: a redacted record becomes a mention, with parsed ratings, UTC times and known values.

What a source may leave out may be absent; what it gives must be readable, else the record is set aside with
the field's name and what is wrong with it. Texts were cleaned when they were redacted.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, get_args

from pydantic import ValidationError

from ingest.raw import RedactedRecord
from ingest.times import read_time
from textcx.errors import UnreadableRecordError
from textcx.mention import Mention, Precision, Rating, RatingMeasure, Reference, Voice

LONGEST_TEXT = 1_000_000
"""Code points; spaCy refuses more, and no customer writes it."""
LONGEST_TITLE = 1000
LONGEST_URL = 2000
_LANGUAGE_NAMES = {
    "no": "nb", "nor": "nb", "nob": "nb", "nno": "nn", "swe": "sv", "dan": "da", "fin": "fi", "eng": "en",
    "swedish": "sv", "svenska": "sv", "danish": "da", "dansk": "da", "norwegian": "nb", "norsk": "nb",
    "finnish": "fi", "suomi": "fi", "english": "en", "engelska": "en", "engelsk": "en", "englanti": "en",
}  # fmt: skip
_LONGEST_LANGUAGE_CODE = 3
_LONGEST_REMEMBERED = 40
_MEASURES, _VOICES = get_args(RatingMeasure), get_args(Voice)


def normalize(record: RedactedRecord, *, version: int) -> Mention:
    """Return the mention that a redacted record holds.

    Args:
        record: As the inbox kept it.
        version: Our ingest sequence; newer wins.

    Raises:
        UnreadableRecordError: A value cannot be read; the message names the field and the place in the source.
    """
    fields = dict(record.fields)
    try:
        text, title = fields.pop("text", ""), fields.pop("title", "")
        if len(text) > LONGEST_TEXT:
            message = f"text has {len(text)} characters; at most {LONGEST_TEXT} are read"
            raise UnreadableRecordError(message)
        url = fields.pop("url", None)
        published_at, precision = _published(fields.pop("published_at", None))
        return Mention.model_validate(
            {
                "kind": "review",
                **fields,
                "id": record.id,
                "revision": record.revision,
                "version": version,
                "text": text,
                "title": title[:LONGEST_TITLE] or None,
                "url": url if url and len(url) <= LONGEST_URL else None,
                "language": normalize_language(fields.get("language")),
                "voice": _voice(fields.get("voice")),
                "ratings": _ratings(fields.get("ratings")),
                "published_at": published_at,
                "published_at_precision": precision,
                "collected_at": record.collected_at,
            }
        )
    except UnreadableRecordError as error:
        raise UnreadableRecordError(f"{record.place}: {error}") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "record"
        raise UnreadableRecordError(f"{record.place}: {where}: {first['msg']}") from None


def bare_mention(record: RedactedRecord) -> Mention:
    """Return a mention that says which one a record is and whose, and nothing else; that can be told of any record."""
    author = record.fields.get("author")
    return Mention(
        id=record.id,
        revision=record.revision,
        kind="review",
        source="-",
        collected_at=record.collected_at,
        author=author if isinstance(author, str) else None,
        reference=read_reference(record.fields),
    )


def read_reference(fields: Mapping[str, Any]) -> Reference | None:
    """Return a record's key of the company's own system, or None if it has none that can be stored."""
    try:
        return Reference.model_validate(fields.get("reference"))
    except ValidationError:
        return None


def read_rating(rating: Mapping[str, Any]) -> Rating:
    """Return a rating from a mapping of measure, value, lowest and highest; numbers may be text, also "4,5".

    Raises:
        UnreadableRecordError: The measure is none of ours, the value no number or outside its scale, or no scale given.
    """
    parts = (rating.get("measure"), rating.get("value"), rating.get("lowest"), rating.get("highest"))
    if any(isinstance(part, str) and len(part) > _LONGEST_REMEMBERED for part in parts):
        return _rating_of(*parts)
    try:
        return _remembered_rating(*parts)
    except TypeError:  # a list or the like, which cannot be remembered, and is no number
        return _rating_of(*parts)


def _rating_of(measure: Any, value: Any, lowest: Any, highest: Any) -> Rating:
    if measure not in _MEASURES:
        raise UnreadableRecordError(f"rating: measure must be one of {', '.join(_MEASURES)}")
    if lowest is None or highest is None:
        raise UnreadableRecordError(f"rating {measure}: its scale is not given")
    try:
        numbers = {"value": read_number(value), "lowest": read_number(lowest), "highest": read_number(highest)}
        return Rating.model_validate({"measure": measure, **numbers})
    except ValidationError as error:
        raise UnreadableRecordError(f"rating {measure}: {error.errors(include_input=False)[0]['msg']}") from None
    except ValueError as error:
        raise UnreadableRecordError(f"rating {measure}: not a number such as 4 or 4.5") from error


_remembered_rating = lru_cache(maxsize=512, typed=True)(_rating_of)
"""The same few come again and again; typed, since to a dictionary 1 is True."""


def read_number(value: Any) -> float:
    """Return a number that may be written with a decimal comma.

    Raises:
        ValueError: It is none.

    Example:
        >>> read_number("4,5")
        4.5
    """
    if isinstance(value, str):
        value = value.strip().replace(",", ".")
    elif not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError("not a number")
    try:
        return float(value)
    except ValueError:
        raise ValueError("not a number") from None  # the usual message repeats the value


def normalize_language(declared: Any) -> str | None:
    """Return the code of a declared language, or None if it names none that we know how to write.

    It is a hint to language identification, so an odd one is no error. Norwegian without a form is `nb`.

    Example:
        >>> normalize_language("sv-SE"), normalize_language("no"), normalize_language("klingon")
        ('sv', 'nb', None)
    """
    if not isinstance(declared, str):
        return None
    return _remembered_code(declared) if len(declared) <= _LONGEST_REMEMBERED else _language_code(declared)


def _language_code(declared: str) -> str | None:
    code = declared.strip().lower().replace("_", "-").split("-")[0]
    code = _LANGUAGE_NAMES.get(code, code)
    return code if code.isascii() and code.isalpha() and 2 <= len(code) <= _LONGEST_LANGUAGE_CODE else None


_remembered_code = lru_cache(maxsize=512)(_language_code)


def _ratings(given: Any) -> tuple[Rating, ...]:
    if given is None:
        return ()
    if not isinstance(given, list) or not all(isinstance(rating, Mapping) for rating in given):
        raise UnreadableRecordError("ratings must be a list of mappings: measure, value, lowest, highest")
    return tuple(read_rating(rating) for rating in given if rating.get("value") is not None)


def _published(value: Any) -> tuple[Any, Precision | None]:
    if value is None:
        return None, None
    try:
        return read_time(value)
    except UnreadableRecordError as error:
        raise UnreadableRecordError(f"published_at: {error}") from error


def _voice(value: Any) -> str:
    if value is None:
        return "unknown"
    if value not in _VOICES:
        raise UnreadableRecordError(f"voice must be one of {', '.join(_VOICES)}")
    return str(value)
