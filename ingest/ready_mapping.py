"""Ready mappings: what columns of known exports mean, and how survey questions sound; data of `configs/mappings/`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import regex
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from ingest.mapping import Mapped, read_fixed, read_map
from textcx.errors import ConfigError, UnknownNameError

_QUESTIONS = "questions"
_LONGEST_QUESTION = 400


class ReadyMapping(BaseModel):
    """The columns of one kind of export.

    Attributes:
        title: Its name for people.
        made_by: How such a file is made.
        recognized_by: Columns that all are there in such a file and, together, in no other.
        fields: Field -> columns as in `--map`, the first that is there.
        fixed: As in `--set`.
        not_used: Columns that no suggestion names, most of them about a person.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    made_by: str
    recognized_by: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    fixed: Mapping[str, str] = {}
    not_used: tuple[str, ...] = ()

    def mapped(self, names: Sequence[str]) -> dict[str, Mapped]:
        """Return which of a file's columns fill which fields."""
        found: dict[str, Mapped] = {}
        for field, columns in self.fields.items():
            told = [read_map([f"{field}={column}"]) for column in columns]
            there = (one for one in told if next(iter(one.values())).column in names)
            found |= next(there, {})
        return found


@dataclass(frozen=True, slots=True)
class Ready:
    """All ready mappings by name, and the questions by which columns of surveys are known."""

    mappings: Mapping[str, ReadyMapping]
    questions: tuple[tuple[str, "regex.Pattern[str]"], ...]

    def choose(self, name: str | None, names: Sequence[str]) -> ReadyMapping | None:
        """Return the mapping of this name, or else the one whose columns are there, or None.

        Raises:
            UnknownNameError: There is no mapping of this name.
        """
        if name is not None:
            if name not in self.mappings:
                raise UnknownNameError("mapping", name, self.mappings)
            return self.mappings[name]
        fitting = [one for one in self.mappings.values() if set(one.recognized_by) <= set(names)]
        return max(fitting, key=lambda one: len(one.recognized_by), default=None)

    def field_asked(self, question: str) -> str | None:
        """Return the field that a question's answer fills, or None where its words do not say."""
        words = " ".join(question.casefold().split())[:_LONGEST_QUESTION]
        return next((field for field, pattern in self.questions if pattern.search(words)), None)


NONE_READY = Ready({}, ())


@cache
def read_ready(folder: Path) -> Ready:
    """Return what a folder of mappings holds.

    Raises:
        ConfigError: A file of it is not of the form that its README states.
    """
    mappings: dict[str, ReadyMapping] = {}
    questions: list[tuple[str, regex.Pattern[str]]] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
            if path.stem == _QUESTIONS:
                for field, patterns in content.items():
                    questions += [(field, regex.compile(pattern)) for pattern in patterns]
                continue
            mapping = ReadyMapping.model_validate(content)
            mapping.mapped([])
            read_fixed(f"{field}={value}" for field, value in mapping.fixed.items())
            mappings[path.stem] = mapping
        except (yaml.YAMLError, regex.error, ValidationError, ConfigError, AttributeError, TypeError) as error:
            raise ConfigError(f"{path.name}: {error}") from error
    return Ready(mappings, tuple(questions))
