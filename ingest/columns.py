"""Columns: which column of a file fills which field, told by `--map` and `--set` or found by its usual name."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, get_args

from ingest.formats.header import BETWEEN_HEADINGS
from ingest.mapping import COMMENT, LONGEST_FREE_NAME, RATINGS, SETTABLE, Columns, Mapped
from ingest.normalize import read_number
from ingest.scores import read_score
from ingest.suggestion import quoted, suggest
from ingest.times import date_order
from textcx.errors import SourceUnreadableError
from textcx.mention import Kind, Voice

_USUAL_NAMES: Mapping[str, str] = {
    "id": "id reviewid responseid respondentid commentid mentionid svarid svarsid besvarelsesid uuid tunniste "
    "vastausid",
    "text": "text comment comments review reviewtext body content message feedback verbatim kommentar kommentarer "
    "fritext fritextsvar recension omdöme fritekst tekst anmeldelse anmeldelsestekst omtale tilbakemelding kommentti "
    "palaute vapaasana vapaateksti teksti arvostelu arvosteluteksti",
    "title": "title headline titel rubrik overskrift tittel otsikko",
    "stars": "rating stars starrating overallrating betyg stjärnor stjerner karakter vurdering bedømmelse arvosana "
    "tähdet",
    "nps": "nps npsscore likelihoodtorecommend",
    "csat": "csat satisfaction nöjdhet tilfredshed tilfredshet tyytyväisyys",
    "ces": "ces customereffort effort",
    "published_at": "date published publishedat publisheddate created createdat timestamp datetime submitted "
    "submittedat datum dato tidpunkt tidspunkt skapad oprettet opprettet päivämäärä päiväys pvm aika",
    "author": "author user username reviewer författare användare forfatter bruger bruker kirjoittaja käyttäjä",
    "brand": "brand company varumärke företag mærke virksomhed firma merke selskap brändi yritys",
    "language": "language lang locale språk sprog kieli",
    "source": "source site platform källa kilde lähde",
    "kind": "kind",
    "voice": "voice",
    "url": "url link länk lenke linkki",
    "product": "product produkt vara vare tuote",
    "location": "location store shop butik butikk myymälä",
    "country": "country land maa",
    "likes": "likes",
}
"""Field -> usual column names, in English, Swedish, Danish, Norwegian and Finnish, letters and digits only."""

_FIELD_OF_NAME = {name: field for field, names in _USUAL_NAMES.items() for name in names.split()}
_SCALE_MAXIMUM_NAMES = frozenset({"ratingmax", "maxrating", "outof"})
_CHOICES = {"kind": get_args(Kind), "voice": get_args(Voice)}
_NOT_BY_NAME = frozenset({"other"})
"""Fields whose name means something else in most files."""
_LONGEST_SHOWN_NAME = 40
_MOST_SHOWN_NAMES = 50
_SURVEY_SCORES = {"nps", "csat", "ces", "nki_satisfaction", "nki_expectation", "nki_ideal"}
_COMMENT_WORDS = frozenset(
    {
        "comment", "comments", "feedback", "verbatim", "kommentar", "kommentarer", "fritext", "fritextsvar",
        "fritekst", "kommentti", "palaute", "vapaateksti",
    }
)  # fmt: skip
"""A survey's column with one of these in its name and sentences in its cells is a further comment."""
_BY_LAST_WORDS = frozenset({"text", "title", "stars", "nps", "csat", "ces", "published_at", "language"})
"""What these words mean wherever they stand; a nested `product.id` is no id of a mention."""
_USUAL_SCALES = ((1, 5), (1, 7), (1, 10), (0, 10), (0, 100))

Sample = Sequence[Mapping[str, Any]]


