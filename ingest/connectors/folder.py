"""Folder connector: a folder into which people drop files; each is read once it lies still, and again when it changed.

Reading is that of `textcx ingest`: any format, columns by their usual names, by what `map` says, or by a ready mapping.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, field_validator

from ingest.connector import (
    ConnectorSettings,
    Cursor,
    Event,
    Listed,
    Place,
    Spec,
    State,
    Terms,
    Upsert,
    Window,
)
from ingest.connectors.file import FileConnector
from ingest.mapping import read_fixed, read_map
from ingest.raw import RawRecord, Unreadable
from ingest.ready_mapping import read_ready
from textcx.configs import configs_folder
from textcx.errors import MissingExtraError, SourceRefusedError, SourceUnreadableError

_KNOWN_LETTERS = 24


class FolderSettings(ConnectorSettings):
    """Which folder, and how its files are read."""

    path: Annotated[Path, Field(description="The folder; its subfolders are not read")]
    files: Annotated[str, Field(max_length=200, description="Which files, such as *.csv")] = "*"
    source: Annotated[
        str, Field(max_length=200, description="What its mentions say they are from (empty: the folder's name)")
    ] = ""
    map: Annotated[
        tuple[str, ...], Field(description="FIELD=COLUMN[:SCALE] as for `textcx ingest --map`, where not found by name")
    ] = ()
    set: Annotated[tuple[str, ...], Field(description="FIELD=VALUE for all rows, as for `textcx ingest --set`")] = ()
    mapping: Annotated[str | None, Field(description="Name of a ready mapping (empty: found by the columns)")] = None
    table: Annotated[str | None, Field(description="Which sheet of a workbook or list of a JSON document")] = None
    still_seconds: Annotated[
        int, Field(ge=0, le=86_400, description="A file is read once it has not changed for so many seconds")
    ] = 10
    mirror: Annotated[
        bool, Field(description="The files hold all there is: a row that two readings lack is erased")
    ] = False

    @field_validator("map")
    @classmethod
    def _is_map(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        read_map(told)
        return told

    @field_validator("set")
    @classmethod
    def _is_set(cls, told: tuple[str, ...]) -> tuple[str, ...]:
        read_fixed(told)
        return told


class Folder:
    """Reads one folder. A file that cannot be read is set aside with the reason, and tried again when it changed."""

    spec: ClassVar = Spec(
        name="folder",
        title="A folder into which files are dropped",
        settings=FolderSettings,
        terms=Terms(stored="what its files hold: they are yours", page="your own"),
        every=timedelta(minutes=1),
        most_unreadable_share=1.0,
    )

    def __init__(self, place: Place) -> None:
        self._settings: FolderSettings = place.settings
        self._now = place.now

    def check(self) -> None:
        """Look into the folder."""
        self._files()

    def read(self, cursor: Cursor | None, window: Window) -> Iterator[Event]:  # noqa: ARG002 - rows may be of any time
        """Give the rows of each file that is new or has changed; all files' rows where they are all there is."""
        settings = self._settings
        known = dict(cursor["files"]) if cursor else {}
        files = {_key(path): path for path in self._files()}
        still = {key: mark for key, path in files.items() if (mark := self._mark(path)) is not None}
        left = {key: mark for key, mark in known.items() if key in files}
        if (
            all(left.get(key) == mark for key, mark in still.items())
            and len(left) == len(known)
            and not settings.mirror
        ):
            return
        scopes: set[str] = set()
        for key, mark in still.items():
            if left.get(key) == mark and not settings.mirror:
                continue
            for one in self._rows(files[key]):
                if isinstance(one, RawRecord):
                    scopes.add(one.scope)
                    yield Upsert(one)
                else:
                    yield one
            left[key] = mark
            yield State({"v": 1, "files": dict(left)})
        if settings.mirror and still.keys() == files.keys():
            yield from (Listed(scope) for scope in sorted(scopes))
        yield State({"v": 1, "files": left})

    def _files(self) -> list[Path]:
        """Return the files, oldest first, so that a later one's change of a row stands."""
        folder = self._settings.path
        if not folder.is_dir() or not os.access(folder, os.R_OK | os.X_OK):
            raise SourceRefusedError(f"{folder} is no folder that can be read.")
        found = (path for path in folder.glob(self._settings.files) if path.is_file() and path.name[:1] != ".")
        return sorted(found, key=lambda path: (path.stat().st_mtime_ns, path.name))

    def _mark(self, path: Path) -> list[int] | None:
        """Return what tells whether a file has changed, or None while it may still be being written."""
        try:
            found = path.stat()
        except OSError:  # it was moved away meanwhile
            return None
        age = self._now().timestamp() - found.st_mtime
        return None if 0 <= age < self._settings.still_seconds else [found.st_size, found.st_mtime_ns]

    def _rows(self, path: Path) -> Iterator[RawRecord | Unreadable]:
        settings = self._settings
        try:
            file = FileConnector(
                path,
                mapped=read_map(settings.map),
                fixed={"source": settings.source or settings.path.resolve().name or "folder"}
                | read_fixed(settings.set),
                table=settings.table,
                mapping=settings.mapping,
                ready=read_ready(configs_folder() / "mappings"),
            )
            yield from file.read()
        except (SourceUnreadableError, MissingExtraError) as error:
            yield Unreadable(path.name, str(error), "")


def _key(path: Path) -> str:
    """Return what stands for a file in the cursor: its name may be somebody's."""
    return sha256(path.name.encode("utf-8", "surrogateescape")).hexdigest()[:_KNOWN_LETTERS]
