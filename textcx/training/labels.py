"""Labels: our own labels of texts that lie in public data sets; a text is named by its id and stays where it is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from textcx.errors import ConfigError
from textcx.training.rows import Row
from textcx.training.sources import SENTIMENT, DataSets

FOLDER = "labels"
_FIELDS = frozenset({"id", "overall", "touchpoints", "emotions", "signals"})
Labels = Mapping[str, Mapping[str, Any]]
"""By id of a text, what it is labelled with."""


def read_labels(folder: Path) -> Labels:
    """Return the labels of all `*.jsonl` of a folder; none where there is no folder.

    Raises:
        ConfigError: A line holds no id, lacks a label, holds more (such as a text), or labels a text again.
    """
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            if not line.strip():
                continue
            place = f"Line {number} of {path.name}"
            try:
                labels = orjson.loads(line)
            except orjson.JSONDecodeError as error:
                raise ConfigError(f"{place} is no JSON: {error}.") from error
            if not isinstance(labels, dict) or not isinstance(labels.get("id"), str):
                raise ConfigError(f"{place} names no text; `id` is that of a row of a data set.")
            if other := sorted(labels.keys() ^ _FIELDS):
                missing = "lacks" if other[0] in _FIELDS else "may not hold"
                raise ConfigError(
                    f"{place} {missing} `{other[0]}`; it holds an id and all four labels, and nothing else."
                )
            if labels["id"] in found:
                raise ConfigError(f"{place} labels {labels['id']} again.")
            found[labels["id"]] = labels
    return found


def labelled_rows(labels: Labels, sets: DataSets) -> list[Row]:
    """Return the texts of training parts that have labels, with these; a text whose set is not read is left out.

    Raises:
        ConfigError: A file holds what is no labelled text.
    """
    wanted = {name.partition(":")[0] for name in labels}
    sources = [source for source in SENTIMENT if source.name.partition("/")[0] in wanted]
    return [row for source in sources for row in sets.read(source, "train", labels=labels)]
