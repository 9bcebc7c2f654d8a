"""The README as a stranger reads it: every command in it runs, one after another, in a folder of its own."""

import os
import re
import shlex
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from shutil import copy, which
from socket import create_server

import pytest

from tests.service.command_line import run_in

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
MAKE = [block for block in BLOCKS if block.startswith("make ")]
CURL = [block for block in BLOCKS if block.startswith("curl ")]
COMMANDS = [block for block in BLOCKS if block not in MAKE and block not in CURL]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stranger")
    copy(ROOT / "configs" / "touchpoints" / "telecom.yaml", folder)
    return folder


def run(block: str, folder: Path) -> str:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("block", MAKE)
def test_a_make_command_exists(block: str) -> None:
    subprocess.run(["make", "--dry-run", block.split()[1]], cwd=ROOT, check=True, capture_output=True)


def say(line: str, folder: Path) -> str:
    """Run a command as it stands in the page, without a process for it."""
    done = run_in(folder, *shlex.split(line)[1:])
    assert done.status == 0, done.err
    assert done.err == ""
    return done.out


@pytest.mark.parametrize("block", COMMANDS)
def test_a_command_runs(block: str, folder: Path) -> None:
    """Blocks that the shell has a part in are the shell's."""
    lines = block.splitlines()
    if all(line.startswith("textcx ") for line in lines):
        assert "".join(say(line, folder) for line in lines)
    else:
        assert run(block, folder)


def test_what_the_page_says_of_its_file_holds(folder: Path) -> None:
    assert "kim@example.com" not in say("textcx search brand:Acme", folder)
    assert "1 mentions" in say('textcx search "brand:Acme stars:<=2"', folder)
    again = "textcx ingest reviews.csv --map rating=Betyg:1-5 --map attr.store=Butik --set brand=Acme --set kind=review"
    assert "3 records read from file reviews.csv: 0 stored, 3 duplicate" in say(again, folder)


@pytest.fixture(scope="module")
def port(folder: Path) -> Iterator[int]:
    with closing(create_server(("127.0.0.1", 0))) as probe:
        port: int = probe.getsockname()[1]
    serve = [sys.executable, "-m", "service.cli", "serve", "--port", str(port)]
    with subprocess.Popen(serve, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        deadline = time.monotonic() + 60
        while not _is_ready(port):
            assert time.monotonic() < deadline, "the server did not become ready"
            time.sleep(0.1)
        yield port
        server.terminate()


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.mark.skipif(which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("line", [line for block in CURL for line in block.splitlines()])
def test_a_request_is_answered(line: str, folder: Path, port: int) -> None:
    answer = run(line.replace("curl -s", "curl -s --fail-with-body").replace(":8000", f":{port}"), folder)
    assert answer.startswith("{")
