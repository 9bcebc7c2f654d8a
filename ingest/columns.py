"""Columns: which column of a file fills which field, told by `--map` and `--set` or found by its usual name."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from ingest.mapping import RATINGS, SETTABLE, Columns, Mapped
from ingest.normalize import read_number
from ingest.times import date_order
from textcx.errors import SourceUnreadableError
from textcx.mention import Kind, Voice

_USUAL_NAMES: Mapping[str, str] = {
    "id": "id reviewid responseid commentid mentionid svarsid uuid tunniste vastausid",
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

Sample = Sequence[Mapping[str, Any]]


def find_columns(
    names: Sequence[str],
    sample: Sample,
    *,
    mapped: Mapping[str, Mapped],
    fixed: Mapping[str, str],
    file_name: str,
    has_scores: bool = False,
) -> Columns:
    """Return which column fills which field: told ones first, the rest by their usual names.

    Args:
        names: The file's columns.
        sample: Some of its rows, to tell the scale of a rating and the order of dates.
        mapped: What `--map` said.
        fixed: What `--set` said.
        file_name: For messages.
        has_scores: Its rows bring ratings in our own form, so that it need not have a text.

    Raises:
        SourceUnreadableError: A told column is not there, no column holds a text or a score, or a rating's scale or
            the order of dates cannot be told; the message lists the columns and suggests a command.
    """
    for field, one in mapped.items():
        if one.column not in names:
            message = f"--map {field}={one.column}: {file_name} has no such column. It has: {_listed(names)}."
            raise SourceUnreadableError(message)
    scale_column = next((name for name in names if _letters(name) in _SCALE_MAXIMUM_NAMES), None)
    found = dict(mapped)
    for field, name in _by_usual_name(names, sample):
        taken = {one.column for one in found.values()}
        if field not in found and field not in fixed and name not in taken:
            found[field] = Mapped(name)
    if "text" not in found and not has_scores and not any(field in RATINGS for field in found):
        raise SourceUnreadableError(_no_text(names, sample, file_name))
    for field, one in found.items():
        if field in RATINGS and one.scale is None and not (field == "stars" and scale_column):
            found[field] = replace(one, scale=_scale(field, one.column, sample, file_name))
        if field == "published_at" and one.order is None:
            found[field] = _ordered(one, sample, file_name)
    used = {scale_column, *(one.column for one in found.values())}
    return Columns(found, dict(fixed), scale_column, tuple(name for name in names if name not in used))


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
            numbers.append(read_number(value))
        except ValueError:
            continue
    return numbers


def _scale(field: str, column: str, sample: Sample, file_name: str) -> tuple[float, float]:
    if field == "nps":
        return 0.0, 10.0
    values = _numbers([row.get(column) for row in sample])
    if values and min(values) >= 1 and max(values) <= 5:
        return 1.0, 5.0
    if values and min(values) >= 1 and 5 < max(values) <= 10 and field == "stars":
        return 1.0, 10.0
    message = f"{file_name}: the scale of column {column!r} cannot be told. Say it: " + _command(
        file_name, f"{field}={column}:1-5"
    )
    raise SourceUnreadableError(message)


def _ordered(one: Mapped, sample: Sample, file_name: str) -> Mapped:
    order = date_order(str(row.get(one.column) or "") for row in sample)
    if order == "unclear":
        message = (
            f"{file_name}: dates of column {one.column!r} may be day/month or month/day. Say which, dmy or mdy: "
            + _command(file_name, f"published_at={one.column}:dmy")
        )
        raise SourceUnreadableError(message)
    return replace(one, order=order)


def _no_text(names: Sequence[str], sample: Sample, file_name: str) -> str:
    lengths = {name: sum(len(str(row.get(name) or "")) for row in sample) for name in names}
    likely = max(lengths, key=lambda name: lengths[name], default="COLUMN")
    return (
        f"{file_name}: no column is known to hold the text. Its columns: {_listed(names)}. "
        f"Try: {_command(file_name, f'text={likely}')} --preview"
    )


def _command(file_name: str, mapping: str) -> str:
    return f"textcx ingest {shlex.quote(file_name)} --map {shlex.quote(mapping)}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name if len(name) <= _LONGEST_SHOWN_NAME else f"{name[:_LONGEST_SHOWN_NAME]}..." for name in names)
