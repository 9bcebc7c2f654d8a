"""A folder that people drop files into: read once each, again when changed, broken ones set aside."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.connector import Cursor, Place, State, Upsert, Window
from ingest.connectors.folder import Folder, FolderSettings
from ingest.fetch import Fetcher
from ingest.raw import Unreadable
from textcx.errors import SourceRefusedError

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def inbox_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "butik"
    folder.mkdir()
    return folder


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    one = Fetcher()
    yield one
    one.close()


def drop(folder: Path, name: str, content: str, *, age_seconds: float = 60) -> None:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    at = NOW.timestamp() - age_seconds
    os.utime(path, (at, at))


def look(
    folder: Path, fetcher: Fetcher, cursor: Cursor | None = None, **more: object
) -> tuple[list[str], Cursor | None]:
    connector = Folder(Place(FolderSettings.model_validate({"path": folder, **more}), fetcher, lambda: NOW))
    found = []
    for event in connector.read(cursor, Window()):
        if isinstance(event, State):
            cursor = event.cursor
        elif isinstance(event, Unreadable):
            found.append(f"set aside: {event.place}")
        elif isinstance(event, Upsert):
            found.append(str(event.record.fields["text"]))
    return found, cursor


def test_each_file_is_read_once_and_again_when_it_has_changed(inbox_folder: Path, fetcher: Fetcher) -> None:
    drop(inbox_folder, "a.csv", "id,text\n1,Bra service\n", age_seconds=90)
    drop(inbox_folder, "b.jsonl", '{"id": "2", "text": "Sen leverans"}\n')
    found, cursor = look(inbox_folder, fetcher)
    assert found == ["Bra service", "Sen leverans"]
    assert look(inbox_folder, fetcher, cursor) == ([], cursor)
    drop(inbox_folder, "a.csv", "id,text\n1,Bra service\n3,Ny butik\n", age_seconds=30)
    found, cursor = look(inbox_folder, fetcher, cursor)
    assert found == ["Bra service", "Ny butik"]
    (inbox_folder / "a.csv").unlink()
    found, after = look(inbox_folder, fetcher, cursor)
    assert found == []
    assert after is not None
    assert len(after["files"]) == 1
    assert "a.csv" not in str(after)


def test_a_file_that_is_still_being_written_waits(inbox_folder: Path, fetcher: Fetcher) -> None:
    drop(inbox_folder, "a.csv", "id,text\n1,Bra", age_seconds=2)
    drop(inbox_folder, ".b.csv", "id,text\n2,Dold fil\n")
    assert look(inbox_folder, fetcher)[0] == []
    assert look(inbox_folder, fetcher, still_seconds=1)[0] == ["Bra"]


def test_a_broken_file_is_set_aside_once_and_spoils_no_other(inbox_folder: Path, fetcher: Fetcher) -> None:
    drop(inbox_folder, "a.csv", "number,other\n1,2\n", age_seconds=90)
    drop(inbox_folder, "b.csv", "id,text\n1,Bra service\n")
    found, cursor = look(inbox_folder, fetcher)
    assert found == ["set aside: a.csv", "Bra service"]
    assert look(inbox_folder, fetcher, cursor)[0] == []


def test_the_same_export_under_another_name_has_the_same_ids(inbox_folder: Path, fetcher: Fetcher) -> None:
    drop(inbox_folder, "october.csv", "id,text\n1,Bra service\n", age_seconds=90)
    drop(inbox_folder, "november.csv", "id,text\n1,Bra service\n")
    connector = Folder(Place(FolderSettings(path=inbox_folder), fetcher, lambda: NOW))
    records = [event.record for event in connector.read(None, Window()) if isinstance(event, Upsert)]
    assert {(one.source_kind, one.scope, one.native_id) for one in records} == {("file", "butik", "1")}


def test_a_folder_that_is_not_there_is_named(tmp_path: Path, fetcher: Fetcher) -> None:
    connector = Folder(Place(FolderSettings(path=tmp_path / "none"), fetcher, lambda: NOW))
    with pytest.raises(SourceRefusedError, match="none"):
        connector.check()
