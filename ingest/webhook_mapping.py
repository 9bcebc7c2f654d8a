"""Webhook mapping: what a sender's deliveries mean, as a file of `configs/webhooks/` or of your own says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ingest.mapping import COMMENT, Columns, Mapped, read_fixed, read_map
from ingest.nested import flat
from ingest.ready_mapping import Ready
from textcx.errors import ConfigError

_LARGEST_BYTES = 65_536
_NPS_SCALE = (0.0, 10.0)
Signature = Literal["standard", "typeform", "address"]


class Choice(BaseModel):
    """Which deliveries are meant: those whose value at a path is one of some."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    values: tuple[str, ...]

    def holds(self, event: Any) -> bool:
        """Say whether an event is one of them."""
        return str(at(event, self.path)) in self.values


class Answers(BaseModel):
    """Where the answers of a survey lie.

    Attributes:
        path: Of a list of answers, or of an object that has them by name.
        name: In a list: path of an answer's name.
        values: In a list: paths at which an answer's value may lie; what lies elsewhere is not taken.
        words: Those of them that hold words in people's own writing.
        questions: Path of the list of questions, `question_name` and `question_title` in each.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    name: str = ""
    values: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    questions: str | None = None
    question_name: str = "id"
    question_title: str = "title"


class WebhookMapping(BaseModel):
    """What a sender's deliveries mean.

    Attributes:
        title: For people.
        made_by: How somebody lets them be sent.
        signature: How they are signed; "address" for senders that sign nothing.
        delivery: Path of an id of the delivery, where the signature has none.
        events: Path of the list of events; without it the body is one, or a list of them.
        taken: Which events are records; without it all.
        gone: Which events say that a record is gone.
        source_kind: As in `RawRecord`.
        scope: As in `RawRecord`; a path, or fixed where it begins with "=".
        id: Path of the record's id.
        fields: Field -> path, written as for `--map`.
        fixed: As for `--set`.
        answers: Of a survey.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    made_by: str
    signature: Signature = "standard"
    delivery: str | None = None
    events: str | None = None
    taken: Choice | None = None
    gone: Choice | None = None
    source_kind: str = "webhook"
    scope: str
    id: str
    fields: Mapping[str, str] = Field(default_factory=dict)
    fixed: Mapping[str, str] = Field(default_factory=dict)
    answers: Answers | None = None

    def events_of(self, body: Any) -> list[Any]:
        """Return the events of a delivery."""
        found = body if self.events is None else at(body, self.events)
        return found if isinstance(found, list) else [found] if isinstance(found, dict) else []

    def scope_of(self, event: Any) -> str:
        """Return the scope of an event's record."""
        return self.scope[1:] if self.scope.startswith("=") else str(at(event, self.scope) or "")


@dataclass(frozen=True, slots=True)
class Told:
    """What an event tells.

    Attributes:
        cells: Values by path, and answers by their names.
        columns: Which of them fill which fields.
        questions: Name of an answer -> what was asked.
    """

    cells: Mapping[str, Any]
    columns: Columns
    questions: Mapping[str, str]


def told_by(
    event: Mapping[str, Any],
    mapping: WebhookMapping,
    *,
    mapped: Mapping[str, Mapped],
    fixed: Mapping[str, str],
    ready: Ready,
) -> Told:
    """Return what an event tells; answers that nobody named are found by their question, words by being words."""
    cells = flat(dict(event))
    names: dict[str, bool] = {}
    for name, value, is_words in _answers(event, mapping.answers):
        cells[name] = value
        names[name] = is_words
    questions = _questions(event, mapping.answers)
    found = read_map(f"{field}={path}" for field, path in mapping.fields.items()) | dict(mapped)
    left = {name: is_words for name, is_words in names.items() if name not in {one.column for one in found.values()}}
    for name, is_words in left.items():
        asked = ready.field_asked(questions.get(name, ""))
        if asked == "nps" and "nps" not in found and not is_words:
            found["nps"] = Mapped(name, scale=_NPS_SCALE)
        elif is_words and "text" not in found:
            found["text"] = Mapped(name)
        elif is_words:
            found[f"{COMMENT}{name}"] = Mapped(name)
    return Told(cells, Columns(found, {**read_fixed(f"{k}={v}" for k, v in mapping.fixed.items()), **fixed}), questions)


def read_webhook_mapping(name: str, folder: Path) -> WebhookMapping:
    """Return the mapping of a name in a folder, or of a file of somebody's own.

    Raises:
        ConfigError: There is none, or it says something that cannot be used.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else folder / f"{name}.yaml"
    known = ", ".join(sorted(one.stem for one in folder.glob("*.yaml")))
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ConfigError(f"{path} is larger than {_LARGEST_BYTES} bytes.")
        mapping = WebhookMapping.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise ConfigError(f"There is no mapping {name!r}. Ready are: {known}; or name a file of your own.") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path} cannot be read as YAML.") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise ConfigError(f"{path}: {'.'.join(map(str, first['loc'])) or 'it'}: {first['msg']}.") from None
    read_map(f"{field}={where}" for field, where in mapping.fields.items())
    read_fixed(f"{field}={value}" for field, value in mapping.fixed.items())
    return mapping


def at(value: Any, path: str) -> Any:
    """Return what lies at a path of names, or None.

    Example:
        >>> at({"form": {"id": 7}}, "form.id"), at({"form": None}, "form.id")
        (7, None)
    """
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _answers(event: Any, answers: Answers | None) -> Iterator[tuple[str, Any, bool]]:
    found = at(event, answers.path) if answers else None
    if answers is None or found is None:
        return
    if isinstance(found, Mapping):
        yield from ((str(name), value, False) for name, value in found.items() if not isinstance(value, dict | list))
        return
    for one in found if isinstance(found, list) else ():
        name = at(one, answers.name)
        value, path = next(((got, path) for path in answers.values if (got := at(one, path)) is not None), (None, ""))
        if name is not None and value is not None:
            words = ", ".join(map(str, value)) if isinstance(value, list) else value
            yield str(name), words, path in answers.words


def _questions(event: Any, answers: Answers | None) -> dict[str, str]:
    listed = at(event, answers.questions) if answers and answers.questions else None
    if answers is None or not isinstance(listed, list):
        return {}
    pairs = ((at(one, answers.question_name), at(one, answers.question_title)) for one in listed)
    return {str(name): str(title) for name, title in pairs if name is not None and title}
