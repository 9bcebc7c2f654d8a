"""Settings: the one typed configuration object, built once by the command line and passed on.

Order of precedence: flag, environment (`TEXTCX_...`), file (`configs/textcx.toml`), default.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from textcx.errors import ConfigError

_PREFIX = "TEXTCX_"


class ModelSettings(BaseModel):
    """A second model, for texts of which the first is unsure."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sentiment: Annotated[str, Field(pattern=r"^$|^transformers:.+$")] = ""
    sentiment_below: Annotated[float, Field(ge=0, le=1)] = 0.7
    sentiment_labels: tuple[Literal["negative", "neutral", "positive", "mixed"], ...] = ()
    sentiment_precision: Literal["", "float32", "bfloat16"] = ""


class Settings(BaseModel):
    """Everything that can be set; each key is explained in `configs/textcx.toml`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    data: Path = Path(".textcx")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    pipeline: str = "default"
    taxonomy: str = "generic"
    weights: Annotated[str, Field(pattern=r"^[a-z0-9_-]*$")] = ""
    embedding: Annotated[str, Field(min_length=1)] = "static"
    timezone: str = "UTC"
    workers: Annotated[int, Field(ge=0, le=64)] = 0
    worker_idle_seconds: Annotated[float, Field(ge=0)] = 300.0
    most_waiting_records: Annotated[int, Field(ge=1000)] = 50_000
    store: Literal["embedded", "elastic"] = "embedded"
    elastic_url: str = "http://localhost:9200"
    elastic_alias: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,60}$")] = "textcx"
    elastic_division: Literal["year", "month"] = "year"
    elastic_shards: Annotated[int, Field(ge=1, le=64)] = 1
    elastic_api_key_file: Path | None = None
    elastic_user: str | None = None
    elastic_password_file: Path | None = None
    elastic_ca_file: Path | None = None
    admin_key_file: Path | None = None
    config_dir: Path | None = None
    model: ModelSettings = ModelSettings()


def read_settings(file: Path, flags: Mapping[str, Any]) -> Settings:
    """Return the settings: flags over the environment over the file over defaults.

    Raises:
        ConfigError: The file is no TOML, or a key or value is not accepted; the message names it.
    """
    try:
        in_file = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        from_environment = _from_environment()
        model = {**in_file.get("model", {}), **from_environment.get("model", {})}
        return Settings.model_validate({**in_file, **from_environment, "model": model, **flags})
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"{file.name} cannot be read: {error}") from error
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"setting {name!r}: {first['msg']}. See configs/textcx.toml.") from None


def _from_environment() -> dict[str, Any]:
    if not any(name.upper().startswith(_PREFIX) for name in os.environ):
        return {}
    # Loaded only where there is something to read: it would make each command slower by a tenth of a second.
    from pydantic_settings import BaseSettings, SettingsConfigDict

    class Environment(Settings, BaseSettings):
        model_config = SettingsConfigDict(env_prefix=_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    return Environment().model_dump(exclude_unset=True)
