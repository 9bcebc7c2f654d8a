"""The HTTP API, asked as a program would ask it."""

import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.assembly import Workshop
from textcx.errors import ConfigError
from textcx.settings import Settings


def problem(answer: Any, status: int, name: str) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"urn:textcx:problem:{name}"
    return body


def test_search_finds_inflected_forms_and_marks_them(stocked: TestClient) -> None:
    answer = stocked.get("/v1/search", params={"q": "leverans", "facets": "brand,lang"}).json()
    assert answer["total"] == 1
    hit = answer["hits"][0]
    span = hit["highlights"]["text"][0]
    assert hit["mention"]["text"][span["start"] : span["end"]] == "Leveransen"
    assert answer["facets"]["brand"] == [{"value": "Hyllbo", "count": 1}]
    assert answer["facets"]["lang"] == [{"value": "sv", "count": 1}]


def test_search_by_body_gives_the_same(stocked: TestClient) -> None:
    by_address = stocked.get("/v1/search", params={"q": "brand:Hyllbo"}).json()
    assert stocked.post("/v1/search", json={"q": "brand:Hyllbo"}).json() == by_address


def test_pages_follow_one_another(stocked: TestClient) -> None:
    seen, cursor = [], None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = stocked.get("/v1/search", params=params).json()
        seen += [hit["mention"]["id"] for hit in page["hits"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 5


def test_a_time_window_keeps_whole_months(stocked: TestClient) -> None:
    answer = stocked.get("/v1/search", params={"from": "2026-02", "to": "2026-02"}).json()
    assert answer["total"] == 2


def test_trends_have_empty_intervals_and_say_what_is_undated(stocked: TestClient) -> None:
    answer = stocked.get("/v1/trends", params={"measure": "volume", "interval": "month"}).json()
    points = answer["series"][0]["points"]
    assert [point["n"] for point in points] == [1, 2]
    assert answer["undated"] == 1, "the company's own words are not counted"
    assert answer["measure"] == {
        "id": "volume",
        "label": "Mentions",
        "formula": "volume-1",
        "unit": "mentions",
        "counts": "mention",
        "interval": answer["measure"]["interval"],
    }


def test_trends_by_touchpoint_count_judgements(stocked: TestClient) -> None:
    answer = stocked.get("/v1/trends", params={"measure": "net_sentiment", "by": "touchpoint"}).json()
    assert answer["measure"]["counts"] == "judgement"
    delivery = next(one for one in answer["series"] if one["key"] == {"touchpoint": "delivery"})
    assert [point["value"] for point in delivery["points"]] == [-100, 100]
    assert all(point["is_small"] for point in delivery["points"])


def test_breakdown_gives_a_row_a_value_and_the_whole(stocked: TestClient) -> None:
    answer = stocked.get("/v1/breakdown", params={"by": "brand"}).json()
    assert [(row["key"], row["n"]) for row in answer["rows"]] == [("Hyllbo", 2), ("Klarvik", 2)]
    assert answer["total"]["n"] == 4
    by_segment = stocked.get("/v1/breakdown", params={"by": "attr.segment"}).json()
    assert {row["key"] for row in by_segment["rows"]} == {"private", "business"}
    assert by_segment["missing"] == 2


def test_voices_named_in_the_query_are_counted(stocked: TestClient) -> None:
    answer = stocked.get("/v1/breakdown", params={"by": "voice", "q": "voice:brand"}).json()
    assert answer["total"]["n"] == 1


def test_a_wrong_query_says_where_and_what_was_expected(stocked: TestClient) -> None:
    body = problem(stocked.get("/v1/search", params={"q": "brand:(Hyllbo"}), 400, "query-syntax")
    assert body["position"] == len("brand:(Hyllbo")
    assert body["expected"]


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/v1/search", {"sort": "odd"}),
        ("/v1/search", {"limit": "201"}),
        ("/v1/search", {"mode": "dreams"}),
        ("/v1/search", {"facets": "stars"}),
        ("/v1/trends", {"measure": "happiness"}),
        ("/v1/trends", {"interval": "decade"}),
        ("/v1/trends", {"timezone": "Europe/Atlantis"}),
        ("/v1/trends", {"from": "yesterday"}),
        ("/v1/breakdown", {"by": "mood"}),
        ("/v1/breakdown", {}),
    ],
)
def test_a_wrong_parameter_is_named(stocked: TestClient, path: str, params: dict[str, str]) -> None:
    answer = stocked.get(path, params=params)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert any(name in answer.json()["detail"] for name in (*params, "by", "dimension"))


