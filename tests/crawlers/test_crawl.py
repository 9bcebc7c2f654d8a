"""What a crawl does beside what the suite asks of every connector."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from crawlers.connector import Crawl, crawl_connectors
from crawlers.spider import SPIDERS, CrawlSettings, load_spider
from crawlers.testing.generated_site import GeneratedSite
from ingest.connector import Cursor, Place, Registry, State, Upsert, Window
from ingest.fetch import Fetcher
from ingest.source_file import Sources
from ingest.testing.source_server import SourceServer
from textcx.configs import configs_folder


@pytest.fixture
def site() -> GeneratedSite:
    return GeneratedSite(24)


@pytest.fixture
def server(site: GeneratedSite) -> Iterator[SourceServer]:
    with SourceServer(site.answer) as one:
        yield one


def _crawl(folder: Path, server: SourceServer) -> Crawl:
    values: dict[str, Any] = {"start": f"{server.url}/list", "contact": "a@hyllbo.example", "follow": ["/product/*"]}
    settings = load_spider("review_site").settings.model_validate({**values, "pages_per_second": 100})
    place = Place(settings, Fetcher(allows_private=True), lambda: datetime.now(UTC))
    return crawl_connectors(folder)["review_site"](place)  # type: ignore[return-value]


def _read(crawl: Crawl, cursor: Cursor | None) -> tuple[int, Cursor | None]:
    given = 0
    for event in crawl.read(cursor, Window()):
        given += isinstance(event, Upsert)
        cursor = event.cursor if isinstance(event, State) else cursor
    return given, cursor


def test_a_trial_of_a_source_does_not_disturb_its_crawl(
    memory_folder: Path, site: GeneratedSite, server: SourceServer
) -> None:
    cursor: Cursor | None = None
    reading = _crawl(memory_folder, server).read(None, Window())
    for event in reading:
        if isinstance(event, State):
            if cursor is not None:
                break  # what the first one says is kept, and its pages are noted as read
            cursor = event.cursor
    reading.close()  # type: ignore[attr-defined]
    trial = _crawl(memory_folder, server).read(None, Window())
    next(trial)
    trial.close()  # type: ignore[attr-defined]
    read_before = int(cursor["finished"]) if cursor else 0
    site.asked.clear()
    _read(_crawl(memory_folder, server), cursor)
    assert len(site.asked) - 1 == site.pages - read_before
    assert len(list((memory_folder / "crawls").glob("*/*.db"))) == 1


@pytest.mark.parametrize("spider", SPIDERS)
def test_the_example_of_a_source_file_can_be_used(spider: str, tmp_path: Path) -> None:
    values = yaml.safe_load((configs_folder() / "sources" / f"{spider}.yaml").read_text(encoding="utf-8"))
    source = Sources(tmp_path, Registry(crawl_connectors(tmp_path))).check("example", values)
    assert source.spec.name == spider


def test_settings_say_what_is_wrong() -> None:
    for wrong in ({"start": "file:///etc/passwd"}, {"contact": "nobody"}, {"start": []}, {"pages_per_second": 0}):
        values = {"start": "https://hyllbo.example", "contact": "a@hyllbo.example", **wrong}
        with pytest.raises(ValueError, match=next(iter(wrong))):
            CrawlSettings.model_validate(values)
