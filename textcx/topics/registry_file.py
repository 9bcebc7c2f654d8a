"""RegistryFile: the registry in the data folder, as the list of its changes, and the proposals that wait for a yes.

`topics.json` is replaced as a whole, so a reader needs no lock and sees every change at once; writers take turns.
"""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import NamedTemporaryFile

import orjson
from pydantic import Field, ValidationError

from textcx.errors import ConfigError
from textcx.mention import Frozen
from textcx.topics.changes import Birth, Change
from textcx.topics.registry import Registry, registry_of

FILE = "topics.json"
_LOCK = "topics.lock"


class _Content(Frozen):
    changes: tuple[Change, ...] = ()
    proposals: tuple[Birth, ...] = Field(default=())


def _now() -> datetime:
    return datetime.now(UTC)


class RegistryFile:
    """The registry of one data folder; safe to use from many threads and processes.

    Args:
        folder: The data folder, which need not be there yet.
        clock: Gives the time of a change.
    """

    def __init__(self, folder: Path, *, clock: Callable[[], datetime] = _now) -> None:
        self._path = folder / FILE
        self._clock = clock
        self._guard = threading.Lock()
        self._read_at: tuple[int, ...] | None = None
        self._content = _Content()
        self._registry = Registry()

    def registry(self) -> Registry:
        """Return the registry as it is now; read anew only when the file was replaced.

        Raises:
            ConfigError: The file is damaged.
        """
        with self._guard:
            self._follow()
            return self._registry

    def proposals(self) -> tuple[Birth, ...]:
        """Return the topics that were proposed last and are not accepted.

        Raises:
            ConfigError: The file is damaged.
        """
        with self._guard:
            self._follow()
            return self._content.proposals

    def propose(self, proposals: Sequence[Birth]) -> None:
        """Keep these proposals in place of those there were."""
        with self._writing() as content:
            self._write(_Content(changes=content.changes, proposals=tuple(proposals)))

    def add(self, make: Callable[[Registry], Change], *, accepted: Sequence[str] = ()) -> Registry:
        """Add a change and return the registry that it made.

        Args:
            make: Makes it of the registry as it is when nobody else can change it; its number and time are set here.
            accepted: Ids of proposals that are none any more.

        Raises:
            RequestError: What `make` refuses.
            ConfigError: The file is damaged.
        """
        with self._writing() as content:
            registry = registry_of(content.changes)
            change = make(registry).model_copy(update={"number": registry.version + 1, "at": self._clock()})
            proposals = tuple(one for one in content.proposals if one.id not in accepted)
            self._write(_Content(changes=(*content.changes, change), proposals=proposals))
        return self.registry()

    def _follow(self) -> None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            if self._read_at is not None:
                self._read_at, self._content, self._registry = None, _Content(), Registry()
            return
        stamp = (found.st_ino, found.st_mtime_ns, found.st_size)
        if stamp != self._read_at:
            self._content = self._read()
            self._registry = registry_of(self._content.changes)
            self._read_at = stamp

    def _read(self) -> _Content:
        try:
            return _Content.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return _Content()
        except (OSError, ValidationError) as error:
            raise ConfigError(f"{self._path.name} cannot be read. Take it from a backup.") from error

    @contextmanager
    def _writing(self) -> Iterator[_Content]:
        """Give what the file holds, and keep others from changing it meanwhile."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._path.with_name(_LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield self._read()
        finally:
            os.close(descriptor)

    def _write(self, content: _Content) -> None:
        with NamedTemporaryFile(dir=self._path.parent, delete=False) as file:
            file.write(orjson.dumps(content.model_dump(mode="json", exclude_defaults=True)))
            file.flush()
            os.fsync(file.fileno())
        os.replace(file.name, self._path)  # noqa: PTH105 - whole or not at all
