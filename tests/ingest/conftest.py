"""An inbox in a temporary folder, and what goes into it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.inbox import Inbox
from ingest.inbox_file import open_inbox_file
from ingest.intake import Intake
from ingest.quarantine import Quarantine
from ingest.runs import Runs
from ingest.secret import Secret, open_secret
from textcx.database import Database


@pytest.fixture
def memory_folder() -> Iterator[Path]:
    """A folder in memory, where there is one: a kill leaves the same behind, and a commit waits for no disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    one = open_inbox_file(tmp_path / "data")
    yield one
    one.close()


@pytest.fixture
def inbox(database: Database) -> Inbox:
    return Inbox(database)


@pytest.fixture
def runs(database: Database) -> Runs:
    return Runs(database)


@pytest.fixture
def quarantine(database: Database) -> Quarantine:
    return Quarantine(database)


@pytest.fixture
def secret(tmp_path: Path) -> Secret:
    return open_secret(tmp_path / "data")


@pytest.fixture
def intake(inbox: Inbox, runs: Runs, secret: Secret) -> Intake:
    return Intake(inbox, runs, secret)
