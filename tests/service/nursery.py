"""Nursery: worker processes for tests, forked from one that has imported all and built the pipeline once.

The indexer starts a worker process wherever something waits. Each takes a second and a half of processor time to
become what the one before it was, and the tests start dozens. One forked here is the same: it runs `service.worker`
with its arguments in a process of its own, and is ended in the same ways.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Self

import pytest

_POLL_SECONDS = 0.02
_LONGEST_MESSAGE = 1_000_000


class Nursery:
    """Forks workers until the end of the block; the process that they are forked from is started with the first."""

    DEVNULL = subprocess.DEVNULL
    """As the module `subprocess`, whose place it takes in the indexer, has it."""

    def __init__(self) -> None:
        self._mother: subprocess.Popen[bytes] | None = None
        self._line: socket.socket | None = None
        self._guard = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._line is not None and self._mother is not None:
            self._line.close()  # by which it leaves, and its workers with it
            self._mother.wait()

    def Popen(self, command: Sequence[str], **_: Any) -> "ForkedWorker":
        """Start a worker as `subprocess.Popen` would."""
        arguments = [one for one in command[3:] if not one.startswith("--parent=")]
        asked = {"arguments": arguments, "folder": str(Path.cwd()), "environment": dict(os.environ)}
        return ForkedWorker(self, self.ask(asked, files=(1, 2)))

    def ask(self, asked: dict[str, Any], *, files: Sequence[int] = ()) -> Any:
        """Return the answer of the process that forks."""
        with self._guard:
            if self._line is None:
                self._line = self._bear()
            socket.send_fds(self._line, [json.dumps(asked).encode()], files)
            return json.loads(self._line.recv(_LONGEST_MESSAGE))

    def _bear(self) -> socket.socket:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            command = [sys.executable, __file__, str(its.fileno())]
            self._mother = subprocess.Popen(command, pass_fds=[its.fileno()], stdin=subprocess.DEVNULL)
        return ours


class ForkedWorker:
    """What the indexer asks of the process that it started."""

    def __init__(self, nursery: Nursery, pid: int) -> None:
        self._nursery = nursery
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """Return how it ended, or None while it works."""
        if self.returncode is None:
            self.returncode = self._nursery.ask({"ended": self.pid})
        return self.returncode

    def wait(self) -> int:
        """Return how it ended, once it has."""
        while (code := self.poll()) is None:
            time.sleep(_POLL_SECONDS)
        return code

    def terminate(self) -> None:
        """Ask it to end."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)


@pytest.fixture(scope="module", autouse=True)
def forked_workers(nursery: Nursery) -> Iterator[None]:
    """Fork what this process would start as workers; those of a `textcx serve` of its own are started as they are."""
    with pytest.MonkeyPatch.context() as patch:
        if sys.platform.startswith("linux"):
            patch.setattr("service.indexer.subprocess", nursery)
        yield


def _work(asked: dict[str, Any], files: Sequence[int], mother: int) -> int:
    from service.worker import main

    for place, file in enumerate(files, start=1):
        os.dup2(file, place)
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["service.worker", *asked["arguments"], f"--parent={mother}"]
    try:
        main()
    except SystemExit as left:
        return left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001 - a process that ends says why
        traceback.print_exc()
        return 1
    return 0


def _serve(line: socket.socket) -> None:
    """Fork a worker whenever one is asked for, until nobody is left who could ask."""
    from textcx.pipeline import build_pipeline
    from textcx.settings import Settings

    with tempfile.TemporaryDirectory() as empty:
        build_pipeline(Settings(data=Path(empty))).warm_up()  # what it loads is kept, and found there after a fork
    mother = os.getpid()
    while True:
        message, files, _, _ = socket.recv_fds(line, _LONGEST_MESSAGE, 2)
        if not message:
            return
        asked = json.loads(message)
        if "ended" in asked:
            line.send(json.dumps(_ended(asked["ended"])).encode())
            continue
        child = os.fork()
        if child == 0:
            line.close()
            code = _work(asked, files, mother)
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        for file in files:
            os.close(file)
        line.send(json.dumps(child).encode())


def _ended(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
