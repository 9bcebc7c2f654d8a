"""A service over a temporary folder, with the shipped taxonomy, lexicons and pipeline."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from tests.service.nursery import forked_workers
from textcx.settings import Settings

__all__ = ["forked_workers"]

HERE = "http://localhost"
"""Without a key only requests addressed to this machine are answered."""
REVIEWS: list[dict[str, Any]] = [
    {
        "id": "1",
        "source": "reviewsite",
        "kind": "review",
        "brand": "Hyllbo",
        "text": "Leveransen var sen och kundtjänsten svarar aldrig. Uselt!",
        "ratings": [{"measure": "stars", "value": 1, "lowest": 1, "highest": 5}],
        "published_at": "2026-01-15T10:00:00Z",
        "author": "anna-1",
        "subject": {"country": "SE"},
        "attributes": {"segment": "private"},
    },
    {
        "id": "2",
        "source": "reviewsite",
        "kind": "review",
        "brand": "Hyllbo",
        "text": "Hurtig levering og fantastisk service!",
        "ratings": [{"measure": "stars", "value": 5, "lowest": 1, "highest": 5}],
        "published_at": "2026-02-15T10:00:00Z",
        "author": "mette-2",
        "attributes": {"segment": "business"},
    },
    {
        "id": "3",
        "source": "survey",
        "kind": "survey_answer",
        "brand": "Klarvik",
        "text": "Toimitus oli nopea ja hinta hyvä.",
        "ratings": [{"measure": "nps", "value": 9, "lowest": 0, "highest": 10}],
        "published_at": "2026-02-20T10:00:00Z",
    },
    {"id": "4", "source": "forum", "brand": "Klarvik", "text": "The app crashes all the time, I hate it."},
    {"id": "5", "source": "forum", "brand": "Klarvik", "text": "We are sorry, it is mended.", "voice": "brand"},
]


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """Let `?wait=searchable` wait until it is so: how long a loaded machine takes is not what is tested."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("service.api.mentions._WAIT_SECONDS", 300.0)
        yield


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("data")
    with TestClient(create_app(Settings(data=folder)), HERE, raise_server_exceptions=False) as one:
        yield one


@pytest.fixture(scope="module")
def stocked(client: TestClient) -> TestClient:
    answer = client.post("/v1/mentions?wait=searchable", json={"mentions": REVIEWS})
    assert answer.status_code == 202
    assert answer.json()["run"]["outcomes"] == {"stored": 5, "duplicate": 0, "filtered": 0, "quarantined": 0}
    return client
