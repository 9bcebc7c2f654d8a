"""OwnFile: labelled texts of one's own, to be scored like the public sets; JSON Lines, or CSV with a header.

A line has `text`, and of `lang kind sentiment emotions signals touchpoints recommended` what somebody judged. In CSV
several names stand with blanks or commas between them, and touchpoints as `delivery:negative price:positive`.
"""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import orjson
from pydantic import BeforeValidator, Field, ValidationError

from textcx.annotation import EmotionName, Polarity, SignalName
from textcx.errors import ConfigError
from textcx.mention import Frozen, Kind
from textcx.training.rows import Row
from textcx.validation import first_fault

_DELIMITERS = {".csv": (",", ";"), ".tsv": ("\t",)}


def _names(value: Any) -> Any:
    return value.replace(",", " ").split() if isinstance(value, str) else value


def _pairs(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return {one.partition(":")[0]: one.partition(":")[2] for one in _names(value)}


class Labelled(Frozen):
    """A line; what nobody judged is left out, and an empty list says that there is none."""

    text: str = Field(min_length=1)
    lang: str = ""
    kind: Kind | None = None
    sentiment: Polarity | None = None
    emotions: Annotated[frozenset[EmotionName] | None, BeforeValidator(_names)] = None
    signals: Annotated[frozenset[SignalName] | None, BeforeValidator(_names)] = None
    touchpoints: Annotated[Mapping[str, Polarity] | None, BeforeValidator(_pairs)] = None
    recommended: bool | None = None


def read_own(path: Path) -> list[Row]:
    """Return the rows of a file.

    Raises:
        ConfigError: It cannot be read, or a line is wrong; the message names line and field, and no word of the text.
    """
    try:
        lines = list(_of_table(path) if path.suffix.lower() in _DELIMITERS else _of_json(path))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or "it is no text in UTF-8"
        raise ConfigError(f"{path} cannot be read: {reason}.") from error
    if not lines:
        raise ConfigError(f"{path} holds no labelled texts.")
    return lines


def _of_json(path: Path) -> Iterator[Row]:
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").split("\n"), start=1):
        if line.strip():
            try:
                found = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise ConfigError(f"{path.name}, line {number}: no JSON; each line is an object.") from error
            yield _row(path, number, found)


def _of_table(path: Path) -> Iterator[Row]:
    text = path.read_text(encoding="utf-8-sig")
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS[path.suffix.lower()], key=header.count)
    for number, line in enumerate(csv.DictReader(text.splitlines(keepends=True), delimiter=delimiter), start=2):
        yield _row(path, number, {name: value for name, value in line.items() if value})


def _row(path: Path, number: int, line: Any) -> Row:
    try:
        one = Labelled.model_validate(line)
    except ValidationError as error:
        raise ConfigError(f"{path.name}, line {number}: {first_fault(error)}.") from None
    return Row(
        text=one.text,
        language="nb" if one.lang == "no" else one.lang,
        source=path.name,
        kind=one.kind,
        sentiment=one.sentiment,
        emotions=one.emotions,
        touchpoints=one.touchpoints,
        signals=one.signals,
        recommended=one.recommended,
    )
