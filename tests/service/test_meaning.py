"""Search by meaning: over HTTP and on the command line, with the shipped embedding."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from service.app import create_app
from service.cli import command_line
from service.questions.meaning import LEAST_NEARNESS
from textcx.embedding.static import StaticEmbedding
from textcx.settings import Settings

HERE = "http://localhost"
PARAPHRASES = Path(__file__).parents[1] / "quality" / "paraphrases.jsonl"
LANGUAGES = ("sv", "da", "nb", "fi", "en")
COPY = "Paketet har inte kommit fram och ingen svarar på mina mejl om leveransen till oss."
TEXTS = {
    "sv": ("sv", "Hyllbo", "Leveransen blev försenad och paketet kom aldrig fram."),
    "da": ("da", "Hyllbo", "Leveringen er forsinket, og pakken er ikke kommet."),
    "fi": ("fi", "Klarvik", "Toimitus myöhästyi eikä paketti tullut perille."),
    "en": ("en", "Klarvik", "The delivery is delayed and the parcel never arrived."),
    "food": ("sv", "Hyllbo", "Maten på restaurangen smakade underbart gott."),
    "app": ("en", "Klarvik", "The app crashes every time I log in."),
    "first": ("sv", "Hyllbo", COPY),
    "second": ("sv", "Klarvik", COPY.replace("oss", "er")),
    "silent": ("sv", "Hyllbo", "!!!"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    mentions = [
        {"id": name, "source": "forum", "text": text, "language": language, "brand": brand}
        for name, (language, brand, text) in TEXTS.items()
    ]
    with TestClient(create_app(Settings(data=folder)), HERE, raise_server_exceptions=False) as one:
        answer = one.post("/v1/mentions?wait=searchable", json={"mentions": mentions})
        assert answer.json()["run"]["outcomes"]["stored"] == len(TEXTS)
        yield one


def names(answer: dict[str, Any]) -> list[str]:
    name_of = {text: name for name, (_, _, text) in TEXTS.items()}
    return [name_of[hit["mention"]["text"]] for hit in answer["hits"]]


def ask(client: TestClient, q: str, **more: Any) -> dict[str, Any]:
    answer = client.get("/v1/search", params={"q": q, "mode": "meaning", **more})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_other_languages_are_found(client: TestClient) -> None:
    answer = ask(client, "försenat paket")
    assert {"sv", "da", "fi", "en"} <= set(names(answer)[:5])
    scores = [hit["score"] for hit in answer["hits"]]
    assert scores == sorted(scores, reverse=True)
    assert all(hit["found_by"] == ["meaning"] for hit in answer["hits"])
    assert "silent" not in names(answer)


def test_fields_say_which_mentions_may_be_found(client: TestClient) -> None:
    answer = ask(client, "late parcel brand:Klarvik -lang:fi", facets="brand")
    assert names(answer)[0] == "en"
    assert "fi" not in names(answer)
    assert [one["value"] for one in answer["facets"]["brand"]] == ["Klarvik"]


def test_both_ways_are_fused(client: TestClient) -> None:
    answer = ask(client, "parcel", mode="both")
    hits = dict(zip(names(answer), answer["hits"], strict=True))
    assert names(answer)[0] == "en"
    assert hits["en"]["found_by"] == ["words", "meaning"]
    assert hits["en"]["highlights"]["text"]
    assert hits["fi"]["found_by"] == ["meaning"]


def test_near_copies_are_one_hit(client: TestClient) -> None:
    hits = [
        hit
        for hit in ask(client, "paketet har inte kommit fram")["hits"]
        if hit["mention"]["text"].startswith("Paketet")
    ]
    assert len(hits) == 1
    assert len(hits[0]["copies"]) == 1


def test_pages_follow_one_another(client: TestClient) -> None:
    whole = names(ask(client, "paket leverans"))
    cursor, paged = None, []
    while True:
        answer = ask(client, "paket leverans", limit=2, **({"cursor": cursor} if cursor else {}))
        assert answer["total"] == len(whole)
        paged += names(answer)
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert paged == whole
    other = client.get(
        "/v1/search", params={"q": "paket", "mode": "both", "cursor": ask(client, "paket", limit=1)["next_cursor"]}
    )
    assert other.status_code == 400


@pytest.mark.parametrize(
    ("q", "more", "said"),
    [
        ("brand:Hyllbo", {}, "needs words"),
        ("", {}, "needs words"),
        ("lever*", {}, "whole words"),
        ("paket OR brand:Hyllbo", {}, "OR"),
        ("paket", {"sort": "newest"}, "sort"),
        ("paket", {"mode": "guess"}, "mode"),
    ],
)
def test_what_has_no_meaning_is_refused(client: TestClient, q: str, more: dict[str, str], said: str) -> None:
    answer = client.get("/v1/search", params={"q": q, "mode": "meaning", **more})
    assert answer.status_code in (400, 422)
    assert said in answer.text


def test_mentions_like_one(client: TestClient) -> None:
    identifier = next(
        hit["mention"]["id"]
        for hit in ask(client, "försenad leverans")["hits"]
        if hit["mention"]["text"] == TEXTS["sv"][2]
    )
    answer = client.get(f"/v1/mentions/{identifier}/similar", params={"limit": 3}).json()
    assert "sv" not in names(answer)
    assert set(names(answer)) <= {"da", "fi", "en", "first", "second"}
    assert client.get(f"/v1/mentions/{identifier}/similar", params={"q": "lang:fi"}).json()["total"] >= 1
    assert client.get(f"/v1/mentions/{identifier}/similar", params={"q": "paket"}).status_code == 400
    assert client.get(f"/v1/mentions/{'0' * 64}/similar").status_code == 404


def test_its_own_copies_stand_apart(client: TestClient) -> None:
    hit = next(hit for hit in ask(client, "paketet har inte kommit fram")["hits"] if hit["copies"])
    answer = client.get(f"/v1/mentions/{hit['mention']['id']}/similar").json()
    assert answer["copies"] == hit["copies"]


def test_the_command_line_answers_the_same(client: TestClient, folder: Path) -> None:
    def run(*arguments: str) -> Any:
        found = CliRunner().invoke(command_line(), [*arguments, "--data", str(folder), "--json"])
        assert found.exit_code == 0, found.output
        return json.loads(found.stdout)

    answer = run("search", "försenat paket", "--mode", "meaning")
    assert names(answer) == names(ask(client, "försenat paket", limit=10))
    identifier = answer["hits"][0]["mention"]["id"]
    like = run("similar", identifier)
    assert names(like) == names(client.get(f"/v1/mentions/{identifier}/similar").json())
    table = CliRunner().invoke(command_line(), ["search", "försenat paket", "--mode", "meaning", "--data", str(folder)])
    assert "found by" in table.output


def test_an_erased_mention_leaves_no_vector(client: TestClient, folder: Path) -> None:
    hit = next(hit for hit in ask(client, "maten smakade gott")["hits"] if hit["mention"]["text"] == TEXTS["food"][2])
    identifier = hit["mention"]["id"]
    key = bytes.fromhex(identifier)
    assert key in _vector_bytes(folder)
    assert client.delete(f"/v1/mentions/{identifier}").status_code == 204
    assert "food" not in names(ask(client, "maten smakade gott"))
    deadline = time.monotonic() + 10
    while key in _vector_bytes(folder) and time.monotonic() < deadline:  # the indexer follows at once, by itself
        time.sleep(0.02)
    assert key not in _vector_bytes(folder)


def _vector_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("vectors.bin")))


def test_paraphrases_are_near_enough_to_be_hits_and_unrelated_texts_are_not() -> None:
    groups = [json.loads(line) for line in PARAPHRASES.read_text(encoding="utf-8").splitlines()]
    vectors = StaticEmbedding().vectors([group[language] for group in groups for language in LANGUAGES])
    own = np.repeat(np.arange(len(groups)), len(LANGUAGES))
    pair = np.triu_indices(len(own), 1)
    is_same, is_hit = own[pair[0]] == own[pair[1]], (vectors @ vectors.T)[pair] >= LEAST_NEARNESS
    assert is_hit[is_same].mean() >= 0.9, "0.93 when it was set"
    assert is_hit[~is_same].mean() <= 0.03, "0.026 when it was set"
