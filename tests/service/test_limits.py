"""Each limit that GET /v1/limits states holds exactly: what is at its edge is answered, one more is refused."""

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from service.app import create_app
from service.body import RequestLimit
from service.commands.keys import add
from service.limits import Limits
from service.turns import Turns
from textcx.errors import BacklogFullError
from textcx.settings import Settings

LIMITS = Limits()
PAGE = Path(__file__).parents[2] / "service" / "README.md"
IN_OTHER_TESTS = {"connections", "request_seconds", "answer_stall_seconds"}  # test_server.py and test_connections.py
Edge = Callable[[TestClient, int], int]
"""Asks for so much, and gives the status."""


def enrich(client: TestClient, **document: Any) -> int:
    answer = client.post("/v1/enrich", json={"documents": [{"text": "ok", **document}]})
    assert answer.status_code == 200
    return 422 if "error" in answer.json()["results"][0] else 200


def search(client: TestClient, **params: Any) -> int:
    return client.get("/v1/search", params=params).status_code


def body_of(size: int) -> bytes:
    body = b'{"documents": [{"text": "ok"}]}'
    return body + b" " * (size - len(body))


def head_of(client: TestClient, size: int) -> int:
    request = client.build_request("GET", "/healthz", headers={"x-pad": ""})
    line = len(b"GET /healthz HTTP/1.1\r\n")
    length = line + sum(len(name) + len(value) + 4 for name, value in request.headers.raw)
    return client.get("/healthz", headers={"x-pad": "a" * (size - length)}).status_code


def mention_of(client: TestClient, size: int) -> int:
    answer = client.post("/v1/mentions", json={"mentions": [{"source": "forum", "text": "a" * size}]})
    assert answer.status_code == 202
    return 422 if answer.json()["refused"] else 202


