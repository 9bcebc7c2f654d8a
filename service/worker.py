"""Worker: the process that analyses what waits in the inbox.

It builds the pipeline once and then forks the processes that work, so that one killed by a poison record is
replaced in milliseconds, and all share the pipeline's memory. A forked worker that takes too long over a batch
is ended by its own alarm clock; the attempt has been counted, so the record cannot do it for ever.
"""

import argparse
import gc
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from ingest.job import BATCH_SECONDS, Job
from service.assembly import Workshop, ease_garbage_collector
from textcx.errors import ConfigError, RetryableError
from textcx.pipeline import Pipeline
from textcx.settings import Settings

_POLL_SECONDS = 0.05
_STORE_PAUSE_SECONDS = 1.0
_CONFIG_EXIT = 2
_MOST_DEAD = 100
_MANY_RECORDS = 1000
"""With so many waiting, the lexicons of all languages are loaded once, before the fork, and shared."""


def work(
    settings: Settings, pipeline: Pipeline, *, predecessors: Sequence[int], parent: int, idle_seconds: float
) -> None:
    """End what waits in the inbox until nothing has come for `idle_seconds` or the parent is gone.

    Args:
        settings: Which data folder.
        pipeline: As the parent built it.
        predecessors: Process ids of the workers that died, whose leases are free again; of all of them, since the one
            that this replaces may itself have died before it came to free anything.
        parent: Process id of who forked us.
        idle_seconds: How long to wait for more.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which then ends us in order
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    workshop = Workshop(settings)
    for dead in predecessors:
        workshop.inbox.expire_leases(holder=str(dead))
    job = Job(workshop.inbox, workshop.near_copies, pipeline, workshop.store, holder=str(os.getpid()))
    last_work = time.monotonic()
    while os.getppid() == parent:
        signal.setitimer(signal.ITIMER_REAL, BATCH_SECONDS)
        try:
            ended = job.work_once()
        except RetryableError:
            ended = 0
            time.sleep(_STORE_PAUSE_SECONDS)
        signal.setitimer(signal.ITIMER_REAL, 0)
        if ended:
            last_work = time.monotonic()
        elif time.monotonic() - last_work > idle_seconds:
            return
        else:
            time.sleep(_POLL_SECONDS)


def supervise(settings: Settings, *, workers: int, parent: int, idle_seconds: float) -> None:
    """Keep `workers` forked workers alive until all have left for want of work or the parent is gone."""
    workshop = Workshop(settings)
    pipeline = workshop.build_pipeline()
    if workshop.inbox.backlog(now=time.time()).records > _MANY_RECORDS:
        pipeline.warm_up()
    workshop.inbox.expire_leases()  # only the indexer starts workers, one of us at a time: these are of the dead
    workshop.close()  # a connection must not be carried into a fork
    ease_garbage_collector()
    gc.freeze()  # what is built now is shared by the forks; the collector must not touch its pages
    supervisor = os.getpid()
    children: set[int] = set()
    dead: deque[int] = deque(maxlen=_MOST_DEAD)
    wanted = workers

    def stop(_signal: int, _frame: object) -> None:
        for child in children:
            with suppress(ProcessLookupError, ChildProcessError):  # it has just ended by itself
                os.kill(child, signal.SIGTERM)
                os.waitpid(child, 0)
        sys.exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    while wanted and os.getppid() == parent:
        while len(children) < wanted:
            child = os.fork()
            if child == 0:
                work(settings, pipeline, predecessors=tuple(dead), parent=supervisor, idle_seconds=idle_seconds)
                os._exit(0)
            children.add(child)
        ended, status = os.waitpid(-1, os.WNOHANG)
        if ended == 0:
            time.sleep(_POLL_SECONDS)
            continue
        children.discard(ended)
        if status == 0:
            wanted -= 1
        else:
            dead.append(ended)
    stop(0, None)


def main() -> None:
    """Run the worker process: `python -m service.worker SETTINGS_JSON`."""
    parser = argparse.ArgumentParser(description="Analyses what waits in the inbox; started by the indexer.")
    parser.add_argument("settings", help="the settings as JSON")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--idle-seconds", type=float, default=300.0)
    # told, not asked here: it may be gone before we come to ask
    parser.add_argument("--parent", type=int, default=os.getppid(), help="process id of who starts us")
    arguments = parser.parse_args()
    settings = Settings.model_validate_json(arguments.settings)
    try:
        supervise(settings, workers=arguments.workers, parent=arguments.parent, idle_seconds=arguments.idle_seconds)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(_CONFIG_EXIT)
    except RetryableError as error:  # the disk is full or fails; whoever started us tries again
        sys.stderr.write(f"{error}\n")
        time.sleep(_STORE_PAUSE_SECONDS)
        sys.exit(1)


if __name__ == "__main__":
    main()
