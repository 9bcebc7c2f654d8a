"""Backup: a data folder as one file, taken while others work on it, and a data folder made of such a file.

It holds the databases, the saved queries and, unless it is left out on purpose, the secret: without the secret a
forgotten author would be taken in again, and each record without an id of its own as a new one. The search index is
made from the databases and is not in it. The inbox is copied before the store: what a worker carries from one to the
other meanwhile is then in both, and ends once; the other way about it would be in neither.
"""

import hashlib
import os
import re
import sqlite3
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Literal

import orjson
from pydantic import AwareDatetime, ValidationError

from textcx.errors import ConfigError, ConflictError, SourceUnreadableError, StoreUnavailableError
from textcx.mention import Frozen

DATABASES = ("inbox.db", "mentions.db", "elastic.db", "keys.db")
"""Those there may be, in the order in which they are copied."""
_TRUTHS = frozenset({"mentions.db", "elastic.db"})
"""The mentions themselves, or the ledger of those that live in Elasticsearch, which has backups of its own."""
SECRET = "secret.key"
_OTHERS = ("queries.json", "topics.json")
_SOURCE = re.compile(r"sources/[a-z][a-z0-9_-]{0,59}\.yaml")
"""The files of sources, which hold no secret: they only say where one lies."""
_MANIFEST = "manifest.json"
_FORMAT = "textcx-backup-1"
_PIECE_BYTES = 2**20
_LARGEST_MANIFEST_BYTES = 2**16


class Part(Frozen):
    """A file of a backup."""

    bytes: int
    sha256: str


class Manifest(Frozen):
    """What a backup holds.

    Attributes:
        format: Of the backup.
        made_by: Version of textcx.
        begun_at: All that was acknowledged before is in it.
        secret_sha256: Tells whether a secret is the one that belongs to it, which may be left out of it.
        files: Its files by name.
    """

    format: Literal["textcx-backup-1"]
    made_by: str
    begun_at: AwareDatetime
    secret_sha256: str
    files: Mapping[str, Part]


def holds_data(folder: Path) -> bool:
    """Say whether this is a data folder in which something was stored, with its secret."""
    return (folder / SECRET).exists() and any((folder / name).exists() for name in _TRUTHS)


def write_backup(folder: Path, path: Path, *, with_secret: bool) -> Manifest:
    """Write a data folder into one file, which its owner alone may read; others may work on the folder meanwhile.

    Raises:
        ConflictError: The file is there already.
        ConfigError: The folder holds no data, or its secret is gone.
        StoreUnavailableError: A database cannot be read, or the disk refused; no file is left.
    """
    if not holds_data(folder):
        raise ConfigError(f"{folder} holds no data of textcx. Name its folder: --data DIR.")
    if path.exists():
        raise ConflictError(f"{path} is there already. Name another file, or remove it first.")
    begun_at = datetime.now(UTC)
    try:
        with TemporaryDirectory(dir=path.resolve().parent, prefix=".textcx-backup-") as draft:
            copies = {
                name: _copied(folder / name, Path(draft) / name) for name in DATABASES if (folder / name).exists()
            }
            plain = [
                name for name in (*_others(folder), *([SECRET] if with_secret else [])) if (folder / name).exists()
            ]
            copies |= {name: folder / name for name in plain}
            packed = Path(draft) / "packed"
            manifest = _packed(copies, packed, begun_at, hashlib.sha256((folder / SECRET).read_bytes()).hexdigest())
            packed.rename(path)  # whole or not at all
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailableError(f"The backup cannot be written: {error}. Nothing was left behind.") from error
    return manifest


