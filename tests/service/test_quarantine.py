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
from ingest.reasons import SHAPES
from service.app import create_app
from service.assembly import Workshop
from service.dashboard.languages import CODES, language
from service.keys import KeyScope
from textcx.errors import ConfigError
from textcx.pipeline import Pipeline
from textcx.settings import Settings

HTML = {"accept": "text/html"}
OUTSIDE = "line 2: rating stars: Value error, 6 lies outside the scale 1 to 5"


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
    one.inbox.finish(lease, [Finished(lease.entries[0].sequence, "quarantined", OUTSIDE)], now=0)
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
    assert (unfit["place"], unfit["reason"], unfit["can_retry"]) == ("line 2", OUTSIDE, True)
    told = {"number", "run", "place", "reason", "kind", "named", "attempts", "can_retry", "set_aside_at"}
    assert unfit.keys() == told
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
    assert "The score stars is 6, outside its scale from 1 to 5." in html
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


def test_the_reason_is_of_a_closed_kind_with_what_it_is_about(client: TestClient) -> None:
    unreadable, unfit = client.get("/v1/quarantine").json()["records"]
    assert (unreadable["kind"], unreadable["named"]) == ("no_json", {})
    assert unfit["kind"] == "outside_scale"
    assert unfit["named"] == {"field": "stars", "found": "6", "least": "1", "most": "5"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("sv", ["<td>rad 2</td>", "Det är inte giltig JSON.", "Betyget stars är 6, utanför skalan 1 till 5."]),
        ("da", ["<td>linje 2</td>", "Det er ikke gyldig JSON.", "Karakteren stars er 6, uden for skalaen 1 til 5."]),
        ("nb", ["<td>linje 2</td>", "Det er ikke gyldig JSON.", "Karakteren stars er 6, utenfor skalaen 1 til 5."]),
        ("fi", ["<td>rivi 2</td>", "Se ei ole kelvollista JSONia.", "Arvosana stars on 6, asteikon 1–5 ulkopuolella."]),
    ],
)
def test_the_page_says_the_reason_in_the_readers_language(client: TestClient, code: str, words: list[str]) -> None:
    html = client.get("/sources", headers={**HTML, "accept-language": code}).text
    assert all(one in html for one in words)
    assert OUTSIDE not in html


def test_every_kind_of_reason_has_its_words_and_nothing_to_fill_that_is_not_told() -> None:
    for code in CODES:
        strings = language(code).strings
        for kind, shape in SHAPES:
            places = set(re.findall(r"\{(\w+)\}", strings[f"reason.{kind}"]))
            assert places <= set(re.findall(r"\{(\w+)\}", shape)), (code, kind)


def test_another_reason_is_shown_as_it_stands_and_marked_as_english(workshop: Workshop) -> None:
    run = workshop.runs.start("more")
    workshop.inbox.enqueue(run, [], set_aside=[SetAside("row 9", "somebody <b>stumbled</b>", b"sealed")])
    with TestClient(create_app(workshop.settings, workshop=workshop), "http://localhost") as client:
        assert client.get("/v1/quarantine").json()["records"][-1]["kind"] is None
        html = client.get("/sources", headers={**HTML, "accept-language": "sv"}).text
    assert '<td lang="en">somebody &lt;b&gt;stumbled&lt;/b&gt;</td>' in html


def test_the_page_shows_what_the_public_route_answers(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(_quarantine: object, *, limit: int, after: int = 0) -> dict[str, object]:
        asked.append((limit, after))
        return {"total": 4_321, "records": []}

    for module in ("service.api.quarantine", "service.dashboard.pages.sources"):
        monkeypatch.setattr(f"{module}.set_aside", answer)
    assert client.get("/v1/quarantine", params={"after": 7, "limit": 50}).json()["total"] == 4_321
    assert "(4,321)" in client.get("/sources", params={"cursor": "7"}, headers=HTML).text
    assert asked == [(50, 7), (50, 7)]
