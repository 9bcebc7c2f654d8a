"""Columns: which column of a file fills which field, found by its name or told by `--map` and `--set`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, get_args

import regex

from ingest.normalize import read_number
from textcx.errors import ConfigError, SourceUnreadableError
from textcx.mention import RatingMeasure

RATINGS = get_args(RatingMeasure)
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
_ALIASES = {"rating": "stars", "date": "published_at", "lang": "language"}
_SUBJECT = ("product", "location", "country", "app_version")
_ENGAGEMENT = ("likes", "replies", "reposts", "views")
_PLAIN = ("text", "title", "published_at", "author", "brand", "language", "source", "kind", "voice", "url")
_LINKS = ("reply_to", "thread", "repost_of")
SETTABLE = frozenset({"id", *_PLAIN, *_LINKS, *_SUBJECT, *_ENGAGEMENT, *RATINGS})
_ATTRIBUTE = regex.compile(r"attr\.[a-z][a-z0-9_]{0,39}")
_SCALE = regex.compile(r"(-?\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)")
_DATE_ORDERS = ("dmy", "mdy")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A field filled from a column.

    Attributes:
        column: The column's name.
        scale: Lowest and highest, for a rating.
        order: "dmy" or "mdy", for a date written with slashes.
    """

    column: str
    scale: tuple[float, float] | None = None
    order: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column fills which field, and what is the same for all rows.

    Attributes:
        mapped: Field -> column.
        fixed: Field -> value for each row that has none of its own.
        scale_column: A column that holds the highest value of the stars scale, or None.
        unused: Columns that fill nothing.
    """

    mapped: Mapping[str, Mapped]
    fixed: Mapping[str, str]
    scale_column: str | None = None
    unused: tuple[str, ...] = ()


def read_map(arguments: Iterable[str]) -> dict[str, Mapped]:
    """Return what `--map FIELD=COLUMN[:SCALE]` says.

    Raises:
        ConfigError: An argument is not of that form, or names no field.

    Example:
        >>> read_map(["rating=Betyg:1-5"])["stars"].scale
        (1.0, 5.0)
    """
    mapped = {}
    for argument in arguments:
        field, equals, rest = argument.partition("=")
        if not equals or not rest:
            raise ConfigError(f"--map {argument}: write it as FIELD=COLUMN, for example --map text=Comment.")
        field = _field(field, "--map")
        column, colon, suffix = rest.rpartition(":")
        if colon and (scale := _SCALE.fullmatch(suffix)) and field in RATINGS:
            mapped[field] = Mapped(column, scale=(float(scale[1]), float(scale[2])))
        elif colon and suffix in _DATE_ORDERS and field == "published_at":
            mapped[field] = Mapped(column, order=suffix)
        else:
            mapped[field] = Mapped(rest)
    return mapped


def read_fixed(arguments: Iterable[str]) -> dict[str, str]:
    """Return what `--set FIELD=VALUE` says.

    Raises:
        ConfigError: An argument is not of that form, or names no field.
    """
    fixed = {}
    for argument in arguments:
        field, equals, value = argument.partition("=")
        if not equals or not value:
            raise ConfigError(f"--set {argument}: write it as FIELD=VALUE, for example --set brand=Acme.")
        field = _field(field, "--set")
        if field in RATINGS:
            raise ConfigError(f"--set {argument}: a rating differs from row to row; use --map {field}=COLUMN:1-5.")
        fixed[field] = value
    return fixed


def find_columns(
    names: Sequence[str],
    sample: Sequence[Mapping[str, Any]],
    *,
    mapped: Mapping[str, Mapped],
    fixed: Mapping[str, str],
    file_name: str,
) -> Columns:
    """Return which column fills which field: told ones first, the rest by their usual names.

    Args:
        names: The file's columns.
        sample: Some of its rows, to tell the scale of a rating.
        mapped: What `--map` said.
        fixed: What `--set` said.
        file_name: For messages.

    Raises:
        SourceUnreadableError: A told column is not there, no column holds a text or a score, or a rating's scale
            cannot be told; the message lists the columns and suggests a command.
    """
    for field, one in mapped.items():
        if one.column not in names:
            message = f"--map {field}={one.column}: {file_name} has no such column. It has: {', '.join(names)}."
            raise SourceUnreadableError(message)
    found = dict(mapped)
    taken = {one.column for one in mapped.values()}
    scale_column = None
    for name in names:
        usual = "".join(character for character in name.lower() if character.isalnum())
        if usual in _SCALE_MAXIMUM_NAMES:
            scale_column = name
        field = name if name in SETTABLE else _FIELD_OF_NAME.get(usual, "")
        if field and field not in found and field not in fixed and name not in taken:
            found[field] = Mapped(name)
            taken.add(name)
    if "text" not in found and not any(field in RATINGS for field in found):
        raise SourceUnreadableError(_no_text(names, sample, file_name))
    for field in [field for field in found if field in RATINGS and found[field].scale is None]:
        if not (field == "stars" and scale_column):
            found[field] = replace(found[field], scale=_scale(field, found[field].column, sample, file_name))
    unused = tuple(name for name in names if name not in taken and name != scale_column)
    return Columns(found, dict(fixed), scale_column, unused)


def fields_of(cells: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    """Return a row's fields under the names of a raw record; `id` among them if there is one."""
    fields: dict[str, Any] = {}
    subject: dict[str, Any] = {}
    engagement: dict[str, Any] = {}
    attributes: dict[str, Any] = {}
    ratings: list[dict[str, Any]] = []
    for field in (*columns.fixed, *columns.mapped):
        value: Any = columns.fixed.get(field)
        if field in columns.mapped:
            cell = cells.get(columns.mapped[field].column)
            value = value if cell is None or (isinstance(cell, str) and not cell.strip()) else cell
        if value is None:
            continue
        if field in RATINGS:
            ratings.append(_rating(field, value, cells, columns))
        elif field in _SUBJECT:
            subject[field] = str(value).strip()
        elif field in _ENGAGEMENT:
            engagement[field] = int(value) if str(value).strip().isdigit() else value
        elif field.startswith("attr."):
            attributes[field.removeprefix("attr.")] = str(value).strip()
        else:
            fields[field] = value.strip() if isinstance(value, str) and field != "text" else value
    for name, group in (("ratings", ratings), ("subject", subject), ("engagement", engagement)):
        if group:
            fields[name] = group
    if attributes:
        fields["attributes"] = attributes
    return fields


