"""Mapping: what `--map` and `--set` say, and how a row fills the fields of a raw record by it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast, get_args

import regex

from ingest.formats.row import is_blank
from ingest.scores import read_score
from ingest.times import DateOrder
from textcx.errors import ConfigError
from textcx.mention import RatingMeasure

RATINGS: tuple[str, ...] = get_args(RatingMeasure)
_ALIASES = {"rating": "stars", "date": "published_at", "lang": "language"}
_SUBJECT = ("product", "location", "country", "app_version")
_ENGAGEMENT = ("likes", "replies", "reposts", "views")
_PLAIN = ("text", "title", "published_at", "author", "brand", "language", "source", "kind", "voice", "url")
_LINKS = ("reply_to", "thread", "repost_of")
_BY_ITSELF = frozenset({"id", *_PLAIN, *_LINKS})
SETTABLE = _BY_ITSELF | {*_SUBJECT, *_ENGAGEMENT, *RATINGS}
LONGEST_FREE_NAME = 40
_FREE = regex.compile(rf"(?:attr|comment)\.[a-z][a-z0-9_]{{0,{LONGEST_FREE_NAME - 1}}}")
COMMENT = "comment."
"""Begins the fields of a survey answer's further comments: each becomes a mention that replies to the answer."""
_SCALE = regex.compile(r"(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A field filled from a column.

    Attributes:
        column: The column's name.
        scale: Lowest and highest, for a rating.
        order: For a date written with slashes or hyphens.
    """

    column: str
    scale: tuple[float, float] | None = None
    order: DateOrder | None = None


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
        ConfigError: An argument is not of that form, names no field, or a field that another has named.

    Example:
        >>> read_map(["rating=Betyg:1-5"])["stars"].scale
        (1.0, 5.0)
    """
    mapped: dict[str, Mapped] = {}
    for argument in arguments:
        field, equals, rest = argument.partition("=")
        if not equals or not rest:
            raise ConfigError(f"--map {argument}: write it as FIELD=COLUMN, for example --map text=Comment.")
        field = _field(field, "--map")
        if field in mapped:
            raise ConfigError(f"--map {argument}: {field} is already filled from column {mapped[field].column!r}.")
        column, colon, suffix = rest.rpartition(":")
        if colon and (scale := _SCALE.fullmatch(suffix)) and field in RATINGS:
            mapped[field] = Mapped(column, scale=(float(scale[1]), float(scale[2])))
        elif colon and suffix in get_args(DateOrder) and field == "published_at":
            mapped[field] = Mapped(column, order=cast(DateOrder, suffix))
        else:
            mapped[field] = Mapped(rest)
    return mapped


def read_fixed(arguments: Iterable[str]) -> dict[str, str]:
    """Return what `--set FIELD=VALUE` says.

    Raises:
        ConfigError: An argument is not of that form, or names no field or one that differs from row to row.
    """
    fixed = {}
    for argument in arguments:
        field, equals, value = argument.partition("=")
        if not equals or not value:
            raise ConfigError(f"--set {argument}: write it as FIELD=VALUE, for example --set brand=Acme.")
        field = _field(field, "--set")
        if field in RATINGS:
            raise ConfigError(f"--set {argument}: a rating differs from row to row; use --map {field}=COLUMN:1-5.")
        if field in ("id", "text") or field.startswith(COMMENT):
            raise ConfigError(f"--set {argument}: {field} differs from row to row; use --map {field}=COLUMN.")
        fixed[field] = value
    return fixed


def fields_of(cells: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    """Return a row's fields under the names of a raw record; `id` among them if there is one."""
    fields: dict[str, Any] = {}
    groups: dict[str, dict[str, Any]] = {"subject": {}, "engagement": {}, "attributes": {}}
    ratings: list[dict[str, Any]] = []
    mapped, fixed = columns.mapped, columns.fixed
    for field in (*fixed, *mapped):
        value: Any = fixed.get(field)
        if field in mapped:
            cell = cells.get(mapped[field].column)
            value = value if is_blank(cell) else cell
        if value is None:
            continue
        if field in _BY_ITSELF:
            fields[field] = value.strip() if isinstance(value, str) and field != "text" else value
        elif field in RATINGS:
            ratings.append(_rating(field, value, cells, columns))
        elif field in _SUBJECT:
            groups["subject"][field] = str(value).strip()
        elif field in _ENGAGEMENT:
            groups["engagement"][field] = value.strip() if isinstance(value, str) else value
        elif field.startswith("attr."):
            groups["attributes"][field.removeprefix("attr.")] = str(value).strip()
    if ratings:
        fields["ratings"] = ratings
    return fields | {name: group for name, group in groups.items() if group}


def comments_of(cells: Mapping[str, Any], columns: Columns) -> Iterator[tuple[str, str, Any]]:
    """Give the further comments of a row: name, column and what was written."""
    for field, one in columns.mapped.items():
        if field.startswith(COMMENT) and not is_blank(cells.get(one.column)):
            yield field.removeprefix(COMMENT), one.column, cells[one.column]


def _rating(field: str, value: Any, cells: Mapping[str, Any], columns: Columns) -> dict[str, Any]:
    scale = columns.mapped[field].scale
    value = read_score(value, highest=scale[1] if scale else None)
    if scale is None and columns.scale_column:
        return {"measure": field, "value": value, "lowest": 1, "highest": cells.get(columns.scale_column)}
    lowest, highest = scale or (None, None)
    return {"measure": field, "value": value, "lowest": lowest, "highest": highest}


def _field(name: str, flag: str) -> str:
    name = _ALIASES.get(name, name)
    if name not in SETTABLE and not _FREE.fullmatch(name):
        known = ", ".join(sorted(SETTABLE))
        raise ConfigError(f"{flag} {name}: there is no such field. Fields: {known}, attr.NAME, comment.NAME.")
    return name
