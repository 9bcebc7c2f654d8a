"""Every spider passes every trial of the connectors' suite."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from crawlers.connector import crawl_connectors
from crawlers.spider import SPIDERS
from crawlers.testing.stages import STAGES
from ingest.testing.bench import Bench
from ingest.testing.stage import Stage
from ingest.testing.suite import TRIALS, try_out

_BY_DEFAULT = ("first reading",)
"""The others start some hundred processes: `make crawl-short`."""


class CrawlBench(Bench):
    """A bench whose frontier lies in its own folder, in copies too."""

    def __init__(self, folder: Path, stage: Stage) -> None:
        super().__init__(folder, stage, crawl_connectors(folder)[stage.connector])

    def copied(self, folder: Path) -> "CrawlBench":
        shutil.copytree(self.folder, folder)
        return CrawlBench(folder, self.stage)


@pytest.fixture
def bench(memory_folder: Path, spider: str) -> Iterator[Bench]:
    with STAGES[spider]() as stage:
        one = CrawlBench(memory_folder / "data", stage)
        yield one
        one.close()


@pytest.mark.parametrize(
    "trial", [pytest.param(one, marks=() if one in _BY_DEFAULT else pytest.mark.crawl) for one in TRIALS]
)
@pytest.mark.parametrize("spider", SPIDERS)
def test_a_crawl_passes_the_trial(bench: Bench, spider: str, trial: str) -> None:
    reason = try_out(bench, trial)
    assert reason is None or len(reason) > 10


@pytest.mark.parametrize("spider", SPIDERS)
def test_a_spider_says_what_it_is(spider: str, tmp_path: Path) -> None:
    spec = crawl_connectors(tmp_path)[spider].spec
    assert spec.name == spider
    assert spec.terms.stored
    assert spec.terms.page
    assert all(field.description for name, field in spec.settings.model_fields.items() if name != "base_url")
