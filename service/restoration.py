"""Restoration: a data folder out of a backup, ready to work, with what was erased since erased again."""

import hashlib
import os
import shutil
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.lock import IndexerLock
from service.assembly import Workshop
from service.backup import SECRET, Backup, holds_data, opened_backup
from textcx.errors import ConfigError, ConflictError, StoreUnavailableError
from textcx.settings import Settings


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restoration gave.

    Attributes:
        begun_at: When the backup was begun.
        mentions: Mentions that can be searched.
        waiting: Records that wait for analysis.
        erased_again: Mentions and records of the backup that were erased after it was made.
    """

    begun_at: datetime
    mentions: int
    waiting: int
    erased_again: int


def restore(path: Path, settings: Settings, *, secret: Path | None, tombstones: Path | None) -> Restored:
    """Make a data folder of a backup; its checksums are compared before anything is written.

    Args:
        path: The backup.
        settings: Name the data folder, which must be absent or empty.
        secret: The secret's file, where the backup was made without it.
        tombstones: A data folder whose erasures are done again in the restored one.

    Raises:
        ConflictError: The folder is not empty.
        ConfigError: The secret is missing or another one, or the folder of `tombstones` belongs to other data.
        SourceUnreadableError: The backup is damaged, or none.
        StoreUnavailableError: The disk refused; the folder is left empty.
    """
    folder = settings.data
    if folder.exists() and any(folder.iterdir()):
        raise ConflictError(f"{folder} is not empty. Restore into a new folder: --data DIR.")
    with opened_backup(path) as backup:
        key = _secret_beside(backup, secret)
        if tombstones is not None:
            _check_belongs(tombstones, backup)
        backup.check()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            backup.unpack(folder)
            if key is not None:
                _write_secret(folder / SECRET, key)
            with closing(Workshop(settings)) as workshop:
                return _set_to_work(workshop, backup.manifest.begun_at, tombstones)
        except OSError as error:
            _empty(folder)
            raise StoreUnavailableError(f"{folder} cannot be written: {error.strerror}.") from error
        except BaseException:
            _empty(folder)
            raise


def _secret_beside(backup: Backup, given: Path | None) -> bytes | None:
    """Return the secret that the backup does not hold itself."""
    if SECRET in backup.manifest.files:
        return None
    if given is None:
        raise ConfigError("This backup was made without the secret. Give the file that was kept: --secret FILE.")
    try:
        key = given.read_bytes()
    except OSError as error:
        raise ConfigError(f"--secret {given} cannot be read: {error.strerror}.") from error
    if hashlib.sha256(key).hexdigest() != backup.manifest.secret_sha256:
        raise ConfigError(f"--secret {given} is not the secret of this backup.")
    return key


def _check_belongs(folder: Path, backup: Backup) -> None:
    """Refuse tombstones of other data, whose marks would stand for nobody here."""
    if not holds_data(folder):
        raise ConfigError(f"--tombstones {folder} is no data folder of textcx, or its secret.key is gone.")
    if hashlib.sha256((folder / SECRET).read_bytes()).hexdigest() != backup.manifest.secret_sha256:
        raise ConfigError(f"--tombstones {folder} belongs to other data: its secret is another one.")


def _set_to_work(workshop: Workshop, begun_at: datetime, tombstones: Path | None) -> Restored:
    store, traces = workshop.store, workshop.traces
    erased = 0
    if tombstones is not None:
        with closing(Workshop(workshop.settings.model_copy(update={"data": tombstones}))) as other:
            erased += store.apply(other.store.tombstones())
    # The inbox was copied a moment before the store, so it may hold what was erased in between.
    erased += traces.forget(store.tombstones().ids)
    erased += traces.forget([identifier for identifier, person in traces.people() if store.refuses(person)])
    workshop.inbox.resume(after=store.largest_version())
    with IndexerLock(workshop.settings.data) as lock:
        lock.take()
        mentions = store.rebuild()
        store.detach_indexer()
    waiting = workshop.inbox.backlog(now=begun_at.timestamp()).records
    return Restored(begun_at, mentions, waiting, erased)


def _empty(folder: Path) -> None:
    """Remove what was written into a folder that was empty."""
    for path in folder.iterdir():
        with suppress(OSError):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _write_secret(path: Path, key: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
