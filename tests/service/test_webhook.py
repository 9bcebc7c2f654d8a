"""Inbound webhooks: what is signed is stored once, what is not is refused, and what is gone there is erased here."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi.testclient import TestClient

from ingest.signature import sign_standard
from service.app import create_app
from textcx.settings import Settings

SECRET = "whsec_ZW4gaGVtbGlnaGV0IHNvbSBpbmdlbiBrYW4="
OLDER = "whsec_ZGVuIHNvbSBnw6RsbGRlIGlub20gZm9ycmE="
PLAIN = "a-secret-of-thirty-characters-"
TYPEFORM: dict[str, Any] = {
    "event_id": "01HX",
    "event_type": "form_response",
    "form_response": {
        "form_id": "f1",
        "token": "t1",
        "submitted_at": "2026-10-27T08:30:12Z",
        "definition": {
            "fields": [
                {
                    "id": "a",
                    "ref": "nps",
                    "title": "Hur troligt är det att du rekommenderar oss?",
                    "type": "opinion_scale",
                },
                {"id": "b", "ref": "why", "title": "Varför?", "type": "long_text"},
                {"id": "c", "ref": "more", "title": "Något mer?", "type": "long_text"},
            ]
        },
        "answers": [
            {"field": {"id": "a", "ref": "nps"}, "type": "number", "number": 3},
            {"field": {"id": "b", "ref": "why"}, "type": "text", "text": "Leveransen kom två veckor för sent."},
            {"field": {"id": "c", "ref": "more"}, "type": "text", "text": "Montören var däremot trevlig."},
            {"field": {"id": "d", "ref": "city"}, "type": "choice", "choice": {"label": "Malmö"}},
            {"field": {"id": "e", "ref": "mail"}, "type": "email", "email": "anna@example.org"},
        ],
    },
}
FORMBRICKS: dict[str, Any] = {
    "webhookId": "w",
    "event": "responseFinished",
    "data": {
        "id": "r1",
        "createdAt": "2026-10-24T07:47:29.507Z",
        "surveyId": "s1",
        "data": {"q1": 10, "q2": "Allt var toppen!"},
    },
}


def review(event: str, text: str = "Kundtjänsten svarade direkt.") -> dict[str, Any]:
    data = {
        "id": "53bf",
        "language": "sv",
        "title": "Bra",
        "text": text,
        "referenceId": "ORDER-1234",
        "stars": 5,
        "createdAt": "2026-10-20T09:34:44.000Z",
        "consumer": {"id": "c1", "name": "Anna Andersson"},
    }
    return {"events": [{"eventName": f"service-review-{event}", "version": "1", "eventData": data}]}


SOURCES: dict[str, Any] = {
    "typeform": {"mapping": "typeform", "map": ["attr.city=city"]},
    "formbricks": {"mapping": "formbricks", "map": ["nps=q1:0-10", "text=q2", "comment.more=q3"]},
    "trustpilot": {"mapping": "trustpilot"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("data")
    (folder / "sources").mkdir()
    (folder / "standard.key").write_text(SECRET, encoding="utf-8")
    (folder / "older.key").write_text(OLDER, encoding="utf-8")
    (folder / "plain.key").write_text(PLAIN, encoding="utf-8")
    for name, settings in SOURCES.items():
        key = "standard.key" if name == "formbricks" else "plain.key"
        settings["secret"] = {"file": str(folder / key)}
        if name == "formbricks":
            settings["old_secret"] = {"file": str(folder / "older.key")}
        file = {"connector": "webhook", "brand": "Hyllbo", "settings": settings}
        (folder / "sources" / f"{name}.yaml").write_text(yaml.safe_dump(file), encoding="utf-8")
    (folder / "sources" / "shop.yaml").write_text(
        yaml.safe_dump({"connector": "app_store", "settings": {"app": "1"}}), encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    app = create_app(Settings(data=folder))
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as one:
        yield one


def send(client: TestClient, path: str, body: Any, headers: dict[str, str]) -> Any:
    return client.post(f"/v1/inbound/{path}", content=json.dumps(body).encode(), headers=headers)


def standard(body: Any, identifier: str, *, secret: str = SECRET, now: datetime | None = None) -> dict[str, str]:
    return sign_standard(identifier, json.dumps(body).encode(), secret, now=now or datetime.now(UTC))


def typeform(body: Any) -> dict[str, str]:
    made = hmac.digest(PLAIN.encode(), json.dumps(body).encode(), "sha256")
    return {"Typeform-Signature": f"sha256={base64.b64encode(made).decode()}"}


def stored(client: TestClient, query: str) -> list[dict[str, Any]]:
    inbox = client.app.state.workshop.inbox  # type: ignore[attr-defined]
    while inbox.backlog(now=time.time()).records:  # one worker may be at it yet while another is at the marker
        time.sleep(0.02)
    client.post("/v1/mentions?wait=searchable", json={"mentions": [{"source": "marker", "text": f"vänta {query}"}]})
    hits = client.get("/v1/search", params={"q": f"{query} NOT source:marker"}).json()["hits"]
    return [hit["mention"] for hit in hits]


def test_an_answer_of_typeform_is_one_mention_with_score_words_and_further_comment(client: TestClient) -> None:
    answer = send(client, "typeform", TYPEFORM, typeform(TYPEFORM))
    assert answer.status_code == 202, answer.text
    assert (answer.json()["state"], answer.json()["given"]) == ("taken", 2)
    (first,) = stored(client, "leveransen")
    assert first["ratings"] == [{"measure": "nps", "value": 3.0, "lowest": 0.0, "highest": 10.0}]
    assert first["asked"]["question"] == "Varför?"
    assert (first["kind"], first["brand"], first["source"]) == ("survey_answer", "Hyllbo", "typeform")
    assert first["attributes"] == {"city": "Malmö"}
    (more,) = stored(client, "montören")
    assert more["reply_to"] == first["id"]
    assert "ratings" not in more or more["ratings"] == []
    assert "anna@example.org" not in str(stored(client, "source:typeform"))
    again = send(client, "typeform", TYPEFORM, typeform(TYPEFORM))
    assert again.json()["state"] == "already taken"


def test_a_delivery_of_standard_webhooks_is_taken_once_and_the_old_secret_still_does(client: TestClient) -> None:
    answer = send(client, "formbricks", FORMBRICKS, standard(FORMBRICKS, "msg_1"))
    assert answer.status_code == 202, answer.text
    (found,) = stored(client, "toppen")
    assert found["ratings"][0]["value"] == 10.0
    assert send(client, "formbricks", FORMBRICKS, standard(FORMBRICKS, "msg_1")).json()["state"] == "already taken"
    rotated = send(client, "formbricks", FORMBRICKS, standard(FORMBRICKS, "msg_2", secret=OLDER))
    assert rotated.json()["state"] == "taken"
    assert rotated.json()["new"] == 0


def test_what_is_not_signed_or_is_old_is_refused_and_looks_like_nothing_there(client: TestClient) -> None:
    other = "whsec_bsOlZ290IGFubmF0IGhlbHQgb2NoIGjDpWxsZXQ="
    now = datetime.now(UTC)
    good = standard(FORMBRICKS, "msg_9")
    changed = {**FORMBRICKS, "event": "responseUpdated"}
    refused = [
        send(client, "formbricks", FORMBRICKS, {}),
        send(client, "formbricks", changed, good),
        send(client, "formbricks", FORMBRICKS, {**good, "webhook-id": "msg_10"}),
        send(client, "formbricks", FORMBRICKS, {**good, "webhook-signature": "v1,"}),
        send(client, "formbricks", FORMBRICKS, {**good, "webhook-timestamp": "now"}),
        send(client, "formbricks", FORMBRICKS, standard(FORMBRICKS, "m", secret=other)),
        send(client, "formbricks", FORMBRICKS, standard(FORMBRICKS, "m", now=now - timedelta(minutes=6))),
        send(client, "formbricks", FORMBRICKS, standard(FORMBRICKS, "m", now=now + timedelta(minutes=6))),
        send(client, "typeform", TYPEFORM, {}),
        send(client, "trustpilot", review("created"), {}),
        send(client, "trustpilot/wrong-secret", review("created"), {}),
        send(client, "shop", FORMBRICKS, good),
        send(client, "nothing", FORMBRICKS, good),
        send(client, "..%2Fsecret", FORMBRICKS, good),
    ]
    assert {one.status_code for one in refused} == {404}
    details = {one.json()["detail"] for one in refused[:-1]}
    assert len(details) == 1


def test_a_review_comes_changes_and_goes(client: TestClient) -> None:
    path = f"trustpilot/{PLAIN}"
    assert send(client, path, review("created"), {}).json()["new"] == 1
    (first,) = stored(client, "kundtjänsten")
    assert (first["ratings"][0]["value"], first["kind"]) == (5.0, "review")
    assert "Andersson" not in json.dumps(first)
    assert "ORDER-1234" not in json.dumps(first)
    assert send(client, path, review("updated", "Nu svarar de aldrig mer."), {}).json()["new"] == 0
    (changed,) = stored(client, "aldrig")
    assert changed["id"] == first["id"]
    assert send(client, path, review("deleted"), {}).json()["erased"] == 1
    assert stored(client, "aldrig") == []
    assert send(client, path, review("updated", "Tillbaka igen."), {}).status_code == 202
    assert stored(client, "tillbaka") == [], "what was erased does not come back"


def test_a_deleted_answer_goes_with_its_further_comments(client: TestClient) -> None:
    data = {**FORMBRICKS["data"], "id": "r5", "data": {"q1": 2, "q2": "Soffan knakar.", "q3": "Bordet vinglar."}}
    answer, gone = {**FORMBRICKS, "data": data}, {**FORMBRICKS, "event": "responseDeleted", "data": data}
    assert send(client, "formbricks", answer, standard(answer, "msg_5")).json()["new"] == 2
    assert len(stored(client, "soffan")) == len(stored(client, "bordet")) == 1
    assert send(client, "formbricks", gone, standard(gone, "msg_6")).json()["erased"] == 2
    assert stored(client, "soffan") == stored(client, "bordet") == []


def test_what_cannot_be_read_is_set_aside_and_the_sender_need_not_send_it_again(client: TestClient) -> None:
    empty = {**FORMBRICKS, "data": {**FORMBRICKS["data"], "id": "r9", "data": {"other": "x"}}}
    answer = send(client, "formbricks", empty, standard(empty, "msg_empty"))
    assert answer.status_code == 202
    run = client.get(f"/v1/runs/{answer.json()['run']}").json()
    assert run["outcomes"]["quarantined"] == 1
    broken = b'{"data": '
    headers = sign_standard("msg_broken", broken, SECRET, now=datetime.now(UTC))
    assert client.post("/v1/inbound/formbricks", content=broken, headers=headers).status_code == 422


def test_a_source_that_sends_is_listed_with_what_came(client: TestClient) -> None:
    listed = {one["name"]: one for one in client.get("/v1/sources").json()["sources"]}
    assert listed["typeform"]["connector"] == "webhook"
    assert listed["typeform"]["lag_seconds"] is None
    assert listed["typeform"]["mentions"] >= 1
    assert listed["shop"]["state"] == "new"
    shown = client.get("/v1/sources/trustpilot").json()
    assert shown["readings"][-1]["new"] == 1
    assert client.get("/v1/sources/nothing").status_code == 404
    metrics = client.get("/metrics").text
    assert 'textcx_source_mentions{source="typeform"}' in metrics
    assert 'textcx_source_silent{source="typeform"} 0.0' in metrics
