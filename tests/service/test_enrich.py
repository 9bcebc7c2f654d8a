"""POST /v1/enrich: to the letter of its contract."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient


def enrich(client: TestClient, *documents: object, **more: object) -> dict[str, Any]:
    answer = client.post("/v1/enrich", json={"documents": list(documents), **more})
    assert answer.status_code == 200, answer.text
    result: dict[str, Any] = answer.json()
    return result


def test_order_is_kept_and_one_bad_document_spoils_no_other(client: TestClient) -> None:
    answer = enrich(
        client,
        {"id": "a", "text": "Snabb leverans"},
        {"id": "b"},
        {"id": "c", "text": "Dårlig kundeservice"},
        {"id": "d", "text": 5},
        {"id": "e", "text": "x" * 70_000},
    )
    results = answer["results"]
    assert [one["id"] for one in results] == ["a", "b", "c", "d", "e"]
    assert [one.get("error", {}).get("code") for one in results] == [
        None,
        "unreadable",
        None,
        "unreadable",
        "too-large",
    ]
    assert results[0]["touchpoints"][0]["id"] == "delivery"
    assert results[0]["touchpoints"][0]["polarity"] == "positive"
    assert results[2]["sentiment"]["polarity"] == "negative"


def test_what_is_no_document_at_all_has_its_own_error_too(client: TestClient) -> None:
    results = enrich(client, 1, None, "text", [], {"text": "ok"}, {"text": "ok", "lang": "sv"}, {"text": None})[
        "results"
    ]
    codes = [one.get("error", {}).get("code") for one in results]
    assert codes == ["unreadable"] * 4 + [None, "unreadable", "unreadable"]
    assert "lang" in results[5]["error"]["message"], "a key that nobody knows is never left alone silently"


@pytest.mark.parametrize("identifier", ["a", "", "å" * 200, 7, 0, -1, 2**53 - 1, 1 - 2**53, None])
def test_an_id_comes_back_as_it_was_sent(client: TestClient, identifier: object) -> None:
    good, bad = enrich(client, {"id": identifier, "text": "ok"}, {"id": identifier})["results"]
    assert good["id"] == bad["id"] == identifier
    assert type(good["id"]) is type(identifier)


@pytest.mark.parametrize("identifier", ["a" * 201, 2**53, 10**30, 1.5, True, ["a"], {"a": 1}])
def test_an_id_that_programs_read_differently_is_refused(client: TestClient, identifier: object) -> None:
    (result,) = enrich(client, {"id": identifier, "text": "ok"})["results"]
    assert result["id"] is None
    assert "id:" in result["error"]["message"]


@pytest.mark.parametrize("declared", ["sv", "SV", "sv-SE", "sv_FI", "Swedish", "svenska"])
def test_a_declared_language_helps_however_it_is_written(client: TestClient, declared: str) -> None:
    text = "Leveransen var sen"  # as Danish as it is Swedish
    said = {"language": declared, "kind": "survey_answer", "context": "😀 Vad kan vi göra bättre?"}
    (result,) = enrich(client, {"text": text, **said})["results"]
    assert result["language"]["code"] == "sv"
    assert result["touchpoints"][0]["evidence"] == [{"start": 0, "end": len("Leveransen")}], "offsets are of `text`"


def test_a_language_that_nobody_knows_is_no_error_but_a_kind_is(client: TestClient) -> None:
    text = "Leveransen var sen"
    plain, klingon, poem = enrich(
        client, {"text": text}, {"text": text, "language": "klingon"}, {"text": text, "kind": "poem"}
    )["results"]
    assert klingon == plain
    assert "kind" in poem["error"]["message"]


def test_nothing_is_stored(client: TestClient) -> None:
    before = client.get("/v1/search").json()["total"], client.get("/v1/runs").json()
    enrich(client, {"id": "x", "text": "Snabb leverans"})
    assert (client.get("/v1/search").json()["total"], client.get("/v1/runs").json()) == before


def test_absent_is_not_neutral(client: TestClient) -> None:
    empty, foreign = enrich(client, {"text": ""}, {"text": "Die Lieferung kam viel zu spät und war kaputt."})["results"]
    assert empty["sentiment"] is None
    assert empty["language"]["code"] == "und"
    assert foreign["sentiment"] is None


def test_only_what_was_asked_for_is_answered(client: TestClient) -> None:
    answer = enrich(client, {"text": "Snabb leverans"}, include=["sentiment"])
    assert answer["results"][0].keys() == {"id", "sentiment"}
    assert enrich(client, {"text": "x"}, include=[])["results"] == [{"id": None}]
    every = enrich(client, {"text": "x"})["results"][0].keys()
    assert every == {"id", "language", "sentiment", "emotions", "signals", "touchpoints", "opinions", "topics"}
    refused = client.post("/v1/enrich", json={"documents": [{"text": "x"}], "include": ["mood"]})
    assert refused.status_code == 422


def test_offsets_are_of_the_text_as_sent_in_the_unit_asked(client: TestClient) -> None:
    text = "😀😀 Leveransen var alldeles för sen"
    for unit, encoding, width in (("code_point", "utf-32-le", 4), ("utf16", "utf-16-le", 2)):
        result = enrich(client, {"text": text}, offset_unit=unit)["results"][0]
        span = next(one for one in result["touchpoints"] if one["id"] == "delivery")["evidence"][0]
        encoded = text.encode(encoding)
        assert encoded[span["start"] * width : span["end"] * width].decode(encoding) == "Leveransen"


def test_versions_are_stated_and_can_be_pinned(client: TestClient) -> None:
    answer = enrich(client, {"text": "ok"})
    version, taxonomy = answer["model"]["version"], answer["taxonomy"]["version"]
    assert enrich(client, {"text": "ok"}, model=version, taxonomy=taxonomy)["model"]["version"] == version
    for name, loaded in (("model", version), ("taxonomy", taxonomy)):
        refused = client.post("/v1/enrich", json={"documents": [{"text": "ok"}], name: "other"})
        assert refused.status_code == 409
        assert refused.json()["type"] == "urn:textcx:problem:conflict"
        assert loaded in refused.json()["detail"]


def test_the_answer_is_the_same_in_any_company(client: TestClient) -> None:
    texts = ["Snabb leverans", "Elendig app!", "Toimitus oli hidas", "Great staff, awful food"]
    together = enrich(client, *({"text": text} for text in texts))["results"]
    alone = [enrich(client, {"text": text})["results"][0] for text in texts]
    assert together == alone


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422),
        (b"[]", 422),
        (b'{"documents": 1}', 422),
        (b'{"documents": [{"text": "\\ud800"}]}', 422),
        (b'{"documents": [{"text": "a", "id": NaN}]}', 422),
        (b'{"documents": [{"text": "a", "id": 1e999}]}', 422),
        (b'{"documents": [{"text": "a", "text": "b"}]}', 422),
        (b'{"documents": [], "documents": []}', 422),
        (b'{"documents": [], "mood": 1}', 422),
        (b"", 422),
        (b'{"documents": [' + b'{"text":"a"},' * 256 + b'{"text":"a"}]}', 413),
        (b'{"documents": [{"text": "' + b"a" * 2**20 + b'"}]}', 413),
        (b"[" * 100_000, 422),
        (b'{"documents": [{"text": "a", "id": ' + b"9" * 500_000 + b"}]}", 422),
        (b'{"documents": ' + b"[" * 1000 + b"]" * 1000 + b"}", 422),
        (b"\xff\xfe", 422),
    ],
)
def test_a_body_that_cannot_be_used_is_refused_in_words(client: TestClient, body: bytes, status: int) -> None:
    answer = client.post("/v1/enrich", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_a_body_without_a_stated_length_is_bounded_too(client: TestClient) -> None:
    chunks = (b"a" * 65536 for _ in range(64))
    assert client.post("/v1/enrich", content=chunks).status_code == 413


@pytest.mark.parametrize(
    "text", ["", " ", "!!!", "\u0000", "a\u0301" * 500, "😀" * 1000, "\u202eabc", "ﷺ" * 100, "a" * 60_000]
)
def test_hostile_texts_are_answered(client: TestClient, text: str) -> None:
    result = enrich(client, {"text": text})["results"][0]
    assert "error" not in result
    json.dumps(result)