def _rating(field: str, value: Any, cells: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    scale = columns.mapped[field].scale
    if scale is None and columns.scale_column:
        return {"measure": field, "value": value, "lowest": 1, "highest": cells.get(columns.scale_column)}
    lowest, highest = scale or (None, None)
    return {"measure": field, "value": value, "lowest": lowest, "highest": highest}


def _field(name: str, flag: str) -> str:
    name = _ALIASES.get(name, name)
    if name not in SETTABLE and not _ATTRIBUTE.fullmatch(name):
        known = ", ".join(sorted(SETTABLE))
        raise ConfigError(f"{flag} {name}: there is no such field. Fields: {known}, attr.NAME.")
    return name


def _scale(field: str, column: str, sample: Sequence[Mapping[str, Any]], file_name: str) -> tuple[float, float]:
    if field == "nps":
        return 0.0, 10.0
    values = []
    for row in sample:
        try:
            values.append(read_number(row.get(column)))
        except ValueError:
            continue
    if values and min(values) >= 1 and max(values) <= 5:
        return 1.0, 5.0
    if values and min(values) >= 1 and 5 < max(values) <= 10 and field == "stars":
        return 1.0, 10.0
    message = (
        f"{file_name}: the scale of column {column!r} cannot be told. Say it: "
        f"textcx ingest {file_name} --map {field}={column}:1-5"
    )
    raise SourceUnreadableError(message)


def _no_text(names: Sequence[str], sample: Sequence[Mapping[str, Any]], file_name: str) -> str:
    lengths = {name: sum(len(str(row.get(name) or "")) for row in sample) for name in names}
    likely = max(lengths, key=lambda name: lengths[name], default="COLUMN")
    return (
        f"{file_name}: no column is known to hold the text. Its columns: {', '.join(names)}. "
        f'Try: textcx ingest {file_name} --map "text={likely}" --preview'
    )
