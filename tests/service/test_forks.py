"""One function over many tasks on several processes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.forks import in_order
from textcx.errors import ConfigError, RunError

_PATIENCE_SECONDS = 60.0
_ORPHANS = """
import os, time
from itertools import count
from service.forks import in_order
for pid in in_order(lambda _: (time.sleep(0.2), os.getpid())[1], count(), processes=2, before=int):
    print(pid, flush=True)
"""


def _nothing() -> None:
    """Load nothing."""


@pytest.mark.parametrize("processes", [1, 3])
def test_answers_keep_the_order_of_tasks_whatever_they_take(processes: int) -> None:
    def work(number: int) -> tuple[int, int]:
        time.sleep(0.02 * (number % 3 == 0))
        return number, os.getpid()

    answers = list(in_order(work, iter(range(30)), processes=processes, before=_nothing))
    assert [number for number, _ in answers] == list(range(30))
    assert (os.getpid() in {pid for _, pid in answers}) is (processes == 1)


def test_tasks_are_taken_as_they_are_worked_on_and_what_is_shared_is_loaded_first() -> None:
    taken: list[int] = []
    loaded: list[str] = []

    def tasks() -> Iterator[int]:
        for number in range(1000):
            taken.append(number)
            yield number

    answers = in_order(lambda _: list(loaded), tasks(), processes=2, before=lambda: loaded.append("language"))
    assert next(answers) == ["language"]
    assert len(taken) < 10
    answers.close()  # type: ignore[attr-defined]  # it is a generator


def test_without_tasks_nothing_is_loaded() -> None:
    assert list(in_order(str, iter(()), processes=2, before=lambda: pytest.fail("loaded"))) == []


def test_an_error_of_the_work_is_raised_here() -> None:
    def work(number: int) -> int:
        if number == 3:
            raise ConfigError("broken lexicon")
        return number

    with pytest.raises(ConfigError, match="broken lexicon"):
        list(in_order(work, iter(range(10)), processes=2, before=_nothing))


def test_a_process_ended_from_outside_is_an_error_that_says_what_to_try() -> None:
    with pytest.raises(RunError, match="--workers 1"):
        list(in_order(lambda _: os.kill(os.getpid(), signal.SIGKILL), iter(range(3)), processes=2, before=_nothing))


def test_the_processes_leave_when_their_parent_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", _ORPHANS], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        children = {int(parent.stdout.readline()) for _ in range(8)}
        were_alive = all(map(_is_alive, children))
        parent.kill()  # before anything is asserted: else a failure would wait for it
    assert were_alive
    until = time.monotonic() + _PATIENCE_SECONDS
    while any(_is_alive(child) for child in children) and time.monotonic() < until:
        time.sleep(0.1)
    assert not any(_is_alive(child) for child in children)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
