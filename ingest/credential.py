"""Credential: a secret that a source's file only points to, by a variable of the environment or a file."""

import os
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from textcx.errors import ConfigError

_LONGEST = 16_384


class Credential(BaseModel):
    """Where a secret lies; what it is never stands in a file of ours, a message or a log.

    In a source's file: `token: {env: ACME_TOKEN}` or `token: {file: /run/secrets/token}`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    env: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,100}$")] | None = None
    file: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def _not_itself(cls, value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError("a secret never stands here, say where it lies: {env: NAME} or {file: PATH}")
        return value

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.env is None) == (self.file is None):
            raise ValueError("name one of env and file")
        return self

    def reveal(self) -> str:
        """Return the secret.

        Raises:
            ConfigError: It is not where it should be.
        """
        if self.env is not None:
            if not (value := os.environ.get(self.env, "").strip()):
                raise ConfigError(f"The environment has no variable {self.env}, which holds a source's secret.")
            return value
        assert self.file is not None
        try:
            value = self.file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{self.file}, which holds a source's secret, cannot be read.") from error
        if not value or len(value) > _LONGEST or not value.isprintable():
            raise ConfigError(f"{self.file} holds no secret: it must be one line of at most {_LONGEST} characters.")
        return value
