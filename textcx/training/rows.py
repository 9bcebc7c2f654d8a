"""Rows: labelled texts as training and evaluation see them, read from the data sets by their schemas."""

import gzip
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from textcx.errors import ConfigError

_BOKMAL = {"no": "nb"}
_SCALE_LABELS = ("negative", "neutral", "positive")
_CATEGORIES = {
    "staff": "staff", "service": "staff", "food": "product", "ambience": "store", "place": "store", "price": "price",
    "menu": "assortment",
}  # fmt: skip
"""Categories of restaurants and the touchpoints they are, for sets whose categories are named so."""


@dataclass(frozen=True, slots=True)
class Row:
    """A labelled text; what a set does not label is None.

    Attributes:
        text: The text.
        language: Its language as the set says it; Norwegian that is not told apart is `nb`.
        source: The data set, or the set that a row of a mixed set was taken from.
        kind: The mention's kind where the set holds one kind only.
        sentiment: negative, neutral, positive or mixed.
        emotions: Names of those expressed; other names than our six are left out.
        touchpoints: Touchpoints and what is said of each.
        signals: Names of those given.
        recommended: Whether the writer would recommend it.
        licence: A, B or C as in the data's README.
    """

    text: str
    language: str
    source: str
    kind: str | None = None
    sentiment: str | None = None
    emotions: frozenset[str] | None = None
    touchpoints: Mapping[str, str] | None = None
    signals: frozenset[str] | None = None
    recommended: bool | None = None
    licence: str = "C"
    facts: Mapping[str, Any] = field(default_factory=dict)


def read_rows(
    path: Path,
    *,
    licence: str = "C",
    kind: str | None = None,
    labels: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Row]:
    """Return the rows of a JSON Lines file, plain or gzip.

    Args:
        path: The file.
        licence: Class of its texts.
        kind: The mention's kind, where all have one.
        labels: By id; if given, only rows with such an id are read, with these labels instead of their own.

    Raises:
        ConfigError: The file is missing or holds a line that is no labelled text.
    """
    try:
        if labels is None:
            return [_row(line, licence, kind) for line in _lines(path)]
        some = [line for line in _lines(path) if line.get("id") in labels]
        return [_row({**line, **labels[line["id"]]}, licence, kind) for line in some]
    except (OSError, EOFError, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise ConfigError(f"{path.name} cannot be read as labelled texts: {type(error).__name__} {error}") from error


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as file:
        for line in file:
            if line.strip():
                yield orjson.loads(line)


def _row(line: Mapping[str, Any], licence: str, kind: str | None) -> Row:
    source = line.get("source") or "own"
    is_written = source in ("own", "written")
    return Row(
        text=line["text"],
        language=_BOKMAL.get(line["lang"], line["lang"]),
        source=source,
        kind=line.get("kind") if is_written else kind,
        sentiment=line.get("overall") or (line.get("label") if line.get("label") in _SCALE_LABELS else None),
        emotions=_emotions(line),
        touchpoints=line.get("touchpoints") if "touchpoints" in line else _aspect_touchpoints(line),
        signals=frozenset(line["signals"]) if "signals" in line else None,
        recommended={"yes": True, "no": False}.get(str(line.get("recommended", "")).lower()),
        licence="A" if is_written else licence,
        facts={name: line[name] for name in ("reason", "aspect_ratings", "domain", "aspects") if line.get(name)},
    )


def _emotions(line: Mapping[str, Any]) -> frozenset[str] | None:
    for name in ("emotions", "ekman", "labels"):
        if name in line:
            return frozenset(line[name])
    return None


def _aspect_touchpoints(line: Mapping[str, Any]) -> dict[str, str] | None:
    """Return touchpoints of a set with aspect categories; two opinions of one touchpoint are mixed."""
    aspects = line.get("aspects")
    if aspects is None:
        return None
    found: dict[str, set[str]] = {}
    for aspect in aspects:
        touchpoint = _CATEGORIES.get(aspect.get("category") or "")
        if touchpoint and aspect.get("polarity"):
            found.setdefault(touchpoint, set()).add(aspect["polarity"])
    return {name: _joined(polarities) for name, polarities in found.items()}


def _joined(polarities: set[str]) -> str:
    if len(polarities) == 1:
        return next(iter(polarities))
    strong = polarities - {"neutral"}
    return next(iter(strong)) if len(strong) == 1 else "mixed"
