"""textcx run with a stream: killed in the middle it goes on, what is deleted there goes, and it stops at once."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.testing.stage import load_stage

Textcx = Callable[..., Any]
Stage = load_stage("bluesky_stream")
BEFORE, MEANWHILE = 40, 10
STOPPED_WITHIN_SECONDS = 15
"""It looks for a stop four times a second; the rest is what putting the index away takes on a busy machine."""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Any]:
    with Stage() as one:
        for number in range(BEFORE):
            one.world.write(f"b{number}", f"Jag är kund nummer {number} och leveransen kom aldrig fram.")
        folder = tmp_path / ".textcx" / "sources"
        folder.mkdir(parents=True)
        file = {"connector": "bluesky_stream", "allow_private": True, "since": "2026-11-20", "settings": one.settings()}
        (folder / "world.yaml").write_text(yaml.safe_dump(file), encoding="utf-8")
        yield one


@contextmanager
def watching(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "service.cli", "run", "--watch", "--json"]
    with (
        (folder / "told.txt").open("a", encoding="utf-8") as told,
        subprocess.Popen(command, cwd=folder, stdout=told, stderr=told) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def wait(process: subprocess.Popen[bytes], until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not until():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.slow
def test_a_stream_that_is_killed_goes_on_and_one_that_is_stopped_ends_at_once(
    textcx: Textcx, stage: Any, tmp_path: Path
) -> None:
    def total(words: str) -> int:
        return int(json.loads(textcx("search", words, "--json").out)["total"])

    with watching(tmp_path) as killed:
        wait(killed, lambda: len(stage.server.requests) == 1)
        for number in range(MEANWHILE):
            stage.world.write(f"m{number}", f"Jag är kund och returen {number} gick snabbt.")
            time.sleep(0.02)
        killed.kill()
    stage.world.write("after", "Jag är kund, och fakturan kom efter avbrottet.")

    with watching(tmp_path) as process:
        wait(process, lambda: total("fakturan") == 1)
        stage.world.delete("b1")
        stage.world.edit("b2", "Jag är kund och ändrar mig om leveransen.")
        wait(process, lambda: total("ändrar") == 1)
        wait(process, lambda: total("leveransen") == BEFORE - 1)
        began_at = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
        assert time.monotonic() - began_at < STOPPED_WITHIN_SECONDS
    assert (total("returen"), total("kund")) == (MEANWHILE, BEFORE + MEANWHILE)
    source = json.loads(textcx("sources", "show", "world").out)
    assert [one["state"] for one in source["readings"]] == ["stopped", "failed"]
    assert all(run["adds_up"] for run in json.loads(textcx("sources", "runs", "--json").out))

    stage.world.write("once", "Jag är kund och läses en gång.")
    done = textcx("run", "--json")
    assert done.status == 0, done.err
    (reading,) = json.loads(done.out)["sources"]
    assert (reading["state"], reading["records"]["adds_up"]) == ("complete", True)
    assert total("kund") == BEFORE + MEANWHILE + 1


def test_a_stream_is_shown_before_anything_is_kept_and_a_quiet_one_does_not_keep_anybody_waiting(
    textcx: Textcx, stage: Any, tmp_path: Path
) -> None:
    done = textcx("sources", "test", "world")
    assert done.status == 0, done.err
    assert "kund nummer 0" in done.out
    stage.world.entries.clear()
    began_at = time.monotonic()
    done = textcx("sources", "test", "world")
    assert "no record" in done.out
    assert time.monotonic() - began_at < STOPPED_WITHIN_SECONDS
