"""The quarantine over HTTP: what was set aside is listed with its reason, put back and deleted; by the page too."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from ingest.inbox import SetAside
from ingest.outcome import Finished
from ingest.raw import RedactedRecord
from service.app import create_app
from service.assembly import Workshop
from service.keys import KeyScope
from textcx.errors import ConfigError
from textcx.pipeline import Pipeline
from textcx.settings import Settings

HTML = {"accept": "text/html"}


class WithoutPipeline(Workshop):
    """Parts of a data folder for tests in which no text is analysed."""

    def build_pipeline(self) -> Pipeline:
        raise ConfigError("No pipeline is needed here.")


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    """Parts of a data folder in which one unreadable record and one unfit one are set aside."""
    one = WithoutPipeline(Settings(data=tmp_path))
    run = one.runs.start("suite")
    record = RedactedRecord("a" * 64, "1", "line 2", {"text": "Bra"}, datetime.now(UTC))
    one.inbox.enqueue(run, [record], set_aside=[SetAside("line 1", "line 1 is no JSON", b"sealed")])
    lease = one.inbox.lease(most=1, now=0, seconds=60)
    assert lease is not None
    one.inbox.finish(lease, [Finished(lease.entries[0].sequence, "quarantined", "rating stars: 6 is outside")], now=0)
    one.runs.end(run)
    return one


@pytest.fixture
def client(workshop: Workshop) -> Iterator[TestClient]:
    with TestClient(create_app(workshop.settings, workshop=workshop), "http://localhost") as one:
        yield one


def numbers(client: TestClient) -> list[int]:
    return [record["number"] for record in client.get("/v1/quarantine").json()["records"]]


def page_form(client: TestClient) -> dict[str, str]:
    token = re.search(r'name="token" value="([0-9a-f]+)"', client.get("/sources", headers=HTML).text)
    assert token
    return {"token": token[1]}


def test_records_are_listed_with_place_and_reason_and_nothing_they_hold(client: TestClient) -> None:
    answer = client.get("/v1/quarantine").json()
    assert answer["total"] == 2
    unreadable, unfit = answer["records"]
    assert (unreadable["place"], unreadable["reason"], unreadable["can_retry"]) == (
        "line 1",
        "line 1 is no JSON",
        False,
    )
    assert (unfit["place"], unfit["reason"], unfit["can_retry"]) == ("line 2", "rating stars: 6 is outside", True)
    assert unfit.keys() == {"number", "run", "place", "reason", "can_retry", "set_aside_at"}
    rest = client.get("/v1/quarantine", params={"after": unreadable["number"], "limit": 1}).json()
    assert (rest["total"], rest["records"]) == (2, [unfit])


def test_a_record_goes_back_and_one_that_was_never_readable_does_not(client: TestClient) -> None:
    unreadable, unfit = numbers(client)
    assert client.post(f"/v1/quarantine/{unreadable}/retry").status_code == 409
    assert client.post(f"/v1/quarantine/{unfit}/retry").status_code == 204
    assert client.post(f"/v1/quarantine/{unfit}/retry").status_code == 404
    assert numbers(client) == [unreadable]


def test_a_record_is_deleted_for_good(client: TestClient) -> None:
    first, second = numbers(client)
    assert client.delete(f"/v1/quarantine/{first}").status_code == 204
    assert client.delete(f"/v1/quarantine/{first}").status_code == 404
    assert client.delete(f"/v1/quarantine/{2**63}").status_code == 422
    assert numbers(client) == [second]


def test_the_page_shows_why_and_puts_back(client: TestClient) -> None:
    unreadable, unfit = numbers(client)
    html = client.get("/sources", headers=HTML).text
    assert "rating stars: 6 is outside" in html
    assert html.count(">Put back<") == 1, "only what can go back"
    form = {**page_form(client), "kind": "retry", "number": str(unfit)}
    assert client.post("/sources", data={**form, "token": "0"}, headers=HTML).status_code == 400
    answer = client.post("/sources", data=form, headers=HTML, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sources#quarantine")
    assert numbers(client) == [unreadable]


def test_the_page_deletes_only_what_is_confirmed(client: TestClient) -> None:
    first, second = numbers(client)
    form = {**page_form(client), "kind": "drop", "number": str(first)}
    assert client.post("/sources", data=form, headers=HTML).status_code == 400
    assert client.post("/sources", data={**form, "number": "first"}, headers=HTML).status_code == 400
    assert client.post("/sources", data={**form, "confirmed": "yes"}, headers=HTML).status_code == 200
    assert numbers(client) == [second]


@pytest.mark.parametrize(
    ("scope", "may"),
    [("read", {"GET"}), ("write", {"POST"}), ("admin", {"GET", "POST", "DELETE"})],
)
def test_each_scope_may_what_the_table_says(workshop: Workshop, scope: KeyScope, may: set[str]) -> None:
    _, key = workshop.keys.add("one", scopes=(scope,), requests_per_minute=1000, now=datetime.now(UTC))
    with TestClient(create_app(workshop.settings, workshop=workshop), "http://localhost") as client:
        client.headers["Authorization"] = f"Bearer {key}"
        asked = {"GET": "/v1/quarantine", "POST": "/v1/quarantine/999/retry", "DELETE": "/v1/quarantine/999"}
        allowed = {method for method, path in asked.items() if client.request(method, path).status_code != 403}
    assert allowed == may
