"""Settings: the one typed configuration object, built once by the command line and passed on.

Order of precedence: flag, environment (`TEXTCX_...`), file (`configs/textcx.toml`), default.
"""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource


class Settings(BaseSettings):
    """Everything that can be set; each key is explained in `configs/textcx.toml`."""

    model_config = SettingsConfigDict(env_prefix="TEXTCX_", extra="forbid", frozen=True)

    data: Path = Path(".textcx")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    pipeline: str = "default"
    taxonomy: str = "generic"
    timezone: str = "UTC"
    most_waiting_records: Annotated[int, Field(ge=1000)] = 50_000
    admin_key_file: Path | None = None
    config_dir: Path | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - no .env: one file is enough
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read flags, then the environment, then the file given by `read_settings`."""
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))
