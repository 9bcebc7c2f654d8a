"""Each folder of `pages` is a saved page and what is found in it; a new folder is a new test."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers.page import Page
from crawlers.spider import load_spider
from ingest.raw import FIELDS, RawRecord
from textcx.errors import SourceUnreadableError

_FOLDERS = sorted((Path(__file__).parent / "pages").iterdir())
_FETCHED_AT = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("folder", _FOLDERS, ids=lambda folder: folder.name)
def test_a_page_holds_what_is_expected(folder: Path) -> None:
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    found = read_saved(folder, expected["asked"])
    assert found == {name: value for name, value in expected.items() if name != "asked"}


def read_saved(folder: Path, asked: dict[str, Any]) -> dict[str, Any]:
    body = next(folder.glob("page.*")).read_bytes()
    headers = {"content-type": "text/html", **asked.get("headers", {})}
    spider = load_spider(asked["spider"])
    page = Page(asked["url"], asked.get("kind", "page"), body, headers, _FETCHED_AT)
    try:
        found = spider.read(page, spider.settings.model_validate(asked["settings"]))
    except SourceUnreadableError as error:
        return {"error": str(error)}
    return {
        "records": sorted(map(_told, found.records), key=lambda one: str(one["text"])),
        "links": [[link.url, link.kind, link.stamp] for link in found.links],
        "gone": [list(one) for one in found.gone],
    }


def _told(record: Any) -> dict[str, Any]:
    assert isinstance(record, RawRecord)
    assert set(record.fields) <= FIELDS
    return {"scope": record.scope, "native_id": record.native_id, **record.fields}
