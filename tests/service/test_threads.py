"""Threads: whatever mention of a talk is asked for, the whole talk is answered, in its order."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

TALK: tuple[tuple[str, dict[str, Any]], ...] = (
    ("question", {"text": "Var är mitt paket?", "voice": "customer"}),
    ("answer", {"text": "Vi beklagar! Det är på väg.", "voice": "brand", "reply_to": "question", "thread": "question"}),
    ("thanks", {"text": "Tack, nu kom det.", "voice": "customer", "reply_to": "answer"}),
    ("another", {"text": "Samma sak för mig.", "voice": "customer", "thread": "question"}),
    ("apart", {"text": "Något helt annat.", "voice": "customer"}),
    ("orphan", {"text": "Håller med.", "reply_to": "never seen"}),
    ("sibling", {"text": "Jag också.", "reply_to": "never seen"}),
    ("round", {"text": "Se nedan.", "reply_to": "about"}),
    ("about", {"text": "Se ovan.", "reply_to": "round"}),
)


@pytest.fixture(scope="module")
def talked(client: TestClient) -> TestClient:
    mentions = [
        {"id": name, "source": "forum", "kind": "post", "published_at": f"2026-01-{at + 1:02}T12:00:00Z", **more}
        for at, (name, more) in enumerate(TALK)
    ]
    assert client.post("/v1/mentions?wait=searchable", json={"mentions": mentions}).status_code == 202
    return client


def ids(talked: TestClient) -> dict[str, str]:
    hits = talked.get("/v1/search", params={"q": "source:forum voice:(customer OR brand OR unknown)"}).json()["hits"]
    by_text = {hit["mention"]["text"]: hit["mention"]["id"] for hit in hits}
    return {name: by_text[more["text"]] for name, more in TALK}


def shape(talked: TestClient, name: str) -> list[tuple[str, int]]:
    known = ids(talked)
    names = {identifier: name for name, identifier in known.items()}
    answer = talked.get(f"/v1/mentions/{known[name]}/thread")
    assert answer.status_code == 200
    assert answer.json()["is_whole"]
    for row in answer.json()["mentions"]:
        assert "reference" not in row["mention"]
    return [(names[row["mention"]["id"]], row["depth"]) for row in answer.json()["mentions"]]


@pytest.mark.parametrize("name", ["question", "answer", "thanks", "another"])
def test_a_talk_is_whole_from_wherever_it_is_asked(talked: TestClient, name: str) -> None:
    assert shape(talked, name) == [("question", 0), ("answer", 1), ("thanks", 2), ("another", 1)]


def test_a_mention_by_itself_is_its_thread(talked: TestClient) -> None:
    assert shape(talked, "apart") == [("apart", 0)]


def test_answers_to_what_is_not_stored_are_together(talked: TestClient) -> None:
    assert shape(talked, "sibling") == [("orphan", 0), ("sibling", 0)]


def test_mentions_that_answer_one_another_in_a_circle_come_once_each(talked: TestClient) -> None:
    assert sorted(name for name, _ in shape(talked, "round")) == ["about", "round"]


def test_a_thread_is_asked_for_by_a_query_too(talked: TestClient) -> None:
    known = ids(talked)
    hits = talked.get("/v1/search", params={"q": f"thread:{known['question']}", "sort": "oldest"}).json()["hits"]
    assert [hit["mention"]["id"] for hit in hits] == [known[name] for name in ("question", "answer", "another")]


def test_there_is_no_thread_of_what_there_is_not(talked: TestClient) -> None:
    assert talked.get(f"/v1/mentions/{'0' * 64}/thread").status_code == 404
