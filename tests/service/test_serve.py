"""textcx serve, as a process: it stops in order, keeps slow clients at bay, and outlives a full disk."""

import json
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

CANARY = "ZQXCANARY"
SECONDS_TO_START = 60


@contextmanager
def served(
    folder: Path, *, until: str = "/healthz", files: int | None = None, file_bytes: int | None = None
) -> Iterator[tuple[Any, str]]:
    """Run the service; give its process and its address. Its log is in `log` beside the data.

    Args:
        folder: Where data and log go.
        until: The route that must answer 200 first.
        files: How many files it may open.
        file_bytes: How large its files may grow.
    """

    def limit() -> None:
        if files is not None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
        if file_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))

    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port), "--data", str(folder / "data")]
    log = folder / "log"
    with log.open("ab") as target, subprocess.Popen(command, stderr=target, preexec_fn=limit) as process:
        address = f"http://127.0.0.1:{port}"
        try:
            deadline = time.monotonic() + SECONDS_TO_START
            while not _answers(address + until):
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, "the service did not become ready"
                time.sleep(0.1)
            yield process, address
        finally:
            process.terminate()
            process.wait(timeout=30)


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def _enrich(address: str, body: bytes, is_under_way: Callable[[], object]) -> bytes:
    """Return the first line of the answer; say when the service has asked for the body, so has begun, and has it."""
    url = httpx.URL(address)
    head = (
        f"POST /v1/enrich HTTP/1.1\r\nHost: {url.host}\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
    )
    with closing(socket.create_connection((url.host, url.port or 0), timeout=SECONDS_TO_START)) as connection:
        connection.sendall(head.encode())
        with connection.makefile("rb") as lines:
            assert lines.readline().startswith(b"HTTP/1.1 100 ")
            assert lines.readline() == b"\r\n"
            connection.sendall(body)
            is_under_way()
            return lines.readline()


def test_a_stop_answers_what_was_asked_and_the_log_has_no_word_of_it(tmp_path: Path) -> None:
    with served(tmp_path, until="/readyz") as (process, address):
        assert httpx.get(f"{address}/v1/search?q={CANARY}").status_code == 200
        mention = {"source": CANARY, "author": CANARY, "text": f"{CANARY} kom aldrig fram"}
        kept = httpx.post(f"{address}/v1/mentions", json={"mentions": [mention]})
        assert kept.json()["accepted"] == 1
        assert httpx.post(f"{address}/v1/enrich", content=f'{{"{CANARY}":').status_code == 422
        httpx.get(f"{address}/{CANARY}", headers={"user-agent": CANARY})

        answers: list[bytes] = []
        under_way = threading.Semaphore(0)

        def ask(number: int) -> None:  # no two texts are alike, or the second is answered from memory
            documents = [{"text": f"{CANARY} {number}-{at} inte bra. " * 200} for at in range(10)]
            answers.append(_enrich(address, json.dumps({"documents": documents}).encode(), under_way.release))

        askers = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
        for one in askers:
            one.start()
        assert [under_way.acquire(timeout=SECONDS_TO_START) for _ in askers] == [True] * len(askers)
        was_answered = len(answers)
        process.send_signal(signal.SIGTERM)
        stopped_at = time.monotonic()
        for one in askers:
            one.join()
        process.wait(timeout=20)
        assert time.monotonic() - stopped_at < 15
        assert process.returncode in (0, -signal.SIGTERM)
        assert was_answered < len(answers), "nothing was under way when the service was stopped"
        assert answers == [b"HTTP/1.1 200 OK\r\n"] * len(askers)
        with (
            suppress(ConnectionRefusedError),
            closing(socket.create_connection(("127.0.0.1", httpx.URL(address).port or 0))),
        ):
            raise AssertionError("it still listens")
    log = (tmp_path / "log").read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert {line["route"] for line in lines if line["event"] == "request"} >= {"/v1/enrich", "/v1/mentions", "unknown"}
    assert CANARY not in log


def test_slow_clients_starve_nobody_where_the_system_allows_few_files(tmp_path: Path) -> None:
    """As in the guide: more slow connections than descriptors. They trickle, and come again when they are closed."""
    with served(tmp_path, files=600) as (_, address):
        port = httpx.URL(address).port or 0
        stop = threading.Event()

        def trickle() -> None:
            head = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-A: "
            held: list[socket.socket] = []
            while not stop.is_set():
                while len(held) < 65:
                    with suppress(OSError):
                        one = socket.create_connection(("127.0.0.1", port), timeout=5)
                        held.append(one)
                        one.sendall(head)
                alive = []
                for one in held:
                    try:
                        one.sendall(b"a")
                        alive.append(one)
                    except OSError:
                        one.close()
                held = alive
                stop.wait(0.2)
            for one in held:
                one.close()

        attackers = [threading.Thread(target=trickle) for _ in range(10)]
        for one in attackers:
            one.start()
        try:
            time.sleep(2)
            waits = []
            for _ in range(15):
                began = time.monotonic()
                assert httpx.get(f"{address}/healthz", timeout=5).status_code == 200
                waits.append(time.monotonic() - began)
        finally:
            stop.set()
            for one in attackers:
                one.join()
        assert sorted(waits)[len(waits) // 2] < 2
    assert "out of system resource" not in (tmp_path / "log").read_text()


def test_a_disk_that_refuses_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """Files of the service may not grow beyond a size, as on a full disk; then it starts again with space."""
    acknowledged = refused = 0
    with served(tmp_path, file_bytes=400_000) as (_, address):
        for number in range(200):
            mentions = [
                {"id": f"{number}-{n}", "source": "disk", "text": f"mention {number} {n}. " + "ord " * 200}
                for n in range(20)
            ]
            answer = httpx.post(f"{address}/v1/mentions", json={"mentions": mentions}, timeout=30)
            if answer.status_code == 202:
                acknowledged += answer.json()["accepted"]
                continue
            assert answer.status_code == 503
            assert answer.json()["type"] == "urn:textcx:problem:unavailable"
            refused += 1
            if refused == 5:
                break
        assert httpx.get(f"{address}/healthz").status_code == 200
    assert refused == 5
    assert acknowledged > 0
    with served(tmp_path) as (_, address):
        deadline = time.monotonic() + 60
        while (total := httpx.get(f"{address}/v1/search?q=source:disk").json()["total"]) < acknowledged:
            assert time.monotonic() < deadline, f"{total} of {acknowledged}"
            time.sleep(0.2)
        assert total == acknowledged
        mention = {"id": "after", "source": "disk", "text": "there is space again"}
        after = httpx.post(f"{address}/v1/mentions?wait=searchable", json={"mentions": [mention]}, timeout=40)
        assert after.json()["run"]["outcomes"]["stored"] == 1
