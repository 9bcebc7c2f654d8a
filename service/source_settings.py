"""Source settings: what somebody says or is asked on the command line becomes the values of a source's file."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml
from pydantic import TypeAdapter, ValidationError

from textcx.errors import ConfigError

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from ingest.connector import Spec

_SECRETS = ("env", "file")
_ASKED_OF_ALL = {
    "brand": "Whom its mentions are about, where a record does not say (empty: nobody)",
    "every": "How often it is read, such as 15min, 1h or 1d (empty: as its connector says)",
}


def read_told(spec: "Spec", told: Sequence[str]) -> dict[str, Any]:
    """Return the values of a source's file that `--set KEY=VALUE` says.

    Raises:
        ConfigError: One is not of that form, or names no setting.
    """
    from ingest.source_file import SourceFile

    common = SourceFile.model_fields.keys() - {"connector", "settings"}
    values: dict[str, Any] = {"connector": spec.name}
    settings: dict[str, Any] = {}
    for one in told:
        key, equals, text = one.partition("=")
        if not equals:
            raise ConfigError(f"--set {key[:40]}: write it as KEY=VALUE, for example --set brand=Acme.")
        if key in spec.settings.model_fields:
            settings[key] = read_setting(spec.settings.model_fields[key], text)
        elif key in common:
            values[key] = _plain(text)
        else:
            known = ", ".join(sorted({*spec.settings.model_fields, *common}))
            raise ConfigError(f"--set {key[:40]}: {spec.name} has no such setting. It has: {known}.")
    return {**values, "settings": settings}


def ask_settings(spec: "Spec", values: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for each setting that was not told, those first that are needed, again where an answer cannot be used."""
    found, settings = dict(values), dict(values["settings"])
    for key, description in _ASKED_OF_ALL.items():
        if key not in found and (answer := typer.prompt(description, default="", show_default=False).strip()):
            found[key] = _plain(answer)
    fields = sorted(spec.settings.model_fields.items(), key=lambda item: not item[1].is_required())
    for key, field in fields:
        if key in settings or key == "base_url":
            continue
        while True:
            default = None if field.is_required() else _written(field.get_default(call_default_factory=True))
            answer = typer.prompt(f"{field.description or key} [{key}]", default=default).strip()
            if answer == default:
                break
            value = read_setting(field, answer)
            if (fault := _fault(field, value)) is None:
                settings[key] = value
                break
            typer.echo(f"  {fault}", err=True)
    return {**found, "settings": settings}


def read_setting(field: "FieldInfo", text: str) -> Any:
    """Return what a text says of a setting, as a source's file would hold it.

    Text stays text where the setting is one; a list may be written with commas, a secret's place as env:NAME or
    file:PATH.
    """
    kind, _, rest = text.partition(":")
    pointed = {kind: rest} if kind in _SECRETS and rest else None
    listed = [part.strip() for part in text.strip("[]").split(",") if part.strip()]
    for value in (pointed, text, _plain(text), listed):
        if value is not None and _fault(field, value) is None:
            return value
    return pointed or text


def _fault(field: "FieldInfo", value: Any) -> str | None:
    """Return what is wrong with a value, or None."""
    try:
        kind: Any = Annotated[field.annotation, field]
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return str(error.errors(include_input=False, include_url=False)[0]["msg"])
    return None


def _plain(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return text


def _written(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(str(one) for one in value)
    return "" if value is None else str(value)
