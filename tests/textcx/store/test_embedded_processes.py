"""The embedded engine among processes: killed at its worst moments, read by some while one writes, on a full disk."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from textcx.query.tree import Everything, Exact
from textcx.store.embedded.store import EmbeddedStore
from textcx.testing import id_of

OpenStore = Callable[..., EmbeddedStore]
KILLS = 4
READERS = 2
PATIENCE_SECONDS = 60

OPENING = """
import os, resource, signal, sys, time
from pathlib import Path
from textcx.errors import StoreUnavailableError
from textcx.query.tree import Everything, Exact
from textcx.store.embedded.snapshots import Snapshots
from textcx.store.embedded.store import EmbeddedStore
from textcx.store.embedded.truth import Truth, open_truth_file
from textcx.testing import a_mention, annotated
from textcx.words import Lemmas

folder = Path(sys.argv[1])

def batch(first, count):
    return [annotated(a_mention("ord", name=str(at)), language="und") for at in range(first, first + count)]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class DyingTruth(Truth):
    def save_index_state(self, state):
        if state.indexed_seq:
            die()
        super().save_index_state(state)

def open_with(truth):
    store = EmbeddedStore(truth, Snapshots(folder / "index", truth), Lemmas())
    store.attach_indexer()
    return store

def open_store():
    return open_with(Truth(open_truth_file(folder)))
"""


def start(code: str, folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", OPENING + code, str(folder)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def run(code: str, folder: Path) -> str:
    process = start(code, folder)
    out, errors = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode in (0, -9), errors
    return out


def test_killed_before_the_index_follows_it_follows_later(open_store: OpenStore, tmp_path: Path) -> None:
    run("store = open_store(); store.put(batch(0, 30)); store.refresh(); store.put(batch(30, 30)); die()", tmp_path)
    store = open_store(tmp_path)
    assert store.get(id_of("59")) is not None
    assert store.count(Everything()) == 30
    assert store.verify() == []
    assert store.index_pending() == 30
    assert store.count(Everything()) == 60
    assert store.verify() == []


def test_killed_between_the_index_and_the_note_of_it_nothing_is_doubled(open_store: OpenStore, tmp_path: Path) -> None:
    dying = "store = open_with(DyingTruth(open_truth_file(folder)));"
    run(f"{dying} store.put(batch(0, 60)); store.forget([batch(7, 1)[0].mention.id]); store.refresh()", tmp_path)
    store = open_store(tmp_path)
    assert store.count(Everything()) == 59, "the index had committed"
    assert store.verify() == []
    assert store.index_pending() == 60, "it follows the same changes again"
    assert store.count(Everything()) == 59
    assert store.verify() == []


def test_killed_in_a_rebuild_the_old_index_stays_in_force(open_store: OpenStore, tmp_path: Path) -> None:
    run("store = open_store(); store.put(batch(0, 40)); store.refresh(); store.close()", tmp_path)
    run("store = open_with(DyingTruth(open_truth_file(folder))); store.rebuild()", tmp_path)
    assert len(list((tmp_path / "index").iterdir())) == 2
    store = open_store(tmp_path)
    assert store.count(Everything()) == 40
    assert store.index_pending() == 0
    assert store.rebuild() == 40
    assert len(list((tmp_path / "index").iterdir())) == 1


def test_killed_at_any_time_nothing_acknowledged_is_lost_or_doubled(open_store: OpenStore, tmp_path: Path) -> None:
    write = """
store = open_store()
first = int(time.time() * 1000) * 1000
while True:
    store.put(batch(first, 5))
    print(first, flush=True)
    first += 5
    store.index_pending()
"""
    chance = random.Random(5)
    acknowledged: list[int] = []
    for _ in range(KILLS):
        process = start(write, tmp_path)
        assert process.stdout is not None
        acknowledged.append(int(process.stdout.readline()))
        time.sleep(chance.uniform(0.01, 0.4))
        process.kill()
        acknowledged += [int(line) for line in process.communicate()[0].split()]
    store = open_store(tmp_path)
    assert all(store.get(id_of(str(first + at))) for first in acknowledged for at in range(5))
    store.refresh()
    exported = [one.mention.id for one in store.export(Everything())]
    assert len(exported) == len(set(exported)) == store.count(Exact("ord"))
    assert store.verify() == []


def test_others_read_while_one_writes(open_store: OpenStore, tmp_path: Path) -> None:
    read = """
store = EmbeddedStore.open(folder, lemmas=Lemmas())
seen = 0
print("ready", flush=True)
while seen < 400:
    page = store.search(Exact("ord"), limit=50, facets=("brand",))
    facet = sum(value.count for value in page.facets["brand"])
    assert page.total >= seen, (page.total, seen)
    assert facet == page.total and len(page.hits) == min(50, page.total), (facet, len(page.hits), page.total)
    assert all(store.get(hit.annotated.mention.id) for hit in page.hits)
    seen = page.total
print(seen)
"""
    store = open_store(tmp_path)
    readers = [start(read, tmp_path) for _ in range(READERS)]
    for reader in readers:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "ready\n"
    put = "store = EmbeddedStore.open(folder, lemmas=Lemmas())\nfor at in range(0, 400, 10): store.put(batch(at, 10))"
    writer = start(put, tmp_path)
    deadline = time.monotonic() + PATIENCE_SECONDS
    for round_number in range(10**6):
        store.index_pending()
        if round_number % 20 == 10:
            store.rebuild()
        if store.count(Everything()) == 400 or time.monotonic() > deadline:
            break
    for process in (writer, *readers):
        out, errors = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0, errors
        assert process is writer or out == "400\n"


def test_a_full_disk_stops_the_index_and_not_the_truth(open_store: OpenStore, tmp_path: Path) -> None:
    fill = """
store = open_store()
store.put(batch(0, 10)); store.refresh()
store.put(batch(10, 500))
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (3000, limits[1]))
try:
    store.index_pending()
except StoreUnavailableError:
    print("refused")
print(store.count(Everything()), store.get(batch(400, 1)[0].mention.id) is not None)
resource.setrlimit(resource.RLIMIT_FSIZE, limits)
print(store.index_pending(), store.count(Everything()), store.verify())
"""
    assert run(fill, tmp_path) == "refused\n10 True\n500 510 []\n"
    assert open_store(tmp_path).count(Exact("ord")) == 510
