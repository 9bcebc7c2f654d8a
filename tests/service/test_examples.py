"""The examples run as they are, against a service that asks for a key."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from shutil import which

import pytest

from service.app import create_app
from service.assembly import Workshop
from service.limits import Limits
from service.server import Server
from textcx.settings import Settings

EXAMPLES = Path(__file__).parents[2] / "examples"
SHOWN = ("1: sv, ", "2: fi, ", "3: und, not judged", "4: unreadable: text: Field required")
NEEDS_NODE = pytest.mark.skipif(which("node") is None, reason="node is not installed: its example is not run")
NEEDS_CURL = pytest.mark.skipif(which("curl") is None, reason="curl is not installed: its example is not run")
PROGRAMS = [
    pytest.param((sys.executable, "enrich.py"), id="python"),
    pytest.param(("node", "enrich.mjs"), id="node", marks=NEEDS_NODE),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    workshop = Workshop(Settings(data=tmp_path_factory.mktemp("data")))
    _, key = workshop.keys.add("examples", scopes=["read"], requests_per_minute=1000, now=datetime.now(UTC))
    app = create_app(workshop.settings, workshop=workshop)
    server = Server(app, host="127.0.0.1", port=0, limits=Limits(), most_connections=50, grace_seconds=5)
    thread = threading.Thread(target=server.serve_until_stopped)
    thread.start()
    deadline = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    before = os.environ.get("TEXTCX_KEY")
    os.environ["TEXTCX_KEY"] = key
    yield f"http://127.0.0.1:{server.port}"
    os.environ.pop("TEXTCX_KEY")
    if before is not None:
        os.environ["TEXTCX_KEY"] = before
    server.should_exit = True
    thread.join(timeout=20)


def run(program: tuple[str, ...], address: str, given: str) -> "subprocess.CompletedProcess[str]":
    command = [*program, address]
    return subprocess.run(command, cwd=EXAMPLES, input=given, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_program_shows_what_was_found(program: tuple[str, ...], address: str) -> None:
    done = run(program, address, (EXAMPLES / "texts.jsonl").read_text(encoding="utf-8"))
    assert done.stderr == ""
    lines = done.stdout.splitlines()
    assert len(lines) == len(SHOWN)
    assert [line for line, begin in zip(lines, SHOWN, strict=True) if not line.startswith(begin)] == []
    assert "; delivery positive (Leveransen)" in lines[0], "the words are right behind an emoji too"


@NEEDS_NODE
def test_both_programs_show_the_same(address: str) -> None:
    given = (EXAMPLES / "texts.jsonl").read_text(encoding="utf-8")
    outputs = [
        run(program, address, given).stdout for program in ((sys.executable, "enrich.py"), ("node", "enrich.mjs"))
    ]
    assert outputs[0] == outputs[1]


@pytest.mark.parametrize("program", PROGRAMS)
def test_more_texts_than_one_request_holds_are_no_trouble(program: tuple[str, ...], address: str) -> None:
    done = run(program, address, "".join(json.dumps({"id": number, "text": ""}) + "\n" for number in range(300)))
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [str(number) for number in range(300)]


@NEEDS_CURL
def test_curl_gives_the_answer_itself(address: str) -> None:
    documents = [json.loads(line) for line in (EXAMPLES / "texts.jsonl").read_text(encoding="utf-8").splitlines()]
    done = run(("sh", "enrich.sh"), address, json.dumps({"documents": documents}))
    assert done.returncode == 0
    assert [one["id"] for one in json.loads(done.stdout)["results"]] == ["1", 2, "3", "4"]


@pytest.mark.parametrize("program", [*PROGRAMS, pytest.param(("sh", "enrich.sh"), id="curl", marks=NEEDS_CURL)])
def test_a_wrong_key_is_said(program: tuple[str, ...], address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTCX_KEY", "wrong")
    done = run(program, address, '{"id": "1", "text": "ok"}\n')
    assert done.returncode != 0
    assert "Authorization: Bearer KEY" in done.stdout + done.stderr