EDGES: dict[str, tuple[Edge, int]] = {
    "body_bytes": (lambda client, n: client.post("/v1/enrich", content=body_of(n)).status_code, 413),
    "header_bytes": (head_of, 431),
    "enrich_documents": (
        lambda client, n: client.post("/v1/enrich", json={"documents": [{"text": ""}] * n}).status_code,
        413,
    ),
    "enrich_text_bytes": (lambda client, n: enrich(client, text="å" * (n // 2) + "a" * (n % 2)), 422),
    "enrich_context_characters": (lambda client, n: enrich(client, context="å" * n), 422),
    "enrich_id_characters": (lambda client, n: enrich(client, id="å" * n), 422),
    "enrich_language_characters": (lambda client, n: enrich(client, language="s" * n), 422),
    "mentions": (lambda client, n: client.post("/v1/mentions", json={"mentions": [0] * n}).status_code, 413),
    "mention_text_characters": (mention_of, 422),
    "search_page": (lambda client, n: search(client, limit=n), 400),
    "breakdown_rows": (
        lambda client, n: client.get("/v1/breakdown", params={"by": "brand", "limit": n}).status_code,
        400,
    ),
    "query_characters": (lambda client, n: search(client, q="a" * 100 + " " * (n - 101) + "b"), 400),
    "query_depth": (lambda client, n: search(client, q="(" * n + "a" + ")" * n), 400),
    "query_clauses": (lambda client, n: search(client, q=" ".join(f"w{number}" for number in range(n))), 400),
    "query_near_words": (lambda client, n: search(client, q=f"a NEAR/{n} b"), 400),
}


@pytest.mark.parametrize("name", EDGES)
def test_what_is_at_the_edge_is_answered_and_one_more_is_refused(client: TestClient, name: str) -> None:
    ask, refused = EDGES[name]
    most = client.get("/v1/limits").json()[name]
    assert ask(client, most) in (200, 202)
    assert ask(client, most + 1) == refused


def test_a_body_in_pieces_has_the_same_edge(client: TestClient) -> None:
    for size, status in ((LIMITS.body_bytes, 200), (LIMITS.body_bytes + 1, 413)):
        body = body_of(size)
        pieces = (body[first : first + 50_000] for first in range(0, size, 50_000))
        assert client.post("/v1/enrich", content=pieces).status_code == status


def test_only_so_many_series_are_drawn_and_the_rest_is_counted(client: TestClient) -> None:
    for more, omitted in ((0, 0), (1, 1)):
        mentions = [
            {"id": f"s{number}", "source": "series", "text": "ok", "published_at": "2026-01-01", "brand": f"B{number}"}
            for number in range(LIMITS.trend_series + more)
        ]
        client.post("/v1/mentions?wait=searchable", json={"mentions": mentions})
        answer = client.get("/v1/trends", params={"by": "brand", "q": "source:series"}).json()
        assert len(answer["series"]) == LIMITS.trend_series
        assert answer["omitted"] == omitted


def test_a_key_has_so_many_requests_a_minute_if_nothing_else_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add("someone", data=tmp_path)
    headers = {"Authorization": f"Bearer {capsys.readouterr().out.strip()}"}
    with TestClient(create_app(Settings(data=tmp_path))) as client:
        most = client.get("/v1/limits", headers=headers).json()["requests_per_minute"]
        statuses = [client.get("/healthz", headers=headers).status_code for _ in range(most)]
    assert statuses == [200] * (most - 1) + [429]


def test_all_bodies_together_are_bounded() -> None:
    """Two requests of 60 bytes each, where 100 may be held."""
    release = asyncio.Event()

    async def app(_scope: Scope, receive: Receive, _send: Send) -> None:
        await receive()
        await release.wait()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"a" * 60, "more_body": False}

    async def send(_message: Message) -> None:
        raise AssertionError("nothing is answered here")

    async def ask(limit: RequestLimit) -> None:
        scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": []}
        await limit(scope, receive, send)

    async def run() -> None:
        for most, is_refused in ((120, False), (119, True)):
            release.clear()
            limit = RequestLimit(app, most_head_bytes=1000, most_bytes=100, most_bytes_together=most)
            both = [asyncio.create_task(ask(limit)) for _ in range(2)]
            await asyncio.sleep(0.01)
            release.set()
            ended = await asyncio.gather(*both, return_exceptions=True)
            assert [getattr(one, "status_code", None) for one in ended] == [None, 503 if is_refused else None]
            await ask(limit)  # what was held has been given back

    asyncio.run(run())


def test_so_many_wait_for_their_turn_and_one_more_is_told_to_come_again() -> None:
    async def run() -> None:
        turns = Turns(at_a_time=1, most_waiting=LIMITS.enrich_waiting)
        order: list[int] = []
        go = asyncio.Event()

        async def work(number: int) -> None:
            async with turns.turn():
                await go.wait()
                order.append(number)

        tasks = [asyncio.create_task(work(number)) for number in range(1 + LIMITS.enrich_waiting)]
        await asyncio.sleep(0.01)
        with pytest.raises(BacklogFullError):
            async with turns.turn():
                pass
        tasks[5].cancel()  # its client has gone
        await asyncio.sleep(0)
        async_with = asyncio.create_task(work(99))
        await asyncio.sleep(0)
        go.set()
        await asyncio.gather(*tasks, async_with, return_exceptions=True)
        assert order == [number for number in range(1 + LIMITS.enrich_waiting) if number != 5] + [99]

    asyncio.run(run())


def test_so_many_wait_for_their_mentions_and_one_more_is_answered_at_once(client: TestClient) -> None:
    waiters: threading.Semaphore = client.app.state.mention_waiters  # type: ignore[attr-defined]
    for number in range(LIMITS.mention_waiting):
        assert waiters.acquire(blocking=False), number
    try:
        began = time.monotonic()
        mention = {"id": "w", "source": "forum", "text": "waiting"}
        answer = client.post("/v1/mentions?wait=searchable", json={"mentions": [mention]})
        assert answer.status_code == 202
        assert answer.json()["run"]["read"] == 1
        assert time.monotonic() - began < 10
    finally:
        waiters.release(LIMITS.mention_waiting)


def test_every_limit_is_explained_with_its_number_and_tested(client: TestClient) -> None:
    stated = client.get("/v1/limits").json()
    text = PAGE.read_text(encoding="utf-8")
    assert [name for name, value in stated.items() if f"| `{name}` | {value:,} |" not in text] == []
    tested = {*EDGES, *IN_OTHER_TESTS, "trend_series", "requests_per_minute", "bodies_bytes"}
    assert stated.keys() == tested | {"enrich_waiting", "mention_waiting"}
