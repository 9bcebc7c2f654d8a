"""Reading: one crawl of a site into a data folder, in a process of its own that may be killed at any time.

`python -m crawlers.testing.reading FOLDER URL PAGES_PER_SECOND` reads once; what was taken in lies in the inbox.
"""

import resource
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crawlers.connector import crawl_connectors
from ingest.budget import SpentTogether
from ingest.connection import Connections
from ingest.connector import Registry, Window
from ingest.engagement import EngagementSeries
from ingest.history import History
from ingest.inbox import Inbox
from ingest.inbox_file import open_inbox_file
from ingest.intake import Intake
from ingest.met import Met
from ingest.plan import Task
from ingest.reader import Desk, Reader
from ingest.runs import Runs
from ingest.secret import open_secret
from ingest.source_file import Sources
from ingest.traces import Traces

SOURCE = "shop"


def _now() -> datetime:
    return datetime.now(UTC)


def read_once(folder: Path, values: dict[str, Any]) -> str:
    """Read a site once, and return how that ended."""
    registry = Registry(crawl_connectors(folder))
    database, secret = open_inbox_file(folder), open_secret(folder)
    inbox, runs, traces = Inbox(database), Runs(database), Traces(database, secret)
    desk = Desk(
        inbox_cursor=inbox.cursor,
        intake=Intake(inbox, runs, secret),
        runs=runs,
        history=History(database),
        met=Met(database),
        series=EngagementSeries(database),
        traces=traces,
        secret=secret,
        erase=traces.forget,
        written_by=lambda _person: (),
    )
    source = Sources(folder / "sources", registry).check(SOURCE, values)
    connections = Connections(registry, lambda who: SpentTogether(database, secret.fingerprint(who)), now=_now)
    reader = Reader(desk, connections.open, now=_now)
    reading = reader.read(source, Task("full", Window()))
    return reading.note or reading.state


def main() -> None:
    """Read, and say how that ended and how much memory this process and its asking process took at most."""
    folder, url, pace = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    settings = {
        "start": [url],
        "contact": "crawl@hyllbo.example",
        "follow": ["/product/*", "/account/*", "/product/*?sort=*"],
        "pages_per_second": pace,
        "at_once": 4,
    }
    values = {"connector": "review_site", "brand": "Hyllbo", "allow_private": True, "settings": settings}
    ended = read_once(folder, values)
    ours, theirs = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    sys.stdout.write(f"{ended}\n{ours * 1024}\n{theirs * 1024}\n")


if __name__ == "__main__":
    main()