@contextmanager
def opened_backup(path: Path) -> Iterator["Backup"]:
    """Open a backup to be unpacked.

    Raises:
        SourceUnreadableError: It is none, or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            yield Backup(archive, path.name)
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceUnreadableError(f"{path} cannot be read as a backup: {error}.") from error


class Backup:
    """A backup that is open.

    Args:
        archive: The file.
        name: Its name, for messages.

    Attributes:
        manifest: What it holds.

    Raises:
        SourceUnreadableError: It is no backup, or one of a later version.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        try:
            with archive.open(_MANIFEST) as file:
                self.manifest = Manifest.model_validate_json(file.read(_LARGEST_MANIFEST_BYTES))
        except (KeyError, ValidationError) as error:
            message = f"{name} is no backup of textcx, or one of a later version."
            raise SourceUnreadableError(message) from error
        named = (name for name in self.manifest.files if not _SOURCE.fullmatch(name))
        unknown = set(named) - {*DATABASES, *_OTHERS, SECRET}
        if unknown or "inbox.db" not in self.manifest.files or _TRUTHS.isdisjoint(self.manifest.files):
            raise SourceUnreadableError(f"{name} does not hold what a backup holds. Was it changed?")

    def check(self) -> None:
        """Read all of it and compare the checksums.

        Raises:
            SourceUnreadableError: A file of it is damaged, or is not there.
        """
        for name in self.manifest.files:
            for _ in self._pieces(name):
                pass

    def unpack(self, folder: Path) -> None:
        """Write its files into a folder, readable by their owner alone, and durably.

        Raises:
            SourceUnreadableError: A file of it is damaged.
            OSError: The disk refused.
        """
        for name in self.manifest.files:
            (folder / name).parent.mkdir(exist_ok=True, mode=0o700)
            descriptor = os.open(
                folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400 if name == SECRET else 0o600
            )
            with os.fdopen(descriptor, "wb") as file:
                for piece in self._pieces(name):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())

    def _pieces(self, name: str) -> Iterator[bytes]:
        """Give a file's bytes, and fail at the end if they are not those that were packed."""
        wanted = self.manifest.files[name]
        found, size = hashlib.sha256(), 0
        try:
            with self._archive.open(name) as file:
                while size <= wanted.bytes and (piece := file.read(_PIECE_BYTES)):
                    found.update(piece)
                    size += len(piece)
                    yield piece
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
            raise SourceUnreadableError(f"{self._name}: {name} is damaged. Take an older backup.") from error
        if size != wanted.bytes or found.hexdigest() != wanted.sha256:
            raise SourceUnreadableError(f"{self._name}: {name} is damaged. Take an older backup.")


def _others(folder: Path) -> list[str]:
    sources = (f"sources/{path.name}" for path in sorted((folder / "sources").glob("*.yaml")))
    return [*_OTHERS, *(name for name in sources if _SOURCE.fullmatch(name))]


def _copied(database: Path, copy: Path) -> Path:
    """Copy a database as it is at one moment; writers go on meanwhile."""
    with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True, timeout=30)) as source:
        copy.touch(mode=0o600)
        with closing(sqlite3.connect(copy)) as target:
            source.backup(target)  # all pages in one step: in one snapshot, which a write-ahead log allows
    return copy


def _packed(copies: Mapping[str, Path], path: Path, begun_at: datetime, secret_sha256: str) -> Manifest:
    path.touch(mode=0o600)
    parts = {}
    with path.open("wb") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, copy in copies.items():
                with copy.open("rb") as source, archive.open(name, "w", force_zip64=True) as target:
                    parts[name] = _packed_part(source, target)
            manifest = Manifest(
                format=_FORMAT, made_by=version("textcx"), begun_at=begun_at, secret_sha256=secret_sha256, files=parts
            )
            archive.writestr(_MANIFEST, orjson.dumps(manifest.model_dump(mode="json"), option=orjson.OPT_INDENT_2))
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _packed_part(source: IO[bytes], target: IO[bytes]) -> Part:
    digest, size = hashlib.sha256(), 0
    while piece := source.read(_PIECE_BYTES):
        digest.update(piece)
        size += len(piece)
        target.write(piece)
    return Part(bytes=size, sha256=digest.hexdigest())
