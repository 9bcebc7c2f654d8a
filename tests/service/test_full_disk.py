"""A database that may not grow: what was acknowledged is kept, the rest is refused, and space makes all well again."""

import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ingest.inbox_file import open_inbox_file
from service.app import create_app
from service.assembly import Workshop
from textcx.database import Database
from textcx.settings import Settings


class CrampedDatabase(Database):
    """A file of so many pages at most, as on a full disk (SQLITE_FULL); None is no bound."""

    most_pages: int | None = None

    @property
    def connection(self) -> Any:
        connection = super().connection
        connection.execute(f"PRAGMA max_page_count={self.most_pages or 2**31}")
        return connection


class CrampedWorkshop(Workshop):
    """A workshop whose inbox can be cramped."""

    @cached_property
    def inbox_file(self) -> CrampedDatabase:
        database = open_inbox_file(self.settings.data)
        database.__class__ = CrampedDatabase
        return database  # type: ignore[return-value]

    @property
    def _inbox_file(self) -> Database:
        return self.inbox_file


@pytest.fixture
def cramped(tmp_path: Path) -> Iterator[tuple[TestClient, CrampedDatabase]]:
    settings = Settings(data=tmp_path)
    workshop = CrampedWorkshop(settings)
    app = create_app(settings, workshop=workshop)
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        yield client, workshop.inbox_file


def batch(number: int) -> dict[str, Any]:
    texts = [f"mention {number} {index}. " + "ord " * 500 for index in range(10)]
    return {"mentions": [{"id": f"{number}-{i}", "source": "disk", "text": text} for i, text in enumerate(texts)]}


def test_a_full_database_answers_503_and_keeps_what_it_acknowledged(
    cramped: tuple[TestClient, CrampedDatabase],
) -> None:
    client, database = cramped
    acknowledged = refused = 0
    database.most_pages = int(database.connection.execute("PRAGMA page_count").fetchone()[0]) + 20
    for number in range(40):
        answer = client.post("/v1/mentions", json=batch(number))
        if answer.status_code == 202:
            acknowledged += answer.json()["accepted"]
            continue
        refused += 1
        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:textcx:problem:unavailable"
        assert "full" in answer.json()["detail"]
        assert client.get("/v1/search").status_code == 200, "what needs no space goes on"
        if refused == 3:
            break
    assert refused == 3
    assert acknowledged > 0
    database.most_pages = None
    after = client.post("/v1/mentions?wait=searchable", json=batch(99))
    assert after.status_code == 202
    deadline = time.monotonic() + 60
    while (total := client.get("/v1/search").json()["total"]) < acknowledged + 10:
        assert time.monotonic() < deadline, f"{total} of {acknowledged + 10}"
        time.sleep(0.1)
    assert total == acknowledged + 10
