"""How soon the commands answer, from the start of the process."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence

from service.benchmark.measured import Measured
from textcx.settings import Settings

_TRIES = 3
_FIRST_TEXT = b'{"text": "Snabb leverans men dyrt"}\n'


def measure_starts(settings: Settings) -> Iterator[Measured]:
    """Give the seconds of `--help`, of a search and of the first answer of `enrich`: of three tries the best."""
    data = ["--data", str(settings.data)]
    yield _start("`textcx --help`", ["--help"], floor=0.5)
    yield _start("`textcx search`", ["search", "leverans*", *data], floor=0.5)
    yield _start("`textcx enrich`, first answer", ["enrich", *data], floor=6.0, given=_FIRST_TEXT)


def _start(name: str, arguments: Sequence[str], *, floor: float, given: bytes = b"") -> Measured:
    seconds = min(_seconds(arguments, given) for _ in range(_TRIES))
    return Measured(name, seconds, "s", floor, is_better_high=False)


def _seconds(arguments: Sequence[str], given: bytes) -> float:
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "service.cli", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(given)
        process.stdin.close()
        process.stdout.readline()
        seconds = time.perf_counter() - began
        process.stdout.read()
    return seconds
