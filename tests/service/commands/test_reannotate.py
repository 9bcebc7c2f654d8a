"""`textcx reannotate`: a new taxonomy over what is stored; previewed, cut off and gone on with, corrections kept."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from service.assembly import Workshop
from service.reannotation.progress_file import Progress, ProgressFile
from service.reannotation.reannotation import Reannotation
from tests.service.command_line import run_in
from textcx.annotation import AnnotatedMention, Annotations, LanguageTag, Sentiment
from textcx.configs import configs_folder
from textcx.document import Document
from textcx.errors import AnalysisError, StoreUnavailableError
from textcx.query.tree import Everything
from textcx.settings import Settings
from textcx.testing import ListStore, a_mention, annotated, id_of
from textcx.words import Lemmas

Textcx = Callable[..., Any]
ROWS = [
    {"id": "1", "brand": "Acme", "text": "Kanelbullarna var underbara!", "date": "2026-01-10"},
    {"id": "2", "brand": "Acme", "text": "Snabb leverans, jättebra!", "date": "2026-02-10"},
    {"id": "3", "brand": "Bolag", "text": "Kanelbullarna var torra och tråkiga.", "date": "2026-02-11"},
]
BAKERY = """\
name: bakery
version: "1"
extends: generic
touchpoints:
  - id: buns
    stage: use
    parent: product
    label: {en: Buns, sv: Bullar, da: Boller, nb: Boller, fi: Pullat}
    terms: {sv: ["kanelbull*"]}
"""


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a data folder whose texts were analysed by the generic taxonomy."""
    folder = tmp_path_factory.mktemp("reannotate")
    write(folder / "rows.jsonl", ROWS)
    done = run_in(folder, "ingest", "rows.jsonl", "--data", "data")
    assert done.status == 0, done.err
    return folder / "data"


@pytest.fixture
def bakery(stored: Path, tmp_path: Path, textcx: Textcx, monkeypatch: pytest.MonkeyPatch) -> Textcx:
    """Return what runs a command over a copy of that folder, where another taxonomy is in force now."""
    copytree(stored, tmp_path / "data")
    copytree(configs_folder(), tmp_path / "configs")
    (tmp_path / "configs" / "touchpoints" / "bakery.yaml").write_text(BAKERY, encoding="utf-8")
    monkeypatch.setenv("TEXTCX_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TEXTCX_CONFIG_DIR", str(tmp_path / "configs"))
    monkeypatch.setenv("TEXTCX_TAXONOMY", "bakery")
    return textcx


