"""textcx run: sources read from the command line, stopped and killed in the middle, with nothing lost or doubled."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from ingest.testing.source_server import Reply, Request
from ingest.testing.stage import WebStage, load_stage
from service.assembly import Workshop
from service.source_report import engagement_of
from textcx.settings import Settings

Textcx = Callable[..., Any]
REVIEWS = 22


class SlowShop(load_stage("app_store")):  # type: ignore[misc]
    """The App Store on a slow day."""

    pause_seconds = 0.0

    def answer(self, request: Request) -> Reply:
        """Answer late."""
        time.sleep(self.pause_seconds)
        return super().answer(request)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[WebStage]:
    with SlowShop() as stage:
        for number in range(1, REVIEWS + 1):
            stage.world.write(str(number), f"Recension {number}: leveransen kom aldrig fram.", rating=1)
        folder = tmp_path / ".textcx" / "sources"
        folder.mkdir(parents=True)
        file = {"connector": "app_store", "allow_private": True, "every": "1s", "settings": stage.settings()}
        file["settings"]["pages"] = 6  # the App Store may be asked twenty times a minute, by all of these processes
        (folder / "shop.yaml").write_text(yaml.safe_dump(file), encoding="utf-8")
        yield stage


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "service.cli", *arguments]
    with (
        (folder / "told.txt").open("w", encoding="utf-8") as told,
        subprocess.Popen(command, cwd=folder, stdout=told, stderr=told) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
def test_a_run_killed_in_the_middle_goes_on_and_counts_add_up(textcx: Textcx, shop: WebStage, tmp_path: Path) -> None:
    shop.pause_seconds = 0.3  # type: ignore[attr-defined]
    with started(tmp_path, "run") as killed:
        while len(shop.server.requests) < 3:
            assert killed.poll() is None, (tmp_path / "told.txt").read_text(encoding="utf-8")
            time.sleep(0.05)
        killed.kill()
    shop.pause_seconds = 0.0  # type: ignore[attr-defined]
    done = textcx("run", "--json")
    assert done.status == 0, done.err
    (reading,) = json.loads(done.out)["sources"]
    assert (reading["state"], reading["given"]) == ("complete", REVIEWS)
    assert reading["records"]["adds_up"]
    assert json.loads(textcx("search", "leveransen", "--json").out)["total"] == REVIEWS
    first = json.loads(textcx("search", "leveransen", "--json").out)["hits"][0]["mention"]["id"]
    with closing(Workshop(Settings(data=tmp_path / ".textcx"))) as workshop:
        assert [one["likes"] for one in engagement_of(workshop, first)] == [0]
    source = json.loads(textcx("sources", "show", "shop").out)
    assert [one["state"] for one in source["readings"]] == ["complete", "failed"]
    assert source["mentions"] == REVIEWS

    shop.world.write("99", "Recension 99: returen gick snabbt.")
    with started(tmp_path, "run", "--watch", "--json") as watching:
        deadline = time.monotonic() + 120
        while json.loads(textcx("search", "returen", "--json").out)["total"] == 0:
            assert time.monotonic() < deadline
            assert watching.poll() is None
            time.sleep(0.5)
        watching.send_signal(signal.SIGTERM)
        assert watching.wait(timeout=60) == 0
    assert '"new": 1' in (tmp_path / "told.txt").read_text(encoding="utf-8")

    assert textcx("sources", "remove", "shop", "--erase", "--yes").status == 0
    assert json.loads(textcx("search", "leveransen", "--json").out)["total"] == 0
    assert json.loads(textcx("sources", "list", "--json").out) == []


def test_a_run_without_sources_says_how_to_make_one(textcx: Textcx) -> None:
    done = textcx("run")
    assert done.status == 2
    assert "textcx sources add" in done.err


def test_an_unknown_source_is_named_with_those_that_are_there(textcx: Textcx, shop: WebStage) -> None:
    done = textcx("run", "shopp")
    assert done.status == 2
    assert "shop" in done.err
    assert shop.server.requests == []
