"""A taxonomy file as it stands on disk, with what it extends folded in.

Only the shape is judged here: keys, types, files. What the entries say is judged in `taxonomy_rules`.
The notation is explained at the top of `configs/touchpoints/generic.yaml`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import Field, ValidationError

from textcx.errors import TaxonomyError
from textcx.mention import Frozen
from textcx.safe_yaml import SafeLoader

Words = Mapping[str, tuple[Annotated[str, Field(min_length=1, max_length=100)], ...]]
"""By language: terms, phrases or examples."""
_KEPT_FILES = 8


class Addition(Frozen):
    """What an extending file adds to a touchpoint that it did not define."""

    terms: Words = Field(default_factory=dict)
    except_: Words = Field(default_factory=dict, alias="except")
    examples: Words = Field(default_factory=dict)


class Entry(Addition):
    """A touchpoint as written. A child without a stage takes its parent's."""

    id: str
    stage: str | None = None
    label: Mapping[str, Annotated[str, Field(min_length=1)]]
    parent: str | None = None


class _File(Frozen):
    name: Annotated[str, Field(min_length=1)]
    version: Annotated[str, Field(min_length=1)]
    extends: str | None = None
    stages: tuple[str, ...] = ()
    move: Mapping[str, str] = Field(default_factory=dict)
    add: Mapping[str, Addition] = Field(default_factory=dict)
    touchpoints: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A taxonomy put together from its files, before its rules are checked.

    Attributes:
        file: Name of the file read, for messages.
        name: The taxonomy's name.
        version: The version its author gave it.
        stages: The stages of the journey in order.
        entries: Its touchpoints, those it extends first.
    """

    file: str
    name: str
    version: str
    stages: tuple[str, ...]
    entries: tuple[Entry, ...]


def read_draft(path: Path, *, folder: Path) -> Draft:
    """Return the taxonomy of a file with what it extends.

    Args:
        path: The file.
        folder: Where a taxonomy is looked for that does not lie beside the file.

    Raises:
        TaxonomyError: A file cannot be read, has an unknown key or a value of the wrong type, extends in a circle,
            or moves or adds to a touchpoint that is not there.
    """
    return _read(path, folder=folder, below=())


def _read(path: Path, *, folder: Path, below: tuple[Path, ...]) -> Draft:
    if path.resolve() in below:
        raise TaxonomyError(f"{path.name}: extends: the files extend each other in a circle; take one `extends` away.")
    written = _parse(path)
    if written.extends is None:
        if written.move or written.add:
            raise TaxonomyError(f"{path.name}: move, add: they need `extends: NAME` to say what they change.")
        return Draft(path.name, written.name, written.version, written.stages, written.touchpoints)
    base_path = _find_base(path, written.extends, folder)
    base = _read(base_path, folder=folder, below=(*below, path.resolve()))
    _check_names(path.name, written, base)
    stages = written.stages or base.stages
    entries = tuple(_changed(entry, written) for entry in base.entries)
    return Draft(path.name, written.name, written.version, stages, (*entries, *written.touchpoints))


def _find_base(path: Path, name: str, folder: Path) -> Path:
    for candidate in (path.parent / f"{name}.yaml", folder / f"{name}.yaml"):
        if candidate.is_file():
            return candidate
    raise TaxonomyError(
        f"{path.name}: extends: there is no {name}.yaml beside the file or in {folder}. "
        "Put it there or correct the name."
    )


def _check_names(file: str, written: _File, base: Draft) -> None:
    known = {entry.id for entry in base.entries}
    for key, named in (("move", written.move), ("add", written.add)):
        for identifier in named:
            if identifier not in known:
                raise TaxonomyError(
                    f"{file}: {key}.{identifier}: {base.name!r} has no such touchpoint. "
                    f"It has: {', '.join(sorted(known))}."
                )


def _changed(entry: Entry, written: _File) -> Entry:
    added = written.add.get(entry.id, Addition())
    return entry.model_copy(
        update={
            "stage": written.move.get(entry.id, entry.stage),
            "terms": _joined(entry.terms, added.terms),
            "except_": _joined(entry.except_, added.except_),
            "examples": _joined(entry.examples, added.examples),
        }
    )


def _joined(old: Words, new: Words) -> Words:
    return {language: (*old.get(language, ()), *new.get(language, ())) for language in {**old, **new}}


def _parse(path: Path) -> _File:
    try:
        return _parsed(path.name, path.read_text(encoding="utf-8"))
    except OSError as error:
        raise TaxonomyError(f"{path.name} cannot be read: {error.strerror}. Correct the path.") from error
    except UnicodeDecodeError as error:
        raise TaxonomyError(f"{path.name} is not written in UTF-8; save it as UTF-8.") from error


@lru_cache(maxsize=_KEPT_FILES)
def _parsed(name: str, text: str) -> _File:
    """Return what a file says; a process reads the same again and again."""
    try:
        content = yaml.load(text, Loader=_Loader)  # noqa: S506 (a safe loader)
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise TaxonomyError(f"{name}: {line}{error.problem}. Correct the YAML there.") from error
    except yaml.YAMLError as error:
        raise TaxonomyError(f"{name} is no YAML: {error}") from error
    try:
        return _File.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise TaxonomyError(f"{name}: {_place(first['loc'], content)}: {_advice(first)}") from None


def _place(location: Sequence[int | str], content: Any) -> str:
    """Return a key such as `touchpoints.delivery.label`: an id says more than a number."""
    steps = [str(step) for step in location]
    if len(location) > 1 and location[0] == "touchpoints" and isinstance(location[1], int):
        entry = content["touchpoints"][location[1]]
        steps[1] = str(entry.get("id", location[1])) if isinstance(entry, dict) else steps[1]
    return ".".join(steps) or "the file"


def _advice(fault: Any) -> str:
    if fault["type"] == "extra_forbidden":
        outermost, *inner = fault["loc"]
        models: dict[str, type[Frozen]] = {"touchpoints": Entry, "add": Addition}
        model = models[outermost] if inner else _File
        names = (field.alias or name for name, field in model.model_fields.items())
        return f"unknown key. Known: {', '.join(sorted(names))}."
    if fault["type"] == "missing":
        return "this key is missing; write it."
    if fault["type"] == "string_type":
        return 'a text is wanted here; put words such as "no", "on" or numbers in quotes.'
    return f"{fault['msg']}."


class _Loader(SafeLoader):  # type: ignore[valid-type,misc]
    """Safe YAML in which a key written twice is an error, where YAML itself lets the last one win."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    build = partial(loader.construct_object, deep=True)
    mapping: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = build(key_node) if isinstance(key_node, yaml.ScalarNode) else None
        if key is None or key in mapping:
            problem = "a key is a single word" if key is None else f"the key {key!r} stands twice"
            raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
        mapping[key] = build(value_node)
    return mapping


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