def write(path: Path, rows: Sequence[Any]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def found(textcx: Textcx, query: str) -> set[str]:
    hits = json.loads(textcx("search", query, "--json").out)["hits"]
    return {hit["mention"]["text"] for hit in hits}


def test_a_preview_shows_old_beside_new_and_writes_nothing(bakery: Textcx) -> None:
    answer = json.loads(bakery("reannotate", "--preview", "--json").out)
    assert (answer["total"], answer["looked_at"]) == (3, 3)
    assert (answer["changed"], answer["fields"]["touchpoints"]) == (2, 2)
    buns = next(line for line in answer["lines"] if line["of"] == "buns")
    assert (buns["before"]["n"], buns["after"]["n"]) == (0, 2)
    table = bakery("reannotate", "--preview")
    assert "Nothing was written." in table.out
    assert "buns" in table.out
    assert found(bakery, "touchpoint:buns") == set()


def test_it_applies_the_taxonomy_and_a_second_run_changes_nothing(bakery: Textcx) -> None:
    first = json.loads(bakery("reannotate", "--json").out)
    assert first["seen"] == 3
    assert (first["changed"], first["written"]) == (2, 3)  # of the third only what judged it is new
    assert found(bakery, "touchpoint:buns") == {ROWS[0]["text"], ROWS[2]["text"]}
    again = json.loads(bakery("reannotate", "--json").out)
    assert (again["seen"], again["changed"], again["written"]) == (3, 0, 0)


def test_only_what_the_query_finds_is_analysed_again(bakery: Textcx) -> None:
    done = bakery("reannotate", "brand:Bolag")
    assert done.status == 0
    assert "1 mentions analysed again" in done.out
    assert found(bakery, "touchpoint:buns") == {ROWS[2]["text"]}


def test_what_a_person_corrected_stays(bakery: Textcx, tmp_path: Path) -> None:
    workshop = Workshop(Settings(data=tmp_path / "data"))
    old = next(iter(workshop.store.export(workshop.questions.query("kanelbullarna underbara"))))
    corrected = Sentiment(polarity="neutral", score=0, confidence=1)
    annotations = old.annotations.model_copy(
        update={"sentiment": corrected, "said_by": {**old.annotations.said_by, "sentiment": "person a1b2"}}
    )
    mention = old.mention.model_copy(update={"version": workshop.inbox.fresh_version()})
    workshop.store.put([AnnotatedMention(mention=mention, annotations=annotations)])
    workshop.close()
    bakery("reannotate")
    workshop = Workshop(Settings(data=tmp_path / "data"))
    new = workshop.store.get(old.mention.id)
    workshop.close()
    assert new is not None
    assert new.annotations.sentiment == corrected
    assert new.annotations.said_by["sentiment"] == "person a1b2"
    assert "buns" in {one.id for one in new.annotations.touchpoints}


def test_an_empty_folder_and_a_wrong_query(textcx: Textcx) -> None:
    assert json.loads(textcx("reannotate", "--preview", "--json").out)["total"] == 0
    assert textcx("reannotate", "brand:(").status == 2


class Judge:
    """Finds everything positive; fails on one text."""

    version = "new-1"
    parts = frozenset({"language", "sentiment"})

    def __init__(self) -> None:
        self.judged = 0

    def annotate(self, documents: Sequence[Document]) -> list[Annotations | AnalysisError]:
        """See Analysis."""
        self.judged += len(documents)
        return [AnalysisError("no") if one.text == "poison" else self._positive() for one in documents]

    def _positive(self) -> Annotations:
        return Annotations(
            language=LanguageTag(code="sv", confidence=0.9),
            sentiment=Sentiment(polarity="positive", score=0.5, confidence=0.9),
            said_by={"language": "new-1", "sentiment": "new-1"},
        )


class Numbers:
    """Gives versions; nothing waits."""

    def __init__(self, *, waits: int = 0) -> None:
        self.given = 1000
        self.waits = waits

    def fresh_version(self) -> int:
        """See Versions."""
        self.given += 1
        return self.given

    def waits_before(self, version: int) -> bool:
        """See Versions."""
        self.waits -= 1
        return self.waits >= 0


@pytest.fixture
def store() -> ListStore:
    """Return a store of three pages, judged by an older model."""
    store = ListStore(Lemmas())
    said = {"language": "old-1", "sentiment": "old-1"}
    texts = ["poison" if number == 450 else "bra" for number in range(500)]
    store.put(
        [
            annotated(a_mention(text, name=str(number)), sentiment="negative", said_by=said)
            for number, text in enumerate(texts)
        ]
    )
    return store


def positive(store: ListStore) -> int:
    judged = (store.get(id_of(str(number))) for number in range(500))
    return sum(one is not None and one.annotations.said_by["sentiment"] == "new-1" for one in judged)


class Stop(Exception):
    """The power went."""


def stop_after(pages: int) -> Callable[[Progress, int], None]:
    left = iter(range(pages - 1))

    def show(_: Progress, total: int) -> None:
        if next(left, None) is None:
            raise Stop

    return show


def test_cut_off_it_goes_on_where_it_was(store: ListStore, tmp_path: Path) -> None:
    file, judge, numbers = ProgressFile(tmp_path), Judge(), Numbers()
    work = Reannotation(store, judge, numbers, file)
    with pytest.raises(Stop):
        work.run(Everything(), work.begin(""), show=stop_after(2))
    assert positive(store) == 400
    again = Reannotation(store, judge, numbers, ProgressFile(tmp_path))
    start = again.begin("")
    assert (start.seen, numbers.given) == (200, 1001)  # the second page was written, but not yet noted
    done = again.run(Everything(), start, show=lambda now, total: None)
    assert (done.seen, done.failed, positive(store)) == (500, 1, 499)
    assert judge.judged == 500
    assert file.read() is None


def test_another_query_or_model_begins_anew(store: ListStore, tmp_path: Path) -> None:
    work = Reannotation(store, Judge(), Numbers(), ProgressFile(tmp_path))
    with pytest.raises(Stop):
        work.run(Everything(), work.begin(""), show=stop_after(2))
    assert work.begin("brand:Acme").seen == 0


def test_what_came_in_meanwhile_wins(store: ListStore, tmp_path: Path) -> None:
    work = Reannotation(store, Judge(), Numbers(), ProgressFile(tmp_path))
    start = work.begin("")
    changed = annotated(a_mention("ändrad", name="7", version=start.version + 1), sentiment="negative")
    store.put([changed])
    store.forget([id_of("8")])
    work.run(Everything(), start, show=lambda now, total: None)
    assert store.get(id_of("7")) == changed
    assert store.get(id_of("8")) is None


def test_it_waits_for_what_was_taken_in_before(store: ListStore, tmp_path: Path) -> None:
    waited: list[float] = []
    Reannotation(store, Judge(), Numbers(waits=3), ProgressFile(tmp_path), sleep=waited.append).begin("")
    assert len(waited) == 3

    def broken(_: float) -> None:
        raise StoreUnavailableError("the worker has ended")

    with pytest.raises(StoreUnavailableError):
        Reannotation(store, Judge(), Numbers(waits=3), ProgressFile(tmp_path), sleep=broken).begin("x")


def _progress(folder: Path, child: "subprocess.Popen[bytes]") -> Iterator[Progress]:
    file = ProgressFile(folder)
    while child.poll() is None:
        read = file.read()
        if read is not None and read.cursor:
            yield read
        time.sleep(0.002)


@pytest.mark.crash
def test_killed_it_goes_on_and_ends_as_if_it_had_not_been(tmp_path: Path) -> None:
    rows = [{"id": str(number), "text": f"Kanelbullarna var underbara nummer {number}!"} for number in range(3000)]
    write(tmp_path / "rows.jsonl", rows)
    copytree(configs_folder(), tmp_path / "configs")
    (tmp_path / "configs" / "touchpoints" / "bakery.yaml").write_text(BAKERY, encoding="utf-8")
    run = [sys.executable, "-m", "service.cli"]
    assert run_in(tmp_path, "ingest", "rows.jsonl", "--data", "data").status == 0
    new = {**os.environ, "TEXTCX_CONFIG_DIR": str(tmp_path / "configs"), "TEXTCX_TAXONOMY": "bakery"}
    seen = 0
    for _ in range(3):
        child = subprocess.Popen([*run, "reannotate", "--data", "data"], cwd=tmp_path, env=new)
        for progress in _progress(tmp_path / "data", child):
            if progress.seen > seen:
                seen = progress.seen
                child.send_signal(signal.SIGKILL)
                break
        child.wait()
    done = subprocess.run(
        [*run, "reannotate", "--data", "data", "--json"], cwd=tmp_path, env=new, check=True, capture_output=True
    )
    answer = json.loads(done.stdout)
    assert answer["seen"] == 3000
    assert answer["resumed_after"] >= seen > 0
    search = [*run, "search", "touchpoint:buns", "--data", "data", "--json"]
    counted = subprocess.run(search, cwd=tmp_path, env=new, check=True, capture_output=True)
    assert json.loads(counted.stdout)["total"] == 3000