@pytest.mark.parametrize("address", ["search?form=2026", "search?brand=x", "limits?a", "enrich?wait=searchable"])
def test_a_parameter_that_a_route_does_not_know_is_refused(client: TestClient, address: str) -> None:
    method = "POST" if address.startswith("enrich") else "GET"
    body = problem(client.request(method, f"/v1/{address}", json={"documents": []}), 400, "bad-request")
    assert "is not known here" in body["detail"]


def test_a_parameter_given_twice_is_refused(client: TestClient) -> None:
    body = problem(client.get("/v1/search?q=brand:Hyllbo&q=brand:Klarvik"), 400, "bad-request")
    assert "'q' is given more than once" in body["detail"]


def test_a_mention_is_shown_and_erased_for_good(client: TestClient) -> None:
    mention = {"id": "gone", "source": "forum", "text": "Delete me please"}
    client.post("/v1/mentions?wait=searchable", json={"mentions": [mention]})
    found = client.get("/v1/search", params={"q": '="delete"'}).json()["hits"][0]["mention"]
    shown = client.get(f"/v1/mentions/{found['id']}").json()
    assert shown["mention"]["text"] == "Delete me please"
    assert shown["annotations"]["said_by"]["sentiment"].startswith("textcx_sentiment")
    assert client.delete(f"/v1/mentions/{found['id']}").status_code == 204
    problem(client.get(f"/v1/mentions/{found['id']}"), 404, "not-found")
    again = client.post("/v1/mentions?wait=searchable", json={"mentions": [{**mention, "text": "Delete me again"}]})
    assert again.json()["run"]["outcomes"]["stored"] == 0
    problem(client.get(f"/v1/mentions/{found['id']}"), 404, "not-found")


def test_refused_mentions_are_named_and_the_others_taken(client: TestClient) -> None:
    batch = [
        {"source": "forum", "text": "fine"},
        {"source": "forum", "text": "odd", "ratings": [{"measure": "stars", "value": 9, "lowest": 1, "highest": 5}]},
        {"text": "no source"},
        {"source": "forum", "text": "when", "published_at": "soonish"},
        {"source": "forum", "text": "field", "mood": "bad"},
    ]
    answer = client.post("/v1/mentions", json={"mentions": batch})
    assert answer.status_code == 202
    assert answer.json()["accepted"] == 1
    assert [one["index"] for one in answer.json()["refused"]] == [1, 2, 3, 4]
    run = client.get(f"/v1/runs/{answer.json()['batch']}").json()
    assert run["read"] == 1
    assert run["adds_up"]


def test_personal_data_never_reaches_the_store(client: TestClient) -> None:
    mention = {"source": "forum", "text": "Reach me at canary@example.com now", "author": "canary-handle"}
    client.post("/v1/mentions?wait=searchable", json={"mentions": [mention]})
    hit = client.get("/v1/search", params={"q": "reach"}).json()["hits"][0]["mention"]
    assert hit["text"] == "Reach me at [email] now"
    assert hit["redactions"] == [{"start": 12, "end": 19, "kind": "email"}]
    assert "canary" not in hit["author"]


def test_a_company_key_is_never_shown(client: TestClient) -> None:
    mention = {"source": "survey", "text": "referenceword", "reference": {"system": "crm", "id": "K-1"}}
    client.post("/v1/mentions?wait=searchable", json={"mentions": [mention]})
    answer = client.get("/v1/search", params={"q": "referenceword"})
    assert answer.json()["total"] == 1
    assert "K-1" not in answer.text


def test_lists_of_what_there_is(client: TestClient) -> None:
    assert {one["id"] for one in client.get("/v1/measures").json()["measures"]} >= {"volume", "nps", "net_sentiment"}
    assert len(client.get("/v1/touchpoints").json()["touchpoints"]) == 19
    assert client.get("/v1/limits").json()["enrich_documents"] == 256
    assert {one["name"] for one in client.get("/v1/fields").json()["fields"]} >= {"brand", "touchpoint", "stars"}
    assert client.get("/v1/runs").status_code == 200


def test_health_and_metrics(stocked: TestClient) -> None:
    assert stocked.get("/healthz").json() == {"status": "alive"}
    stocked.post("/v1/enrich", json={"documents": [{"text": "warm"}]})
    parts = ("store", "inbox", "disk", "indexer", "model")
    assert stocked.get("/readyz").json() == {"ready": True, **dict.fromkeys(parts, "ready"), "missing": []}
    text = stocked.get("/metrics").text
    assert 'textcx_records{outcome="stored"}' in text


