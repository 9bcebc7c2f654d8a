"""Erasure over HTTP, and by the indexer a day later."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from ingest.intake import Intake
from ingest.raw import RawRecord
from ingest.redact import redact
from service.app import create_app
from service.assembly import Workshop
from service.indexer import Indexer
from textcx.settings import Settings
from textcx.testing import NOON, a_mention, annotated, id_of

HERE = "http://localhost"
PATIENCE_SECONDS = 30


def a_record(**fields: Any) -> RawRecord:
    return RawRecord("api", "forum", "1", "mention 0", {"text": "hemligt", "source": "forum", **fields}, NOON)


def test_deleting_over_http_reaches_what_only_waits(tmp_path: Path) -> None:
    workshop = Workshop(Settings(data=tmp_path))
    run = workshop.runs.start("suite")
    Intake(workshop.inbox, workshop.runs, workshop.secret).take_now(run, [a_record()])
    identifier = redact(a_record(), workshop.secret).id
    client = TestClient(create_app(workshop.settings, workshop=workshop), HERE)  # not entered: no indexer runs
    assert client.delete(f"/v1/mentions/{identifier}").status_code == 204
    assert client.delete(f"/v1/mentions/{identifier}").status_code == 404
    assert client.delete("/v1/mentions/17").status_code == 404
    report = workshop.runs.report(run)
    assert report.adds_up
    assert (report.pending, report.outcomes["filtered"]) == (0, 1)
    assert workshop.inbox.backlog(now=0.0).bytes == 0
    assert b"hemligt" not in b"".join(path.read_bytes() for path in tmp_path.glob("inbox.db*"))
    workshop.close()


@pytest.mark.parametrize("is_old", [True, False])
def test_the_indexer_clears_erased_words_a_day_later(tmp_path: Path, is_old: bool) -> None:
    workshop = Workshop(Settings(data=tmp_path))
    store = workshop.store
    store.attach_indexer()
    store.put([annotated(a_mention("hemligt")), annotated(a_mention("ord", name="b"))])
    store.refresh()
    workshop.erasure.forget([id_of("a")])
    store.refresh()
    workshop.close()
    if is_old:
        with closing(sqlite3.connect(tmp_path / "mentions.db")) as connection, connection:
            connection.execute("UPDATE search_index SET made_at = made_at - 86400")
    workshop = Workshop(Settings(data=tmp_path))
    deadline = time.monotonic() + (PATIENCE_SECONDS if is_old else 0.5)
    with Indexer(workshop):
        while workshop.store.holds_erased_words() and time.monotonic() < deadline:
            time.sleep(0.02)
    assert workshop.store.holds_erased_words() is not is_old
    workshop.close()
