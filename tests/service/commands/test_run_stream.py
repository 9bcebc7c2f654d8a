"""textcx run with a stream: killed in the middle it goes on, what is deleted there goes, and it stops at once."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
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


def test_older_posts_of_a_stream_come_from_the_timeline_once_each(textcx: Textcx, tmp_path: Path) -> None:
    with load_stage("mastodon_stream")() as server:
        for number, (month, day) in enumerate(((9, 30), (10, 5), (11, 19), (11, 20)), start=1):
            at = datetime(2026, month, day, 7, tzinfo=UTC)
            server.world.write(str(number), f"Soffan nummer {number} kom den {day}.", published_at=at)
        folder = tmp_path / ".textcx" / "sources"
        folder.mkdir(parents=True)
        file = {"connector": "mastodon_stream", "allow_private": True, "since": "2026-11-20"}
        file |= {"backfill_since": "2026-10-01", "backfill_piece": "20d", "settings": server.settings()}
        (folder / "posts.yaml").write_text(yaml.safe_dump(file), encoding="utf-8")
        for _ in range(2):
            done = textcx("run", "--json")
            assert done.status == 0, done.err
            hits = json.loads(textcx("search", "soffan", "--json").out)["hits"]
            assert sorted(hit["mention"]["text"][14:16] for hit in hits) == ["2 ", "3 ", "4 "]
        readings = json.loads(textcx("sources", "show", "posts").out)["readings"]
        assert [one["kind"] for one in readings] == ["live", "backfill", "backfill", "backfill", "full"]
        assert {one["state"] for one in readings} == {"complete"}
