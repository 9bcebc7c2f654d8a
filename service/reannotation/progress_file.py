"""ProgressFile: how far a re-analysis has come, on disk, so that one that was cut off goes on where it was."""

import os
from pathlib import Path

from pydantic import ValidationError

from textcx.errors import StoreUnavailableError
from textcx.mention import Frozen


class Progress(Frozen):
    """How far a re-analysis has come.

    Attributes:
        query: What it was asked to do, as written.
        model: The model it applies.
        version: The version that what it writes takes.
        cursor: The page to go on with; None at the beginning.
        seen: Mentions looked at.
        changed: Mentions that are judged otherwise in any field.
        written: Mentions written anew: these, and those that another model judges as before.
        failed: Mentions on which the analysis failed; they stay as they were.
    """

    query: str
    model: str
    version: int
    cursor: str | None = None
    seen: int = 0
    changed: int = 0
    written: int = 0
    failed: int = 0


class ProgressFile:
    """The file of a data folder.

    Args:
        folder: The data folder.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "reannotation.json"

    def read(self) -> Progress | None:
        """Return the re-analysis that was cut off, or None where none was (or its file cannot be read)."""
        try:
            return Progress.model_validate_json(self._path.read_bytes())
        except (OSError, ValidationError):
            return None

    def write(self, progress: Progress) -> None:
        """Keep it durably, in place of what was kept before.

        Raises:
            StoreUnavailableError: The disk refused.
        """
        beside = self._path.with_suffix(".new")
        try:
            with beside.open("wb") as file:
                file.write(progress.model_dump_json().encode("utf-8"))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._path)
        except OSError as error:
            raise StoreUnavailableError(f"{self._path.name} cannot be written: {error.strerror}.") from error

    def remove(self) -> None:
        """Forget it: the work is done."""
        self._path.unlink(missing_ok=True)
