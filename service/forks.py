"""Forks: one function over many tasks on all cores, its answers in the order of the tasks.

The processes are forked when the first task comes, so they share what the function holds, a pipeline above all. Tasks
and answers travel between processes: they should be few and large.
"""

import gc
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain
from multiprocessing import get_context
from typing import Any, TypeVar

from textcx.errors import RunError

Task = TypeVar("Task")
Answer = TypeVar("Answer")

_AHEAD = 2
"""Tasks on their way for each process: none waits for its next one, and few are held in memory."""
_WATCH_SECONDS = 1.0
_inherited: Callable[[Any], Any] | None = None
"""What a forked process works with; it needs not be handed over, since it is there."""


def in_order(
    work: Callable[[Task], Answer], tasks: Iterator[Task], *, processes: int, before: Callable[[], object]
) -> Iterator[Answer]:
    """Give the answer to each task, in order; no more tasks are taken than are about to be worked on.

    Args:
        work: Answers a task.
        tasks: The tasks; where there is none, nothing is forked.
        processes: How many; with one, the work is done here.
        before: Called before the first fork: loads what all of them should share.

    Raises:
        RunError: A process was ended by somebody else, such as a kernel without memory.
    """
    if processes < 2:
        yield from map(work, tasks)
        return
    first = next(tasks, None)
    if first is None:
        return
    before()
    gc.freeze()  # the collector must not touch the pages that all share
    waiting: deque[Future[Answer]] = deque()
    pool = ProcessPoolExecutor(processes, get_context("fork"), initializer=_begin, initargs=(work, os.getpid()))
    try:
        for task in chain((first,), tasks):
            waiting.append(pool.submit(_answer, task))
            if len(waiting) > _AHEAD * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    except BrokenProcessPool:
        message = (
            "A process of the analysis was ended from outside. Is there too little memory? Try fewer: --workers 1."
        )
        raise RunError(message) from None
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(work: Callable[[Any], Any], parent: int) -> None:
    global _inherited  # noqa: PLW0603 - the one thing that a fork is for
    _inherited = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends us in order
    threading.Thread(target=_leave_with, args=(parent,), daemon=True).start()


def _leave_with(parent: int) -> None:
    """End this process when its parent is gone: it would wait for its next task for ever."""
    while os.getppid() == parent:
        time.sleep(_WATCH_SECONDS)
    os._exit(1)


def _answer(task: Any) -> Any:
    assert _inherited is not None
    return _inherited(task)
