"""What holds for all tests: no deadline for an example, and the files that take longest are begun first."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.service.nursery import Nursery

# A loaded machine is no fault of the code; each example of a test may use the same folder again.
settings.register_profile(
    "textcx", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("textcx")

LONGEST = (
    "first_run/test_readme.py",
    "service/test_hostile.py",
    "textcx/store/test_parity.py",
    "service/test_description.py",
    "service/test_full_disk.py",
    "service/commands/test_backup.py",
    "textcx/store/test_store_suite.py",
    "ingest/test_kill_points.py",
    "service/test_serve.py",
    "crawlers/test_manners.py",
)
"""A file is one process's, so one begun at the end would keep the others waiting."""


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as one:
        yield one


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; `--no-loadscope-reorder` lets this order stand."""
    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.nodeid.partition("::")[0].removeprefix("tests/"), len(LONGEST)))