def find_columns(
    names: Sequence[str],
    sample: Sample,
    *,
    mapped: Mapping[str, Mapped],
    fixed: Mapping[str, str],
    file_name: str,
    has_scores: bool = False,
    ready: Mapping[str, Mapped] = MappingProxyType({}),
    asked: Mapping[str, str] = MappingProxyType({}),
    passed_over: Collection[str] = (),
    command: str | None = None,
) -> Columns:
    """Return which column fills which field: told ones first, then ready ones, the rest by usual names and questions.

    Args:
        names: The file's columns.
        sample: Some of its rows, to tell the scale of a rating and the order of dates.
        mapped: What `--map` said.
        fixed: What `--set` said.
        file_name: For messages.
        has_scores: Its rows bring ratings in our own form, so that it need not have a text.
        ready: What a ready mapping says.
        asked: Column -> field that its question asks for.
        passed_over: Columns that nothing but `--map` uses.
        command: As it was given; suggestions are added to it.

    Raises:
        SourceUnreadableError: A told column is not there, no column holds a text or a score, or a rating's scale or
            the order of dates cannot be told; the message lists the columns and suggests a command.
    """
    for field, one in mapped.items():
        if one.column not in names:
            message = f"--map {field}={one.column}: {file_name} has no such column. It has: {_listed(names)}."
            raise SourceUnreadableError(message)
    command = command or suggest(file_name)
    scale_column = next((name for name in names if _letters(name) in _SCALE_MAXIMUM_NAMES), None)
    left = [name for name in names if name not in passed_over]
    found = {field: one for field, one in ready.items() if field not in mapped and field not in fixed} | dict(mapped)
    _add(found, _by_usual_name(left, sample), fixed)
    _add(found, _by_question(left, sample, asked), fixed)
    if "text" not in found and not has_scores:
        _add(found, _by_last_words(left, sample), fixed)
    if found.keys() & _SURVEY_SCORES:
        _add_comments(found, left, sample, asked)
    if "text" not in found and not has_scores and not any(field in RATINGS for field in found):
        raise SourceUnreadableError(_no_text(left, sample, file_name, command, found))
    for field, one in found.items():
        if field in RATINGS and one.scale is None and not (field == "stars" and scale_column):
            found[field] = replace(one, scale=_scale(field, one.column, sample, file_name, command))
        if field == "published_at" and one.order is None:
            found[field] = _ordered(one, sample, file_name, command)
    used = {scale_column, *(one.column for one in found.values())}
    return Columns(found, dict(fixed), scale_column, tuple(name for name in names if name not in used))


def _add(found: dict[str, Mapped], more: Iterable[tuple[str, str]], fixed: Mapping[str, str]) -> None:
    """Let columns fill fields that nothing fills yet."""
    for field, name in more:
        if field not in found and field not in fixed and name not in {one.column for one in found.values()}:
            found[field] = Mapped(name)


def _add_comments(found: dict[str, Mapped], names: Sequence[str], sample: Sample, asked: Mapping[str, str]) -> None:
    """Let a survey's further columns of free text be further comments."""
    for name in names:
        is_taken = name in {one.column for one in found.values()}
        if is_taken or not (asked.get(name) == "text" or _COMMENT_WORDS & set(_words(name))):
            continue
        values = [value for row in sample if isinstance(value := row.get(name), str) and value.strip()]
        if any(" " in value.strip() for value in values):
            field = f"{COMMENT}{_slug(name)}"
            while field in found:
                field = f"{field[:LONGEST_FREE_NAME]}_"
            found["text" if "text" not in found else field] = Mapped(name)


