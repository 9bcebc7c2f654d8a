"""The connector that the README shows passes every trial, just as it stands there."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import ingest
from ingest.testing.bench import Bench
from ingest.testing.suite import TRIALS, try_out

_README = Path(ingest.__file__).with_name("README.md")
_SECTION = re.compile(r"## How to write a connector\n(.*?)\n## ", re.DOTALL)
_EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)
_MOST_LINES = 100


def _examples() -> list[str]:
    section = _SECTION.search(_README.read_text(encoding="utf-8"))
    assert section is not None
    return _EXAMPLE.findall(section[1])


def _run(source: str, name: str) -> Any:
    module = ModuleType(name)
    module.__file__ = __file__
    exec(compile(source, name, "exec"), module.__dict__)
    return module


@pytest.fixture
def bench(memory_folder: Path) -> Iterator[Bench]:
    connector, stage = (_run(source, name) for source, name in zip(_examples(), ("torget", "stage"), strict=True))
    with stage.Stage() as one:
        trial = Bench(memory_folder / "data", one, connector.Torget)
        yield trial
        trial.close()


@pytest.mark.parametrize("trial", TRIALS)
def test_the_example_passes_the_trial(bench: Bench, trial: str) -> None:
    assert try_out(bench, trial) is None


def test_the_example_is_short() -> None:
    assert sum(len(source.splitlines()) for source in _examples()[:1]) < _MOST_LINES


def test_what_the_example_gives_is_what_a_mention_wants(bench: Bench) -> None:
    bench.stage.world.write("7", "Leveransen kom i tid och montören var trevlig.", likes=3)
    bench.read()
    (mention,) = bench.mentions()
    assert (mention.source, mention.brand, mention.kind, mention.voice) == ("torget", "Hyllbo", "post", "customer")
    assert mention.engagement.likes == 3
    assert mention.url == "https://torget.example/p/7"
