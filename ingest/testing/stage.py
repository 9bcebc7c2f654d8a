"""Stage: what a connector is tested against: entries that can be added, changed and taken away, and a fake service."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, cast

from ingest.testing.source_server import FakeService, Fault, Reply, Request, SourceServer

Deletes = Literal["event", "listing", "none"]
Lack = Fault | Literal["edit", "engagement", "late"]
START = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
"""When the stage's world begins; its clock is `START` and later."""
KEY = "not-a-secret"
CREDENTIAL = {"file": str(Path(__file__).with_name("key.txt"))}
"""What a stage's settings say where a `Credential` is wanted: it reveals `KEY`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that a person wrote at the service.

    Attributes:
        id: The service's own.
        text: What was written.
        author: The handle.
        published_at: When it was written.
        edited_at: When it was changed last, or None.
        rating: From 1 to 5, for services that have stars.
        likes: For services that count them.
        is_deleted: It is gone; a service with events tells so.
        changed: A number that grows with each change in the whole world: a position for services that have one.
        changed_at: When it changed last, by whatever: words, likes or deletion.
    """

    id: str
    text: str
    author: str = "anna"
    published_at: datetime = START
    edited_at: datetime | None = None
    rating: int = 4
    likes: int = 0
    is_deleted: bool = False
    changed: int = 0
    changed_at: datetime = START


@dataclass
class World:
    """All entries of a service, in the order in which they were written.

    Attributes:
        entries: By id; deleted ones stay, marked.
        now: The service's time.
    """

    entries: dict[str, Entry] = field(default_factory=dict)
    now: datetime = START
    changes: int = 0

    def write(self, identifier: str, text: str, **values: Any) -> None:
        """Add an entry, published now if nothing else is said."""
        self._put(Entry(identifier, text, **{"published_at": self.now, **values}))

    def edit(self, identifier: str, text: str) -> None:
        """Change an entry's words."""
        self._put(replace(self.entries[identifier], text=text, edited_at=self.now))

    def like(self, identifier: str, likes: int) -> None:
        """Change how many people like an entry; that is no edit."""
        self._put(replace(self.entries[identifier], likes=likes))

    def delete(self, identifier: str) -> None:
        """Take an entry away."""
        self._put(replace(self.entries[identifier], is_deleted=True, text=""))

    def let_pass(self, period: timedelta) -> None:
        """Let time pass."""
        self.now += period

    @property
    def present(self) -> list[Entry]:
        """The entries that are still there, newest first."""
        return sorted((one for one in self.entries.values() if not one.is_deleted), key=_age, reverse=True)

    @property
    def history(self) -> list[Entry]:
        """All entries, deleted ones too, by when they changed last."""
        return sorted(self.entries.values(), key=lambda entry: entry.changed)

    def _put(self, entry: Entry) -> None:
        self.changes += 1
        self.entries[entry.id] = replace(entry, changed=self.changes, changed_at=self.now)


class Stage:
    """One connector's place of trial. A subclass says how its service answers; `WebStage` does the rest for HTTP.

    Attributes:
        connector: Name in `CONNECTORS`.
        deletes: How the connector learns of a deletion: "event" (it is told, at the next reading), "listing" (two
            complete lists without the entry), or "none" (absence means nothing there).
        lacks: What cannot happen there, with the reason.
        world: What people have written; the suite changes it.
    """

    connector: ClassVar[str]
    deletes: ClassVar[Deletes] = "none"
    lacks: ClassVar[Mapping[Lack, str]] = {}

    def __init__(self) -> None:
        self.world = World()

    def settings(self) -> dict[str, Any]:
        """Return what the source's file says under `settings`."""
        raise NotImplementedError

    def plan(self, fault: Fault, *, times: int = 1, after: int = 0) -> None:
        """Let the service misbehave: for so many requests, after so many good ones."""
        raise NotImplementedError

    def heal(self) -> None:
        """Let the service misbehave no more."""

    @property
    def trouble(self) -> BaseException | None:
        """An error of the stage itself, by which no connector may be judged."""
        return None

    def open(self) -> None:
        """Start the service."""

    def close(self) -> None:
        """Stop it."""

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ServedStage(Stage):
    """A stage with a fake service: it is started and stopped with the stage, and misbehaves for it.

    Args:
        server: The service.

    Attributes:
        server: See there; `requests` of it are what came.
    """

    def __init__(self, server: FakeService) -> None:
        super().__init__()
        self.server = server

    @property
    def url(self) -> str:
        """Where the service answers: the connector's `base_url`."""
        return self.server.url

    def settings(self) -> dict[str, Any]:
        """Return the least settings."""
        return {"base_url": self.url}

    def plan(self, fault: Fault, *, times: int = 1, after: int = 0) -> None:
        """See `Stage.plan`."""
        self.server.plan(fault, times=times, after=after)

    def heal(self) -> None:
        """See `Stage.heal`."""
        self.server.heal()

    @property
    def trouble(self) -> BaseException | None:
        """See `Stage.trouble`."""
        return self.server.trouble

    def open(self) -> None:
        """Start the service."""
        self.server.__enter__()

    def close(self) -> None:
        """Stop it."""
        self.server.__exit__()


class WebStage(ServedStage):
    """A stage whose service is asked by HTTP.

    Attributes:
        drift: What is replaced in a body when the service has changed its shape: the name of the field with the text.
    """

    drift: ClassVar[tuple[bytes, bytes]] = (b'"text"', b'"words_v2"')
    server: SourceServer

    def __init__(self) -> None:
        super().__init__(SourceServer(self.answer, drift=self.drift))

    def answer(self, request: Request) -> Reply:
        """Answer as the service does, from `self.world`, in pages of at most five entries where it has pages."""
        raise NotImplementedError


def load_stage(connector: str) -> type[Stage]:
    """Return the stage of a connector: `Stage` of `ingest.testing.stages.NAME`."""
    return cast("type[Stage]", import_module(f"ingest.testing.stages.{connector}").Stage)


def _age(entry: Entry) -> tuple[datetime, int]:
    return entry.published_at, entry.changed