def _by_question(names: Sequence[str], sample: Sample, asked: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Give (field, column) for columns whose question says what was answered, and whose cells agree."""
    for name in names:
        field = asked.get(name, "")
        if field == "text" or (field in RATINGS and _numbers([row.get(name) for row in sample])):
            yield field, name


def _by_last_words(names: Sequence[str], sample: Sample) -> Iterator[tuple[str, str]]:
    """Give (field, column) for nested columns and those of two header lines, where one alone ends like a usual name."""
    ends = {name: _letters(name.rpartition(BETWEEN_HEADINGS)[2].rpartition(".")[2]) for name in names}
    fields = {
        name: field
        for name, end in ends.items()
        if (field := _FIELD_OF_NAME.get(end)) and (field in _BY_LAST_WORDS or BETWEEN_HEADINGS in name)
    }
    counts = Counter(fields.values())
    for name, field in fields.items():
        if counts[field] == 1 and (field not in RATINGS or _numbers([row.get(name) for row in sample])):
            yield field, name


def _words(name: str) -> list[str]:
    return "".join(character if character.isalnum() else " " for character in name.casefold()).split()


def _slug(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = "_".join("".join(character if character.isalnum() else " " for character in plain).split())
    return (slug if slug[:1].isalpha() else f"c_{slug}")[:LONGEST_FREE_NAME].rstrip("_")


def _by_usual_name(names: Sequence[str], sample: Sample) -> Iterator[tuple[str, str]]:
    """Give (field, column) for columns whose name and values say what they hold."""
    for name in names:
        field = name if name in SETTABLE else _FIELD_OF_NAME.get(_letters(name), "")
        if not field or field in _NOT_BY_NAME:
            continue
        values = [value for row in sample if (value := row.get(name)) not in (None, "")]
        if field in _CHOICES and not all(value in _CHOICES[field] for value in values):
            continue  # a "kind" of seat or lounge is no kind of mention
        if field in RATINGS and values and not _numbers(values):
            continue
        yield field, name


def _letters(name: str) -> str:
    return "".join(character for character in name.lower() if character.isalnum())


def _numbers(values: Sequence[Any]) -> list[float]:
    numbers = []
    for value in values:
        try:
            numbers.append(read_number(read_score(value)))
        except ValueError:
            continue
    return numbers


def _scale(field: str, column: str, sample: Sample, file_name: str, command: str) -> tuple[float, float]:
    if field == "nps":
        return 0.0, 10.0
    values = _numbers([row.get(column) for row in sample])
    if values and min(values) >= 1 and max(values) <= 5:
        return 1.0, 5.0
    if values and min(values) >= 1 and 5 < max(values) <= 10 and field == "stars":
        return 1.0, 10.0
    fits = (scale for scale in _USUAL_SCALES if values and scale[0] <= min(values) and max(values) <= scale[1])
    lowest, highest = next(fits, _USUAL_SCALES[0])
    suggestion = _with_map(command, f"{field}={column}:{lowest}-{highest}")
    message = f"{file_name}: the scale of column {column!r} cannot be told. Say it, as in: {suggestion}"
    raise SourceUnreadableError(message)


def _ordered(one: Mapped, sample: Sample, file_name: str, command: str) -> Mapped:
    order = date_order(str(row.get(one.column) or "") for row in sample)
    if order == "unclear":
        message = (
            f"{file_name}: dates of column {one.column!r} may be day/month or month/day. "
            f"Say which: {_with_map(command, f'published_at={one.column}:dmy')} "
            f"or {_with_map(command, f'published_at={one.column}:mdy')}"
        )
        raise SourceUnreadableError(message)
    return replace(one, order=order)


def _no_text(names: Sequence[str], sample: Sample, file_name: str, command: str, found: Mapping[str, Mapped]) -> str:
    taken = {one.column for one in found.values()}
    lengths = {name: sum(len(str(row.get(name) or "")) for row in sample) for name in names if name not in taken}
    likely = max(lengths, key=lambda name: lengths[name], default="COLUMN")
    return (
        f"{file_name}: no column is known to hold the text. Its columns: {_listed(names)}. "
        f"Try: {_with_map(command, f'text={likely}')} --preview"
    )


def _with_map(command: str, mapping: str) -> str:
    return f"{command} --map {quoted(mapping)}"


def _listed(names: Sequence[str]) -> str:
    shown = [
        name if len(name) <= _LONGEST_SHOWN_NAME else f"{name[:_LONGEST_SHOWN_NAME]}..."
        for name in names[:_MOST_SHOWN_NAMES]
    ]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")
