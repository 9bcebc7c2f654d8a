"""Source file: one configured place, as `sources/NAME.yaml` of the data folder says: which connector, how often."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from ingest.connector import ConnectorSettings, Registry, Spec
from textcx.errors import ConfigError, NotFoundError

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_PERIOD = re.compile(r"(\d{1,6})\s*(s|min|h|d)")
_UNITS = {"s": 1, "min": 60, "h": 3600, "d": 86_400}
_LARGEST_BYTES = 65_536
_SHORTEST_SECONDS = 1
_LONGEST_SHOWN = 60


def read_period(written: object) -> timedelta:
    """Return a period as people write it.

    Raises:
        ValueError: It is none, or is shorter than a second.

    Example:
        >>> read_period("15min"), read_period("2 d").days
        (datetime.timedelta(seconds=900), 2)
    """
    if isinstance(written, timedelta):
        return written
    match = _PERIOD.fullmatch(str(written).strip())
    if match is None or int(match[1]) < _SHORTEST_SECONDS:
        raise ValueError("a period is written like 30s, 15min, 1h or 7d")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


Period = Annotated[timedelta, BeforeValidator(read_period)]
Name = Annotated[str, Field(max_length=200, min_length=1)]


class SourceFile(BaseModel):
    """What the file of a source says.

    Attributes:
        connector: Name of the connector.
        brand: Whom its mentions are about, where a record does not say.
        every: How often it is read; without it as its connector says.
        since: How far back the first reading goes; without it as far as the source does.
        backfill_since: Older time that is read beside the newest, in pieces of `backfill_piece`.
        expects_within: Silence alarm: something new comes at least so often. Without it, found by what came before.
        keep: Erase mentions that were not met at the source for so long; the connector's terms may ask for less.
        allow_private: Machines of private networks may be asked.
        paused: It is not read.
        settings: What the connector wants to know.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    connector: str
    brand: Name | None = None
    every: Period | None = None
    since: date | None = None
    backfill_since: date | None = None
    backfill_piece: Period = timedelta(days=30)
    expects_within: Period | None = None
    keep: Period | None = None
    allow_private: bool = False
    paused: bool = False
    settings: Mapping[str, Any] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """One configured place, checked.

    Attributes:
        name: Of its file.
        file: What it says.
        spec: Of its connector.
        settings: Checked against `Spec.settings`.
    """

    name: str
    file: SourceFile
    spec: Spec
    settings: ConnectorSettings

    @property
    def every(self) -> timedelta:
        """How often it is read."""
        return self.file.every or self.spec.every

    @property
    def keeps(self) -> timedelta | None:
        """After how long without being met at the source a mention is erased: the shorter of its file and the terms."""
        days = self.spec.terms.longest_days
        return min((one for one in (self.file.keep, days and timedelta(days=days)) if one), default=None)


class Sources:
    """The source files of a folder.

    Args:
        folder: Which; it need not be there.
        registry: Knows the connectors.
    """

    def __init__(self, folder: Path, registry: Registry) -> None:
        self._folder = folder
        self._registry = registry

    def names(self) -> tuple[str, ...]:
        """Return the names of all sources, in order."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.yaml") if _NAME.fullmatch(path.stem)))

    def read(self, name: str) -> Source:
        """Return a source.

        Raises:
            NotFoundError: There is no such file.
            ConfigError: It says something that cannot be used; the message names file and key.
        """
        path = self._folder / f"{name}.yaml"
        if not _NAME.fullmatch(name) or not path.is_file():
            known = ", ".join(self.names()) or "none yet"
            shown = name[:_LONGEST_SHOWN]
            raise NotFoundError(f"There is no source {shown!r}. Known: {known}. `textcx sources add` makes one.")
        try:
            if path.stat().st_size > _LARGEST_BYTES:
                raise ConfigError(f"{path.name} is larger than {_LARGEST_BYTES} bytes.")
            found = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise ConfigError(f"{path.name} cannot be read as YAML.") from error
        return self.check(name, found)

    def check(self, name: str, values: Any) -> Source:
        """Return the source that these values make.

        Raises:
            ConfigError: A key or value cannot be used.
            UnknownNameError: There is no such connector.
        """
        if not isinstance(values, Mapping):
            raise ConfigError(f"{name}.yaml must hold keys and values.")
        try:
            file = SourceFile.model_validate(dict(values))
        except ValidationError as error:
            raise ConfigError(f"{name}.yaml: {_first_fault(error)}") from None
        spec = self._registry.load(file.connector).spec
        try:
            settings = spec.settings.model_validate(dict(file.settings))
        except ValidationError as error:
            raise ConfigError(f"{name}.yaml: settings.{_first_fault(error, spec.settings)}") from None
        if file.backfill_since is not None and (fault := _no_backfill(file, spec, settings)):
            raise ConfigError(f"{name}.yaml: backfill_since: {fault}.")
        return Source(name, file, spec, settings)

    def write(self, name: str, values: Mapping[str, Any]) -> Source:
        """Keep a source's file, after checking it.

        Raises: as `check`.
        """
        source = self.check(name, values)
        path = self._path(name)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._folder / f".{name}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            yaml.safe_dump(dict(values), file, allow_unicode=True, sort_keys=False)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        return source

    def pause(self, name: str, *, paused: bool) -> None:
        """Note in a source's file that it is not read, or is again; the rest of the file, comments too, stays as it is.

        Raises: as `read`.
        """
        self.read(name)
        path = self._path(name)
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("paused:")]
        draft = self._folder / f".{name}.{secrets.token_hex(4)}"
        draft.write_text("\n".join([*lines, *(["paused: true"] if paused else [])]) + "\n", encoding="utf-8")
        draft.chmod(0o600)
        draft.replace(path)

    def remove(self, name: str) -> None:
        """Remove a source's file.

        Raises: as `read`.
        """
        self.read(name)
        self._path(name).unlink()

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"{name!r} is no name of a source: small letters, digits, _ and -, beginning with a letter."
            )
        return self._folder / f"{name}.yaml"


def _no_backfill(file: SourceFile, spec: Spec, settings: ConnectorSettings) -> str:
    """Return why older time that is wanted could not be read, or nothing."""
    if not spec.can_backfill:
        return f"{spec.name} cannot read older time beside newer; say how far back it is read by since"
    if file.since is None:
        return "set since too: the day from which on the live readings read"
    return settings.lacks_for_backfill


def _first_fault(error: ValidationError, model: type[BaseModel] = SourceFile) -> str:
    """Return what is wrong and what is wanted, without the value, which may be a secret in the wrong place."""
    first = error.errors(include_input=False, include_url=False)[0]
    field = model.model_fields.get(str(first["loc"][0])) if first["loc"] else None
    wanted = f" Wanted: {field.description}." if field and field.description else ""
    message = first["msg"].removeprefix("Value error, ")
    return f"{'.'.join(str(part) for part in first['loc']) or 'it'}: {message}.{wanted}"
