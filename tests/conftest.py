"""What holds for all tests: no deadline for an example, and the files that take longest are begun first."""

import os
from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from hypothesis import HealthCheck, settings

from tests.service.nursery import Nursery

# A loaded machine is no fault of the code; each example of a test may use the same folder again.
settings.register_profile(
    "textcx", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
settings.load_profile("textcx")

LONGEST = (
    "textcx/store/test_parity.py",
    "service/test_hostile.py",
    "service/test_description.py",
    "textcx/store/test_store_suite.py",
    "first_run/test_readme.py",
    "ingest/test_watch.py",
    "service/test_serve.py",
    "service/commands/test_backup.py",
    "ingest/test_kill_points.py",
    "crawlers/test_manners.py",
    "textcx/training/test_training.py",
)
"""A file is one process's, so one begun at the end would keep the others waiting."""


_MODELS = ("bertopic", "sentence_transformers", "torch", "transformers")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs the extra `models` where it is not installed; in CI that is a failure."""
    absent = [name for name in _MODELS if find_spec(name) is None]
    if absent and item.get_closest_marker("models"):
        end = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        end(f"{', '.join(absent)} not installed: make models-short")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the packages of that extra warn as they like."""
    if item.get_closest_marker("models"):
        item.add_marker(pytest.mark.filterwarnings("ignore"))


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    with Nursery() as one:
        yield one


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest files; `--no-loadscope-reorder` lets this order stand."""
    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(item.nodeid.partition("::")[0].removeprefix("tests/"), len(LONGEST)))
