"""A whole site is crawled and the crawl killed again and again; the site's own side counts."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from crawlers.testing.generated_site import GeneratedSite
from ingest.inbox import Inbox
from ingest.inbox_file import open_inbox_file
from ingest.job import Job
from ingest.near_copies import NearCopies
from ingest.testing.source_server import SourceServer
from textcx.annotation import Annotations, Values
from textcx.document import Document
from textcx.query.tree import Everything
from textcx.testing.list_store import ListStore
from textcx.words import Lemmas

_PAGES = int(os.environ.get("TEXTCX_CRAWL_PAGES", "1000"))
_KILLS = int(os.environ.get("TEXTCX_CRAWL_KILLS", "5"))
_PACE = 50.0
_MOST_BYTES = 300 * 2**20
_SAYS_NOTHING = Annotations.model_validate({"language": {"code": "und", "confidence": 0}}).model_dump(mode="json")


class _Silent:
    def annotate_values(self, documents: Sequence[Document]) -> Sequence[Values]:
        return [_SAYS_NOTHING] * len(documents)


@pytest.mark.crawl
def test_a_crawl_that_is_killed_again_and_again_finds_every_review_once(memory_folder: Path) -> None:
    site, chance = GeneratedSite(_PAGES), random.Random(4711)
    folder = memory_folder / "data"
    kills, peak = 0, 0
    with SourceServer(site.answer) as server:
        while True:
            process = subprocess.Popen(
                [sys.executable, "-m", "crawlers.testing.reading", str(folder), f"{server.url}/list", str(_PACE)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            done = len(server.requests)
            if kills < _KILLS:
                goal = done + site.pages / (_KILLS + 1) * chance.uniform(0.6, 1.0)
                while process.poll() is None and len(server.requests) < goal:
                    time.sleep(0.01)
                kills += 1
                process.send_signal(signal.SIGKILL)
                process.communicate()
                continue
            out, words = process.communicate(timeout=900)
            ended, ours, theirs = out.split("\n")[:3]
            assert ended == "complete", (ended, words)
            peak = int(ours) + int(theirs)
            break
    repeated = sum(count - 1 for path, count in site.asked.items() if path != "/robots.txt")
    per_second = server.most_requests_in(1.0)
    shown = f"{site.pages} pages, {kills} kills: {repeated} asked again, at most {per_second} requests in a second, "
    print(f"{shown}{peak / 2**20:.0f} MiB in both processes")  # noqa: T201
    assert site.forbidden == []
    assert len(site.asked) == site.pages + 1
    assert repeated <= 0.1 * site.pages
    assert per_second <= _PACE * 1.1
    assert peak < _MOST_BYTES
    assert _stored(folder) == Counter(site.reviews)


def _stored(folder: Path) -> Counter[str]:
    database, store = open_inbox_file(folder), ListStore(Lemmas())
    job = Job(Inbox(database), NearCopies(database), _Silent(), store, holder="test")
    while job.work_once():
        pass
    database.close()
    return Counter(one.mention.text for one in store.export(Everything()))