def test_what_is_not_ready_is_named(tmp_path: Path) -> None:
    class Broken(Workshop):
        def build_pipeline(self) -> Any:
            raise ConfigError("lexicons/sv.yaml: broken")

    settings = Settings(data=tmp_path)
    app = create_app(settings, workshop=Broken(settings))
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        deadline = time.monotonic() + 10
        while (answer := client.get("/readyz")).json()["missing"] == ["model: loading"]:
            assert time.monotonic() < deadline
        assert answer.status_code == 503
        assert answer.json()["missing"] == ["model: cannot be loaded"]
        assert answer.json()["store"] == "ready"
        assert "sv.yaml" not in answer.text, "this route needs no key, so it says nothing of what there is"
        assert client.get("/healthz").status_code == 200


def test_the_description_names_every_route(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/enrich", "/v1/mentions", "/v1/search", "/v1/trends", "/v1/breakdown"} <= paths.keys()
    body = paths["/v1/enrich"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert "documents" in body["properties"]


def test_another_machine_is_not_served_without_a_key(client: TestClient) -> None:
    problem(client.get("/healthz", headers={"host": "evil.example"}), 400, "bad-request")


def test_a_request_has_an_id(client: TestClient) -> None:
    assert client.get("/healthz", headers={"x-request-id": "abc-1"}).headers["x-request-id"] == "abc-1"
    assert client.get("/healthz", headers={"x-request-id": "a b"}).headers["x-request-id"] != "a b"


def test_two_periods_are_compared(stocked: TestClient) -> None:
    asked = {"measure": "net_sentiment", "a": "published:2026-01", "b": "published:2026-02", "by": "brand"}
    answer = stocked.get("/v1/compare", params=asked).json()
    assert answer["measure"]["comparison"] == "adjusted Wald"
    assert (answer["total"]["a"]["n"], answer["total"]["b"]["n"]) == (1, 2)
    assert answer["total"]["difference"].keys() == {"value", "low", "high", "p", "q", "reading"}
    assert [row["key"] for row in answer["rows"]] == ["Hyllbo", "Klarvik"]
    body = problem(stocked.get("/v1/compare", params={**asked, "b": "brand:(x"}), 400, "query-syntax")
    assert body["position"] == len("brand:(x")
    assert stocked.get("/v1/compare", params={"a": "x"}).status_code == 422


def test_a_measure_says_how_it_is_made(client: TestClient) -> None:
    listed = client.get("/v1/measures").json()["measures"]
    shown = client.get("/v1/measures/nps").json()
    assert shown in listed
    assert (shown["formula"], shown["interval"], shown["better"]) == ("nps-1", "adjusted Wald", "higher")
    assert "Reichheld" in shown["explained"]["source"]
    assert "volume" in problem(client.get("/v1/measures/mood"), 404, "not-found")["detail"]


def test_weeks_from_sunday_and_the_running_interval(stocked: TestClient) -> None:
    asked = {"interval": "week", "week_starts": "sunday", "from": "2026-02-15", "to": "2026-02-21"}
    (point,) = stocked.get("/v1/trends", params=asked).json()["series"][0]["points"]
    assert (point["start"], point["n"], point["incomplete"]) == ("2026-02-15T00:00:00+00:00", 2, False)
    running = stocked.get("/v1/trends", params={"interval": "year", "from": "2026", "to": "2999"}).json()
    assert running["series"][0]["points"][-1]["incomplete"]
    assert stocked.get("/v1/trends", params={"week_starts": "friday"}).status_code == 422


def test_replies_are_counted_for_the_mention_they_answer_though_they_come_first(client: TestClient) -> None:
    ours = {"source": "helpdesk", "brand": "Molnbo"}
    reply = {"id": "r1", "kind": "reply", "voice": "brand", "reply_to": "q1", "text": "It is on its way."}
    asked = {"id": "q1", "kind": "ticket", "text": "Where is my parcel?"}
    for mention, at in ((reply, "2026-01-10T13:00:00Z"), (asked, "2026-01-10T10:00:00Z")):
        body = {"mentions": [{**ours, **mention, "published_at": at}]}
        assert client.post("/v1/mentions?wait=searchable", json=body).status_code == 202
    rate, hours = (
        client.get("/v1/breakdown", params={"measure": measure, "by": "brand", "q": "brand:Molnbo"}).json()["total"]
        for measure in ("reply_rate", "reply_time")
    )
    assert (rate["value"], rate["n"]) == (1.0, 1)
    assert (round(hours["value"], 9), hours["n"]) == (3.0, 1)
