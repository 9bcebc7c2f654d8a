"""Every registered connector passes every trial, or says why one cannot be held at its place."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.connector import CONNECTORS, Registry
from ingest.testing.bench import Bench
from ingest.testing.stage import load_stage
from ingest.testing.suite import TRIALS, try_out


@pytest.fixture
def bench(memory_folder: Path, connector: str) -> Iterator[Bench]:
    with load_stage(connector)() as stage:
        one = Bench(memory_folder / "data", stage)
        yield one
        one.close()


@pytest.mark.parametrize("trial", TRIALS)
@pytest.mark.parametrize("connector", CONNECTORS)
def test_a_connector_passes_the_trial(bench: Bench, connector: str, trial: str) -> None:
    reason = try_out(bench, trial)
    assert reason is None or len(reason) > 10


@pytest.mark.parametrize("connector", CONNECTORS)
def test_a_connector_says_what_it_is(connector: str) -> None:
    spec = Registry().load(connector).spec
    assert spec.name == connector
    assert spec.terms.stored
    assert spec.terms.page
    assert all(field.description for name, field in spec.settings.model_fields.items() if name != "base_url")
